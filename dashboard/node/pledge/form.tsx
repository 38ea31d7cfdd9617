/** "I want 2, only if 8.00 or less": the first of three taps. Says into which price step it falls and who sees what. */
import { useState } from "preact/hooks";

import type { DraftPledge, MyPledge, NodeCampaign } from "../../../shared/protocol/api/community.ts";
import { Button } from "../../parts/button.tsx";
import { currencyScale, decimalToMinor, formatDate, formatMoney, minorToDecimal } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Stepper } from "../../parts/stepper.tsx";
import { focusInvalid } from "../focus-invalid.ts";
import { bandOf } from "../ladder.ts";
import { decimalMark } from "./money-input.ts";
import { PriceField } from "./price-field.tsx";

type Asked = Exclude<DraftPledge, { kind: "withdraw" }>;

export function PledgeForm({
  campaign,
  mine,
  asked,
  busy,
  onDraft,
  onClose,
}: {
  campaign: NodeCampaign;
  mine: MyPledge | null;
  /** what was asked for before coming back from the review */
  asked: DraftPledge | null;
  busy: boolean;
  onDraft: (draft: DraftPledge) => void;
  onClose: (() => void) | null;
}) {
  const scale = currencyScale(campaign.currency);
  const written = (minor: string) => minorToDecimal(minor, scale).replace(".", decimalMark());
  const [start] = useState(() => startOf(campaign, mine, asked));
  const [kind, setKind] = useState<Asked["kind"]>(start.kind);
  const [qty, setQty] = useState(Number(start.qty));
  const [price, setPrice] = useState(() => written(start.price));
  const [tried, setTried] = useState(false);
  const minor = decimalToMinor(price, scale);
  const band = minor === null ? null : bandOf(campaign.bands_minor, minor);
  const problem = kind === "interest" ? null : priceProblem(campaign, minor, band, written);

  function submit(event: SubmitEvent & { currentTarget: HTMLFormElement }) {
    event.preventDefault();
    setTried(true);
    if (busy) return;
    if (problem !== null) return focusInvalid(event.currentTarget);
    const base = { campaign: campaign.id, qty: String(qty) };
    if (kind === "interest") onDraft({ kind, ...base });
    else if (minor !== null) onDraft({ kind, ...base, max_unit_price_minor: minor });
  }

  return (
    <form class="stack" onSubmit={submit} noValidate>
      <h2>{t("pledge.title")}</h2>
      <div class="switch" role="group" aria-label={t("pledge.kind")}>
        {(["pledge", "interest"] as const).map((choice) => (
          <button key={choice} type="button" aria-pressed={kind === choice} onClick={() => setKind(choice)}>
            {t(`pledge.kind-${choice}`)}
          </button>
        ))}
      </div>
      <Stepper
        label={t("pledge.qty")}
        value={qty}
        onChange={setQty}
        max={Number(campaign.max_qty)}
        unit={`× ${campaign.unit}`}
        sees={t("pledge.qty-sees")}
      />
      {kind === "pledge" ? (
        <PriceField
          campaign={campaign}
          value={price}
          band={band}
          error={tried || (minor !== null && band === null) ? problem : null}
          onInput={setPrice}
          onChoose={(chosen) => setPrice(written(chosen))}
        />
      ) : (
        <p class="quiet">{t("pledge.interest-hint")}</p>
      )}
      <p class="small">
        <a href="/privacy" target="_blank" rel="noreferrer">
          {t("privacy.title")}
        </a>
      </p>
      <p class="pledge-total">
        {kind === "pledge" && minor !== null && problem === null ? (
          <strong>{t("pledge.total", { total: formatMoney(BigInt(minor) * BigInt(qty), campaign.currency) })}</strong>
        ) : null}
        <span>{t("pledge.nothing-now", { date: formatDate(campaign.closes) })}</span>
      </p>
      <div class="row">
        <Button type="submit" busy={busy}>
          {t("pledge.next")}
        </Button>
        {onClose ? (
          <Button kind="secondary" onClick={onClose}>
            {t("dialog.cancel")}
          </Button>
        ) : null}
      </div>
    </form>
  );
}

/** What was asked a moment ago, else what is signed now, else a start nobody has to type: one, at the highest step not above today's price. */
function startOf(
  campaign: NodeCampaign,
  mine: MyPledge | null,
  asked: DraftPledge | null,
): { kind: Asked["kind"]; qty: string; price: string } {
  const before = asked?.kind === "withdraw" ? null : asked;
  const band = bandOf(campaign.bands_minor, campaign.reference_price_minor);
  const price = campaign.bands_minor[band ?? 0] ?? campaign.reference_price_minor;
  return {
    kind: before?.kind ?? "pledge",
    qty: before?.qty ?? mine?.qty ?? "1",
    price: (before?.kind === "pledge" ? before.max_unit_price_minor : mine?.max_unit_price_minor) ?? price,
  };
}

function priceProblem(
  campaign: NodeCampaign,
  minor: string | null,
  band: number | null,
  written: (minor: string) => string,
): string | null {
  if (minor === null || minor === "0") {
    return t("pledge.price-unreadable", { example: written(campaign.reference_price_minor) });
  }
  if (band !== null) return null;
  return t("pledge.price-below", { price: formatMoney(campaign.bands_minor[0] ?? "0", campaign.currency) });
}

/** "I want 2, only if 8.00 or less": the first of three taps. Says into which price step it falls and who sees what. */
import { useState } from "preact/hooks";

import type { DraftPledge, MyPledge, NodeCampaign } from "../../../shared/protocol/api/community.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { currencyScale, decimalToMinor, formatDate, formatMoney, minorToDecimal } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Stepper } from "../../parts/stepper.tsx";
import { bandOf } from "../ladder.ts";
import { currencySymbol, decimalMark } from "./money-input.ts";

type Kind = "pledge" | "interest";

export function PledgeForm({
  campaign,
  mine,
  busy,
  onDraft,
  onClose,
}: {
  campaign: NodeCampaign;
  mine: MyPledge | null;
  busy: boolean;
  onDraft: (draft: DraftPledge) => void;
  onClose: (() => void) | null;
}) {
  const scale = currencyScale(campaign.currency);
  const written = (minor: string) => minorToDecimal(minor, scale).replace(".", decimalMark());
  const [kind, setKind] = useState<Kind>("pledge");
  const [qty, setQty] = useState(mine ? Number(mine.qty) : 1);
  const [price, setPrice] = useState(() => written(mine?.max_unit_price_minor ?? firstPrice(campaign)));
  const [tried, setTried] = useState(false);
  const minor = decimalToMinor(price, scale);
  const band = minor === null ? null : bandOf(campaign.bands_minor, minor);
  const problem = kind === "interest" ? null : priceProblem(campaign, minor, band, written);

  function submit(event: Event) {
    event.preventDefault();
    setTried(true);
    if (busy || problem !== null) return;
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
        <div class="stack-s">
          <TextField
            label={t("pledge.price")}
            prefix={currencySymbol(campaign.currency)}
            value={price}
            onInput={setPrice}
            inputMode="decimal"
            autocomplete="off"
            error={tried || (minor !== null && band === null) ? problem : null}
            hint={t("pledge.price-shop", { price: formatMoney(campaign.reference_price_minor, campaign.currency) })}
            sees={t("pledge.price-sees")}
          />
          <BandChips campaign={campaign} chosen={band} onChoose={(minorPrice) => setPrice(written(minorPrice))} />
          <p class="band-note" role="status">
            {band === null
              ? ""
              : t("pledge.price-band", { price: formatMoney(campaign.bands_minor[band] ?? "0", campaign.currency) })}
          </p>
        </div>
      ) : (
        <p class="quiet">{t("pledge.interest-hint")}</p>
      )}
      <p class="pledge-total">
        {kind === "pledge" && minor !== null && problem === null ? (
          <strong>{t("pledge.total", { total: formatMoney(BigInt(minor) * BigInt(qty), campaign.currency) })}</strong>
        ) : null}{" "}
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

/** A start that asks nobody to type: the highest step that is not above today's price. */
function firstPrice(campaign: NodeCampaign): string {
  const band = bandOf(campaign.bands_minor, campaign.reference_price_minor);
  return campaign.bands_minor[band ?? 0] ?? campaign.reference_price_minor;
}

function priceProblem(
  campaign: NodeCampaign,
  minor: string | null,
  band: number | null,
  written: (minor: string) => string,
): string | null {
  if (minor === null || minor === "0")
    return t("pledge.price-unreadable", { example: written(campaign.reference_price_minor) });
  if (band !== null) return null;
  return t("pledge.price-below", { price: formatMoney(campaign.bands_minor[0] ?? "0", campaign.currency) });
}

const MOST_CHIPS = 8;

/** The price steps as quick choices; with many steps only some, the field takes every price. */
function BandChips({
  campaign,
  chosen,
  onChoose,
}: {
  campaign: NodeCampaign;
  chosen: number | null;
  onChoose: (minor: string) => void;
}) {
  const every = Math.ceil(campaign.bands_minor.length / MOST_CHIPS);
  return (
    <div class="chips" role="group" aria-label={t("pledge.steps")}>
      {campaign.bands_minor.map((band, index) =>
        index % every === 0 || index === chosen ? (
          <button key={band} type="button" class="chip" aria-pressed={index === chosen} onClick={() => onChoose(band)}>
            {formatMoney(band, campaign.currency)}
          </button>
        ) : null,
      )}
    </div>
  );
}

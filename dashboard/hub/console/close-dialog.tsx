/** Closing a campaign: which price was reached, and for each choice what follows for the pledges, before anything happens. */
import { useState } from "preact/hooks";

import type { CampaignDetail } from "../../../shared/protocol/api/network.ts";
import { SMALLEST_K } from "../../../shared/protocol/smallest-k.ts";
import { api, problemText } from "../../parts/api.ts";
import { Button } from "../../parts/button.tsx";
import { unitsAtBands } from "../../parts/demand-curve.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Choice, TextArea } from "../../parts/field.tsx";
import { formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { Banner } from "../../parts/states.tsx";
import { toast } from "../../parts/toast.tsx";

type Outcome = number | "released" | null;

export function CloseDialog({
  open,
  campaign,
  onClose,
  onDone,
}: {
  open: boolean;
  campaign: CampaignDetail;
  onClose: () => void;
  onDone: () => void;
}) {
  const [outcome, setOutcome] = useState<Outcome>(null);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  // Thin bands are joined with others, so it says "at least"; with fewer than k accounts it says nothing by price.
  const at = campaign.units_by_band === null ? null : unitsAtBands(campaign.units_by_band.map(BigInt));
  const all = BigInt(campaign.pledged) + BigInt(campaign.committed);
  const locked = typeof outcome === "number" && at !== null ? (at[outcome] ?? 0n) : null;
  const price = typeof outcome === "number" ? (campaign.bands_minor[outcome] ?? "0") : "0";
  const ready = outcome !== null && reason.trim() !== "";

  async function close(event: Event) {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    const answer = await api.post(`/api/campaigns/${campaign.id}/close`, {
      outcome: outcome === "released" ? "released" : "locked",
      band: outcome === "released" ? null : outcome,
      reason: reason.trim(),
    });
    setBusy(false);
    if (!answer.ok) {
      toast(problemText(answer.error));
      return;
    }
    toast(t("close.done"));
    onDone();
    onClose();
  }
  return (
    <Dialog open={open} title={t("close.title")} onClose={onClose} wide>
      <form class="stack" onSubmit={(event) => void close(event)}>
        <fieldset class="stack-s">
          <legend class="field-label">{t("close.which")}</legend>
          <p class="quiet small">{t(at === null ? "curve.few" : "curve.joined", { k: SMALLEST_K })}</p>
          {campaign.bands_minor.map((band, i) => (
            <Choice key={band} type="radio" name="outcome" checked={outcome === i} onChange={() => setOutcome(i)}>
              <strong>{formatMoney(band, campaign.currency)}</strong>
              {at === null ? null : (
                <>
                  {" "}
                  · {t("close.would-lock", { n: at[i] ?? 0n })}
                  {(at[i] ?? 0n) < all ? (
                    <span class="quiet"> · {t("close.let-go", { n: all - (at[i] ?? 0n) })}</span>
                  ) : null}
                </>
              )}
            </Choice>
          ))}
          <Choice type="radio" name="outcome" checked={outcome === "released"} onChange={() => setOutcome("released")}>
            <strong>{t("close.release")}</strong> · {t("close.let-go", { n: all })}
          </Choice>
        </fieldset>
        {outcome === null ? null : (
          <Banner tone="warning" title={t("close.final")}>
            {outcome === "released"
              ? t("close.follows-release", { n: all })
              : locked === null
                ? t("close.follows-lock-few", { price: formatMoney(price, campaign.currency) })
                : t("close.follows-lock", {
                    n: locked,
                    price: formatMoney(price, campaign.currency),
                    rest: all - locked,
                  })}
          </Banner>
        )}
        <TextArea
          label={t("console.reason")}
          sees={t("console.reason-sees")}
          value={reason}
          onInput={setReason}
          maxLength={500}
          rows={2}
        />
        <div class="row row-end">
          <Button kind="secondary" onClick={onClose}>
            {t("dialog.cancel")}
          </Button>
          <Button type="submit" busy={busy} disabled={!ready}>
            {t("close.action")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

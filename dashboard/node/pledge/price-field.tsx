/** "Only if this or less": a price to type, the campaign's price steps as quick choices, and the step it counts in. */
import type { NodeCampaign } from "../../../shared/protocol/api/community.ts";
import { Field } from "../../parts/field.tsx";
import { formatMoney } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";
import { currencySymbol } from "./money-input.ts";

const MOST_CHIPS = 8;

export function PriceField({
  campaign,
  value,
  band,
  error,
  onInput,
  onChoose,
}: {
  campaign: NodeCampaign;
  value: string;
  /** index of the step the typed price falls into */
  band: number | null;
  error: string | null;
  onInput: (value: string) => void;
  onChoose: (minor: string) => void;
}) {
  const money = (minor: string) => formatMoney(minor, campaign.currency);
  // with many steps only some are offered; the field takes every price
  const every = Math.ceil(campaign.bands_minor.length / MOST_CHIPS);
  return (
    <Field
      label={t("pledge.price")}
      hint={t("pledge.price-shop", { price: money(campaign.reference_price_minor) })}
      sees={t("pledge.price-sees")}
      error={error}
      control={(ids) => (
        <span class="stack-s">
          <span class="input-affix price">
            <span class="affix">{currencySymbol(campaign.currency)}</span>
            <input
              class="input"
              {...ids}
              required
              inputMode="decimal"
              autocomplete="off"
              value={value}
              onInput={(event) => onInput(event.currentTarget.value)}
            />
          </span>
          <span class="chips" role="group" aria-label={t("pledge.steps")}>
            {campaign.bands_minor.map((minor, index) =>
              index % every === 0 || index === band ? (
                <button
                  key={minor}
                  type="button"
                  class="chip"
                  aria-pressed={index === band}
                  onClick={() => onChoose(minor)}
                >
                  {money(minor)}
                </button>
              ) : null,
            )}
          </span>
          <span class="band-note" role="status">
            {band === null ? "" : t("pledge.price-band", { price: money(campaign.bands_minor[band] ?? "0") })}
          </span>
        </span>
      )}
    />
  );
}

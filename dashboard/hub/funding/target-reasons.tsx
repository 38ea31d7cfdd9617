/** Why a campaign needs what it needs, in sentences, with the table of all prices: the best-looking line may unlock nothing. */
import type { Target, TargetingInput } from "../../../shared/protocol/api/targeting.ts";
import { SMALLEST_K } from "../../../shared/protocol/smallest-k.ts";
import { priceTable } from "../../../shared/targeting/subsidy.ts";
import { ChartTable } from "../../parts/chart-table.tsx";
import { formatDate, formatMoney, formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";

export function TargetReasons({ target, input }: { target: Target; input: TargetingInput }) {
  const { currency } = input;
  const money = (value: bigint | string) => formatMoney(value, currency);
  const ask = target.asks[target.ask];
  const lines = priceTable(
    { bands_minor: input.bands_minor.map(BigInt), units_by_band: input.units_by_band.map(BigInt) },
    BigInt(ask?.price_minor ?? input.supplier_price_minor),
    BigInt(ask?.minimum_units ?? input.minimum_units),
  );
  if (input.withheld) return <p>{t("curve.few", { k: SMALLEST_K })}</p>;
  return (
    <>
      <ul class="reasons">
        {target.explanation.map(({ step, values }) => (
          <li key={step}>{t(`targeting.step-${step}`, worded(values, currency))}</li>
        ))}
      </ul>
      <p class="quiet small">
        {t(`targeting.from-${ask?.source ?? input.price_source}`, {
          price: money(ask?.price_minor ?? input.supplier_price_minor),
          minimum: formatQuantity(ask?.minimum_units ?? input.minimum_units),
          date: formatDate(input.closes),
        })}
      </p>
      <p class="quiet small">{t("curve.joined", { k: SMALLEST_K })}</p>
      {target.asks.length > 1 ? <Asks target={target} currency={currency} /> : null}
      <ChartTable
        caption={t("targeting.prices")}
        headers={[
          t("targeting.col-price"),
          t("targeting.col-subsidy"),
          t("targeting.col-units"),
          t("targeting.col-members"),
          t("targeting.col-cost"),
          t("targeting.col-reaches"),
        ]}
        rows={lines.map((line) => [
          money(line.buyer_price_minor),
          money(line.per_unit_minor),
          formatQuantity(line.units),
          money(line.members_minor),
          money(line.cost_minor),
          line.reaches_minimum ? t("desk.yes") : t("desk.no"),
        ])}
      />
    </>
  );
}

/** What each tier of each offer would take; the numbers above go by the one that takes least. */
function Asks({ target, currency }: { target: Target; currency: string }) {
  return (
    <ChartTable
      caption={t("targeting.asks")}
      title={t("targeting.asks")}
      headers={[
        t("targeting.col-offer"),
        t("targeting.col-asked"),
        t("targeting.col-minimum"),
        t("targeting.col-price"),
        t("targeting.col-units"),
        t("targeting.col-cost"),
      ]}
      rows={target.asks.map(({ offer, price_minor, minimum_units, least_subsidy: least }) => [
        offer?.supplier ?? t("targeting.ask-expected"),
        formatMoney(price_minor, currency),
        formatQuantity(minimum_units),
        least === null ? t("targeting.cannot-reach") : formatMoney(least.buyer_price_minor, currency),
        least === null ? "–" : formatQuantity(least.units),
        least === null ? "–" : formatMoney(least.cost_minor, currency),
      ])}
    />
  );
}

/** Names that end in `_minor` are money, the others quantities. */
function worded(values: Record<string, string>, currency: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (name.endsWith("_minor")) return [name.slice(0, -"_minor".length), formatMoney(value, currency)];
      return [name, /^[0-9]+$/.test(value) ? formatQuantity(value) : value];
    }),
  );
}

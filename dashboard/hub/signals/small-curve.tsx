/** Units at each price in the size of a table cell, with its table twin. */
import type { ShownCell } from "../../../shared/protocol/api/signals.ts";
import { ChartTable } from "../../parts/chart-table.tsx";
import { formatMoney, formatQuantity } from "../../parts/format.ts";
import { t } from "../../parts/i18n.ts";

const WIDTH = 120;
const HEIGHT = 36;

export function SmallCurve({ curve, currency, name }: { curve: ShownCell["curve"]; currency: string; name: string }) {
  const top = BigInt(curve[0]?.units ?? "0");
  if (top === 0n) return <span class="quiet">–</span>;
  const y = (units: string) => HEIGHT - 1 - Number((BigInt(units) * BigInt(HEIGHT - 2)) / top);
  const step = WIDTH / curve.length;
  const line = curve
    .map((point, at) => `${at === 0 ? `M0 ${y(point.units)}` : `V${y(point.units)}`}H${(at + 1) * step}`)
    .join("");
  const last = curve.at(-1);
  return (
    <div class="small-curve">
      <svg
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={t("signals.curve-summary", {
          units: formatQuantity(top),
          low: formatMoney(curve[0]?.price_minor ?? "0", currency),
          high: formatMoney(last?.price_minor ?? "0", currency),
          left: formatQuantity(last?.units ?? "0"),
        })}
      >
        <path class="series-area" d={`${line}V${HEIGHT}H0Z`} />
        <path class="series-line" d={line} />
      </svg>
      <ChartTable
        caption={t("signals.curve-of", { name })}
        headers={[t("curve.price"), t("curve.units"), t("signals.accounts")]}
        rows={curve.map((point) => [
          formatMoney(point.price_minor, currency),
          formatQuantity(point.units),
          formatQuantity(point.accounts),
        ])}
      />
    </div>
  );
}

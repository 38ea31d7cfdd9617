/**
 * Units at each price, as a step curve: at a unit price of p, everyone whose highest accepted band is p or more would take part.
 * Marks: the price a supplier offers, or the reference price. With a table twin.
 */
import { ChartTable } from "./chart-table.tsx";
import { formatMoney, formatQuantity } from "./format.ts";
import { t } from "./i18n.ts";
import { niceTicks } from "./scale.ts";
import { useWidth } from "./use-width.ts";

const HEIGHT = 260;
const PAD = { top: 22, bottom: 40, start: 8, end: 14 };

/** Units that would be bought at each band's price: the sum over this band and all above. */
export function unitsAtBands(unitsByBand: readonly bigint[]): bigint[] {
  let sum = 0n;
  return unitsByBand.map((_, i) => (sum += unitsByBand[unitsByBand.length - 1 - i] ?? 0n)).toReversed();
}

export function DemandCurve({
  bands,
  unitsByBand,
  currency,
  unit,
  marks = [],
}: {
  bands: readonly bigint[];
  unitsByBand: readonly bigint[];
  currency: string;
  unit: string;
  marks?: { price: bigint; label: string }[];
}) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const at = unitsAtBands(unitsByBand);
  const top = at[0] ?? 0n;
  const yTicks = niceTicks(top, 4);
  const ceiling = Number(yTicks.at(-1) ?? 1n);
  const prices = [...bands, ...marks.map((m) => m.price)].map(Number);
  const low = Math.min(...prices);
  const high = Math.max(...prices);
  const from = Math.max(0, low - (high - low || low) * 0.12);
  const to = high + (high - low || high) * 0.08;
  const x = (price: bigint | number) =>
    PAD.start + ((Number(price) - from) / (to - from || 1)) * (width - PAD.start - PAD.end);
  const y = (units: bigint) => HEIGHT - PAD.bottom - (Number(units) / ceiling) * (HEIGHT - PAD.top - PAD.bottom);
  const line = bands
    .map((price, i) => `${i === 0 ? `M${x(from)} ${y(top)}` : ""}H${x(price)}V${y(at[i + 1] ?? 0n)}`)
    .join("");
  return (
    <figure class="chart">
      <div class="chart-frame" ref={frame}>
        {width > 0 && bands.length > 0 ? (
          <svg
            width={width}
            height={HEIGHT}
            role="img"
            aria-label={t("curve.summary", { price: formatMoney(bands[0] ?? 0n, currency), n: top, unit })}
          >
            {yTicks.map((tick) => (
              <g key={String(tick)}>
                <line class={tick === 0n ? "axis" : "gridline"} x1={0} x2={width} y1={y(tick)} y2={y(tick)} />
                {tick === 0n ? null : (
                  <text x={width} y={y(tick) - 5} text-anchor="end">
                    {formatQuantity(tick)}
                  </text>
                )}
              </g>
            ))}
            <path class="series-area" d={`${line}V${y(0n)}H${x(from)}Z`} />
            <path class="series-line" d={line} />
            {bands.map((price, i) => (
              <g key={String(price)}>
                <circle class="series-dot" cx={x(price)} cy={y(at[i] ?? 0n)} r={4.5} />
                <text class="ink" x={x(price)} y={y(at[i] ?? 0n) - 10} text-anchor="middle">
                  {formatQuantity(at[i] ?? 0n)}
                </text>
                {showLabel(bands, i, x) ? (
                  <text x={x(price)} y={HEIGHT - PAD.bottom + 18} text-anchor="middle">
                    {formatMoney(price, currency)}
                  </text>
                ) : null}
              </g>
            ))}
            {marks.map((mark) => (
              <g key={mark.label}>
                <line
                  class="mark-line"
                  x1={x(mark.price)}
                  x2={x(mark.price)}
                  y1={PAD.top - 8}
                  y2={HEIGHT - PAD.bottom}
                />
                <text
                  class="mark-text"
                  x={within(x(mark.price), mark.label, width)}
                  y={HEIGHT - 4}
                  text-anchor="middle"
                >
                  {mark.label}
                </text>
              </g>
            ))}
          </svg>
        ) : null}
      </div>
      <ChartTable
        caption={t("curve.caption", { unit })}
        headers={[t("curve.price"), t("curve.units")]}
        rows={bands.map((price, i) => [formatMoney(price, currency), formatQuantity(at[i] ?? 0n)])}
      />
    </figure>
  );
}

/** Middle of a label at `x` that would otherwise stick out of the drawing; a letter is about 7 px. */
function within(x: number, label: string, width: number): number {
  const half = label.length * 3.5;
  return Math.max(half, Math.min(width - half, x));
}

/** Leaves out price labels that would touch their neighbour; the table has them all. */
function showLabel(bands: readonly bigint[], i: number, x: (price: bigint) => number): boolean {
  let last = -Infinity;
  for (let j = 0; j <= i; j++) {
    const here = x(bands[j] ?? 0n);
    const fits = here - last >= 56;
    if (j === i) return fits;
    if (fits) last = here;
  }
  return true;
}

/** One quantity over time, as a step line: it holds until the next counted report changes it. With a reading cursor and a table twin. */
import { useState } from "preact/hooks";

import { ChartTable } from "./chart-table.tsx";
import { t } from "./i18n.ts";
import { niceTicks } from "./scale.ts";
import { useWidth } from "./use-width.ts";

export interface Point {
  at: string;
  value: bigint;
}

const HEIGHT = 260;
const PAD = { top: 28, bottom: 28, start: 8, end: 8 };

export function TimeSeries({
  label,
  points,
  format,
  formatAxis,
  formatTime,
  spacing = "time",
}: {
  label: string;
  points: Point[];
  format: (value: bigint) => string;
  formatAxis: (value: bigint) => string;
  formatTime: (at: string) => string;
  /** `steps` gives each point the same room: for changes that came seconds apart */
  spacing?: "time" | "steps";
}) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const [hover, setHover] = useState<number | null>(null);
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return null;
  const values = points.map((p) => p.value);
  const top = values.reduce((a, b) => (a > b ? a : b), 0n);
  const ticks = niceTicks(top, 4);
  const ceiling = ticks.at(-1) ?? 1n;
  const t0 = Date.parse(first.at);
  const span = Math.max(1, Date.parse(last.at) - t0);
  const room = width - PAD.start - PAD.end;
  const xs = points.map((p, i) =>
    spacing === "steps" ? PAD.start + (i / points.length) * room : PAD.start + ((Date.parse(p.at) - t0) / span) * room,
  );
  const x = (i: number) => xs[i] ?? PAD.start;
  const y = (value: bigint) =>
    HEIGHT - PAD.bottom - (Number((value * 10_000n) / (ceiling || 1n)) / 10_000) * (HEIGHT - PAD.top - PAD.bottom);
  const end = PAD.start + room;
  const line = `${points.map((p, i) => (i === 0 ? `M${x(i)} ${y(p.value)}` : `H${x(i)}V${y(p.value)}`)).join("")}H${end}`;
  const at = hover ?? points.length - 1;
  const shown = points[at] ?? last;
  function read(clientX: number, box: DOMRect) {
    const distances = xs.map((own) => Math.abs(own - (clientX - box.left)));
    setHover(distances.indexOf(Math.min(...distances)));
  }
  const anchor = x(at) > width * 0.6 ? "end" : "start";
  return (
    <figure class="chart">
      <div
        class="chart-frame"
        ref={frame}
        onPointerMove={(e) => read(e.clientX, e.currentTarget.getBoundingClientRect())}
        onPointerLeave={() => setHover(null)}
      >
        {width > 0 ? (
          <svg
            width={width}
            height={HEIGHT}
            role="img"
            aria-label={t("chart.series-summary", {
              label,
              from: formatTime(first.at),
              to: formatTime(last.at),
              value: format(last.value),
            })}
          >
            {ticks.map((tick) => (
              <g key={String(tick)}>
                <line class={tick === 0n ? "axis" : "gridline"} x1={0} x2={width} y1={y(tick)} y2={y(tick)} />
                {tick === 0n ? null : (
                  <text x={0} y={y(tick) - 5}>
                    {formatAxis(tick)}
                  </text>
                )}
              </g>
            ))}
            <path class="series-area" d={`${line}V${y(0n)}H${x(0)}Z`} />
            <path class="series-line" d={line} />
            {hover === null ? null : (
              <line class="cursor-line" x1={x(at)} x2={x(at)} y1={PAD.top - 10} y2={HEIGHT - PAD.bottom} />
            )}
            <circle class="series-dot" cx={x(at)} cy={y(shown.value)} r={5} />
            {hover === null ? null : (
              <text
                class="ink"
                x={x(at) + (anchor === "end" ? -10 : 10)}
                y={PAD.top - 12}
                text-anchor={anchor}
              >{`${format(shown.value)} · ${formatTime(shown.at)}`}</text>
            )}
            <text x={0} y={HEIGHT - 8}>
              {formatTime(first.at)}
            </text>
            {points.length > 1 ? (
              <text x={width} y={HEIGHT - 8} text-anchor="end">
                {formatTime(last.at)}
              </text>
            ) : null}
          </svg>
        ) : null}
      </div>
      <ChartTable
        caption={label}
        headers={[t("chart.when"), label]}
        rows={points.map((p) => [formatTime(p.at), format(p.value)])}
      />
    </figure>
  );
}

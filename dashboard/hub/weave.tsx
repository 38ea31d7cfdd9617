/**
 * The motif with meaning: each thread stands for pledges of one community; threads are spun into one strand and fan out to
 * the campaigns they are for. Shares are drawn, names and numbers stand beside; the lists below are the table twin.
 */
import { useWidth } from "../parts/use-width.ts";

export interface WeaveEnd {
  id: string;
  label: string;
  value: string;
  weight: number;
}

const THREADS = 28;
/** Of one letter of a name, roughly: SVG text does not wrap. */
const NAME_WIDTH = 8.2;

export function Weave({
  sources,
  targets,
  label,
  caption,
}: {
  sources: WeaveEnd[];
  targets: WeaveEnd[];
  label: string;
  /** stands under both ends where there is no room for names */
  caption: { sources: string; targets: string };
}) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const narrow = width < 560;
  const rows = Math.max(sources.length, targets.length, 2);
  const height = Math.max(150, rows * 54);
  const from = ends(sources, height);
  const to = ends(targets, height);
  const gutter = narrow ? 0 : Math.min(250, width * 0.25);
  const left = gutter + 6;
  const right = width - gutter - 6;
  const fit = Math.floor((gutter - 16) / NAME_WIDTH);
  return (
    <div class={narrow ? "weave-frame weave-narrow" : "weave-frame"} ref={frame}>
      {width > 0 && from.length > 0 ? (
        <svg
          class="weave"
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={label}
        >
          {from.map((y, i) => (
            <path
              key={i}
              class={i % 7 === 3 ? "warm" : ""}
              d={thread(left, right, y, to[i] ?? height / 2, height / 2, i)}
            />
          ))}
          {narrow ? null : (
            <g aria-hidden="true">
              {labels(sources, height).map(({ end, y }) => (
                <EndLabel key={end.id} end={end} x={left - 14} y={y} fit={fit} anchor="end" />
              ))}
              {labels(targets, height).map(({ end, y }) => (
                <EndLabel key={end.id} end={end} x={right + 14} y={y} fit={fit} anchor="start" />
              ))}
            </g>
          )}
        </svg>
      ) : null}
      {narrow ? (
        <p class="weave-caption small">
          <span>{caption.sources}</span>
          <span>{caption.targets}</span>
        </p>
      ) : null}
    </div>
  );
}

function EndLabel({
  end,
  x,
  y,
  fit,
  anchor,
}: {
  end: WeaveEnd;
  x: number;
  y: number;
  fit: number;
  anchor: "start" | "end";
}) {
  const name = end.label.length > fit ? `${end.label.slice(0, fit - 1).trimEnd()}…` : end.label;
  return (
    <>
      <text class="weave-name" x={x} y={y - 2} text-anchor={anchor}>
        {name}
      </text>
      <text class="weave-value" x={x} y={y + 16} text-anchor={anchor}>
        {end.value}
      </text>
    </>
  );
}

/** Middle of each end's share of the height. */
function labels(list: WeaveEnd[], height: number): { end: WeaveEnd; y: number }[] {
  const slot = height / Math.max(1, list.length);
  return list.map((end, i) => ({ end, y: slot * (i + 0.5) }));
}

/** Where each of the threads starts or ends: as many per end as its weight, at least one, spread around the end's middle. */
function ends(list: WeaveEnd[], height: number): number[] {
  const total = list.reduce((sum, end) => sum + end.weight, 0);
  const counts = list.map((end) =>
    Math.max(1, Math.round((total === 0 ? 1 / list.length : end.weight / total) * THREADS)),
  );
  const slot = height / Math.max(1, list.length);
  return counts
    .flatMap((count, i) => {
      const reach = Math.min(slot * 0.62, 5 + count * 3.2);
      return Array.from(
        { length: count },
        (_, j) => slot * (i + 0.5) + (count === 1 ? 0 : (j / (count - 1) - 0.5) * reach),
      );
    })
    .slice(0, THREADS + list.length);
}

/** Source -> strand -> target; inside the strand the threads cross, so that it looks spun rather than stacked. */
function thread(x0: number, x3: number, y0: number, y3: number, middle: number, i: number): string {
  const lane = (k: number) => middle + (((i * 5 + k * 3) % 13) - 6) * 1.35;
  const span = x3 - x0;
  const a = x0 + span * 0.36;
  const b = x0 + span * 0.5;
  const c = x0 + span * 0.64;
  const pull = span * 0.18;
  const twist = span * 0.06;
  return (
    `M${x0} ${y0}C${x0 + pull} ${y0} ${a - pull} ${lane(0)} ${a} ${lane(0)}` +
    `C${a + twist} ${lane(0)} ${b - twist} ${lane(1)} ${b} ${lane(1)}` +
    `C${b + twist} ${lane(1)} ${c - twist} ${lane(2)} ${c} ${lane(2)}` +
    `C${c + pull} ${lane(2)} ${x3 - pull} ${y3} ${x3} ${y3}`
  );
}

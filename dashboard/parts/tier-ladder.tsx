/**
 * How far a campaign has come: threads spun into one strand, up to where the demand stands; what the next rung asks for in units.
 * Numbers are in the words under it; the drawing repeats them.
 */
import { formatQuantity } from "./format.ts";
import { t } from "./i18n.ts";
import { useWidth } from "./use-width.ts";

export interface Rung {
  units: bigint;
  label: string;
}

const THREADS = 5;
const HEIGHT = 40;

export function TierLadder({
  value,
  goal,
  unit,
  rungs = [],
  note,
}: {
  value: bigint;
  goal: bigint;
  unit: string;
  rungs?: Rung[];
  /** said instead of what the next rung unlocks */
  note?: string;
}) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const share = goal === 0n ? 0 : Math.min(1, Number((value * 10_000n) / goal) / 10_000);
  const end = 6 + share * Math.max(0, width - 12);
  const missing = goal > value ? goal - value : 0n;
  const next = rungs.find((rung) => rung.units > value);
  const words = missing === 0n ? t("ladder.reached", { unit }) : t("ladder.missing", { n: missing, unit });
  return (
    <div class="ladder">
      <div class="ladder-frame" ref={frame}>
        {width > 0 ? (
          <svg viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true" class="ltr-drawing">
            <line class="rest" x1={end} x2={width - 6} y1={HEIGHT / 2} y2={HEIGHT / 2} />
            {rungs.map((rung) => {
              const x = goal === 0n ? 6 : 6 + Math.min(1, Number(rung.units) / Number(goal)) * (width - 12);
              return <line key={rung.label} class="rung" x1={x} x2={x} y1={10} y2={HEIGHT - 10} />;
            })}
            {value > 0n
              ? Array.from({ length: THREADS }, (_, i) => <path key={i} class="thread" d={threadPath(i, end)} />)
              : null}
            <circle class="head" cx={end} cy={HEIGHT / 2} r={6} />
            <line class="rung" x1={width - 1} x2={width - 1} y1={10} y2={HEIGHT - 10} />
          </svg>
        ) : null}
      </div>
      <div class="ladder-legend">
        <span>
          <strong class="num">{formatQuantity(value)}</strong>{" "}
          <span class="quiet">{t("ladder.of", { goal: formatQuantity(goal), unit })}</span>
        </span>
        <span class="quiet small">
          {note ?? (next ? t("ladder.next", { n: next.units - value, label: next.label }) : words)}
        </span>
      </div>
    </div>
  );
}

/** Thread i starts apart from the others and is drawn into the strand over the first two thirds. */
function threadPath(i: number, end: number): string {
  const middle = HEIGHT / 2;
  const spread = ((i - (THREADS - 1) / 2) / (THREADS - 1)) * 30;
  const joined = ((i - (THREADS - 1) / 2) / (THREADS - 1)) * 5;
  const bend = Math.max(6, end * 0.6);
  return `M0 ${middle + spread}C${bend * 0.5} ${middle + spread} ${bend * 0.5} ${middle + joined} ${bend} ${middle + joined}L${Math.max(bend, end - 6)} ${middle + joined * 0.6}`;
}

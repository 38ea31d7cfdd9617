/**
 * The one way from what is shown of a campaign to its cells: JSON, CSV, pages and the widget are made of these and of
 * nothing else. The cell "*" is the sum of the others and of the group of thin regions, never a number of its own.
 */
import type { FeedbackTheme } from "../protocol/feedback.ts";
import { type Fulfilment, type Likely, likelyUnits } from "./likely.ts";
import { type Region, wholeOf } from "./region.ts";
import type { Release, Withheld } from "./release.ts";
import type { Series } from "./series.ts";

export interface CurvePoint {
  band: number;
  accounts: number;
  units: bigint;
}

export interface Shown {
  /** log size at which a number of it was last taken */
  size: number;
  communities: number;
  accounts: number;
  /** null: too few units to be shown, or none */
  interest: bigint | null;
  pledged: bigint;
  committed: bigint;
  purchased: bigint | null;
  likely: Likely;
  /** units at or above a price, prices ascending */
  curve: CurvePoint[];
  feedback: Partial<Record<FeedbackTheme, number>>;
}

export type Cell = { region: string } & ({ withheld: Withheld; shown: null } | { withheld: null; shown: Shown });

export const EVERYWHERE = "*";

/** The whole campaign first, then by region; none for a campaign without any demand. */
export function cellsOf(release: Release, fulfilment: Fulfilment): Cell[] {
  const alone = Object.entries(release.regions).filter(([, region]) => wholeOf(region) !== null);
  const cells = alone.map(([name, region]): Cell => ({
    region: name,
    withheld: null,
    shown: shownOf(region, fulfilment),
  }));
  const withheld = Object.entries(release.withheld).map(([name, reason]): Cell => ({
    region: name,
    withheld: reason,
    shown: null,
  }));
  const all = [...cells, ...withheld].sort((a, b) => (a.region < b.region ? -1 : 1));
  if (all.length === 0) return [];
  return [
    everywhere(
      release,
      cells.flatMap(({ shown }) => shown ?? []),
      fulfilment,
    ),
    ...all,
  ];
}

function shownOf(region: Region, fulfilment: Fulfilment): Shown {
  const { size, communities, feedback } = region;
  const pledged = BigInt(region.pledged);
  const committed = BigInt(region.committed);
  return {
    size,
    communities,
    accounts: wholeOf(region)?.accounts ?? 0,
    interest: unitsOf(region.interest),
    pledged,
    committed,
    purchased: unitsOf(region.purchased),
    likely: likelyUnits(pledged + committed, fulfilment),
    curve: region.points.flatMap(({ now }, band) =>
      now === null ? [] : [{ band, accounts: now.accounts, units: BigInt(now.units) }],
    ),
    feedback: Object.fromEntries(
      Object.entries(feedback).flatMap(([theme, { now }]) => (now === null ? [] : [[theme, Number(now)]])),
    ),
  };
}

function unitsOf({ now }: Series): bigint | null {
  return now === null ? null : BigInt(now);
}

function everywhere({ pool }: Release, regions: readonly Shown[], fulfilment: Fulfilment): Cell {
  if (regions.length === 0 && pool === null) return { region: EVERYWHERE, withheld: "few", shown: null };
  const count = (of: (shown: Shown) => number): number => regions.reduce((sum, shown) => sum + of(shown), 0);
  const units = (of: (shown: Shown) => bigint): bigint => regions.reduce((sum, shown) => sum + of(shown), 0n);
  const known = (of: (shown: Shown) => bigint | null): bigint | null =>
    regions.some((shown) => of(shown) !== null) ? units((shown) => of(shown) ?? 0n) : null;
  const pledged = units((shown) => shown.pledged) + BigInt(pool?.pledged ?? "0");
  const committed = units((shown) => shown.committed) + BigInt(pool?.committed ?? "0");
  const shown: Shown = {
    size: Math.max(pool?.size ?? 0, ...regions.map(({ size }) => size)),
    communities: count(({ communities }) => communities) + (pool?.communities ?? 0),
    accounts: count(({ accounts }) => accounts) + (pool?.accounts ?? 0),
    interest: known(({ interest }) => interest),
    pledged,
    committed,
    purchased: known(({ purchased }) => purchased),
    likely: likelyUnits(pledged + committed, fulfilment),
    curve: sumCurves(regions, pool === null ? null : { accounts: pool.accounts, units: pledgedAndCommitted(pool) }),
    feedback: sumFeedback(regions),
  };
  return { region: EVERYWHERE, withheld: null, shown };
}

function pledgedAndCommitted({ pledged, committed }: { pledged: string; committed: string }): bigint {
  return BigInt(pledged) + BigInt(committed);
}

/** At each price that any region shows: of a region that does not show it, what it shows at the next higher one. */
function sumCurves(regions: readonly Shown[], pool: { accounts: number; units: bigint } | null): CurvePoint[] {
  const bands = new Set(regions.flatMap(({ curve }) => curve.map(({ band }) => band)));
  if (pool !== null) bands.add(0);
  return [...bands]
    .sort((a, b) => a - b)
    .map((band) => {
      const sum: CurvePoint = { band, accounts: 0, units: 0n };
      for (const { curve } of regions) {
        const point = curve.find((one) => one.band >= band);
        sum.accounts += point?.accounts ?? 0;
        sum.units += point?.units ?? 0n;
      }
      if (band === 0 && pool !== null) {
        sum.accounts += pool.accounts;
        sum.units += pool.units;
      }
      return sum;
    });
}

function sumFeedback(regions: readonly Shown[]): Shown["feedback"] {
  const sums: Shown["feedback"] = {};
  for (const { feedback } of regions) {
    for (const [theme, chosen] of Object.entries(feedback) as [FeedbackTheme, number][]) {
      sums[theme] = (sums[theme] ?? 0) + chosen;
    }
  }
  return sums;
}

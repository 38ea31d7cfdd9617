/**
 * What is shown of one region's demand (docs/signals.md §3): taken anew only when at least k accounts have come or gone
 * since, or nothing but its stage has changed; until then it stays as it was shown. Plain JSON.
 */
import type { FeedbackTheme } from "../protocol/feedback.ts";
import type { Demand, Point } from "./demand.ts";
import { type Series, advanced, isApart, mayShow, noSeries } from "./series.ts";

export interface Rules {
  /** smallest number of accounts that is shown, and the smallest step */
  k: number;
  bands: number;
  /** most units one account may ask for: so many units are at least one account */
  max_qty: bigint;
}

interface ShownPoint {
  accounts: number;
  units: string;
}

export interface PointSeries {
  now: ShownPoint | null;
  /** numbers of accounts that were shown, as Series has them */
  shown: string[];
}

export interface Region {
  /** log size at which a number of it was last taken */
  size: number;
  communities: number;
  pledged: string;
  committed: string;
  /** by price band; the first is the region as a whole */
  points: PointSeries[];
  /** accounts between two prices that were shown together, "lower-higher": their steps are held apart like any other */
  groups: Record<string, PointSeries>;
  interest: Series;
  purchased: Series;
  feedback: Partial<Record<FeedbackTheme, Series>>;
}

export function noRegion(bands: number): Region {
  return {
    size: 0,
    communities: 0,
    pledged: "0",
    committed: "0",
    points: Array.from({ length: bands }, () => ({ now: null, shown: [] })),
    groups: {},
    interest: noSeries(),
    purchased: noSeries(),
    feedback: {},
  };
}

export function wholeOf(region: Region): ShownPoint | null {
  return region.points[0]?.now ?? null;
}

/** More units than k - 1 accounts can ask for: at least k accounts are behind them. */
function unitGap({ k, max_qty }: Rules): bigint {
  return BigInt(k - 1) * max_qty + 1n;
}

/** The region once its demand has become `demand`; the same object where nothing that is shown changes. */
export function advanceRegion(region: Region, demand: Demand, rules: Rules, size: number): Region {
  const next = taken(region, demand, rules);
  return JSON.stringify(next) === JSON.stringify(region) ? region : { ...next, size };
}

function taken(region: Region, demand: Demand, rules: Rules): Region {
  const gap = BigInt(rules.k);
  const whole = wholeOf(region);
  const [head = { now: null, shown: [] }, ...others] = region.points;
  const units = demand.pledged + demand.committed;
  const steps = mayShow(BigInt(demand.accounts), head.shown, gap);
  if (whole !== null && !steps && isGone(demand.accounts, whole.accounts, rules.k)) return gone(region);
  const aside = besides(region, demand, rules);
  const isSame = whole !== null && whole.accounts === demand.accounts && BigInt(whole.units) === units;
  if (!steps && !isSame && !isFulfilment(region, aside.purchased, demand)) return { ...region, ...aside };
  const now = { accounts: demand.accounts, units: String(units) };
  const above = curve(others, now, { demand: demand.points, groups: region.groups, k: rules.k });
  return {
    ...region,
    ...aside,
    communities: demand.communities,
    pledged: String(demand.pledged),
    committed: String(demand.committed),
    points: [{ now, shown: steps ? [...head.shown, String(now.accounts)] : head.shown }, ...above.points],
    groups: above.groups,
  };
}

function isGone(next: number, now: number, k: number): boolean {
  return next < k && now - next >= k;
}

/** What was shown is remembered: a region that comes back is held against it. */
function gone(region: Region): Region {
  const empty = ({ shown }: PointSeries): PointSeries => ({ now: null, shown });
  return {
    ...region,
    communities: 0,
    pledged: "0",
    committed: "0",
    points: region.points.map(empty),
    groups: Object.fromEntries(Object.entries(region.groups).map(([pair, series]) => [pair, empty(series)])),
    interest: { ...region.interest, now: null },
    purchased: { ...region.purchased, now: null },
    feedback: Object.fromEntries(
      Object.entries(region.feedback).map(([theme, series]) => [theme, { ...series, now: null }]),
    ),
  };
}

type Aside = Pick<Region, "interest" | "purchased" | "feedback">;

/** Numbers that are shown beside the accounts, each by steps of its own. */
function besides(region: Region, demand: Demand, rules: Rules): Aside {
  const feedback: Region["feedback"] = { ...region.feedback };
  for (const theme of new Set([...demand.feedback.keys(), ...(Object.keys(region.feedback) as FeedbackTheme[])])) {
    const series = region.feedback[theme] ?? noSeries();
    const next = advanced(series, BigInt(demand.feedback.get(theme) ?? 0), BigInt(rules.k));
    if (next.shown.length > 0) feedback[theme] = next;
  }
  return {
    interest: advanced(region.interest, demand.interest, unitGap(rules)),
    purchased: advanced(region.purchased, demand.purchased, unitGap(rules)),
    feedback,
  };
}

/** Purchases move commitments without an account coming or going: shown together with a step of what was bought. */
function isFulfilment(region: Region, purchased: Series, demand: Demand): boolean {
  return (
    wholeOf(region)?.accounts === demand.accounts &&
    demand.pledged === 0n &&
    purchased.now !== region.purchased.now &&
    purchased.now === String(demand.purchased)
  );
}

interface Curve {
  demand: readonly Point[] | null;
  groups: Region["groups"];
  k: number;
}

/** Bands in which too few accounts are, or move, count at the price below: that point is left out or stays as it was. */
function curve(
  others: readonly PointSeries[],
  whole: ShownPoint,
  { demand, groups: before, k }: Curve,
): Pick<Region, "points" | "groups"> {
  const lower = [{ band: 0, point: whole }];
  const groups = { ...before };
  const points = others.map((series, at) => {
    const band = at + 1;
    const pairs = (point: ShownPoint) =>
      lower.map((one) => ({ pair: `${one.band}-${band}`, group: between(one.point, point) }));
    const fits = (point: ShownPoint): boolean => {
      const closest = between(lower.at(-1)?.point ?? whole, point);
      const isGroup = closest.accounts >= k ? !closest.units.startsWith("-") : isNone(closest);
      return isGroup && pairs(point).every(({ pair, group }) => mayStand(groups[pair], group, k));
    };
    const next = taking(series, demand?.[band], fits, BigInt(k));
    if (next.now === null) return next;
    for (const { pair, group } of pairs(next.now)) groups[pair] = standing(groups[pair], group);
    lower.push({ band, point: next.now });
    return next;
  });
  return { points, groups };
}

/** Who accepts the lower price and not the higher one. */
function between(lower: ShownPoint, higher: ShownPoint): ShownPoint {
  return { accounts: lower.accounts - higher.accounts, units: String(BigInt(lower.units) - BigInt(higher.units)) };
}

function isNone({ accounts, units }: ShownPoint): boolean {
  return accounts === 0 && units === "0";
}

function isSameAs(a: ShownPoint | null | undefined, b: ShownPoint): boolean {
  return a?.accounts === b.accounts && a.units === b.units;
}

function mayStand(series: PointSeries | undefined, group: ShownPoint, k: number): boolean {
  if (series === undefined || isSameAs(series.now, group)) return true;
  return series.shown.every((text) => areApart(group.accounts, Number(text), k));
}

function standing(series: PointSeries | undefined, group: ShownPoint): PointSeries {
  const shown = series?.shown ?? [];
  const text = String(group.accounts);
  return { now: group, shown: shown.includes(text) ? shown : [...shown, text] };
}

function taking(
  series: PointSeries,
  point: Point | undefined,
  fits: (point: ShownPoint) => boolean,
  gap: bigint,
): PointSeries {
  const { now, shown } = series;
  if (point !== undefined) {
    const next = { accounts: point.accounts, units: String(point.units) };
    if (isSameAs(now, next) && fits(next)) return series;
    if (mayShow(BigInt(next.accounts), shown, gap) && fits(next)) {
      return { now: next, shown: [...shown, String(next.accounts)] };
    }
  }
  return now !== null && fits(now) ? series : { now: null, shown };
}

/** Whether a number of accounts is far enough from another. */
export function areApart(a: number, b: number, k: number): boolean {
  return isApart(BigInt(a), BigInt(b), BigInt(k));
}

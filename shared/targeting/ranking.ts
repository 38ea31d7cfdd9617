/**
 * Campaigns in the order in which the next unit of money unlocks most: by counterfactual leverage, then the earlier
 * deadline, then the smaller gap, then the id. Those no subsidy reaches, and those that need nothing, stand apart
 * (docs/targeting.md §6).
 */
import { type Fraction, compareFractions, decimalOf } from "../money/fraction.ts";
import type { FractionView, Target, TargetAsk } from "../protocol/api/targeting.ts";
import type { AskedLine } from "./ask.ts";
import type { Judged } from "./leverage.ts";

export interface Ranked {
  judged: Judged;
  /** from 1; null when it is not in the order */
  rank: number | null;
}

type Comparable = Pick<Judged, "id" | "adjusted" | "closes" | "gap">;

export function rank(list: readonly Judged[]): Ranked[] {
  const ranked = list.filter((one) => one.adjusted !== null).toSorted(byLeverage);
  const unreachable = list.filter((one) => one.least === null).toSorted(byId);
  const funded = list.filter((one) => one.adjusted === null && one.least !== null).toSorted(byId);
  return [
    ...ranked.map((judged, at) => ({ judged, rank: at + 1 })),
    ...[...unreachable, ...funded].map((judged) => ({ judged, rank: null })),
  ];
}

export function byLeverage(a: Comparable, b: Comparable): number {
  const leverage = compareFractions(b.adjusted ?? { over: 0n, under: 1n }, a.adjusted ?? { over: 0n, under: 1n });
  if (leverage !== 0) return leverage;
  if (a.closes !== b.closes) return a.closes < b.closes ? -1 : 1;
  if (a.gap !== b.gap) return a.gap < b.gap ? -1 : 1;
  return byId(a, b);
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

/** As public JSON. */
export function targetView({ judged, rank: place }: Ranked): Target {
  const { least } = judged;
  return {
    id: judged.id,
    rank: place,
    tier: judged.tier,
    least_subsidy: subsidyView(least),
    asks: judged.asks.map((one) => askView(one, judged.source)),
    ask: judged.asks.indexOf(judged.best),
    shortfall_units: String(judged.shortfall > 0n ? judged.shortfall : 0n),
    need_minor: String(judged.need),
    gap_minor: String(judged.gap),
    unlocked_minor: String(judged.unlocked),
    bought_anyway_minor: String(judged.bought_anyway),
    expected_minor: String(judged.expected),
    fulfilment: fractionView(judged.fulfilment),
    gross: judged.gross === null ? null : fractionView(judged.gross),
    marginal: judged.marginal === null ? null : fractionView(judged.marginal),
    adjusted: judged.adjusted === null ? null : fractionView(judged.adjusted),
    explanation: judged.explanation,
  };
}

function subsidyView(least: Judged["least"]): Target["least_subsidy"] {
  if (least === null) return null;
  return {
    buyer_price_minor: String(least.buyer_price_minor),
    per_unit_minor: String(least.per_unit_minor),
    units: String(least.units),
    cost_minor: String(least.cost_minor),
  };
}

function askView({ ask, line }: AskedLine, expected: Judged["source"]): TargetAsk {
  return {
    source: ask.offer === null ? expected : "offer",
    offer: ask.offer,
    price_minor: String(ask.price),
    minimum_units: String(ask.minimum),
    max_units: ask.most === null ? null : String(ask.most),
    least_subsidy: subsidyView(line),
  };
}

function fractionView({ over, under }: Fraction): FractionView {
  return { over: String(over), under: String(under), decimal: decimalOf(over, under, 4) };
}

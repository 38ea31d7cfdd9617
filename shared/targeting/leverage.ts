/**
 * What a campaign needs and what a unit of money unlocks there (docs/targeting.md §3 to §5): need, gap, gross, marginal and
 * counterfactual leverage, each an exact fraction. The steps say how it came about, for pages to put into words.
 */
import type { Target, TargetingInput } from "../protocol/api/targeting.ts";
import { type Fraction, decimalOf } from "../money/fraction.ts";
import { type AskedLine, askedLines } from "./ask.ts";
import { type DemandAtPrices, demandAt } from "./subsidy.ts";

export type TargetStep = Target["explanation"][number];

/** A campaign as it is judged: exact, before it is written as JSON. */
export interface Judged {
  id: string;
  tier: Target["tier"];
  closes: string;
  /** every tier of every offer, or what is expected, and which of them the rest goes by */
  asks: AskedLine[];
  best: AskedLine;
  source: TargetingInput["price_source"];
  least: { buyer_price_minor: bigint; per_unit_minor: bigint; units: bigint; cost_minor: bigint } | null;
  shortfall: bigint;
  need: bigint;
  gap: bigint;
  unlocked: bigint;
  bought_anyway: bigint;
  /** φ × (unlocked − bought anyway), rounded down */
  expected: bigint;
  fulfilment: Fraction;
  gross: Fraction | null;
  marginal: Fraction | null;
  adjusted: Fraction | null;
  explanation: TargetStep[];
}

/** As many pledged units as a campaign's own history weighs against the network's: the more history, the less prior. */
const PRIOR_UNITS = 100n;

/**
 * Expected fulfilment: units kept of units locked, with (k + 1) ÷ (n + 2) for a network without history, and the
 * campaign's own communities drawn towards the network's mean by a hundred units of it.
 */
export function fulfilmentOf(
  input: Pick<TargetingInput, "fulfilled_units" | "locked_units" | "network_fulfilled_units" | "network_locked_units">,
): Fraction {
  const mean: Fraction = {
    over: BigInt(input.network_fulfilled_units) + 1n,
    under: BigInt(input.network_locked_units) + 2n,
  };
  const kept = BigInt(input.fulfilled_units);
  const locked = BigInt(input.locked_units);
  const over = kept * mean.under + PRIOR_UNITS * mean.over;
  const under = (locked + PRIOR_UNITS) * mean.under;
  return over > under ? { over: 1n, under: 1n } : { over, under };
}

export function judge(input: TargetingInput): Judged {
  const demand: DemandAtPrices = {
    bands_minor: input.bands_minor.map(BigInt),
    units_by_band: input.units_by_band.map(BigInt),
  };
  const { best, all: asks } = askedLines(demand, input);
  const { line } = best;
  const fixed = BigInt(input.fixed_cost_minor) + BigInt(input.market_development_minor);
  const committed = BigInt(input.committed_minor);
  const need = fixed + (line?.cost_minor ?? 0n);
  const gap = need > committed ? need - committed : 0n;
  const unlocked = line?.members_minor ?? 0n;
  const bought_anyway = line !== null && line.per_unit_minor === 0n && fixed === 0n ? unlocked : 0n;
  const fulfilment = fulfilmentOf(input);
  const net = unlocked - bought_anyway;
  const all = demand.units_by_band.reduce((sum, units) => sum + units, 0n);
  const judged: Judged = {
    id: input.id,
    tier: BigInt(input.fulfilled_units) > 0n ? "T4" : input.accounts > 0 ? "T2" : "T1",
    closes: input.closes,
    asks,
    best,
    source: input.price_source,
    least: line,
    shortfall: line === null ? best.ask.minimum - demandAt(demand, 0n) : 0n,
    need,
    gap,
    unlocked,
    bought_anyway,
    expected: (net * fulfilment.over) / fulfilment.under,
    fulfilment,
    gross: line === null || need === 0n ? null : { over: unlocked, under: need },
    marginal: line === null || gap === 0n ? null : { over: unlocked, under: gap },
    adjusted: line === null || gap === 0n ? null : { over: net * fulfilment.over, under: gap * fulfilment.under },
    explanation: [],
  };
  judged.explanation = steps(input, judged, all);
  return judged;
}

function steps(input: TargetingInput, judged: Judged, all: bigint): TargetStep[] {
  const { least, need, gap, fulfilment } = judged;
  const { minimum, price, offer } = judged.best.ask;
  const list: TargetStep[] = [];
  const add = (step: TargetStep["step"], values: Record<string, bigint | string>): void => {
    list.push({ step, values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)])) });
  };
  if (input.state !== "open" && input.state !== "locked") add("not-open", {});
  if (offer !== null) add("offer", { supplier: offer.supplier, price_minor: price, minimum });
  if (least === null) {
    add("subsidy-cannot-reach-minimum", { units: all, minimum, missing: judged.shortfall });
  } else if (least.per_unit_minor === 0n) {
    add("minimum-reached", { units: least.units, minimum, price_minor: least.buyer_price_minor });
  } else {
    add("subsidy-reaches-minimum", {
      units: least.units,
      minimum,
      price_minor: least.buyer_price_minor,
      per_unit_minor: least.per_unit_minor,
      cost_minor: least.cost_minor,
    });
  }
  const fixed = BigInt(input.fixed_cost_minor) + BigInt(input.market_development_minor);
  if (fixed > 0n) add("fixed-costs", { amount_minor: fixed });
  if (BigInt(input.committed_minor) > 0n)
    add("already-committed", { amount_minor: input.committed_minor, need_minor: need });
  if (least !== null && gap === 0n) add("fully-funded", {});
  const percent = decimalOf(fulfilment.over * 100n, fulfilment.under, 1);
  if (BigInt(input.locked_units) > 0n) {
    add("fulfilment-history", { kept: input.fulfilled_units, locked: input.locked_units, percent });
  } else add("fulfilment-prior", { percent });
  if (judged.bought_anyway > 0n) add("bought-anyway", { amount_minor: judged.bought_anyway });
  return list;
}

/**
 * What a supplier asks of a campaign, and what it would cost to get there (docs/suppliers.md): the tiers of the offers that
 * stand, or without one what the hub expects. Of several the one with the least subsidy is taken; all are shown.
 */
import type { TargetingInput } from "../protocol/api/targeting.ts";
import type { PriceTier } from "../protocol/offer.ts";
import { type DemandAtPrices, type PriceLine, demandAt, leastSubsidy } from "./subsidy.ts";

export interface Ask {
  price: bigint;
  minimum: bigint;
  /** most that would be delivered; null: no limit */
  most: bigint | null;
  /** leaf, supplier's name and which of its tiers, from 0; null: nobody has offered this */
  offer: { offer: string; supplier: string; tier: number } | null;
}

/** An ask, and the line of its least subsidy; null: no subsidy alone reaches its minimum. */
export interface AskedLine {
  ask: Ask;
  line: PriceLine | null;
}

type AskInput = Pick<TargetingInput, "offers" | "supplier_price_minor" | "minimum_units">;

function asksOf({ offers, supplier_price_minor, minimum_units }: AskInput): [Ask, ...Ask[]] {
  const expected: Ask = {
    price: BigInt(supplier_price_minor),
    minimum: BigInt(minimum_units),
    most: null,
    offer: null,
  };
  const [first, ...others] = offers.flatMap(({ offer, supplier, tiers, max_qty }) =>
    tiers.map(({ unit_price_minor, min_qty }, tier): Ask => ({
      price: BigInt(unit_price_minor),
      minimum: BigInt(min_qty),
      most: max_qty === null ? null : BigInt(max_qty),
      offer: { offer, supplier, tier },
    })),
  );
  return first === undefined ? [expected] : [first, ...others];
}

/** Every ask in the order of the offers, and the one to go by. */
export function askedLines(demand: DemandAtPrices, input: AskInput): { best: AskedLine; all: AskedLine[] } {
  const [first, ...others] = asksOf(input).map((ask): AskedLine => ({ ask, line: leastFor(demand, ask) }));
  if (first === undefined) throw new Error("there is always an ask");
  return { best: others.reduce((best, one) => (isBetter(one, best) ? one : best), first), all: [first, ...others] };
}

/** The line of the least subsidy, with no more units than would be delivered. */
function leastFor(demand: DemandAtPrices, { price, minimum, most }: Ask): PriceLine | null {
  const line = leastSubsidy(demand, price, minimum);
  if (line === null || most === null || line.units <= most) return line;
  return {
    ...line,
    units: most,
    members_minor: line.buyer_price_minor * most,
    cost_minor: line.per_unit_minor * most,
  };
}

/** Costs less; or as much, and members pay less; or the same, and more are served. What cannot be reached comes last, smallest order first. */
function isBetter(a: AskedLine, b: AskedLine): boolean {
  if (a.line === null) return b.line === null && a.ask.minimum < b.ask.minimum;
  if (b.line === null) return true;
  if (a.line.cost_minor !== b.line.cost_minor) return a.line.cost_minor < b.line.cost_minor;
  if (a.line.buyer_price_minor !== b.line.buyer_price_minor) return a.line.buyer_price_minor < b.line.buyer_price_minor;
  return a.line.units > b.line.units;
}

/** The cheapest tier whose quantity is wanted at its price; without one, the units wanted at the first tier's. */
export function reachedTier(
  demand: DemandAtPrices,
  tiers: readonly PriceTier[],
): { tier: number | null; units: bigint } {
  const wanted = tiers.map(({ unit_price_minor }) => demandAt(demand, BigInt(unit_price_minor)));
  const tier = tiers.findLastIndex(({ min_qty }, at) => (wanted[at] ?? 0n) >= BigInt(min_qty));
  return tier === -1 ? { tier: null, units: wanted[0] ?? 0n } : { tier, units: wanted[tier] ?? 0n };
}

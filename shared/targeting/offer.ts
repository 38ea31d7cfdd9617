/**
 * Suppliers' offers against the demand there is: which tier it reaches already (docs/suppliers.md). Whole minor units and
 * whole units.
 */
import type { PriceTier } from "../protocol/offer.ts";
import { type DemandAtPrices, demandAt } from "./subsidy.ts";

/** The cheapest tier whose quantity is wanted at its price; without one, the units wanted at the first tier's. */
export function reachedTier(
  demand: DemandAtPrices,
  tiers: readonly PriceTier[],
): { tier: number | null; units: bigint } {
  const wanted = tiers.map(({ unit_price_minor }) => demandAt(demand, BigInt(unit_price_minor)));
  const tier = tiers.findLastIndex(({ min_qty }, at) => (wanted[at] ?? 0n) >= BigInt(min_qty));
  return tier === -1 ? { tier: null, units: wanted[0] ?? 0n } : { tier, units: wanted[tier] ?? 0n };
}

/**
 * The least subsidy that makes a campaign reach a supplier's minimum order, from members' own maximum prices
 * (docs/targeting.md §2): an order statistic over the price bands, in whole minor units.
 */

export interface DemandAtPrices {
  /** unit prices, lowest first */
  bands_minor: readonly bigint[];
  /** open units whose highest accepted price is that band's */
  units_by_band: readonly bigint[];
}

/** D(p): units whose members accept the price p. */
export function demandAt({ bands_minor, units_by_band }: DemandAtPrices, price: bigint): bigint {
  return units_by_band.reduce((sum, units, band) => ((bands_minor[band] ?? 0n) >= price ? sum + units : sum), 0n);
}

export interface PriceLine {
  buyer_price_minor: bigint;
  per_unit_minor: bigint;
  units: bigint;
  reaches_minimum: boolean;
  /** what members pay themselves */
  members_minor: bigint;
  cost_minor: bigint;
}

/** Every buyer price worth looking at: the supplier's own, and each band below it, highest first. */
export function priceTable(demand: DemandAtPrices, supplierPrice: bigint, minimum: bigint): PriceLine[] {
  const below = demand.bands_minor.filter((price) => price < supplierPrice);
  return [supplierPrice, ...below.toReversed()].map((price) => {
    const units = demandAt(demand, price);
    const per_unit_minor = supplierPrice - price;
    return {
      buyer_price_minor: price,
      per_unit_minor,
      units,
      reaches_minimum: units >= minimum,
      members_minor: price * units,
      cost_minor: per_unit_minor * units,
    };
  });
}

/** The highest buyer price at which the minimum is reached; null: no subsidy alone reaches it. */
export function leastSubsidy(demand: DemandAtPrices, supplierPrice: bigint, minimum: bigint): PriceLine | null {
  return priceTable(demand, supplierPrice, minimum).find((line) => line.reaches_minimum) ?? null;
}

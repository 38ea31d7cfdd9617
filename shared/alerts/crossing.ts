/**
 * When an alert on demand fires: on the way up through its threshold, once, and never on what fewer than k accounts make up
 * (docs/for-suppliers.md). Pure: which campaigns and regions there are, and what was so before, comes from outside.
 */
import type { CreateAlert } from "../protocol/api/alert.ts";

/** What is public of one campaign, or of its demand in one region. */
export interface Demand {
  campaign: string;
  currency: string;
  categories: readonly string[];
  /** null: the whole campaign */
  region: string | null;
  /** units wanted at or above each price, prices ascending; what is withheld is not there */
  curve: readonly { price_minor: string; units: bigint; accounts: number }[];
}

export interface Measured {
  units: bigint;
  accounts: number;
}

type Threshold = Pick<CreateAlert, "campaign" | "category" | "region" | "min_units" | "at_price_minor" | "currency">;

/** `demand` may hold campaigns and their regions side by side: an alert counts the ones or the others. */
export function measure(alert: Threshold, demand: readonly Demand[]): Measured {
  const least = alert.at_price_minor === null ? 0n : BigInt(alert.at_price_minor);
  let units = 0n;
  let accounts = 0;
  for (const one of demand) {
    if (!fits(alert, one)) continue;
    // between two prices it is the higher one that all of these members would pay
    const point = one.curve.find(({ price_minor }) => BigInt(price_minor) >= least);
    units += point?.units ?? 0n;
    accounts += point?.accounts ?? 0;
  }
  return { units, accounts };
}

export function fits(
  { campaign, category, currency, region }: Pick<Threshold, "campaign" | "category" | "currency" | "region">,
  one: Pick<Demand, "campaign" | "currency" | "categories" | "region">,
): boolean {
  if (campaign !== null && one.campaign !== campaign) return false;
  if (category !== null && !one.categories.includes(category)) return false;
  if (currency !== null && one.currency !== currency) return false;
  return region === null ? one.region === null : one.region !== null && covers(region, one.region);
}

/** A country covers its subdivisions. */
function covers(region: string, other: string): boolean {
  return other === region || other.startsWith(`${region}-`);
}

/** Too few accounts are as good as no demand: nobody learns from silence how far below the threshold it is. */
export function isAbove(alert: Pick<Threshold, "min_units">, now: Measured, k: number): boolean {
  return alert.min_units !== null && now.accounts >= k && now.units >= BigInt(alert.min_units);
}

/** What an alert is from now on, and whether it is told. */
export function crossing(before: boolean, now: boolean): { above: boolean; fires: boolean } {
  return { above: now, fires: now && !before };
}

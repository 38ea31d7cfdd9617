/**
 * When an alert on demand fires: on the way up through its threshold, once, and never on what fewer than k accounts make up
 * (docs/for-suppliers.md). Pure: which campaigns and communities there are, and what was so before, comes from outside.
 */
import type { CreateAlert } from "../protocol/api/alert.ts";

/** What counts of one campaign, or of one community's part in it. */
export interface Demand {
  campaign: string;
  currency: string;
  categories: readonly string[];
  /** of the community; null: the whole campaign */
  region: string | null;
  /** ascending, with the units of each: members who accept at most that price */
  bands_minor: readonly string[];
  units: readonly bigint[];
  accounts: number;
}

export interface Measured {
  units: bigint;
  accounts: number;
}

type Threshold = Pick<CreateAlert, "campaign" | "category" | "region" | "min_units" | "at_price_minor" | "currency">;

/** With a region, `demand` is of communities, else of campaigns. */
export function measure(alert: Threshold, demand: readonly Demand[]): Measured {
  let units = 0n;
  let accounts = 0;
  for (const one of demand) {
    if (!fits(alert, one)) continue;
    units += unitsAt(one, alert.at_price_minor);
    accounts += one.accounts;
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

/** Units of members whose own maximum is at least this price. */
function unitsAt({ bands_minor, units }: Demand, price: string | null): bigint {
  const least = price === null ? 0n : BigInt(price);
  return units.reduce((sum, here, band) => (BigInt(bands_minor[band] ?? "0") >= least ? sum + here : sum), 0n);
}

/** Too few accounts are as good as no demand: nobody learns from silence how far below the threshold it is. */
export function isAbove(alert: Pick<Threshold, "min_units">, now: Measured, k: number): boolean {
  return alert.min_units !== null && now.accounts >= k && now.units >= BigInt(alert.min_units);
}

/** What an alert is from now on, and whether it is told. */
export function crossing(before: boolean, now: boolean): { above: boolean; fires: boolean } {
  return { above: now, fires: now && !before };
}

/**
 * Price bands as they may be drawn: none that fewer than k accounts stand in (docs/privacy.md). A thin band's units join the band
 * below it, which their members accept too, so that no curve says more than is wanted; what is thin at the bottom joins upwards.
 */

import { campaignNumbers, demandAtPrices } from "../network/numbers.ts";
import type { Campaign } from "../network/state.ts";

/** A campaign's open demand as every view draws it; null when fewer than `k` accounts take part. */
export function drawnDemand(
  campaign: Pick<Campaign, "terms" | "ended" | "sums">,
  k: number,
): { bands_minor: bigint[]; units_by_band: bigint[] } | null {
  const { bands_minor, units_by_band } = demandAtPrices(campaign);
  const drawn = drawnBands(units_by_band, campaignNumbers(campaign).accounts, k);
  return drawn === null ? null : { bands_minor, units_by_band: drawn };
}

/** `units` and `accounts` by band, lowest price first; null when fewer than `k` accounts take part at all. */
export function drawnBands(units: readonly bigint[], accounts: readonly number[], k: number): bigint[] | null {
  const drawn = units.map(() => 0n);
  let waiting = { units: 0n, accounts: 0 };
  let lowestDrawn: number | null = null;
  for (let band = units.length - 1; band >= 0; band -= 1) {
    waiting = { units: waiting.units + (units[band] ?? 0n), accounts: waiting.accounts + (accounts[band] ?? 0) };
    if (waiting.accounts < k) continue;
    drawn[band] = waiting.units;
    lowestDrawn = band;
    waiting = { units: 0n, accounts: 0 };
  }
  if (lowestDrawn === null) return waiting.accounts === 0 && waiting.units === 0n ? drawn : null;
  // The few at the bottom accept less than the band above asks: joining it would promise too much, so they move it down.
  if (waiting.accounts > 0) {
    drawn[0] = (drawn[lowestDrawn] ?? 0n) + waiting.units;
    if (lowestDrawn !== 0) drawn[lowestDrawn] = 0n;
  }
  return drawn;
}

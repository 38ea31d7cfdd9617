/**
 * Price bands as they may be drawn: none that fewer than k accounts stand in (docs/privacy.md). A thin band's units join the band
 * below it, which their members accept too, so that no curve says more than is wanted; what is thin at the bottom joins upwards.
 */

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
  if (lowestDrawn === null) return waiting.accounts === 0 ? drawn : null;
  // The few at the bottom accept less than the band above asks: joining it would promise too much, so they move it down.
  if (waiting.accounts > 0) {
    drawn[0] = (drawn[lowestDrawn] ?? 0n) + waiting.units;
    if (lowestDrawn !== 0) drawn[lowestDrawn] = 0n;
  }
  return drawn;
}

/** Round numbers for axes. Exact: amounts stay bigint. */
export function niceTicks(top: bigint, wanted: number): bigint[] {
  if (top <= 0n) return [0n, 1n];
  const rough = top / BigInt(wanted) || 1n;
  const magnitude = 10n ** BigInt(rough.toString().length - 1);
  const step = [1n, 2n, 5n, 10n].map((m) => m * magnitude).find((s) => s >= rough) ?? magnitude * 10n;
  const ticks = [0n];
  while ((ticks.at(-1) ?? 0n) < top) ticks.push((ticks.at(-1) ?? 0n) + step);
  return ticks;
}

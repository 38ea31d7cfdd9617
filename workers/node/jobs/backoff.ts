/**
 * When to try again (docs/protocol.md §4): after 1, 2, 4 … 60 units ± 20 %, then every 60 units for ever. The unit
 * is a minute on the real network, and as short as the report interval on an embedded one. Pure.
 */

const CEILING = 60;
const SPREAD = 0.2;

export function unitMs(reportIntervalS: number): number {
  return Math.max(1, Math.min(60, reportIntervalS)) * 1000;
}

/** `attempts` counts the failure just seen; `random` is in [0, 1). */
export function retryDelayMs(attempts: number, unit: number, random: number): number {
  const units = Math.min(2 ** Math.min(attempts - 1, 16), CEILING);
  return Math.round(units * unit * (1 - SPREAD + 2 * SPREAD * random));
}

/**
 * How many open units are likely to be bought (docs/signals.md §4): Wilson's score interval at 90 % for the share of
 * locked units that were bought (E. B. Wilson, JASA 22, 1927; L. D. Brown, T. T. Cai, A. DasGupta, Statistical Science
 * 16, 2001). Accounts, not units, are the trials. Integers only: the ends are rounded outwards, the middle half up.
 */
import { isqrt } from "../targeting/quadratic.ts";

/** Over campaigns that were locked. */
export interface Fulfilment {
  /** units bought, never more than were locked */
  fulfilled: bigint;
  locked: bigint;
  /** accounts that were locked: the number of trials */
  accounts: number;
}

export interface Likely {
  low: bigint;
  mid: bigint;
  high: bigint;
}

/** z² of a two-sided 90 % interval, 1.6448536…² in millionths. */
const Z2 = 2_705_543n;
const MILLION = 1_000_000n;

export function likelyUnits(open: bigint, { fulfilled, locked, accounts }: Fulfilment): Likely {
  const n = BigInt(accounts);
  // Without history the share may be anything; the same formula says so with zero trials of one unit.
  const l = locked === 0n ? 1n : locked;
  const f = fulfilled > l ? l : fulfilled;
  const centre = 2n * n * f * MILLION + Z2 * l;
  const radicand = Z2 * (4n * n * f * (l - f) * MILLION + Z2 * l * l);
  const root = isqrt(radicand);
  const half = root * root === radicand ? root : root + 1n;
  const under = 2n * l * (n * MILLION + Z2);
  const low = centre > half ? centre - half : 0n;
  const high = centre + half < under ? centre + half : under;
  return {
    low: (open * low) / under,
    mid: (2n * open * centre + under) / (2n * under),
    high: (open * high + under - 1n) / under,
  };
}

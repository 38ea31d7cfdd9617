/**
 * Quadratic matching, plain and by community (docs/targeting.md §8): m = (Σ√x)² − Σx. Roots are integers of x·10¹², so that
 * six more digits than the money has are exact. By community, amounts are added inside each first: splitting oneself
 * inside a community gains nothing.
 */
import { type Share, waterFill } from "./water-fill.ts";

const SCALE = 10n ** 6n;

/** ⌊√n⌋ by Newton's method. */
export function isqrt(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt((n.toString(16).length * 4 + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** So many contributors who stand for equal parts of one amount. */
export interface Contributors {
  count: bigint;
  amount: bigint;
}

/**
 * The match in units of 10⁻⁶ of a minor unit; one contributor alone is matched with nothing. n equal parts of A have the
 * roots n·√(A÷n) = √(n·A).
 */
export function quadraticMatch(contributors: readonly Contributors[]): bigint {
  const positive = contributors.filter(({ count, amount }) => count > 0n && amount > 0n);
  if (positive.reduce((sum, { count }) => sum + count, 0n) < 2n) return 0n;
  const roots = positive.reduce((sum, { count, amount }) => sum + isqrt(count * amount * SCALE * SCALE), 0n);
  const match = (roots * roots) / SCALE - positive.reduce((sum, { amount }) => sum + amount, 0n) * SCALE;
  return match > 0n ? match : 0n;
}

/**
 * Shares a pool by matches (in units of 10⁻⁶). Unsaturated: what the formula does not ask for stays in the pool.
 * Saturated: shared in proportion. Then the caps.
 */
export function shareMatches(pool: bigint, matches: readonly Share[]): { amounts: Map<string, bigint>; rest: bigint } {
  const asked = matches.reduce((sum, { weight }) => sum + weight, 0n) / SCALE;
  const shared = waterFill(asked < pool ? asked : pool, matches);
  return { amounts: shared.amounts, rest: shared.rest + (asked < pool ? pool - asked : 0n) };
}

/** Communities with fewer accounts than this stand together as one, so that a small one cannot be made to gain. */
const SMALL_COMMUNITY = 5;

export interface CommunityAmount {
  community: string;
  accounts: number;
  amount: bigint;
}

/** One contributor for each community, and one for all small ones together. */
export function clustered(list: readonly CommunityAmount[]): { contributors: Contributors[]; merged: string[] } {
  const large = list.filter(({ accounts }) => accounts >= SMALL_COMMUNITY);
  const small = list.filter(({ accounts }) => accounts < SMALL_COMMUNITY);
  const together = small.reduce((sum, { amount }) => sum + amount, 0n);
  return {
    contributors: [...large.map(({ amount }) => amount), ...(together > 0n ? [together] : [])].map((amount) => ({
      count: 1n,
      amount,
    })),
    merged: small.map(({ community }) => community),
  };
}

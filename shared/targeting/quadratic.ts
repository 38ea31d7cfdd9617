/**
 * Quadratic matching, plain and by community (docs/targeting.md): m = (Σ√x)² − Σx. Roots are integers of x·10¹², so that
 * six more digits than the money has are exact. By community, amounts are added inside each first: splitting oneself
 * inside a community gains nothing.
 */
import { waterFill } from "./water-fill.ts";

const SCALE = 10n ** 6n;

/** ⌊√n⌋ by Newton's method. */
export function isqrt(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** The match in units of 10⁻⁶ of a minor unit; one contributor alone is matched with nothing. */
export function quadraticMatch(amounts: readonly bigint[]): bigint {
  const positive = amounts.filter((amount) => amount > 0n);
  if (positive.length < 2) return 0n;
  const roots = positive.reduce((sum, amount) => sum + isqrt(amount * SCALE * SCALE), 0n);
  const match = (roots * roots) / SCALE - positive.reduce((sum, amount) => sum + amount, 0n) * SCALE;
  return match > 0n ? match : 0n;
}

export interface Round {
  id: string;
  amounts: readonly bigint[];
  cap: bigint;
}

/** Unsaturated: what the formula does not ask for stays in the pool. Saturated: shared in proportion. Then the caps. */
export function shareQuadratic(pool: bigint, rounds: readonly Round[]): { amounts: Map<string, bigint>; rest: bigint } {
  const matches = rounds.map(({ id, amounts, cap }) => ({ id, cap, weight: quadraticMatch(amounts) }));
  const asked = matches.reduce((sum, { weight }) => sum + weight, 0n) / SCALE;
  const shared = waterFill(asked < pool ? asked : pool, matches);
  return { amounts: shared.amounts, rest: shared.rest + (asked < pool ? pool - asked : 0n) };
}

/** Communities with fewer accounts than this stand together as one, so that a small one cannot be made to gain. */
export const SMALL_COMMUNITY = 5;

export interface CommunityAmount {
  community: string;
  accounts: number;
  amount: bigint;
}

/** One amount for each community, and one for all small ones together. */
export function clustered(list: readonly CommunityAmount[]): { amounts: bigint[]; merged: string[] } {
  const large = list.filter(({ accounts }) => accounts >= SMALL_COMMUNITY);
  const small = list.filter(({ accounts }) => accounts < SMALL_COMMUNITY);
  const together = small.reduce((sum, { amount }) => sum + amount, 0n);
  return {
    amounts: [...large.map(({ amount }) => amount), ...(together > 0n ? [together] : [])],
    merged: small.map(({ community }) => community),
  };
}

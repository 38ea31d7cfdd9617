/**
 * Sharing a pool by weight with a cap for each (docs/targeting.md §8): what is above a cap goes to the others, in proportion, until nothing is
 * left or all are full. Whole units by largest remainder, ties by id: the sum is the pool or all caps, exactly.
 */

export interface Share {
  id: string;
  weight: bigint;
  cap: bigint;
}

export function waterFill(pool: bigint, shares: readonly Share[]): { amounts: Map<string, bigint>; rest: bigint } {
  const amounts = new Map(shares.map(({ id }) => [id, 0n]));
  let open = shares.filter(({ weight, cap }) => weight > 0n && cap > 0n);
  let left = pool;
  while (open.length > 0 && left > 0n) {
    const portions = proportional(left, open);
    const full = open.filter(({ id, cap }) => (portions.get(id) ?? 0n) >= cap);
    if (full.length === 0) {
      for (const [id, amount] of portions) amounts.set(id, amount);
      left = 0n;
      break;
    }
    for (const { id, cap } of full) {
      amounts.set(id, cap);
      left -= cap;
    }
    open = open.filter((one) => !full.includes(one));
  }
  return { amounts, rest: left };
}

/** Largest remainder: every share rounded down, and the units left over to the largest fractions, ties by id. */
export function proportional(pool: bigint, shares: readonly Pick<Share, "id" | "weight">[]): Map<string, bigint> {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0n);
  if (total === 0n) return new Map(shares.map(({ id }) => [id, 0n]));
  const parts = shares.map(({ id, weight }) => ({
    id,
    amount: (pool * weight) / total,
    remainder: (pool * weight) % total,
  }));
  let left = pool - parts.reduce((sum, { amount }) => sum + amount, 0n);
  const order = parts.toSorted((a, b) =>
    a.remainder === b.remainder ? (a.id < b.id ? -1 : 1) : a.remainder > b.remainder ? -1 : 1,
  );
  for (const part of order) {
    if (left === 0n) break;
    part.amount += 1n;
    left -= 1n;
  }
  return new Map(parts.map(({ id, amount }) => [id, amount]));
}

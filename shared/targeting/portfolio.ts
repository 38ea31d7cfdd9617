/**
 * Which campaigns a budget closes so that most is unlocked (docs/targeting.md §7). Partial money below a gap unlocks nothing, so a campaign is
 * in or out. Exact up to twenty campaigns, by branch and bound; beyond that by leverage, and it says so.
 */
import { compareFractions } from "../money/fraction.ts";

export interface Candidate {
  id: string;
  gap: bigint;
  unlocks: bigint;
}

export interface Chosen {
  method: "exact" | "greedy";
  /** ids in ascending order */
  ids: string[];
  spent: bigint;
  unlocks: bigint;
}

export const EXACT_UP_TO = 20;

export function choosePortfolio(candidates: readonly Candidate[], budget: bigint): Chosen {
  const useful = candidates.filter(({ gap, unlocks }) => gap > 0n && gap <= budget && unlocks > 0n);
  const ordered = useful.toSorted((a, b) => {
    const density = compareFractions({ over: b.unlocks, under: b.gap }, { over: a.unlocks, under: a.gap });
    return density !== 0 ? density : a.id < b.id ? -1 : 1;
  });
  const method = ordered.length <= EXACT_UP_TO ? "exact" : "greedy";
  const ids = method === "exact" ? best(ordered, budget) : greedyOrBestSingle(ordered, budget);
  const chosen = ordered.filter(({ id }) => ids.has(id));
  return {
    method,
    ids: chosen.map(({ id }) => id).toSorted(),
    spent: sum(chosen, "gap"),
    unlocks: sum(chosen, "unlocks"),
  };
}

function sum(list: readonly Candidate[], field: "gap" | "unlocks"): bigint {
  return list.reduce((total, one) => total + one[field], 0n);
}

/** Branch and bound: a branch that could not beat the best even with fractions of what is left is not looked at. */
function best(ordered: readonly Candidate[], budget: bigint): Set<string> {
  let found: { ids: string[]; unlocks: bigint } = { ids: [], unlocks: 0n };
  function walk(at: number, left: bigint, unlocks: bigint, ids: string[]): void {
    if (unlocks > found.unlocks) found = { ids, unlocks };
    const next = ordered[at];
    if (next === undefined || unlocks + bound(ordered, at, left) <= found.unlocks) return;
    if (next.gap <= left) walk(at + 1, left - next.gap, unlocks + next.unlocks, [...ids, next.id]);
    walk(at + 1, left, unlocks, ids);
  }
  walk(0, budget, 0n, []);
  return new Set(found.ids);
}

/** At most what is left could unlock, if the last campaign could be taken in part; rounded up. */
function bound(ordered: readonly Candidate[], at: number, budget: bigint): bigint {
  let left = budget;
  let most = 0n;
  for (const { gap, unlocks } of ordered.slice(at)) {
    if (gap > left) return most + (unlocks * left + gap - 1n) / gap;
    left -= gap;
    most += unlocks;
  }
  return most;
}

/** By leverage as far as the money reaches, or the one best campaign: never less than half of the best choice. */
function greedyOrBestSingle(ordered: readonly Candidate[], budget: bigint): Set<string> {
  const taken: Candidate[] = [];
  let left = budget;
  for (const one of ordered) {
    if (one.gap > left) continue;
    taken.push(one);
    left -= one.gap;
  }
  const single = ordered.reduce<Candidate | null>(
    (most, one) => (most === null || one.unlocks > most.unlocks ? one : most),
    null,
  );
  const isSingle = single !== null && single.unlocks > sum(taken, "unlocks");
  return new Set((isSingle ? [single] : taken).map(({ id }) => id));
}

/**
 * The numbers a report carries, derived from the tallies of a book (docs/protocol.md §2, §3).
 * Stages are exclusive: pledged until the lock, committed after it, purchased once bought.
 */
import type { CampaignTotals } from "../protocol/statement.ts";
import type { BookState, Tally } from "./state.ts";

export interface StageUnits {
  pledges: number;
  interest: bigint;
  pledged: bigint[];
  committed: bigint[];
  purchased: bigint;
  locked: bigint;
}

export function stagesOf(tally: Tally): StageUnits {
  const none = tally.units.map(() => 0n);
  return {
    pledges: tally.chains.reduce((sum, chains) => sum + chains, 0),
    interest: tally.interest,
    pledged: tally.ended === null ? tally.units : none,
    committed: tally.ended === null ? none : openAfter(tally.units, tally.purchased),
    purchased: tally.purchased,
    locked: tally.locked,
  };
}

export function campaignTotalsOf(campaign: string, tally: Tally): CampaignTotals {
  const stages = stagesOf(tally);
  return {
    c: campaign,
    pledges: stages.pledges,
    interest: String(stages.interest),
    pledged: stages.pledged.map(String),
    committed: stages.committed.map(String),
    purchased: String(stages.purchased),
    locked: String(stages.locked),
    accounts: [...tally.chains],
  };
}

/** What of reported totals a book can be held against: all but what members said. */
export function provableTotals(reported: readonly CampaignTotals[]): CampaignTotals[] {
  return reported.map((said) => {
    const { feedback: _, ...totals } = said;
    return totals;
  });
}

/** Campaigns of a report that do not tell the accounts of each band. */
export function withoutAccounts(reported: readonly CampaignTotals[]): ReadonlySet<string> {
  return new Set(reported.filter(({ accounts }) => accounts === undefined).map(({ c }) => c));
}

/** The totals of a book in the form of a report that leaves those accounts out. */
export function totalsWithout(brief: ReadonlySet<string>, state: Pick<BookState, "tallies">): CampaignTotals[] {
  return reportTotals(state).map((totals) => {
    if (!brief.has(totals.c)) return totals;
    const { accounts: _, ...rest } = totals;
    return rest;
  });
}

/** A report's `totals`: ascending by campaign, those with any number only. */
export function reportTotals(
  state: Pick<BookState, "tallies">,
  include: (campaign: string) => boolean = () => true,
): CampaignTotals[] {
  return [...state.tallies]
    .filter(([campaign, tally]) => include(campaign) && hasNumbers(tally))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([campaign, tally]) => campaignTotalsOf(campaign, tally));
}

function hasNumbers(tally: Tally): boolean {
  return tally.interest > 0n || tally.purchased > 0n || tally.locked > 0n || tally.units.some((units) => units > 0n);
}

/** Purchases use up commitments from the highest band down: who would pay most is served first. Never below zero. */
function openAfter(units: readonly bigint[], purchased: bigint): bigint[] {
  const open = [...units];
  let left = purchased;
  for (let band = open.length - 1; band >= 0 && left > 0n; band -= 1) {
    const here = open[band] ?? 0n;
    const used = here < left ? here : left;
    open[band] = here - used;
    left -= used;
  }
  return open;
}

/**
 * The numbers a report carries, derived from the tallies of a book (docs/protocol.md §2, §3).
 * Stages are exclusive: pledged until the lock, committed after it, purchased once bought.
 */
import type { CampaignTotals, Claims } from "../protocol/statement.ts";
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

/** In which form a report tells its totals: all that is needed to hold a book against the hash of them. */
export interface Telling {
  /** campaigns that do not tell the accounts of each band */
  brief: ReadonlySet<string>;
  /** of a report that leaves campaigns out: those it does not, and how many it says it does */
  part: { campaigns: ReadonlySet<string>; omitted: number } | null;
}

export type Told = Pick<Claims<"demand-report+jwt">, "totals" | "omitted">;

/** Shared by all reports that tell everything: a log has many. */
const WHOLE: Telling = { brief: new Set(), part: null };

export function tellingOf({ totals, omitted }: Told): Telling {
  if (omitted === undefined && totals.every(({ accounts }) => accounts !== undefined)) return WHOLE;
  const brief = new Set(totals.filter(({ accounts }) => accounts === undefined).map(({ c }) => c));
  return { brief, part: omitted === undefined ? null : { campaigns: new Set(totals.map(({ c }) => c)), omitted } };
}

/** The totals of a book as such a report would tell them; null when it does not leave out as many as it says. */
export function toldTotals({ brief, part }: Telling, state: Pick<BookState, "tallies">): CampaignTotals[] | null {
  const all = reportTotals(state);
  const told = part === null ? all : all.filter(({ c }) => part.campaigns.has(c));
  if (all.length - told.length !== (part?.omitted ?? 0)) return null;
  return told.map((totals) => {
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

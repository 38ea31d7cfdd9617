/**
 * One campaign's demand by region, from the counted reports of admitted communities (docs/signals.md §1). The same
 * rules as formula 1 of docs/protocol.md §6: what leaves the network's numbers leaves these.
 */
import type { FeedbackTheme } from "../protocol/feedback.ts";
import type { CampaignTotals } from "../protocol/statement.ts";

/** One community's part, as its counted report says. */
export interface Part {
  region: string;
  fresh: boolean;
  totals: CampaignTotals;
}

/** Open units (pledged and committed) of accounts that accept a price, and how many accounts. */
export interface Point {
  accounts: number;
  units: bigint;
}

export interface Demand {
  communities: number;
  accounts: number;
  interest: bigint;
  pledged: bigint;
  committed: bigint;
  purchased: bigint;
  /** at each band's price, lowest first; null while a report leaves the accounts of its bands out */
  points: Point[] | null;
  feedback: Map<FeedbackTheme, number>;
}

export function demandByRegion(
  parts: readonly Part[],
  campaign: { bands: number; ended: boolean },
): Map<string, Demand> {
  const regions = new Map<string, Demand>();
  for (const part of parts) {
    if (!hasNumbers(part, campaign.ended)) continue;
    const demand = regions.get(part.region) ?? noDemand(noPoints(campaign.bands));
    add(demand, part, campaign);
    regions.set(part.region, demand);
  }
  return regions;
}

export function noDemand(points: Demand["points"]): Demand {
  return {
    communities: 0,
    accounts: 0,
    interest: 0n,
    pledged: 0n,
    committed: 0n,
    purchased: 0n,
    points,
    feedback: new Map(),
  };
}

function noPoints(bands: number): Point[] {
  return Array.from({ length: bands }, () => ({ accounts: 0, units: 0n }));
}

function accountsOf({ fresh, totals }: Part, ended: boolean): number {
  if (!fresh) return 0;
  const isPledged = totals.pledged.some((units) => units !== "0");
  return ended && isPledged ? 0 : totals.pledges;
}

function hasNumbers(part: Part, ended: boolean): boolean {
  const { fresh, totals } = part;
  if (totals.purchased !== "0" || accountsOf(part, ended) > 0) return true;
  return fresh && !ended && totals.interest !== "0";
}

function add(demand: Demand, part: Part, { bands, ended }: { bands: number; ended: boolean }): void {
  const { fresh, totals } = part;
  const accounts = accountsOf(part, ended);
  const open = Array.from({ length: bands }, (_, band) => {
    const pledged = fresh && !ended ? BigInt(totals.pledged[band] ?? "0") : 0n;
    const committed = fresh ? BigInt(totals.committed[band] ?? "0") : 0n;
    demand.pledged += pledged;
    demand.committed += committed;
    return pledged + committed;
  });
  demand.communities += 1;
  demand.accounts += accounts;
  demand.interest += fresh && !ended ? BigInt(totals.interest) : 0n;
  demand.purchased += BigInt(totals.purchased);
  for (const [theme, chosen] of Object.entries(totals.feedback ?? {}) as [FeedbackTheme, number][]) {
    // Nobody has said more often why not more than has pledged at all.
    const counted = Math.min(chosen, accounts);
    if (counted > 0) demand.feedback.set(theme, (demand.feedback.get(theme) ?? 0) + counted);
  }
  if (accounts === 0 || demand.points === null) return;
  if (totals.accounts === undefined) {
    demand.points = null;
    return;
  }
  const above: Point = { accounts: 0, units: 0n };
  for (let band = bands - 1; band >= 0; band -= 1) {
    above.accounts += totals.accounts[band] ?? 0;
    above.units += open[band] ?? 0n;
    const point = demand.points[band];
    if (point === undefined) continue;
    point.accounts += above.accounts;
    point.units += above.units;
  }
}

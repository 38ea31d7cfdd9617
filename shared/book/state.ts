/**
 * What a pledge book folds to (docs/protocol.md §2), for one hub's campaigns.
 * Small enough to keep as rows: one per live chain, one per campaign, one per key. The fold is in fold.ts.
 */

/** What the book fold must know of a campaign; undefined for a campaign the hub has not published. */
export interface CampaignRules {
  /** number of price bands */
  bands: number;
  max_qty: bigint;
  /** the hub's logged campaign-close, once there is one */
  closing: { leaf: string; outcome: "locked" | "released"; band: number | null } | null;
}
export type RulesOf = (campaign: string) => CampaignRules | undefined;

/** One account's interest or pledge, under the leaf hash of its newest entry (its head). */
export interface Chain {
  campaign: string;
  qty: bigint;
  /** null = interest only */
  band: number | null;
  assurance: "strong" | "weak";
}

/** One campaign's sums. Stages are derived (`campaignTotalsOf`), so that a lock changes this row and no other. */
export interface Tally {
  /** units of live pledges by band; after a lock only those committed, after a release none */
  units: bigint[];
  /** live pledge chains by band */
  chains: number[];
  interest: bigint;
  /** net units bought */
  purchased: bigint;
  /** units committed when the campaign was locked; never reduced */
  locked: bigint;
  /** set by `lock` (lowest committed band) or `release` (null) */
  ended: { index: number; band: number | null } | null;
}

/**
 * May be partial: a caller with a database loads the chains, keys and tallies that `cited` names for the entries
 * it is about to apply, and writes back what `Touched` names.
 */
export interface BookState {
  /** entries folded so far */
  size: number;
  /** origin named by entry 0 */
  genesis: string | null;
  /** newest day seen; days do not decrease */
  day: string | null;
  /** by head leaf */
  chains: Map<string, Chain>;
  /** by leaf of the `key` entry */
  keys: Map<string, { ended: boolean }>;
  /** by campaign */
  tallies: Map<string, Tally>;
}

export const bookProblems = [
  "genesis-missing",
  "genesis-again",
  "day-decreasing",
  "head-unknown",
  "key-unknown",
  "quantity-too-large",
  "band-unknown",
  "assurance-weak",
  "campaign-ended",
  "closing-unknown",
  "return-too-large",
] as const;
/** Why a known entry counts zero. */
export type BookProblem = (typeof bookProblems)[number];

/** Rows that a caller with a database must write: upsert what the state still holds under the key, delete the rest. */
export interface Touched {
  heads: Set<string>;
  keys: Set<string>;
  campaigns: Set<string>;
}

export function emptyBook(): BookState {
  return { size: 0, genesis: null, day: null, chains: new Map(), keys: new Map(), tallies: new Map() };
}

export function emptyTally(bands: number): Tally {
  const units: bigint[] = Array.from({ length: bands }, () => 0n);
  const chains: number[] = Array.from({ length: bands }, () => 0);
  return { units, chains, interest: 0n, purchased: 0n, locked: 0n, ended: null };
}

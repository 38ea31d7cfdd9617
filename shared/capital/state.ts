/**
 * What the capital entries of a hub's log fold to (docs/capital.md). The hub's tables are a materialised view of exactly
 * this, row by row, so a state may be partial: whoever applies an event has loaded what `neededFor` names. The rules are
 * in fold.ts, the transfers that an event makes in journal.ts, balances in `accounts`.
 */
import type { DemandMeasure } from "../network/watch.ts";
import type { CampaignTerms } from "../protocol/statement.ts";
import type { Condition, FundEventOf, Transfer } from "../protocol/fund.ts";
import type { CodeSums } from "./sums.ts";

/** Log index of the entry that last said so. */
export interface At {
  index: number;
}

export interface Funder extends At {
  event: FundEventOf<"funder">;
}
export interface Recipient extends At {
  event: FundEventOf<"recipient">;
}
export interface Fund extends At {
  event: FundEventOf<"fund">;
  /** all transfers that touch its money, regrants included: `stagesOf(currency, sums, {gross: true})` */
  sums: CodeSums;
  awards: number;
  /** first and last day on which money moved */
  first_on: string | null;
  last_on: string | null;
  /** receipts by funder id, for match conditions and funder pages */
  received_by: Map<string, bigint>;
  /** money of a regrant is in it: its awards must name their parent */
  regranted: boolean;
}
export interface Commitment extends At {
  event: FundEventOf<"commitment">;
  /** of a sales share: what its statements come to */
  owed: bigint;
  received: bigint;
  /** last day covered by a sales statement */
  stated_until: string | null;
}

export interface SettledCondition {
  terms: Condition;
  state: "open" | "met" | "failed" | "waived";
  settled: (At & { reason: string; evidence_sha256: string | null; on: string }) | null;
}

export type AwardState = "reserved" | "payable" | "active" | "closed" | "lapsed" | "recorded";

export interface Award extends At {
  event: FundEventOf<"award">;
  currency: string;
  /** the fund's funder */
  funder: string | null;
  regranted: boolean;
  conditions: SettledCondition[];
  /** cumulative, net of reversals: reserved and payable are what is there now */
  reserved: bigint;
  payable: bigint;
  disbursed: bigint;
  released: bigint;
  outstanding: bigint;
  repaid: bigint;
  interest: bigint;
  written_off: bigint;
  converted: bigint;
  sold_at_cost: bigint;
  clawed_back: bigint;
  regranted_on: bigint;
  /** ids of the awards that pass its money on */
  regrants: string[];
  state: AwardState;
}

/** Enough of a past event to undo it once. */
export interface PastEvent {
  index: number;
  event: number;
  /** numbers of its transfers */
  transfers: { seq: number; transfer: Transfer }[];
  reversed: boolean;
  cleared: boolean;
}

export interface CapitalState {
  /** number of transfers so far: the next one's `seq` */
  transfers: number;
  funders: Map<string, Funder>;
  funds: Map<string, Fund>;
  recipients: Map<string, Recipient>;
  commitments: Map<string, Commitment>;
  awards: Map<string, Award>;
  allocations: Map<string, At & { event: FundEventOf<"allocation"> }>;
  /** key `<currency> <path>`; an account that is absent holds nothing */
  accounts: Map<string, bigint>;
  /** key `<index>.<event>`; a partial state holds those that a reversal or a clearing names */
  past: Map<string, PastEvent>;
  /** newest per campaign */
  needs: Map<string, FundEventOf<"need">>;
  closed_until: string | null;
}

/** What the capital rules ask of the network fold, as it is just before the entry. */
export interface DemandView {
  log_time: number;
  /** undefined: not published */
  campaign(id: string): CampaignTerms | undefined;
  /** null when no open condition of that award is watched */
  proof(award: string, condition: number): { held_since_index: number; proven: boolean; now: DemandMeasure } | null;
  /** whether these terms are met at this moment, however long */
  holdsNow(terms: Extract<Condition, { kind: "demand" }>): boolean;
}

export function emptyCapital(): CapitalState {
  return {
    transfers: 0,
    funders: new Map(),
    funds: new Map(),
    recipients: new Map(),
    commitments: new Map(),
    awards: new Map(),
    allocations: new Map(),
    accounts: new Map(),
    past: new Map(),
    needs: new Map(),
    closed_until: null,
  };
}

/**
 * What a hub's log folds to (docs/protocol.md §6). The hub's tables are a materialised view of exactly this.
 * May be partial, see `needed` in needed.ts. The fold is in fold.ts, the numbers in summary.ts.
 */
import type { CampaignTerms, CampaignTotals, Claims, Profile } from "../protocol/statement.ts";
import type { DemandCondition } from "../protocol/fund.ts";
import type { Ed25519Jwk } from "../protocol/primitives.ts";
import type { CapitalSums } from "../capital/sums.ts";
import type { WitnessRules } from "../witness/change.ts";
import type { Audits } from "./audits.ts";
import type { CommunityKeys, HubKeyState } from "./keys.ts";
import type { CommunityBook } from "./resets.ts";
import type { StandingOffer } from "./offers.ts";

/** The reason of a community that two reports under one number have excluded: no person gave one. */
export const EQUIVOCATION = "equivocation";

/** A report older than this, by its own iat against log time, leaves the live stages. */
export const REPORT_LIFETIME_S = 14 * 86_400;

/** A logged report as far as the numbers need it. */
export interface LoggedReport {
  leaf: string;
  index: number;
  seq: number;
  iat: number;
  profile: Profile;
  totals: CampaignTotals[];
}

/** The report that counts: the one of highest seq with an ok verdict. */
export interface CountedReport extends LoggedReport {
  /** log index of the ok verdict */
  verdict: number;
  /** false once older than 14 days of log time; then only `purchased` still counts */
  fresh: boolean;
}

export interface Community {
  origin: string;
  /** `joined` until the hub logs its admission */
  status: "joined" | "admitted" | "suspended" | "left";
  reason: string;
  /** iat of the last node-status */
  since: number | null;
  join: { leaf: string; index: number; url: string };
  /** current keys; what was before them, and what waits, is in `keys` */
  report_jwk: Ed25519Jwk;
  book_vkey: string;
  /** the key it cosigns with; null: its join named none */
  witness_vkey: string | null;
  keys: CommunityKeys;
  /** null while it is in its first book */
  book: CommunityBook | null;
  /** as of the newest logged report or the join */
  profile: Profile;
  /** seq and leaf of this node's newest own entry in the log: 0 and the join at first */
  last_seq: number;
  last_leaf: string;
  counted: CountedReport | null;
  /** null before the first audit */
  audits: Audits | null;
  /** reports without a verdict, by leaf; a partial state holds those that the new verdicts name */
  pending: Map<string, LoggedReport>;
}

/** Sums over the counted reports of admitted communities. What counts of them depends on `ended`: see `campaignNumbers`. */
export interface CampaignSums {
  /** of fresh reports */
  interest: bigint;
  /** of fresh reports, by band */
  pledged: bigint[];
  /** of fresh reports, by band */
  committed: bigint[];
  /** of all counted reports */
  purchased: bigint;
  /** live pledge chains of fresh reports: while the campaign is open, and once it has ended */
  pledges_open: number;
  pledges_ended: number;
  /** the same by band, as far as reports tell; public nowhere */
  accounts_open: number[];
  accounts_ended: number[];
  /** communities with any number: while open, and once ended */
  communities_open: number;
  communities_ended: number;
}

/**
 * An award's open demand condition. Demand has "held for seven days" when it has held without a break for as long: that
 * is the seven-day minimum without a history of it.
 */
export interface Watch {
  award: string;
  /** which of the award's conditions */
  condition: number;
  terms: DemandCondition;
  /** log time, and index of the entry, since which demand has been there without a break; null: it is not there */
  held_since: number | null;
  held_since_index: number | null;
}

export interface Campaign {
  id: string;
  index: number;
  /** as amended: `text` and `closes` follow the campaign-amend entries */
  terms: CampaignTerms;
  closing: {
    leaf: string;
    index: number;
    outcome: "locked" | "released";
    band: number | null;
    reason: string;
    iat: number;
  } | null;
  /** closed by the hub, or log time has reached `terms.closes` */
  ended: boolean;
  sums: CampaignSums;
  /** in the order of their awards */
  watches: Watch[];
  /** in the order of their entries */
  offers: StandingOffer[];
}

/** The headline before conversion: kept incrementally, so that no scan is needed. */
export interface NetworkSums {
  /** admitted, unsuspended, with a fresh counted report */
  communities: number;
  pledges: number;
  members: number;
  interest: bigint;
  pledged: bigint;
  committed: bigint;
  purchased: bigint;
  /** purchasing power in minor units by currency, zero left out */
  power: Map<string, bigint>;
}

export interface NetworkState {
  /** entries folded so far */
  size: number;
  /** greatest iat among hub-signed entries; 0 before the first */
  log_time: number;
  policy: { leaf: string; claims: Claims<"hub-policy+jwt"> } | null;
  /** null before the first hub-key entry: then the keys are the policy's (`hubKeysOf`) */
  hub_keys: HubKeyState | null;
  rates: { leaf: string; index: number; claims: Claims<"rates+jwt"> } | null;
  communities: Map<string, Community>;
  campaigns: Map<string, Campaign>;
  sums: NetworkSums;
  /** null before the first fund entry */
  capital: CapitalSums | null;
  /** null before the first witness-policy entry */
  witnesses: WitnessRules | null;
  /** log time before which nothing expires, no campaign ends by date, no recovery and no audit is due; a caller that loads a part sets 0 */
  wake: number;
}

export interface NetworkTouched {
  communities: Set<string>;
  campaigns: Set<string>;
}

export function emptyNetworkSums(): NetworkSums {
  return {
    communities: 0,
    pledges: 0,
    members: 0,
    interest: 0n,
    pledged: 0n,
    committed: 0n,
    purchased: 0n,
    power: new Map(),
  };
}

export function emptyNetwork(): NetworkState {
  return {
    size: 0,
    log_time: 0,
    policy: null,
    hub_keys: null,
    rates: null,
    communities: new Map(),
    campaigns: new Map(),
    sums: emptyNetworkSums(),
    capital: null,
    witnesses: null,
    wake: Number.POSITIVE_INFINITY,
  };
}

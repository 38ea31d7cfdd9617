/**
 * Rows of the materialised view and the fold's types, both ways. Big integers are decimal strings in JSON columns.
 * JSON columns are RFC 8785, so that equal values are equal text and a replay can be compared with the rows.
 */
import { canonicalJson } from "../../shared/signing/canonical.ts";
import { type CapitalSums, type CodeSums, emptyCapitalSums } from "../../shared/capital/sums.ts";
import type { Profile } from "../../shared/protocol/statement.ts";
import { type CommunityKeys, firstKeys } from "../../shared/network/keys.ts";
import type { Audits } from "../../shared/network/audits.ts";
import type { CommunityBook } from "../../shared/network/resets.ts";
import type { StandingOffer } from "../../shared/network/offers.ts";
import type {
  Campaign,
  CampaignSums,
  Community,
  CountedReport,
  NetworkState,
  NetworkSums,
  Watch,
} from "../../shared/network/state.ts";

export interface CommunityRow {
  origin: string;
  status: Community["status"];
  reason: string;
  since: number | null;
  url: string;
  join_leaf: string;
  join_index: number;
  report_jwk: string;
  book_vkey: string;
  witness_vkey: string | null;
  /** null in rows from before keys could change, until they do */
  keys: string | null;
  recovery_due: number | null;
  book: string | null;
  audits: string | null;
  audit_due: number | null;
  profile: string;
  last_seq: number;
  last_leaf: string;
  /** by this hub's clock, not part of the fold */
  last_at: number;
  counted_leaf: string | null;
  counted_iat: number | null;
  fresh: number;
  /** null also where a query left it out */
  counted: string | null;
}

export interface CampaignRow {
  id: string;
  idx: number;
  closes: number;
  ended: number;
  terms: string;
  closing: string | null;
  sums: string;
  /** null: no open demand condition */
  watches: string | null;
  /** null: none stands */
  offers: string | null;
}

export interface NetworkRow {
  log_time: number;
  policy: string | null;
  hub_keys: string | null;
  rates: string | null;
  sums: string;
  capital: string | null;
  witnesses: string | null;
}

export function communityOf(row: CommunityRow): Community {
  return {
    origin: row.origin,
    status: row.status,
    reason: row.reason,
    since: row.since,
    join: { leaf: row.join_leaf, index: row.join_index, url: row.url },
    report_jwk: JSON.parse(row.report_jwk) as Community["report_jwk"],
    book_vkey: row.book_vkey,
    witness_vkey: row.witness_vkey,
    keys: row.keys === null ? firstKeys(row.join_leaf, "") : (JSON.parse(row.keys) as CommunityKeys),
    book: bookOf(row.book),
    profile: JSON.parse(row.profile) as Profile,
    last_seq: row.last_seq,
    last_leaf: row.last_leaf,
    counted: row.counted === null ? null : { ...(JSON.parse(row.counted) as CountedReport), fresh: row.fresh === 1 },
    audits: row.audits === null ? null : (JSON.parse(row.audits) as Audits),
    pending: new Map(),
  };
}

export function communityRow(community: Community, lastAt: number): CommunityRow {
  const { counted } = community;
  return {
    origin: community.origin,
    status: community.status,
    reason: community.reason,
    since: community.since,
    url: community.join.url,
    join_leaf: community.join.leaf,
    join_index: community.join.index,
    report_jwk: canonicalJson(community.report_jwk),
    book_vkey: community.book_vkey,
    witness_vkey: community.witness_vkey,
    keys: canonicalJson(community.keys),
    recovery_due: community.keys.pending?.due ?? null,
    book: community.book === null ? null : canonicalJson(community.book),
    audits: community.audits === null ? null : canonicalJson(community.audits),
    audit_due: community.audits?.open?.due ?? null,
    profile: canonicalJson(community.profile),
    last_seq: community.last_seq,
    last_leaf: community.last_leaf,
    last_at: lastAt,
    counted_leaf: counted?.leaf ?? null,
    counted_iat: counted?.iat ?? null,
    fresh: counted?.fresh === true ? 1 : 0,
    counted: counted === null ? null : canonicalJson(countedJson(counted)),
  };
}

export function bookOf(text: string | null): CommunityBook | null {
  return text === null ? null : (JSON.parse(text) as CommunityBook);
}

function countedJson(counted: CountedReport): Omit<CountedReport, "fresh"> {
  const { leaf, index, seq, iat, profile, totals, verdict } = counted;
  return { leaf, index, seq, iat, profile, totals, verdict };
}

export function campaignOf(row: CampaignRow): Campaign {
  return {
    id: row.id,
    index: row.idx,
    terms: JSON.parse(row.terms) as Campaign["terms"],
    closing: row.closing === null ? null : (JSON.parse(row.closing) as NonNullable<Campaign["closing"]>),
    ended: row.ended === 1,
    sums: campaignSumsOf(row.sums),
    watches: row.watches === null ? [] : (JSON.parse(row.watches) as Watch[]),
    offers: row.offers === null ? [] : (JSON.parse(row.offers) as StandingOffer[]),
  };
}

export function campaignRow(campaign: Campaign): CampaignRow {
  return {
    id: campaign.id,
    idx: campaign.index,
    closes: campaign.terms.closes,
    ended: campaign.ended ? 1 : 0,
    terms: canonicalJson(campaign.terms),
    closing: campaign.closing === null ? null : canonicalJson(campaign.closing),
    sums: campaignSumsText(campaign.sums),
    watches: campaign.watches.length === 0 ? null : canonicalJson(campaign.watches),
    offers: campaign.offers.length === 0 ? null : canonicalJson(campaign.offers),
  };
}

type Json<T> = { [K in keyof T]: T[K] extends bigint ? string : T[K] extends bigint[] ? string[] : T[K] };

function campaignSumsOf(text: string): CampaignSums {
  type Since = "accounts_open" | "accounts_ended";
  const sums = JSON.parse(text) as Omit<Json<CampaignSums>, Since> & Partial<Pick<CampaignSums, Since>>;
  // rows from before bands had accounts: nobody knows how many, so none is shown
  const nobody = sums.pledged.map(() => 0);
  return {
    ...sums,
    accounts_open: sums.accounts_open ?? nobody,
    accounts_ended: sums.accounts_ended ?? nobody,
    interest: BigInt(sums.interest),
    pledged: sums.pledged.map(BigInt),
    committed: sums.committed.map(BigInt),
    purchased: BigInt(sums.purchased),
  };
}

function campaignSumsText(sums: CampaignSums): string {
  const json: Json<CampaignSums> = {
    interest: String(sums.interest),
    pledged: sums.pledged.map(String),
    committed: sums.committed.map(String),
    purchased: String(sums.purchased),
    pledges_open: sums.pledges_open,
    pledges_ended: sums.pledges_ended,
    accounts_open: sums.accounts_open,
    accounts_ended: sums.accounts_ended,
    communities_open: sums.communities_open,
    communities_ended: sums.communities_ended,
  };
  return canonicalJson(json);
}

export function networkRow(state: NetworkState): NetworkRow {
  return {
    log_time: state.log_time,
    policy: state.policy === null ? null : canonicalJson(state.policy),
    hub_keys: state.hub_keys === null ? null : canonicalJson(state.hub_keys),
    rates: state.rates === null ? null : canonicalJson(state.rates),
    sums: networkSumsText(state.sums),
    capital: state.capital === null ? null : capitalText(state.capital),
    witnesses: state.witnesses === null ? null : canonicalJson(state.witnesses),
  };
}

type CapitalJson = Omit<CapitalSums, "by_currency"> & { by_currency: [string, [string, string][]][] };

/** In the order in which currencies and codes were first seen, which a replay repeats. */
function capitalText({ transfers, chain, by_currency }: CapitalSums): string {
  const json: CapitalJson = {
    transfers,
    chain,
    by_currency: [...by_currency].map(([currency, codes]) => [
      currency,
      [...codes].map(([code, minor]): [string, string] => [code, String(minor)]),
    ]),
  };
  return canonicalJson(json);
}

export function capitalOf(text: string | null): CapitalSums | null {
  if (text === null) return null;
  const { transfers, chain, by_currency } = JSON.parse(text) as CapitalJson;
  const sums = emptyCapitalSums();
  for (const [currency, codes] of by_currency) {
    sums.by_currency.set(currency, new Map(codes.map(([code, minor]) => [code, BigInt(minor)])) as CodeSums);
  }
  return { ...sums, transfers, chain };
}

function networkSumsText(sums: NetworkSums): string {
  const power = [...sums.power].filter(([, minor]) => minor !== 0n).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return canonicalJson({
    communities: sums.communities,
    pledges: sums.pledges,
    members: sums.members,
    interest: String(sums.interest),
    pledged: String(sums.pledged),
    committed: String(sums.committed),
    purchased: String(sums.purchased),
    power: power.map(([currency, minor]) => [currency, String(minor)]),
  });
}

export function networkSumsOf(text: string): NetworkSums {
  const sums = JSON.parse(text) as Omit<Json<NetworkSums>, "power"> & { power: [string, string][] };
  return {
    ...sums,
    interest: BigInt(sums.interest),
    pledged: BigInt(sums.pledged),
    committed: BigInt(sums.committed),
    purchased: BigInt(sums.purchased),
    power: new Map(sums.power.map(([currency, minor]) => [currency, BigInt(minor)])),
  };
}

/**
 * Loads the part of the network state that one batch needs (shared/network/needed.ts), in a fixed number of
 * queries: the row of the network, the named communities, those whose report expires, and the campaigns all
 * of them move. The partial state equals the full one as far as the batch can see.
 */
import { type NetworkState, REPORT_LIFETIME_S, emptyNetworkSums } from "../../shared/network/state.ts";
import { jsonParameter } from "../lib/d1.ts";
import {
  type CampaignRow,
  type CommunityRow,
  type NetworkRow,
  campaignOf,
  communityOf,
  networkSumsOf,
} from "./view-rows.ts";

export interface ViewNeeds {
  /** communities that change in the numbers: loaded with their counted report */
  communities?: readonly string[];
  /** communities that only log a report: loaded without it */
  issuers?: readonly string[];
  campaigns?: readonly string[];
}

export interface PendingTotals {
  size: number;
  jws: string;
}

export interface View {
  state: NetworkState;
  /** the newest signed totals that are not in the log yet */
  totals: PendingTotals | null;
  /** Unix seconds at which each loaded community's last report was accepted */
  lastAt: Map<string, number>;
  /** loaded without their counted report */
  light: Set<string>;
}

/** Log time after the batch, as far as it is known before: this clock, or the totals that will be logged with it. */
const LOG_TIME = "max(?1, coalesce((SELECT iat FROM totals ORDER BY size DESC LIMIT 1), 0))";

const FULL = `SELECT value FROM json_each(?2) UNION
  SELECT origin FROM community WHERE fresh = 1 AND counted_iat < ${LOG_TIME} - ${String(REPORT_LIFETIME_S)}`;

const NETWORK_SQL = "SELECT log_time, policy, rates, sums FROM network WHERE id = 1";
const TOTALS_SQL = "SELECT size, jws, logged FROM totals ORDER BY size DESC LIMIT 1";
/** By primary key, and by the index (fresh, counted_iat). */
const COMMUNITIES_SQL = `SELECT * FROM community WHERE origin IN (${FULL})`;
const ISSUERS_SQL = `SELECT origin, status, reason, since, url, join_leaf, join_index, report_jwk, book_vkey, profile,
  last_seq, last_leaf, last_at, counted_leaf, counted_iat, fresh, NULL AS counted
  FROM community WHERE origin IN (SELECT value FROM json_each(?))`;
/** By primary key; the dated ones by the index (ended, closes). */
const CAMPAIGNS_SQL = `SELECT * FROM campaign WHERE id IN (
  SELECT value FROM json_each(?3)
  UNION SELECT id FROM campaign WHERE ended = 0 AND closes <= ${LOG_TIME}
  UNION SELECT totals.value ->> 'c' FROM community, json_each(community.counted, '$.totals') AS totals
    WHERE community.counted IS NOT NULL AND community.origin IN (${FULL}))`;

export function viewReads(db: D1Database, needs: ViewNeeds, nowS: number): D1PreparedStatement[] {
  const communities = jsonParameter(needs.communities ?? []);
  const reads = [
    db.prepare(NETWORK_SQL),
    db.prepare(TOTALS_SQL),
    db.prepare(COMMUNITIES_SQL).bind(nowS, communities),
    db.prepare(CAMPAIGNS_SQL).bind(nowS, communities, jsonParameter(needs.campaigns ?? [])),
  ];
  if (needs.issuers !== undefined) reads.push(db.prepare(ISSUERS_SQL).bind(jsonParameter(needs.issuers)));
  return reads;
}

/** How many of the results `viewReads` takes. */
export function viewReadCount(needs: ViewNeeds): number {
  return needs.issuers === undefined ? 4 : 5;
}

export function viewOf(size: number, results: readonly D1Result[]): View {
  const [networks, totals, communities, campaigns, issuers] = results.map((result) => result.results);
  const row = networks?.[0] as NetworkRow | undefined;
  const light = new Set<string>();
  const lastAt = new Map<string, number>();
  const state: NetworkState = {
    size,
    log_time: row?.log_time ?? 0,
    policy: parsed<NetworkState["policy"]>(row?.policy),
    rates: parsed<NetworkState["rates"]>(row?.rates),
    communities: new Map(),
    campaigns: new Map(),
    sums: row === undefined ? emptyNetworkSums() : networkSumsOf(row.sums),
    wake: 0,
  };
  for (const issuer of (issuers ?? []) as CommunityRow[]) {
    state.communities.set(issuer.origin, communityOf(issuer));
    lastAt.set(issuer.origin, issuer.last_at);
    light.add(issuer.origin);
  }
  for (const community of (communities ?? []) as CommunityRow[]) {
    state.communities.set(community.origin, communityOf(community));
    lastAt.set(community.origin, community.last_at);
    light.delete(community.origin);
  }
  for (const campaign of (campaigns ?? []) as CampaignRow[]) state.campaigns.set(campaign.id, campaignOf(campaign));
  const newest = totals?.[0] as { size: number; jws: string; logged: number } | undefined;
  const pending = newest !== undefined && newest.logged === 0 ? { size: newest.size, jws: newest.jws } : null;
  return { state, totals: pending, lastAt, light };
}

function parsed<T>(text: string | null | undefined): T | null {
  return text === null || text === undefined ? null : (JSON.parse(text) as T);
}

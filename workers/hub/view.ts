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
  capitalOf,
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
  SELECT origin FROM community WHERE recovery_due <= ${LOG_TIME} UNION
  SELECT origin FROM community WHERE audit_due <= ${LOG_TIME} UNION
  SELECT origin FROM community WHERE fresh = 1 AND counted_iat < ${LOG_TIME} - ${String(REPORT_LIFETIME_S)}`;

/** One row always, so that the newest totals travel with it: primary keys only. */
const NETWORK_SQL = `SELECT network.log_time, network.policy, network.hub_keys, network.rates, network.sums, network.capital, network.witnesses, totals.size, totals.jws, totals.logged
  FROM (SELECT 1) LEFT JOIN network ON network.id = 1
  LEFT JOIN totals ON totals.size = (SELECT max(size) FROM totals)`;
/** By primary key, and by the index (fresh, counted_iat). The counted report is left out where only a report is logged. */
const COMMUNITIES_SQL = `WITH loaded AS MATERIALIZED (${FULL}) SELECT origin, status, reason, since, url, join_leaf, join_index, report_jwk, book_vkey, witness_vkey, keys, recovery_due, book, audits, audit_due, profile,
  last_seq, last_leaf, last_at, counted_leaf, counted_iat, fresh,
  origin NOT IN loaded AS light, CASE WHEN origin IN loaded THEN counted END AS counted
  FROM community WHERE origin IN (SELECT * FROM loaded UNION SELECT value FROM json_each(?3))`;
/** By primary key; the dated ones by the index (ended, closes). */
const CAMPAIGNS_SQL = `SELECT * FROM campaign WHERE id IN (
  SELECT value FROM json_each(?3)
  UNION SELECT id FROM campaign WHERE ended = 0 AND closes <= ${LOG_TIME}
  UNION SELECT totals.value ->> 'c' FROM community, json_each(community.counted, '$.totals') AS totals
    WHERE community.counted IS NOT NULL AND community.origin IN (${FULL}))`;

/** How many of the results are the view's. */
export const VIEW_READS = 3;

export function viewReads(db: D1Database, needs: ViewNeeds, nowS: number): D1PreparedStatement[] {
  const communities = jsonParameter(needs.communities ?? []);
  return [
    db.prepare(NETWORK_SQL),
    db.prepare(COMMUNITIES_SQL).bind(nowS, communities, jsonParameter(needs.issuers ?? [])),
    db.prepare(CAMPAIGNS_SQL).bind(nowS, communities, jsonParameter(needs.campaigns ?? [])),
  ];
}

type FirstRow = { [K in keyof NetworkRow]: NetworkRow[K] | null } & {
  size: number | null;
  jws: string | null;
  logged: number | null;
};

export function viewOf(size: number, results: readonly D1Result[]): View {
  const [networks, communities, campaigns] = results.map((result) => result.results);
  const row = networks?.[0] as FirstRow | undefined;
  const light = new Set<string>();
  const lastAt = new Map<string, number>();
  const state: NetworkState = {
    size,
    log_time: row?.log_time ?? 0,
    policy: parsed(row?.policy) as NetworkState["policy"],
    hub_keys: parsed(row?.hub_keys) as NetworkState["hub_keys"],
    rates: parsed(row?.rates) as NetworkState["rates"],
    communities: new Map(),
    campaigns: new Map(),
    sums: typeof row?.sums === "string" ? networkSumsOf(row.sums) : emptyNetworkSums(),
    capital: capitalOf(row?.capital ?? null),
    witnesses: parsed(row?.witnesses) as NetworkState["witnesses"],
    wake: 0,
  };
  for (const community of (communities ?? []) as (CommunityRow & { light: number })[]) {
    state.communities.set(community.origin, communityOf(community));
    lastAt.set(community.origin, community.last_at);
    if (community.light === 1) light.add(community.origin);
  }
  for (const campaign of (campaigns ?? []) as CampaignRow[]) state.campaigns.set(campaign.id, campaignOf(campaign));
  return { state, totals: pendingTotals(row), lastAt, light };
}

function pendingTotals(row: FirstRow | undefined): PendingTotals | null {
  if (row?.logged !== 0 || row.size === null || row.jws === null) return null;
  return { size: row.size, jws: row.jws };
}

function parsed(text: string | null | undefined): unknown {
  return text === null || text === undefined ? null : JSON.parse(text);
}

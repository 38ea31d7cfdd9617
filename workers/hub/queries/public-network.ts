/** The public state of the whole network, as the totals sign it: every campaign, and of each community a few columns. */
import { type NetworkState, emptyNetworkSums } from "../../../shared/network/state.ts";
import type { PublicCommunity, PublicNetwork } from "../../../shared/network/summary.ts";
import { type CampaignRow, type NetworkRow, campaignOf, capitalOf, networkSumsOf } from "../view-rows.ts";

interface CommunityLine {
  origin: string;
  status: PublicCommunity["status"];
  last_seq: number;
  last_leaf: string;
  counted_leaf: string | null;
  fresh: number;
}

/** Reads one row per community and campaign: asked once per signature, never per request. */
export function publicNetworkReads(db: D1Database): D1PreparedStatement[] {
  return [
    db.prepare("SELECT log_time, policy, hub_keys, rates, sums, capital FROM network WHERE id = 1"),
    db.prepare("SELECT origin, status, last_seq, last_leaf, counted_leaf, fresh FROM community"),
    db.prepare("SELECT * FROM campaign"),
  ];
}

/** With the keys that whoever signs it needs to know. */
export function publicNetworkOf(results: readonly D1Result[]): PublicNetwork & { hub_keys: NetworkState["hub_keys"] } {
  const [networks, communities, campaigns] = results.map((result) => result.results);
  const row = networks?.[0] as NetworkRow | undefined;
  const lines = (communities ?? []) as CommunityLine[];
  return {
    log_time: row?.log_time ?? 0,
    policy: row?.policy ? (JSON.parse(row.policy) as PublicNetwork["policy"]) : null,
    hub_keys: row?.hub_keys ? (JSON.parse(row.hub_keys) as NetworkState["hub_keys"]) : null,
    rates: row?.rates ? (JSON.parse(row.rates) as PublicNetwork["rates"]) : null,
    sums: row ? networkSumsOf(row.sums) : emptyNetworkSums(),
    capital: capitalOf(row?.capital ?? null),
    campaigns: new Map(((campaigns ?? []) as CampaignRow[]).map((one) => [one.id, campaignOf(one)])),
    communities: new Map(lines.map((line) => [line.origin, publicCommunity(line)])),
  };
}

function publicCommunity({ counted_leaf, fresh, ...line }: CommunityLine): PublicCommunity {
  return { ...line, counted: counted_leaf === null ? null : { leaf: counted_leaf, fresh: fresh === 1 } };
}

/**
 * What a partial network state must hold before a batch is applied: the rows a database loads (docs/storage.md).
 * Two steps, because which campaigns move depends on the communities loaded first.
 */
import { beaconNode } from "../audit/beacon.ts";
import { isHubSigned } from "./rules.ts";
import { type NetworkState, REPORT_LIFETIME_S } from "./state.ts";
import type { LogItem } from "./fold.ts";
import { demandCampaigns } from "./watch.ts";

export interface Needed {
  /** load where they exist, with `counted` */
  communities: string[];
  /** reports named by the batch's verdicts and logged before it: load each into its community's `pending` */
  reports: string[];
  campaigns: string[];
  /** log time after the batch: load every not-ended campaign whose `closes` is not later, and every
   * community with a recovery or an audit that is due by then */
  log_time: number;
  /** load every community whose counted report is fresh and whose iat is earlier than this */
  expires_before: number;
}

type Item = Pick<LogItem, "leaf" | "statement">;

export function needed(logTime: number, items: readonly Item[]): Needed {
  const communities = new Set<string>();
  const reports = new Set<string>();
  const campaigns = new Set<string>();
  let log_time = logTime;
  for (const { statement } of items) {
    if (isHubSigned(statement)) log_time = Math.max(log_time, statement.claims.iat);
    switch (statement.kind) {
      case "node-join+jwt":
      case "node-key+jwt":
      case "demand-report+jwt":
      case "book-reset+jwt":
      case "audit-answer+jwt":
        communities.add(statement.claims.iss);
        break;
      case "node-status+jwt":
      case "equivocation+jwt":
        communities.add(statement.claims.node);
        break;
      case "report-check+jwt":
        communities.add(statement.claims.node);
        reports.add(statement.claims.report);
        break;
      case "audit+jwt":
        communities.add(statement.claims.node);
        for (const { vkey } of statement.claims.beacons) communities.add(beaconNode(vkey) ?? "");
        break;
      case "audit-outcome+jwt":
        communities.add(statement.claims.node);
        break;
      case "campaign-amend+jwt":
      case "campaign-close+jwt":
      case "offer+jwt":
      case "offer-end+jwt":
        campaigns.add(statement.claims.campaign);
        break;
      case "fund+jwt":
        for (const id of demandCampaigns(statement.claims.events)) campaigns.add(id);
        break;
      case "hub-policy+jwt":
      case "hub-key+jwt":
      case "campaign+jwt":
      case "rates+jwt":
      case "witness-policy+jwt":
      case "witness-policy-start+jwt":
      case "evidence+jwt":
      case "totals+jwt":
        break;
    }
  }
  for (const { leaf } of items) reports.delete(leaf);
  return {
    communities: [...communities],
    reports: [...reports],
    campaigns: [...campaigns],
    log_time,
    expires_before: log_time - REPORT_LIFETIME_S,
  };
}

/** Second step, with the communities loaded: the campaigns that their old and new counted reports speak of. */
export function neededCampaigns(state: NetworkState, items: readonly Item[]): string[] {
  const campaigns = new Set<string>();
  const statements = new Map(items.map(({ leaf, statement }) => [leaf, statement]));
  const moving = new Set<string>();
  for (const { statement } of items) {
    if (statement.kind === "node-status+jwt" || statement.kind === "equivocation+jwt")
      moving.add(statement.claims.node);
    if (statement.kind === "book-reset+jwt") moving.add(statement.claims.iss);
    if (statement.kind !== "report-check+jwt") continue;
    moving.add(statement.claims.node);
    const inBatch = statements.get(statement.claims.report);
    if (inBatch?.kind === "demand-report+jwt") for (const { c } of inBatch.claims.totals) campaigns.add(c);
  }
  const expiresBefore = needed(state.log_time, items).expires_before;
  for (const community of state.communities.values()) {
    const { counted, pending, origin } = community;
    if (moving.has(origin) || (counted?.fresh === true && counted.iat < expiresBefore)) {
      for (const { c } of counted?.totals ?? []) campaigns.add(c);
      for (const report of pending.values()) for (const { c } of report.totals) campaigns.add(c);
    }
  }
  return [...campaigns].filter((id) => !state.campaigns.has(id));
}

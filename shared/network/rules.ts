/**
 * Which statements may stand in a hub's log at this point (docs/protocol.md §5, §6). The fold ignores what breaks
 * a rule, so it is total; the verifier calls a log that holds such a statement invalid. Signatures are checked
 * elsewhere: only keys in `state` are current.
 */
import { auditFaults, faultOfAnswer, faultOfAudit, faultOfOutcome } from "./audits.ts";
import { faultOfHubKey, faultOfNodeKey, hubKeysOf, keyFaults, speaksNow } from "./keys.ts";
import { faultOfOffer, faultOfOfferEnd, offerFaults } from "./offers.ts";
import { demandCampaigns } from "./watch.ts";
import { type Claims, MAX_SKEW_S, type Statement, statementKinds } from "../protocol/statement.ts";
import { parseStatement } from "../signing/statement.ts";
import { faultOfReset, givenUpBefore } from "./resets.ts";
import { POLICY_WAIT_S, isFree, startOf } from "../witness/change.ts";
import { parsePolicy } from "../witness/policy.ts";
import type { Community, NetworkState } from "./state.ts";

export const logFaults = [
  "policy-first",
  "issuer",
  "join-again",
  "community-unknown",
  "status-conflict",
  "sequence",
  "verdict-unknown",
  "book-reset",
  "issued-in-future",
  "campaign-again",
  ...offerFaults,
  "bands",
  "equivocation",
  "witness-policy",
  ...keyFaults,
  ...auditFaults,
] as const;
export type LogFault = (typeof logFaults)[number];

/** Statements signed by the hub move log time. */
export function isHubSigned({ kind }: Statement): boolean {
  return statementKinds[kind].signer === "hub";
}

/** `state` as it is just before this entry. */
export function faultOf(
  state: NetworkState,
  { index, leaf, statement }: { index: number; leaf: string; statement: Statement },
): LogFault | null {
  if (statement.kind === "hub-policy+jwt") return mayBegin(state, index, statement.claims) ? null : "policy-first";
  if (index === 0 || state.policy === null) return "policy-first";
  const log = state.policy.claims.iss;
  const { kind, claims } = statement;
  if ("aud" in claims) {
    if (claims.aud !== log) return "issuer";
  } else if (claims.iss !== log) return "issuer";
  switch (kind) {
    case "rates+jwt":
    case "totals+jwt":
      return null;
    case "node-join+jwt":
      return state.communities.has(claims.iss) ? "join-again" : null;
    case "node-key+jwt": {
      const community = state.communities.get(claims.iss);
      if (community === undefined) return "community-unknown";
      if (community.status === "joined" || community.status === "left") return "status-conflict";
      return faultOfNodeKey(community, claims);
    }
    case "hub-key+jwt": {
      const keys = hubKeysOf(state);
      return keys === null ? "policy-first" : faultOfHubKey(keys, claims);
    }
    case "node-status+jwt":
      return faultOfStatus(state.communities.get(claims.node), claims);
    case "demand-report+jwt":
      return faultOfReport(state.communities.get(claims.iss), claims);
    case "book-reset+jwt":
      return faultOfReset(state.communities.get(claims.iss), claims);
    case "report-check+jwt": {
      const community = state.communities.get(claims.node);
      const report = community?.pending.get(claims.report);
      if (community === undefined || report === undefined || report.index < givenUpBefore(community))
        return "verdict-unknown";
      if (report.seq !== claims.seq) return "verdict-unknown";
      if (claims.ok !== (claims.code === undefined)) return "verdict-unknown";
      // A quiet log's time lags behind the clocks; the hub's next entry, which is the verdict, has caught up.
      return claims.ok && report.iat > Math.max(state.log_time, claims.iat) + MAX_SKEW_S ? "issued-in-future" : null;
    }
    case "equivocation+jwt":
      return faultOfEquivocation(state.communities.get(claims.node), claims);
    case "evidence+jwt":
      return null;
    case "fund+jwt":
      return demandCampaigns(claims.events).every((id) => state.campaigns.has(id)) ? null : "campaign-unknown";
    case "offer+jwt": {
      const time = Math.max(state.log_time, claims.iat);
      return faultOfOffer(state.campaigns.get(claims.campaign), claims, time);
    }
    case "offer-end+jwt":
      return faultOfOfferEnd(state.campaigns.get(claims.campaign), claims);
    case "audit+jwt":
      return faultOfAudit(state, claims);
    case "audit-answer+jwt":
      return faultOfAnswer(state, claims);
    case "audit-outcome+jwt":
      return faultOfOutcome(state, claims);
    case "witness-policy+jwt": {
      const waits = isFree(state.witnesses) ? 0 : POLICY_WAIT_S;
      return parsePolicy(claims.policy).ok && claims.effective >= claims.iat + waits ? null : "witness-policy";
    }
    case "witness-policy-start+jwt": {
      const pending = state.witnesses?.pending ?? null;
      const start = startOf(claims.checkpoint);
      const isRight =
        pending?.leaf === claims.change &&
        claims.iat >= pending.effective &&
        start?.origin === log &&
        start.size > pending.index &&
        start.size <= index;
      return isRight ? null : "witness-policy";
    }
    case "campaign+jwt":
      if (state.campaigns.has(leaf)) return "campaign-again";
      return areIncreasing(claims.bands_minor) ? null : "bands";
    case "campaign-amend+jwt":
    case "campaign-close+jwt": {
      const campaign = state.campaigns.get(claims.campaign);
      if (campaign === undefined) return "campaign-unknown";
      if (campaign.closing !== null) return "campaign-ended";
      if (kind === "campaign-amend+jwt") return null;
      const bands = campaign.terms.bands_minor.length;
      const isBandRight =
        claims.outcome === "released" ? claims.band === null : claims.band !== null && claims.band < bands;
      return isBandRight ? null : "bands";
    }
  }
}

/** A log begins with its policy; a fork begins behind the last entry it took over, under a name of its own. */
function mayBegin({ policy }: NetworkState, index: number, { iss, parent }: Claims<"hub-policy+jwt">): boolean {
  if (index === 0 || policy === null) return index === 0 && parent === undefined;
  return parent !== undefined && parent.size === index && parent.origin === policy.claims.iss && iss !== parent.origin;
}

/** Price bands are strictly increasing unit prices. */
export function areIncreasing(bands: readonly string[]): boolean {
  return bands.every((price, at) => at === 0 || BigInt(bands[at - 1] ?? "0") < BigInt(price));
}

function faultOfStatus(
  community: Community | undefined,
  claims: { join: string; status: "admitted" | "suspended" | "resumed" | "left" },
): LogFault | null {
  if (community === undefined || community.join.leaf !== claims.join) return "community-unknown";
  const { status } = community;
  switch (claims.status) {
    case "admitted":
      return status === "joined" ? null : "status-conflict";
    case "suspended":
      return status === "admitted" ? null : "status-conflict";
    case "resumed":
      return status === "suspended" ? null : "status-conflict";
    case "left":
      return status === "left" ? "status-conflict" : null;
  }
}

/** That both are signed, and say different things, is checked where the log is read whole. */
function faultOfEquivocation(
  community: Community | undefined,
  { node, seq, first, other }: Claims<"equivocation+jwt">,
): LogFault | null {
  if (community === undefined || community.status === "joined") return "community-unknown";
  const parsed = parseStatement(other);
  if (!parsed.ok || !speaksNow(community, parsed.value.kid)) return "equivocation";
  const { statement } = parsed.value;
  if (statement.kind !== "demand-report+jwt" && statement.kind !== "book-reset+jwt") return "equivocation";
  const { iss, seq: number } = statement.claims;
  return iss === node && number === seq && parsed.value.leaf !== first ? null : "equivocation";
}

function faultOfReport(community: Community | undefined, claims: { seq: number; prev: string }): LogFault | null {
  if (community === undefined) return "community-unknown";
  if (community.status === "joined" || community.status === "left") return "status-conflict";
  if (community.keys.pending !== null) return "frozen";
  return claims.seq === community.last_seq + 1 && claims.prev === community.last_leaf ? null : "sequence";
}

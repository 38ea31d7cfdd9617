/**
 * Audits in the network fold (docs/protocol.md §8): one may be open for a community, and one whose answer is not in the log
 * counts as failed by the log's own time, without anybody's decision; one that was answered and never judged is the hub's failure. Whether beacons are signed and the lot is right is the
 * verifier's to check; no number follows from an audit.
 */
import { areWellFormed, beaconNode } from "../audit/beacon.ts";
import { AUDIT_ANSWER_S, AUDIT_INTERVAL_S, type AuditCode } from "../protocol/audit.ts";
import type { Claims } from "../protocol/statement.ts";
import type { Community, NetworkState } from "./state.ts";

export const auditFaults = ["audit-beacons", "audit-report", "audit-early", "audit-unknown"] as const;
type AuditFault = (typeof auditFaults)[number];

export interface OpenAudit {
  leaf: string;
  index: number;
  report: string;
  /** pledges drawn */
  drawn: number;
  /** log time at which it was asked, and by which it must be answered */
  asked: number;
  due: number;
  /** the community's own entry; left out where there is none */
  answer?: { leaf: string; index: number };
}
export interface SettledAudit extends OpenAudit {
  /** unjudged: answered in the log, and the hub has not said what it found */
  outcome: "ok" | "failed" | "unanswered" | "unjudged";
  opened: number;
  gone: number;
  codes: AuditCode[];
  /** log time, and index of the entry that settled it */
  at: number;
  settled: number;
  /** index of the hub's entry that says there was no answer; left out where there is none */
  stated?: number;
}
export interface Audits {
  ok: number;
  failed: number;
  unanswered: number;
  /** left out where there is none */
  unjudged?: number;
  open: OpenAudit | null;
  last: SettledAudit | null;
}

/** `state` as it is just before this entry. */
export function faultOfAudit(
  state: Pick<NetworkState, "communities" | "policy" | "log_time">,
  claims: Claims<"audit+jwt">,
): AuditFault | "status-conflict" | null {
  const community = state.communities.get(claims.node);
  if (community?.status !== "admitted") return "status-conflict";
  if (community.counted?.leaf !== claims.report) return "audit-report";
  const time = Math.max(state.log_time, claims.iat);
  const { open, last } = community.audits ?? { open: null, last: null };
  const wait = state.policy?.claims.audit_interval_s ?? AUDIT_INTERVAL_S;
  if ((open !== null && time < open.due) || claims.deadline < claims.iat + AUDIT_ANSWER_S) return "audit-early";
  const before = open ?? last;
  if (before !== null && time < before.asked + wait) return "audit-early";
  const isKnown = claims.beacons.every(({ vkey }) => {
    const witness = state.communities.get(beaconNode(vkey) ?? "");
    return witness?.status === "admitted" && witness.witness_vkey === vkey;
  });
  return isKnown && areWellFormed(claims.beacons, claims.node) ? null : "audit-beacons";
}

/** One answer, before the deadline, and of no more pledges than were drawn. */
export function faultOfAnswer(
  state: Pick<NetworkState, "communities" | "log_time">,
  claims: Claims<"audit-answer+jwt">,
): AuditFault | "community-unknown" | "frozen" | null {
  const community = state.communities.get(claims.iss);
  if (community === undefined) return "community-unknown";
  if (community.keys.pending !== null) return "frozen";
  const open = community.audits?.open ?? null;
  if (open === null) return "audit-unknown";
  const isOpen = open.leaf === claims.audit && open.answer === undefined && state.log_time < open.due;
  return isOpen && claims.openings <= open.drawn ? null : "audit-unknown";
}

export function faultOfOutcome(
  state: Pick<NetworkState, "communities" | "log_time">,
  claims: Claims<"audit-outcome+jwt">,
): AuditFault | null {
  const { open = null, last = null } = state.communities.get(claims.node)?.audits ?? {};
  const time = Math.max(state.log_time, claims.iat);
  if (claims.codes.includes("unanswered")) return isUnanswered(open, last, claims, time) ? null : "audit-unknown";
  if (open?.leaf !== claims.audit || time >= open.due) return "audit-unknown";
  const codes = claims.codes.every((code, at) => at === 0 || (claims.codes[at - 1] ?? "") < code);
  const isWhole = !claims.ok || claims.opened + claims.gone === open.drawn;
  const isBounded = claims.opened + claims.gone <= open.drawn;
  return codes && isWhole && isBounded && claims.ok === (claims.codes.length === 0) ? null : "audit-unknown";
}

/** What log time has settled or settles with this entry: the hub only says so, once, where a single entry must show it. */
function isUnanswered(
  open: OpenAudit | null,
  last: SettledAudit | null,
  { audit, ok, opened, gone, codes }: Claims<"audit-outcome+jwt">,
  time: number,
): boolean {
  if (ok || opened > 0 || gone > 0 || codes.length !== 1) return false;
  if (open?.leaf === audit) return open.answer === undefined && time >= open.due;
  return last?.leaf === audit && last.outcome === "unanswered" && last.stated === undefined;
}

export function beginAudit(
  state: NetworkState,
  community: Community,
  { leaf, index }: { leaf: string; index: number },
  claims: Claims<"audit+jwt">,
): void {
  const { report, drawn, iat: asked, deadline: due } = claims;
  const open = { leaf, index, report, drawn, asked, due };
  community.audits = { ...(community.audits ?? { ok: 0, failed: 0, unanswered: 0, last: null }), open };
  state.wake = Math.min(state.wake, due);
}

export function answerAudit(
  community: Community,
  { leaf, index }: { leaf: string; index: number },
  { audit }: Claims<"audit-answer+jwt">,
): void {
  const { audits } = community;
  if (audits === null || audits.open === null || audits.open.leaf !== audit) return;
  community.audits = { ...audits, open: { ...audits.open, answer: { leaf, index } } };
}

export function settleAudit(community: Community, index: number, claims: Claims<"audit-outcome+jwt">): void {
  const { audits } = community;
  if (claims.codes.includes("unanswered")) {
    // log time has settled it before this, or with it
    if (audits !== null && audits.last !== null)
      community.audits = { ...audits, last: { ...audits.last, stated: index } };
    return;
  }
  const { opened, gone, codes, iat: at } = claims;
  settle(community, { outcome: claims.ok ? "ok" : "failed", opened, gone, codes, at, settled: index });
}

/** Log time has come with the entry `index`: true when an audit without an answer has failed by that. */
export function expireAudit(community: Community, logTime: number, index: number): boolean {
  const open = community.audits?.open ?? null;
  if (open === null || open.due > logTime) return false;
  const outcome = open.answer === undefined ? "unanswered" : "unjudged";
  settle(community, { outcome, opened: 0, gone: 0, codes: [], at: logTime, settled: index });
  return true;
}

function settle(community: Community, result: Omit<SettledAudit, keyof OpenAudit>): void {
  const { audits } = community;
  if (audits === null || audits.open === null) return;
  const { outcome } = result;
  const last = { ...audits.open, ...result };
  community.audits = { ...audits, [outcome]: (audits[outcome] ?? 0) + 1, open: null, last };
}

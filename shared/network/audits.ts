/**
 * Audits in the network fold (docs/protocol.md §8): one may be open for a community, and one that nobody answered counts
 * as failed by the log's own time, without anybody's decision. Whether beacons are signed and the lot is right is the
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
}
export interface SettledAudit extends OpenAudit {
  outcome: "ok" | "failed" | "unanswered";
  opened: number;
  gone: number;
  codes: AuditCode[];
  /** log time, and index of the entry that settled it */
  at: number;
  settled: number;
}
export interface Audits {
  ok: number;
  failed: number;
  unanswered: number;
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

export function faultOfOutcome(
  state: Pick<NetworkState, "communities" | "log_time">,
  claims: Claims<"audit-outcome+jwt">,
): AuditFault | null {
  const open = state.communities.get(claims.node)?.audits?.open;
  if (open?.leaf !== claims.audit || Math.max(state.log_time, claims.iat) >= open.due) return "audit-unknown";
  const codes = claims.codes.every((code, at) => at === 0 || (claims.codes[at - 1] ?? "") < code);
  const isWhole = !claims.ok || claims.opened + claims.gone === open.drawn;
  const isBounded = claims.opened + claims.gone <= open.drawn;
  return codes && isWhole && isBounded && claims.ok === (claims.codes.length === 0) ? null : "audit-unknown";
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

export function settleAudit(community: Community, index: number, claims: Claims<"audit-outcome+jwt">): void {
  const { opened, gone, codes, iat: at } = claims;
  settle(community, { outcome: claims.ok ? "ok" : "failed", opened, gone, codes, at, settled: index });
}

/** Log time has come with the entry `index`: true when an audit without an answer has failed by that. */
export function expireAudit(community: Community, logTime: number, index: number): boolean {
  const open = community.audits?.open ?? null;
  if (open === null || open.due > logTime) return false;
  settle(community, { outcome: "unanswered", opened: 0, gone: 0, codes: [], at: logTime, settled: index });
  return true;
}

function settle(community: Community, result: Omit<SettledAudit, keyof OpenAudit>): void {
  const { audits } = community;
  if (audits === null || audits.open === null) return;
  const { outcome } = result;
  const last = { ...audits.open, ...result };
  community.audits = { ...audits, [outcome]: audits[outcome] + 1, open: null, last };
}

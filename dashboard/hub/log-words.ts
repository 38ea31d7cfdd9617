/** What a log entry says, in one sentence. Unknown kinds are named, not guessed. */
import type { KeyRole } from "../../shared/protocol/key-change.ts";
import type { Claims, StatementKind } from "../../shared/protocol/statement.ts";
import { tally } from "../../shared/tally.ts";
import { formatMoney } from "../parts/format.ts";
import { hasMessage, t } from "../parts/i18n.ts";
import type { LogEntry } from "./log-entries.ts";

type Words = { [K in StatementKind]: (claims: Claims<K>) => string };

const words: Words = {
  "hub-policy+jwt": (c) =>
    c.parent === undefined
      ? t("entry.policy", { name: c.name })
      : t("entry.policy-fork", { name: c.name, parent: c.parent.origin.replace(/\/log$/, "") }),
  "node-join+jwt": (c) => t("entry.join", { name: c.profile.name, origin: c.iss }),
  "node-key+jwt": (c) => t(`entry.key-${c.act}`, { who: c.iss, roles: rolesOf(c.keys) }),
  "hub-key+jwt": (c) => t(`entry.hub-key-${c.act}`, { roles: rolesOf(c.keys) }),
  "node-status+jwt": (c) => t(`entry.status-${c.status}`, { node: c.node }),
  "demand-report+jwt": (c) => t("entry.report", { name: c.profile.name, seq: c.seq, campaigns: c.totals.length }),
  "book-reset+jwt": (c) => t("entry.book-reset", { node: c.iss, n: c.book.generation, reason: c.reason }),
  "report-check+jwt": (c) => t(c.ok ? "entry.check-ok" : "entry.check-failed", { node: c.node, seq: c.seq }),
  "campaign+jwt": (c) => t("entry.campaign", { name: c.name }),
  "campaign-amend+jwt": (c) => t("entry.amend", { reason: c.reason }),
  "campaign-close+jwt": (c) => t(c.outcome === "locked" ? "entry.locked" : "entry.released", { reason: c.reason }),
  "rates+jwt": (c) => t("entry.rates", { source: c.source, date: c.date }),
  "fund+jwt": (c) =>
    t("entry.fund", {
      events: tally(c.events.map(({ event }) => t(`entry.event-${event}`)))
        .map(([name, n]) => (n === 1 ? name : t("entry.times", { n, name })))
        .join(", "),
      n: c.transfers.length,
    }),
  "offer+jwt": (c) => t(c.replaces === null ? "entry.offer" : "entry.offer-again", { name: c.supplier.name }),
  "offer-end+jwt": (c) => t(`entry.offer-end-${c.by}`, { reason: c.reason }),
  "witness-policy+jwt": (c) => t("entry.witness-policy", { reason: c.reason }),
  "witness-policy-start+jwt": () => t("entry.witness-policy-start"),
  "audit+jwt": (c) => t("entry.audit", { node: c.node, n: c.drawn }),
  "audit-answer+jwt": (c) => t("entry.audit-answer", { node: c.iss, n: c.openings }),
  "audit-outcome+jwt": (c) => t(`entry.audit-${outcomeOf(c)}`, { node: c.node, n: c.opened }),
  "equivocation+jwt": (c) => t("entry.equivocation", { node: c.node, seq: c.seq }),
  "evidence+jwt": (c) => t("entry.evidence", { accused: c.accused, kind: t(`evidence.kind-${c.kind}`) }),
  "totals+jwt": (c) =>
    t("entry.totals", {
      size: c.size,
      amount: formatMoney(c.headline.purchasing_power_minor, c.headline.currency, { whole: true }),
    }),
};

export function describeEntry(entry: LogEntry): string {
  const kind = `${entry.kind}+jwt`;
  if (!isKnown(kind)) return entryLabel(entry.kind);
  try {
    return (words[kind] as (claims: unknown) => string)(entry.claims);
  } catch {
    return entryLabel(entry.kind); // a claim is not where this page expects it; the entry itself is shown in full
  }
}

function outcomeOf({ ok, codes }: Claims<"audit-outcome+jwt">): "ok" | "failed" | "unanswered" {
  if (ok) return "ok";
  return codes.includes("unanswered") ? "unanswered" : "failed";
}

function rolesOf(keys: readonly { role: KeyRole }[]): string {
  return keys.map(({ role }) => t(`key-role.${role}`)).join(", ");
}

export function entryLabel(kind: string): string {
  const key = `entry-kind.${kind}`;
  return hasMessage(key) ? t(key) : kind;
}

function isKnown(kind: string): kind is StatementKind {
  return kind in words;
}

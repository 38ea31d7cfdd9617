/** What waits for the operator, most urgent first, and how the log stands. */
import type { ConsoleView } from "../../../shared/protocol/api/console.ts";
import type { NetworkState } from "../../../shared/network/state.ts";
import type { CampaignTerms, Profile } from "../../../shared/protocol/statement.ts";
import { isoTime } from "../../../shared/time.ts";
import { headOf, headQuery } from "../../lib/log-store.ts";
import { RATES_OLD_AFTER_S, SILENT_AFTER_S, UNCHECKED_AFTER_S, WITNESSES_LATE_AFTER_S } from "../limits.ts";
import { joinClaims } from "./join.ts";

type Todo = ConsoleView["todos"][number];
const MAX_EACH = 20;

/** Ten reads; those that scan do so over requests, waiting reports or communities, for the operator's page only. */
export async function consoleView(db: D1Database, nowS: number): Promise<ConsoleView> {
  const results = await db.batch([
    headQuery(db),
    db.prepare("SELECT count(*) AS pending FROM report_todo"),
    db
      .prepare(
        "SELECT origin, jws, received_at FROM join_request WHERE status = 'requested' ORDER BY received_at LIMIT ?",
      )
      .bind(MAX_EACH),
    db
      .prepare(
        `SELECT community.origin, community.profile, report.at, verdict.code FROM community
         JOIN report ON report.origin = community.origin AND report.seq = community.last_seq
         JOIN verdict ON verdict.report_idx = report.idx
         WHERE verdict.ok = 0 AND community.status = 'admitted' ORDER BY report.at LIMIT ?`,
      )
      .bind(MAX_EACH),
    db
      .prepare(
        `SELECT todo.origin, community.profile, report.at FROM report_todo AS todo
         JOIN report ON report.origin = todo.origin AND report.seq = todo.seq JOIN community ON community.origin = todo.origin
         WHERE report.at < ? ORDER BY report.at LIMIT ?`,
      )
      .bind(nowS - UNCHECKED_AFTER_S, MAX_EACH),
    db
      .prepare("SELECT id, terms, closes FROM campaign WHERE closes <= ? AND closing IS NULL ORDER BY closes LIMIT ?")
      .bind(nowS, MAX_EACH),
    db
      .prepare(
        `SELECT origin, profile, max(last_at, coalesce(since, 0)) AS at FROM community
         WHERE status = 'admitted' AND max(last_at, coalesce(since, 0)) < ? ORDER BY at LIMIT ?`,
      )
      .bind(nowS - SILENT_AFTER_S, MAX_EACH),
    db.prepare("SELECT rates FROM network WHERE id = 1"),
    // by the index of those that wait
    db
      .prepare(
        `SELECT origin, profile, recovery_due AS at FROM community WHERE recovery_due IS NOT NULL
         ORDER BY recovery_due LIMIT ?`,
      )
      .bind(MAX_EACH),
    db.prepare(
      `SELECT log_guard.halted_at, witnessed_head.size, witnessed_head.at FROM (SELECT 1)
       LEFT JOIN log_guard ON log_guard.id = 1 LEFT JOIN witnessed_head ON witnessed_head.id = 1`,
    ),
  ]);
  const [heads, pending, joins, failed, unchecked, past, silent, rates, frozen, watched] = results.map(
    ({ results: rows }) => rows,
  );
  const head = headOf(heads ?? []);
  return {
    todos: [
      ...witnessTodos(watched?.[0] as WatchedRow | undefined, head.size, nowS),
      // its date is the one on which the keys change
      ...((frozen ?? []) as CommunityLine[]).map((row) => communityTodo("keys-frozen", row)),
      ...((joins ?? []) as { origin: string; jws: string; received_at: number }[]).map((row): Todo => ({
        kind: "join-waiting",
        subject: row.origin,
        label: joinClaims(row.jws).profile.name,
        since: isoTime(Math.floor(row.received_at / 1000)),
      })),
      ...((failed ?? []) as CommunityLine[]).map((row) => communityTodo("report-failed", row)),
      ...((unchecked ?? []) as CommunityLine[]).map((row) => communityTodo("report-unchecked", row)),
      ...((past ?? []) as { id: string; terms: string; closes: number }[]).map((row): Todo => ({
        kind: "campaign-past-closing",
        subject: row.id,
        label: (JSON.parse(row.terms) as CampaignTerms).name,
        since: isoTime(row.closes),
      })),
      ...((silent ?? []) as CommunityLine[]).map((row) => communityTodo("community-silent", row)),
      ...ratesTodo((rates?.[0] as { rates: string | null } | undefined)?.rates ?? null, nowS),
    ],
    log: {
      size: head.size,
      pending: (pending?.[0] as { pending: number } | undefined)?.pending ?? 0,
      checkpoint_at: head.size === 0 ? null : new Date(head.at).toISOString(),
    },
  };
}

interface WatchedRow {
  halted_at: number | null;
  size: number | null;
  at: number | null;
}

/** A log that stands, and a head that its witnesses have not seen for an hour: readers are shown an older one. */
function witnessTodos(row: WatchedRow | undefined, size: number, nowS: number): Todo[] {
  if (row === undefined) return [];
  const { halted_at, at } = row;
  const isBehind = at !== null && (row.size ?? 0) < size && nowS - at > WITNESSES_LATE_AFTER_S;
  return [
    ...(halted_at === null ? [] : [{ kind: "log-halted" as const, subject: "", label: "", since: isoTime(halted_at) }]),
    ...(isBehind ? [{ kind: "witnesses-behind" as const, subject: "", label: "", since: isoTime(at) }] : []),
  ];
}

interface CommunityLine {
  origin: string;
  profile: string;
  at: number;
}

function communityTodo(kind: Todo["kind"], row: CommunityLine): Todo {
  return { kind, subject: row.origin, label: (JSON.parse(row.profile) as Profile).name, since: isoTime(row.at) };
}

function ratesTodo(text: string | null, nowS: number): Todo[] {
  if (text === null) return [{ kind: "rates-old", subject: "", label: "", since: isoTime(nowS) }];
  const { date, source } = (JSON.parse(text) as NonNullable<NetworkState["rates"]>).claims;
  const since = Math.floor(Date.parse(`${date}T00:00:00Z`) / 1000);
  return nowS - since < RATES_OLD_AFTER_S
    ? []
    : [{ kind: "rates-old", subject: date, label: source, since: isoTime(since) }];
}

/** Reports that wait for a verdict: the oldest of each community, because the next one builds on its book. */
import { parseCheckpoint } from "../../../shared/log/checkpoint.ts";
import type { LoggedReport } from "../../../shared/network/state.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { parseJws } from "../../../shared/signing/jws.ts";
import type { Target } from "../mirror.ts";
import type { MirrorRow } from "./mirror.ts";

export interface WaitingReport {
  origin: string;
  url: string;
  report: LoggedReport;
  target: Target;
  attempts: number;
  unreadableSince: number | null;
  /** how many of this community's reports wait, this one included */
  queued: number;
  mirror: MirrorRow | null;
}

interface Row extends MirrorRow {
  report_idx: number;
  report_origin: string;
  attempts: number;
  unreadable_since: number | null;
  queued: number;
  leaf: string;
  data: string;
  url: string;
}

/** Scans the waiting reports only (a row is gone with its verdict); everything else by primary key. */
const WAITING_SQL = `SELECT todo.report_idx, todo.origin AS report_origin, todo.attempts, todo.unreadable_since,
  todo.queued, log_entry.leaf, log_entry.data, community.url, mirror.*
  FROM (SELECT min(report_idx) AS report_idx, count(*) AS queued, origin, attempts, next_at,
        unreadable_since
        FROM report_todo GROUP BY origin) AS todo
  JOIN log_entry ON log_entry.idx = todo.report_idx
  JOIN community ON community.origin = todo.origin
  LEFT JOIN mirror ON mirror.origin = todo.origin
  WHERE todo.next_at <= ? ORDER BY todo.next_at, todo.report_idx LIMIT ?`;

export async function waitingReports(db: D1Database, nowS: number, limit: number): Promise<WaitingReport[]> {
  const { results } = await db.prepare(WAITING_SQL).bind(nowS, limit).all<Row>();
  return results.map((row) => {
    const claims = reportClaims(row.data);
    const { seq, iat, profile, totals } = claims;
    const { size, root } = reportHead(claims.book);
    return {
      origin: row.report_origin,
      url: row.url,
      report: { leaf: row.leaf, index: row.report_idx, seq, iat, profile, totals },
      target: { index: row.report_idx, note: claims.book, size, root, totals },
      attempts: row.attempts,
      unreadableSince: row.unreadable_since,
      queued: row.queued,
      mirror: row.origin === null ? null : row,
    };
  });
}

/** The claims of a report that this hub has accepted before: its form is known to be right. */
function reportClaims(data: string): Claims<"demand-report+jwt"> {
  const jws = parseJws(data);
  if (!jws.ok) throw new Error("a logged report is not a JWS");
  return jws.value.claims as Claims<"demand-report+jwt">;
}

/** The tree head that a note states; its signature was verified when the report was accepted. */
export function reportHead(note: string): { size: number; root: Target["root"] } {
  const checkpoint = parseCheckpoint(note.slice(0, note.lastIndexOf("\n\n") + 1));
  if (!checkpoint.ok) throw new Error("a logged report without a checkpoint");
  return checkpoint.value;
}

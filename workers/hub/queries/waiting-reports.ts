/** Reports that wait for a verdict: the oldest of each community, because the next one builds on its book. */
import type { LoggedReport } from "../../../shared/network/state.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { parseJws } from "../../../shared/signing/jws.ts";
import { currentGeneration, currentReset } from "../../../shared/network/resets.ts";
import { type Mirror, type Target, emptyMirror, mirrorName, reportHead } from "../mirror.ts";
import { bookOf } from "../view-rows.ts";
import { MIRROR_OF, type MirrorRow, mirrorOf } from "./mirror.ts";

export interface WaitingReport {
  origin: string;
  url: string;
  report: LoggedReport;
  target: Target;
  attempts: number;
  unreadableSince: number | null;
  /** how many of this community's reports wait, this one included */
  queued: number;
  /** of its current book */
  generation: number;
  /** what was read of that book */
  mirror: Mirror;
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
  book: string | null;
}

/** Scans the waiting reports only (a row is gone with its verdict); everything else by primary key. */
const WAITING_SQL = `SELECT todo.report_idx, todo.origin AS report_origin, todo.attempts, todo.unreadable_since,
  todo.queued, log_entry.leaf, log_entry.data, community.url, community.book, mirror.*
  FROM (SELECT min(report_idx) AS report_idx, count(*) AS queued, origin, attempts, next_at,
        unreadable_since
        FROM report_todo GROUP BY origin) AS todo
  JOIN log_entry ON log_entry.idx = todo.report_idx
  JOIN community ON community.origin = todo.origin
  LEFT JOIN mirror ON mirror.origin = ${MIRROR_OF}
  WHERE todo.next_at <= ? ORDER BY todo.next_at, todo.report_idx LIMIT ?`;

export async function waitingReports(db: D1Database, nowS: number, limit: number): Promise<WaitingReport[]> {
  const { results } = await db.prepare(WAITING_SQL).bind(nowS, limit).all<Row>();
  return results.map((row) => {
    const claims = reportClaims(row.data);
    const { seq, iat, profile, totals } = claims;
    const { size, root } = reportHead(claims.book);
    const book = { book: bookOf(row.book) };
    const generation = currentGeneration(book);
    const unread = emptyMirror(mirrorName(row.report_origin, generation), currentReset(book));
    return {
      origin: row.report_origin,
      url: row.url,
      report: { leaf: row.leaf, index: row.report_idx, seq, iat, profile, totals },
      target: { index: row.report_idx, note: claims.book, size, root, told: claims },
      attempts: row.attempts,
      unreadableSince: row.unreadable_since,
      queued: row.queued,
      generation,
      mirror: row.origin === null ? unread : mirrorOf(row),
    };
  });
}

/** The claims of a report that this hub has accepted before: its form is known to be right. */
function reportClaims(data: string): Claims<"demand-report+jwt"> {
  const jws = parseJws(data);
  if (!jws.ok) throw new Error("a logged report is not a JWS");
  return jws.value.claims as Claims<"demand-report+jwt">;
}

/** Where an entry of the book has got to, found by its short code: public, because the book and the log are. */
import type { z } from "zod";
import type { trackedEntry } from "../../../shared/protocol/api/community.ts";
import { isoTime } from "../time.ts";

interface EntryRow {
  idx: number;
  leaf: string;
  kind: string;
  day: string;
}
interface ReportRow {
  hub: string;
  seq: number;
  delivered_at: number;
  counted_at: number | null;
}

/** `prefix`: the first characters of a base64url leaf, which the index on leaves finds. */
export async function trackedEntryOf(db: D1Database, prefix: string): Promise<z.infer<typeof trackedEntry> | null> {
  const entry = await db
    .prepare(
      `SELECT idx, leaf, kind, data ->> 'd' AS day FROM log_entry WHERE leaf >= ?1 AND leaf < ?1 || '~'
       AND idx >= 0 AND kind IN ('interest', 'pledge', 'revise', 'withdraw') LIMIT 1`,
    )
    .bind(prefix)
    .first<EntryRow>();
  if (entry === null) return null;
  // One seek a hub: the first delivered report whose book holds the entry.
  const { results } = await db
    .prepare(
      `SELECT r.hub, r.seq, r.delivered_at, r.counted_at FROM hub h JOIN report r ON r.hub = h.origin AND r.book_size = (
         SELECT min(book_size) FROM report WHERE hub = h.origin AND book_size > ?1 AND delivered_at IS NOT NULL)
       WHERE r.delivered_at IS NOT NULL GROUP BY r.hub HAVING r.seq = min(r.seq)`,
    )
    .bind(entry.idx)
    .all<ReportRow>();
  return {
    leaf: entry.leaf,
    index: entry.idx,
    kind: entry.kind as z.infer<typeof trackedEntry>["kind"],
    day: entry.day,
    reports: results.map(({ hub, seq, delivered_at, counted_at }) => ({
      hub,
      seq,
      at: isoTime(delivered_at),
      counted: counted_at !== null,
    })),
  };
}

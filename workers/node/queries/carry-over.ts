/** Rows of a book that was given up: those whose index is below zero, until they are in the new one or let go. */
import type { BookEntry } from "../../../shared/protocol/book-entry.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { type BookableRow, CAMPAIGN_COLUMNS, TALLY_COLUMNS } from "./pledge.ts";

export interface BegunBook {
  generation: number;
  begun_at: number;
  mirror: string | null;
  mirror_next: number | null;
}

/** The new book that is not done with, if there is one. */
export async function openBook(db: D1Database): Promise<BegunBook | null> {
  return await db
    .prepare(
      `SELECT generation, begun_at, mirror, mirror_next FROM book_reset WHERE done_at IS NULL
       ORDER BY generation DESC LIMIT 1`,
    )
    .first<BegunBook>();
}

/** By the index on leaves; scans the credentials that are in the new book already. */
export function keysToEnter(db: D1Database, limit: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT k.id, k.member_id, k.public_key FROM credential k JOIN log_entry e ON e.leaf = k.key_leaf
       WHERE e.idx < 0 LIMIT ?`,
    )
    .bind(limit);
}

/** In the new book, and not ended there as they were in the old one. Scans the new book. */
export function keysToEnd(db: D1Database, limit: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT k.key_leaf FROM credential k JOIN log_entry e ON e.leaf = k.key_leaf AND e.idx >= 0
       WHERE k.ended_at IS NOT NULL AND k.key_leaf NOT IN
         (SELECT data ->> 'r' FROM log_entry WHERE idx >= 0 AND kind = 'key_end') LIMIT ?`,
    )
    .bind(limit);
}

export interface OverRow extends BookableRow {
  document: string | null;
  signature: string | null;
  signed_at: number;
  close_outcome: "locked" | "released" | null;
  close_band: number | null;
  /** JSON array of [public key in hex, leaf of its entry] */
  keys: string;
}

/** Some of what is left, by chance alone. */
export function someToEnter(db: D1Database, limit: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT p.member, p.campaign, p.head, p.qty, p.band, coalesce(w.document, r.document) AS document,
         coalesce(w.signature, r.signature) AS signature, coalesce(w.received_at, r.signed_at, 0) AS signed_at,
         c.close_outcome, c.close_band, ${CAMPAIGN_COLUMNS}, ${TALLY_COLUMNS},
         (SELECT json_group_array(json_array(hex(k.public_key), k.key_leaf)) FROM credential k
          WHERE k.member_id = p.member AND k.key_leaf IS NOT NULL) AS keys
       FROM pledge p JOIN campaign c ON c.id = p.campaign
       LEFT JOIN receipt r ON r.member = p.member AND r.idx = p.idx
       LEFT JOIN waiting w ON w.member = p.member AND w.campaign = p.campaign
       LEFT JOIN tally t ON t.campaign = p.campaign
       WHERE (p.head IS NOT NULL AND p.idx < 0) OR w.member IS NOT NULL ORDER BY random() LIMIT ?`,
    )
    .bind(limit);
}

/** Before the new rows are written: the old chains end here, whether or not they go over. */
export function endOver(
  db: D1Database,
  rows: readonly OverRow[],
  { generation, entered, looked }: { generation: number; entered: number; looked: number },
): D1PreparedStatement[] {
  const keys = jsonParameter(rows.map(({ member, campaign }) => [member, campaign]));
  const these = "(member, campaign) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))";
  return [
    db.prepare(`UPDATE pledge SET head = NULL, idx = NULL, qty = NULL, band = NULL WHERE ${these}`).bind(keys),
    db.prepare(`DELETE FROM waiting WHERE ${these}`).bind(keys),
    db
      .prepare("UPDATE book_reset SET entered = entered + ?, let_go = let_go + ? WHERE generation = ?")
      .bind(entered, looked - entered, generation),
  ];
}

/** Chains and keys that ended in the part of the book that was lost, in the order of its entries. */
export function letGoEnded(
  db: D1Database,
  generation: number,
  entries: readonly BookEntry[],
  now: number,
): D1PreparedStatement[] {
  const heads = jsonParameter(
    entries.flatMap((entry) => (entry.t === "revise" || entry.t === "withdraw" ? [entry.r] : [])),
  );
  const keys = jsonParameter(entries.flatMap((entry) => (entry.t === "key_end" ? [entry.r] : [])));
  const gone = "head IN (SELECT value FROM json_each(?1))";
  return [
    db
      .prepare(
        `UPDATE book_reset SET let_go = let_go + (SELECT count(*) FROM pledge WHERE ${gone}) WHERE generation = ?2`,
      )
      .bind(heads, generation),
    db.prepare(`UPDATE pledge SET head = NULL, idx = NULL, qty = NULL, band = NULL WHERE ${gone}`).bind(heads),
    db
      .prepare(
        "UPDATE credential SET ended_at = coalesce(ended_at, ?2) WHERE key_leaf IN (SELECT value FROM json_each(?1))",
      )
      .bind(keys, now),
  ];
}

/**
 * The tables of an append-only log (docs/protocol.md §2, §5), the same for the hub's log and a node's book.
 * Integer primary keys throughout, so that a row costs one write; only the leaf has an index of its own.
 * The primary key of `log_entry` and the compare-and-set of `log_head` settle races between sequencers.
 */
import { blob, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** One row per entry; `data` is the entry's exact UTF-8 text (a compact JWS or RFC 8785 JSON). */
export const logEntry = sqliteTable("log_entry", {
  idx: integer().primaryKey(),
  /** RFC 6962 leaf hash, base64url */
  leaf: text().notNull().unique(),
  kind: text().notNull(),
  iss: text(),
  seq: integer(),
  data: text().notNull(),
});

/** One row per tile, holding the hashes it has so far: a prefix serves every narrower `.p/W`. */
export const logTile = sqliteTable("log_tile", {
  /** level · 2^40 + index, see `tileKey` */
  id: integer().primaryKey(),
  hashes: blob().notNull(),
});

/**
 * The one committed head. It moves forward by compare-and-set on its size, in the batch that adds the entries;
 * earlier heads can be recomputed from the tiles, so no row is kept of them. `id` is the number of the log: a node that had to
 * begin a new book has a row of another number, and entries of the old book below index 0 (docs/storage.md).
 */
export const logHead = sqliteTable("log_head", {
  id: integer().primaryKey(),
  size: integer().notNull(),
  /** padded base64, as in checkpoints */
  root: text().notNull(),
  /** compact range: the roots of the perfect subtrees, left to right, base64 of 32 bytes each */
  frontier: text().notNull(),
  /** Unix milliseconds */
  at: integer().notNull(),
});

const LEVEL = 2 ** 40;

export function tileKey(level: number, index: number): number {
  return level * LEVEL + index;
}

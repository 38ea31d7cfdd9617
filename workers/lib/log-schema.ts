/**
 * The tables of an append-only log (docs/protocol.md §2, §5), the same for the hub's log and a node's book.
 * Integer primary keys throughout, so that a row costs one write; only the leaf has an index of its own.
 * The primary keys of `log_entry` and `log_head` settle races between sequencers.
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

/** One row per committed append. Two appends from one size cannot both exist. */
export const logHead = sqliteTable("log_head", {
  prevSize: integer("prev_size").primaryKey(),
  size: integer().notNull(),
  /** padded base64, as in checkpoints */
  root: text().notNull(),
  /** Unix milliseconds */
  at: integer().notNull(),
});

const LEVEL = 2 ** 40;

export function tileKey(level: number, index: number): number {
  return level * LEVEL + index;
}

export function tileOfKey(key: number): { level: number; index: number } {
  return { level: Math.floor(key / LEVEL), index: key % LEVEL };
}

/**
 * The tables of witnessing, the same at hub and node (docs/protocol.md §7): what this worker has cosigned of others,
 * and what others have cosigned of its own log. One row per log or witness, by primary key.
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The newest tree this worker has cosigned of each log. It only grows: moved by compare-and-set. */
export const witnessed = sqliteTable("witnessed", {
  /** hex SHA-256 of the origin, the name monitors ask by */
  id: text().primaryKey(),
  origin: text().notNull(),
  size: integer().notNull(),
  /** padded base64 */
  root: text().notNull(),
  /** the checkpoint with the log's own signatures */
  note: text().notNull(),
  /** this witness's line under it */
  cosignature: text().notNull(),
  /** Unix seconds of the cosignature */
  at: integer().notNull(),
});

/** Checkpoints that a log's own key signed and that do not follow: one row per log and reason, the newest kept. */
export const witnessRefusal = sqliteTable(
  "witness_refusal",
  {
    origin: text().notNull(),
    code: text({ enum: ["witness-proof", "witness-fork"] }).notNull(),
    count: integer().notNull(),
    firstAt: integer("first_at").notNull(),
    lastAt: integer("last_at").notNull(),
    /** what this witness held, and what it was asked to sign: two signed notes, verbatim */
    held: text(),
    refused: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.origin, table.code] })],
);

/** The newest word of each witness about this worker's own log. */
export const cosigner = sqliteTable("cosigner", {
  vkey: text().primaryKey(),
  /** the tree it cosigned last; 0 before the first */
  size: integer().notNull(),
  root: text(),
  line: text(),
  /** Unix seconds of that cosignature */
  at: integer(),
  attempts: integer().notNull(),
  /** Unix seconds before which it is not asked again; null: at once */
  nextAt: integer("next_at"),
  /** why it did not cosign the last time */
  error: text(),
});

/**
 * One row: when this worker's own log was last found to be no older than its witnesses know it, and what was found
 * when it was not. A database that was restored says so here before anything is appended to it.
 */
export const logGuard = sqliteTable("log_guard", {
  id: integer().primaryKey(),
  /** Unix seconds */
  checkedAt: integer("checked_at").notNull(),
  /** the witness that has seen more, its note, and since when; null while all is well */
  haltedBy: text("halted_by"),
  haltedNote: text("halted_note"),
  haltedAt: integer("halted_at"),
});

/** Evidence that was checked and is kept, the same at hub and node: at most one document of each kind against anybody. */
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const evidence = sqliteTable(
  "evidence",
  {
    /** a community's origin, or a hub's log */
    accused: text().notNull(),
    kind: text().notNull(),
    party: text({ enum: ["hub", "node"] }).notNull(),
    /** log origin of the hub in whose log the keys are */
    hub: text().notNull(),
    /** base64url SHA-256 of the document's RFC 8785 form, which `document` is */
    sha256: text().notNull(),
    document: text().notNull(),
    /** Unix milliseconds */
    receivedAt: integer("received_at").notNull(),
    /** at a hub: the entry that says so */
    logIndex: integer("log_index"),
    /** how often it was offered to all others, and to whom last in the round that is under way */
    rounds: integer().notNull().default(0),
    offeredTo: text("offered_to").notNull().default(""),
    /** Unix milliseconds: when the next few are offered it */
    nextAt: integer("next_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.accused, table.kind] }), uniqueIndex("evidence_sha256").on(table.sha256)],
);

/**
 * What is said to be proven by more than a worker can read: its signatures hold, its entries are not in it. It is shown as that, and neither
 * logged nor passed on. A few against anybody.
 */
export const evidenceClaim = sqliteTable(
  "evidence_claim",
  {
    accused: text().notNull(),
    sha256: text().notNull(),
    kind: text().notNull(),
    party: text({ enum: ["hub", "node"] }).notNull(),
    hub: text().notNull(),
    document: text().notNull(),
    /** Unix milliseconds */
    receivedAt: integer("received_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.accused, table.sha256] })],
);

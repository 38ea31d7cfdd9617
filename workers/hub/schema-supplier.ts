/**
 * Suppliers, as this hub knows them, and their offers. `supplier` is the hub's own record: nothing of it is in the log
 * but what an offer names. `offer` is part of the materialised view: one row per `offer` entry, equal to a replay.
 */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const supplier = sqliteTable(
  "supplier",
  {
    id: text().primaryKey(),
    name: text().notNull(),
    domain: text().notNull(),
    /** ISO 3166-1 */
    country: text(),
    /** null: not verified, or no longer */
    verified: text({ enum: ["domain", "email"] }),
    /** `hub`: the file or the code was checked by the hub; `operator`: a person says so, with a note that is public */
    verifiedBy: text("verified_by", { enum: ["hub", "operator"] }),
    verifiedNote: text("verified_note").notNull(),
    /** Unix milliseconds */
    verifiedAt: integer("verified_at"),
    /** to be found in a file on the domain; seen by the supplier and the operators */
    domainToken: text("domain_token").notNull(),
    /** Unix milliseconds of the last look for that file: it is fetched once a minute at most */
    checkedAt: integer("checked_at").notNull().default(0),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [uniqueIndex("supplier_domain").on(table.domain)],
);

/** Its leaf is that of its log entry. */
export const offer = sqliteTable(
  "offer",
  {
    idx: integer().primaryKey(),
    supplier: text().notNull(),
    campaign: text().notNull(),
    /** Unix seconds */
    validUntil: integer("valid_until").notNull(),
    /** null: it stands, though it may have expired */
    ended: text({ enum: ["replaced", "withdrawn", "ended"] }),
    /** log index of what ended it */
    endedIdx: integer("ended_idx"),
    /** JSON of the entry's claims */
    data: text().notNull(),
  },
  // each with the row's own idx behind it: newest first
  (table) => [
    index("offer_campaign").on(table.campaign),
    index("offer_supplier").on(table.supplier),
    index("offer_ended").on(table.ended),
    // those that stand, by their end: what has expired by now lies on one side
    index("offer_standing")
      .on(table.validUntil)
      .where(sql`ended IS NULL`),
    index("offer_standing_campaign")
      .on(table.campaign, table.validUntil)
      .where(sql`ended IS NULL`),
    index("offer_standing_supplier")
      .on(table.supplier, table.validUntil)
      .where(sql`ended IS NULL`),
  ],
);

/**
 * Funders and suppliers as people who sign in, their mail and their alerts. Private: nothing here is in the log, an
 * export or a public answer. Codes and browser tokens as SHA-256 only. Times are Unix milliseconds.
 */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The funder or supplier that a person signs in for. */
export const party = sqliteTable("party", {
  memberId: text("member_id").primaryKey(),
  kind: text({ enum: ["funder", "supplier"] }).notNull(),
  /** id of the funder or of the supplier */
  party: text().notNull(),
});

/** What an invitation's account will be for; becomes a `party` row when somebody joins with it. */
export const partyInvite = sqliteTable("party_invite", {
  inviteId: text("invite_id").primaryKey(),
  kind: text({ enum: ["funder", "supplier"] }).notNull(),
  party: text().notNull(),
});

/** In lower case; used to send codes and alerts. UNIQUE: an address opens one account. */
export const memberEmail = sqliteTable("member_email", {
  memberId: text("member_id").primaryKey(),
  email: text().notNull().unique(),
});

/** One row per code that was asked for, whether the address is known or not. */
export const emailCode = sqliteTable(
  "email_code",
  {
    /** 128 random bits */
    id: text().primaryKey(),
    /** SHA-256 of the address in lower case */
    address: text().notNull(),
    /** SHA-256 over id and code */
    code: text().notNull(),
    /** SHA-256 of the pre-session token of the browser that asked */
    browser: text().notNull(),
    /** JSON of the supplier that introduces itself; null for a plain sign-in */
    introduction: text(),
    attempts: integer().notNull(),
    usedAt: integer("used_at"),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("email_code_address").on(table.address, table.expiresAt)],
);

/** Mail and webhooks to be delivered, without an address: it is looked up when they go. Deleted when they arrived. */
export const delivery = sqliteTable(
  "delivery",
  {
    /** also the `webhook-id` */
    id: text().primaryKey(),
    kind: text({ enum: ["email", "webhook"] }).notNull(),
    memberId: text("member_id").notNull(),
    alertId: text("alert_id"),
    /** JSON of subject and text, or the exact body of the webhook */
    body: text().notNull(),
    attempts: integer().notNull(),
    nextAt: integer("next_at").notNull(),
  },
  (table) => [index("delivery_next").on(table.nextAt)],
);

export const alert = sqliteTable(
  "alert",
  {
    id: text().primaryKey(),
    memberId: text("member_id").notNull(),
    /** JSON of what was asked */
    data: text().notNull(),
    /** Standard Webhooks secret: kept, because every message is signed with it */
    secret: text(),
    createdAt: integer("created_at").notNull(),
    firedAt: integer("fired_at"),
    /** whether its threshold is passed now: it fires on the way up only */
    above: integer({ mode: "boolean" }).notNull(),
    paused: integer({ mode: "boolean" }).notNull(),
    /** number of the newest campaign entry, or transfer, that it has been asked about */
    seen: integer().notNull().default(0),
    /** of the newest delivery */
    status: text({ enum: ["waiting", "delivered", "failing"] }).notNull(),
  },
  (table) => [index("alert_member").on(table.memberId)],
);

/** What a signed-in funder says it might give, until finance has recorded or declined it. */
export const intention = sqliteTable(
  "intention",
  {
    id: text().primaryKey(),
    memberId: text("member_id").notNull(),
    funder: text().notNull(),
    fund: text().notNull(),
    currency: text().notNull(),
    amount: integer("amount_minor").notNull(),
    dueOn: text("due_on"),
    /** seen by the hub's staff only */
    note: text().notNull(),
    state: text({ enum: ["new", "recorded", "declined"] }).notNull(),
    at: integer().notNull(),
  },
  (table) => [index("intention_funder").on(table.funder, table.at), index("intention_state").on(table.state, table.at)],
);

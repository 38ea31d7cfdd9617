/** Suppliers and their offers, demand as they see it, the people who sign in for funders and suppliers, and their mail. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const supplier = sqliteTable(
  "supplier",
  {
    id: text().primaryKey(),
    name: text().notNull(),
    domain: text().notNull(),
    verified: text({ enum: ["domain", "email"] }),
    country: text(),
    /** to be found in a file on the domain */
    domainToken: text("domain_token").notNull(),
    /** Unix milliseconds */
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("supplier_created").on(table.createdAt)],
);

/** One row per `offer` entry. */
export const offer = sqliteTable(
  "offer",
  {
    leaf: text().primaryKey(),
    idx: integer().notNull(),
    supplier: text().notNull(),
    campaign: text().notNull(),
    /** Unix seconds */
    validUntil: integer("valid_until").notNull(),
    /** replaced or withdrawn; expiry follows from `valid_until` */
    ended: text({ enum: ["replaced", "withdrawn"] }),
    data: text().notNull(),
  },
  (table) => [
    index("offer_idx").on(table.idx),
    index("offer_campaign").on(table.campaign, table.idx),
    index("offer_supplier").on(table.supplier, table.idx),
  ],
);

/** Demand by region of one campaign and month, JSON; the running month is written anew, earlier ones stay. */
export const signalMonth = sqliteTable(
  "signal_month",
  {
    campaign: text().notNull(),
    month: text().notNull(),
    data: text().notNull(),
    /** log size it was computed at */
    size: integer().notNull(),
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.campaign, table.month] })],
);

/** A campaign's numbers at the end of each UTC day: `day` counts days since 1970. */
export const campaignDay = sqliteTable(
  "campaign_day",
  {
    campaign: text().notNull(),
    day: integer().notNull(),
    point: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.campaign, table.day] })],
);

/** The funder or supplier that a person signs in for. */
export const party = sqliteTable("party", {
  memberId: text("member_id").primaryKey(),
  kind: text({ enum: ["funder", "supplier"] }).notNull(),
  party: text().notNull(),
});

/** Private: used to send codes and alerts, in no log, no export, no public answer. */
export const memberEmail = sqliteTable("member_email", {
  memberId: text("member_id").primaryKey(),
  email: text().notNull().unique(),
});

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
    attempts: integer().notNull(),
    usedAt: integer("used_at"),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("email_code_address").on(table.address, table.expiresAt)],
);

/** Mail and webhooks to be delivered; deleted when they were. */
export const delivery = sqliteTable(
  "delivery",
  {
    id: text().primaryKey(),
    kind: text({ enum: ["email", "webhook"] }).notNull(),
    /** address or URL */
    target: text().notNull(),
    /** JSON of subject and text, or of the webhook's body */
    body: text().notNull(),
    alertId: text("alert_id"),
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
    data: text().notNull(),
    /** Standard Webhooks secret */
    secret: text(),
    createdAt: integer("created_at").notNull(),
    firedAt: integer("fired_at"),
    /** whether its threshold is passed now: it fires on the way up only */
    above: integer({ mode: "boolean" }).notNull(),
    status: text({ enum: ["waiting", "delivered", "failing"] }).notNull(),
  },
  (table) => [index("alert_member").on(table.memberId)],
);

/** What a signed-in funder says it might give, until finance has recorded it or not. */
export const intention = sqliteTable("intention", {
  id: text().primaryKey(),
  funder: text().notNull(),
  fund: text().notNull(),
  currency: text().notNull(),
  amount: integer("amount_minor").notNull(),
  dueOn: text("due_on"),
  note: text().notNull(),
  state: text({ enum: ["new", "recorded", "declined"] }).notNull(),
  at: integer().notNull(),
});

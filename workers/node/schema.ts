/**
 * A node's tables beside the ones shared with the hub (log and identity). docs/storage.md states the
 * row cost of each write. Times are Unix milliseconds; quantities and money are decimal strings.
 * `pledge`, `receipt`, `tally`, `outbox` and `report` are WITHOUT ROWID: one written row per write.
 */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export * from "../lib/evidence/schema.ts";
export * from "../lib/identity/schema.ts";
export * from "../lib/log-schema.ts";
export * from "../lib/witness/schema.ts";

/** What the community says of itself; one row. */
export const community = sqliteTable("community", {
  id: integer().primaryKey(),
  name: text().notNull(),
  about: text().notNull(),
  region: text().notNull(),
  /** JSON array of BCP 47 tags */
  languages: text().notNull(),
  updatedAt: integer("updated_at").notNull(),
});

/** A hub this node has asked to join. Keys are pinned at that moment. */
export const hub = sqliteTable("hub", {
  /** `<origin>/log` */
  origin: text().primaryKey(),
  url: text().notNull(),
  name: text().notNull(),
  vkey: text().notNull(),
  /** JWK the hub's statements are verified under: of entry 0 of its log, or what took its place there */
  statementJwk: text("statement_jwk").notNull(),
  /** JSON HubKeyState as this node followed it in the hub's log, from entry 0 on; null in rows from before that was kept */
  keyState: text("key_state"),
  /** requested, declined, admitted, suspended, left; unreachable until the hub has answered once */
  status: text().notNull(),
  reason: text().notNull(),
  joinJws: text("join_jws").notNull(),
  joinLeaf: text("join_leaf").notNull(),
  requestedAt: integer("requested_at").notNull(),
  /** where the next page of the hub's campaigns starts; null = from the beginning */
  campaignCursor: text("campaign_cursor"),
  /** last report the hub counted, and what it last refused to count */
  countedSeq: integer("counted_seq").notNull(),
  countedBookSize: integer("counted_book_size").notNull(),
  countedAt: integer("counted_at"),
  failedCode: text("failed_code"),
  /** when the schedule last attended to it (jobs/attend-hubs.ts) */
  attendedAt: integer("attended_at").notNull().default(0),
});

/** What this community last saw of a hub's log (jobs/watch-hub.ts); one row a hub. */
export const hubWatch = sqliteTable("hub_watch", {
  hub: text().primaryKey(),
  /** the largest head ever seen */
  size: integer(),
  root: text(),
  /** what is wrong, joined by commas; "" for nothing */
  codes: text().notNull(),
  since: integer().notNull(),
  checkedAt: integer("checked_at").notNull(),
  /** the codes last told to the webhook */
  told: text().notNull(),
});

/** A hub's campaign: signed terms as logged, and what the hub last published about it. */
export const campaign = sqliteTable(
  "campaign",
  {
    /** leaf hash of the hub's entry */
    id: text().primaryKey(),
    hub: text().notNull(),
    idx: integer().notNull(),
    name: text().notNull(),
    text: text().notNull(),
    /** JSON productRef */
    product: text().notNull(),
    unit: text().notNull(),
    currency: text().notNull(),
    referencePriceMinor: text("reference_price_minor").notNull(),
    /** JSON array of decimal strings, lowest first */
    bandsMinor: text("bands_minor").notNull(),
    maxQty: text("max_qty").notNull(),
    goalQty: text("goal_qty").notNull(),
    closes: integer().notNull(),
    termsSha256: text("terms_sha256").notNull(),
    /** the verified JWS */
    jws: text().notNull(),
    /** the verified campaign-close: leaf, outcome, band, reason, time; null while there is none */
    closeLeaf: text("close_leaf"),
    closeOutcome: text("close_outcome"),
    closeBand: integer("close_band"),
    closeReason: text("close_reason"),
    closedAt: integer("closed_at"),
    /** the network's numbers as last published, JSON */
    network: text(),
    adoptedAt: integer("adopted_at"),
  },
  (table) => [index("campaign_by_hub").on(table.hub, table.idx)],
);

/** The book fold's tally per campaign (shared/book/state.ts), as a row. */
export const tally = sqliteTable("tally", {
  campaign: text().primaryKey(),
  /** JSON array of decimal strings: units of live pledges by band */
  units: text().notNull(),
  /** JSON array of numbers: live pledge chains by band */
  chains: text().notNull(),
  interest: text().notNull(),
  purchased: text().notNull(),
  locked: text().notNull(),
  /** JSON {index, band} of the lock or release in this book; null before */
  ended: text(),
});

/**
 * Where one member stands in one campaign: the live chain, if there is one, and the document that
 * waits for a signature, if there is one. A second draft replaces the first.
 */
export const pledge = sqliteTable(
  "pledge",
  {
    member: text().notNull(),
    campaign: text().notNull(),
    /** leaf and index of the chain's head; null without a live chain */
    head: text(),
    idx: integer(),
    qty: text(),
    /** null = interest only */
    band: integer(),
    draftId: text("draft_id"),
    /** null once signed */
    draftDocument: text("draft_document"),
    draftExpires: integer("draft_expires"),
    /** why not more: one of the protocol's themes; in no book */
    theme: text(),
  },
  (table) => [
    primaryKey({ columns: [table.member, table.campaign] }),
    // the report's counts are read from it; only what somebody chose costs a row
    index("pledge_theme")
      .on(table.campaign, table.theme)
      .where(sql`theme IS NOT NULL AND band IS NOT NULL AND head IS NOT NULL`),
  ],
);

/**
 * Signed, checked, and not yet in the book: it is shuffled in with the others' (docs/privacy.md). One a member and campaign,
 * the newest; gone with the batch that books it.
 */
export const waiting = sqliteTable(
  "waiting",
  {
    member: text().notNull(),
    campaign: text().notNull(),
    /** commitment, which the promise names */
    cm: text().notNull(),
    seq: integer().notNull(),
    document: text().notNull(),
    /** JSON webauthnSignature */
    signature: text().notNull(),
    salt: text().notNull(),
    keyLeaf: text("key_leaf").notNull(),
    receivedAt: integer("received_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.member, table.campaign] })],
);

/** One signed document of a member; salt and document are erased with the member. */
export const receipt = sqliteTable(
  "receipt",
  {
    member: text().notNull(),
    /** index of the entry in the book */
    idx: integer().notNull(),
    leaf: text().notNull(),
    campaign: text().notNull(),
    /** 1, 2, 3 … per account */
    seq: integer().notNull(),
    document: text().notNull(),
    /** JSON webauthnSignature */
    signature: text().notNull(),
    salt: text().notNull(),
    keyLeaf: text("key_leaf").notNull(),
    signedAt: integer("signed_at").notNull(),
    /** when it was first opened to its hub in an audit; null: never */
    auditedAt: integer("audited_at"),
  },
  (table) => [primaryKey({ columns: [table.member, table.idx] })],
);

/** One row per hub: whether something waits to be said, and when it may be tried next. */
export const outbox = sqliteTable("outbox", {
  hub: text().primaryKey(),
  /** grows with every change that a report must carry */
  rev: integer().notNull(),
  /** first change that no stored report carries yet */
  dirtySince: integer("dirty_since"),
  attempts: integer().notNull(),
  nextAt: integer("next_at"),
  lastError: text("last_error"),
  /** newest own entry in the hub's log, as far as this node knows */
  lastSeq: integer("last_seq").notNull(),
  lastLeaf: text("last_leaf").notNull(),
  lastDeliveredAt: integer("last_delivered_at"),
});

/** Every report ever signed, stored before it is sent: one statement per hub and seq, for ever. */
export const report = sqliteTable(
  "report",
  {
    hub: text().notNull(),
    seq: integer().notNull(),
    leaf: text().notNull(),
    jws: text().notNull(),
    bookSize: integer("book_size").notNull(),
    iat: integer().notNull(),
    deliveredAt: integer("delivered_at"),
    /** the hub's entry-receipt+jwt; null when it was delivered without one */
    receipt: text(),
    countedAt: integer("counted_at"),
  },
  (table) => [primaryKey({ columns: [table.hub, table.seq] }), index("report_by_size").on(table.hub, table.bookSize)],
);

/** A hub's receipt that is not yet found kept in its log (jobs/check-promises.ts); gone once it is. */
export const promise = sqliteTable("promise", {
  /** of the entry that was promised */
  leaf: text().primaryKey(),
  hub: text().notNull(),
  /** entry-receipt+jwt */
  receipt: text().notNull(),
  /** Unix milliseconds: not looked for before */
  nextAt: integer("next_at").notNull(),
  /** Unix milliseconds: when the log was shown to break it; null while that is open */
  brokenAt: integer("broken_at"),
});

/**
 * A book begun because the one before was lost: one row a new book, the current one is the greatest. Until it is done nothing
 * but what goes over from the old book is entered.
 */
export const bookReset = sqliteTable("book_reset", {
  generation: integer().primaryKey(),
  reason: text().notNull(),
  begunAt: integer("begun_at").notNull(),
  /** the hub whose copy of the old book is read for what this database lost of it, and from which entry on; null: nothing is left to read */
  mirror: text(),
  mirrorNext: integer("mirror_next"),
  /** live chains that went over, and those that did not */
  entered: integer().notNull(),
  letGo: integer("let_go").notNull(),
  /** null while something is left to go over */
  doneAt: integer("done_at"),
});

/** Audits this node has answered: a hub's next one must leave time between. */
export const audit = sqliteTable(
  "audit",
  {
    hub: text().notNull(),
    /** of the hub's logged audit */
    leaf: text().notNull(),
    /** Unix seconds, by the hub's log */
    asked: integer().notNull(),
    /** pledges that were drawn */
    drawn: integer().notNull(),
    /** 0 while the answer is being prepared */
    answeredAt: integer("answered_at").notNull(),
    /** audit-answer+jwt, for the hub's log; null while there is none */
    answer: text(),
    /** the hub's receipt for it, or its signed refusal; null while it is being delivered */
    receipt: text(),
  },
  (table) => [primaryKey({ columns: [table.hub, table.asked] })],
);

/** What an audit drew, opened a few at a time; gone at its deadline. */
export const auditOpening = sqliteTable(
  "audit_opening",
  {
    /** of the hub's logged audit */
    audit: text().notNull(),
    /** of the drawn pledge */
    leaf: text().notNull(),
    /** whose it is, and its receipt; null: nothing is kept that could open it */
    member: text(),
    idx: integer(),
    /** JSON opening; null while it is not prepared, and again once its member has left */
    opening: text(),
  },
  (table) => [primaryKey({ columns: [table.audit, table.leaf] })],
);

/** A log of somebody else that the steward asked this node to witness. Hubs are witnessed without one. */
export const witnessLog = sqliteTable("witness_log", {
  origin: text().primaryKey(),
  vkey: text().notNull(),
  addedAt: integer("added_at").notNull(),
});

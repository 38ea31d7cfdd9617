/**
 * A hub's tables. The log is the truth; `network`, `community`, `campaign`, `report`, `verdict`, `offer` and `history` are
 * its materialised view, which a replay must equal (jobs/replay.ts). The mirror tables hold what was read of the
 * nodes' pledge books. No cascades; integer keys where a row is written often, because every index costs a write.
 */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export { challenge, credential, invite, member, recoveryCode, session } from "../lib/identity/schema.ts";
export * from "./schema-capital.ts";
export * from "./schema-party.ts";
export * from "./schema-signals.ts";
export * from "./schema-supplier.ts";
export * from "./schema-rates.ts";
export { evidence, evidenceClaim } from "../lib/evidence/schema.ts";
export { logEntry, logHead, logTile } from "../lib/log-schema.ts";
export { cosigner, logGuard, witnessed, witnessRefusal } from "../lib/witness/schema.ts";

/** The one row of network-wide state: everything of NetworkState that is not a community or a campaign. */
export const network = sqliteTable("network", {
  id: integer().primaryKey(),
  logTime: integer("log_time").notNull(),
  policy: text(),
  /** JSON HubKeyState; null before the first hub-key entry */
  hubKeys: text("hub_keys"),
  rates: text(),
  sums: text().notNull(),
  /** JSON CapitalSums; null before the first fund entry */
  capital: text(),
  /** JSON WitnessRules; null before the first witness-policy entry */
  witnesses: text(),
});

export const community = sqliteTable(
  "community",
  {
    origin: text().primaryKey(),
    status: text({ enum: ["joined", "admitted", "suspended", "left"] }).notNull(),
    reason: text().notNull(),
    since: integer(),
    url: text().notNull(),
    joinLeaf: text("join_leaf").notNull(),
    joinIndex: integer("join_index").notNull(),
    /** JSON of the report key's public JWK */
    reportJwk: text("report_jwk").notNull(),
    bookVkey: text("book_vkey").notNull(),
    /** the key this node cosigns with; null: its join named none */
    witnessVkey: text("witness_vkey"),
    /** JSON CommunityKeys: what was before the current keys, and a recovery that waits */
    keys: text(),
    /** log time at which a waiting recovery takes effect; null without one */
    recoveryDue: integer("recovery_due"),
    /** JSON CommunityBook; null while this is its first book */
    book: text(),
    /** JSON Audits; null before the first */
    audits: text(),
    /** log time at which an open audit counts as unanswered; null without one */
    auditDue: integer("audit_due"),
    /** JSON Profile of the newest own entry */
    profile: text().notNull(),
    lastSeq: integer("last_seq").notNull(),
    lastLeaf: text("last_leaf").notNull(),
    /** Unix seconds at which the last report was accepted, by this hub's clock: for the interval only */
    lastAt: integer("last_at").notNull(),
    /** Unix seconds at which this hub last asked the node for reports it may have missed */
    pulledAt: integer("pulled_at").notNull().default(0),
    countedLeaf: text("counted_leaf"),
    countedIat: integer("counted_iat"),
    fresh: integer({ mode: "boolean" }).notNull(),
    /** JSON CountedReport */
    counted: text(),
  },
  // expiry asks for fresh reports older than a time; nothing else scans by it
  (table) => [
    index("community_counted").on(table.fresh, table.countedIat),
    // only those with a recovery that waits
    index("community_recovery")
      .on(table.recoveryDue)
      .where(sql`recovery_due IS NOT NULL`),
    // only those that were asked and have not answered
    index("community_audit")
      .on(table.auditDue)
      .where(sql`audit_due IS NOT NULL`),
  ],
);

export const campaign = sqliteTable(
  "campaign",
  {
    id: text().primaryKey(),
    idx: integer().notNull(),
    closes: integer().notNull(),
    ended: integer({ mode: "boolean" }).notNull(),
    /** JSON of the terms as amended, of the closing, of the sums */
    terms: text().notNull(),
    closing: text(),
    sums: text().notNull(),
    /** JSON of open demand conditions; null without any */
    watches: text(),
    /** JSON of the offers that stand, replaced and withdrawn ones left out; null without any */
    offers: text(),
  },
  (table) => [
    uniqueIndex("campaign_idx").on(table.idx),
    index("campaign_closes").on(table.ended, table.closes),
    // only the few that awards wait for
    index("campaign_watched")
      .on(table.id)
      .where(sql`watches IS NOT NULL`),
  ],
);

/** One row per logged report. */
export const report = sqliteTable(
  "report",
  {
    idx: integer().notNull(),
    origin: text().notNull(),
    seq: integer().notNull(),
    leaf: text().notNull(),
    at: integer().notNull(),
    bookSize: integer("book_size").notNull(),
  },
  (table) => [primaryKey({ columns: [table.origin, table.seq] })],
);

/** The logged verdict on a report: its primary key admits one. */
export const verdict = sqliteTable("verdict", {
  reportIdx: integer("report_idx").primaryKey(),
  idx: integer().notNull(),
  ok: integer({ mode: "boolean" }).notNull(),
  code: text(),
  badIndex: integer("bad_index"),
});

/** Reports that wait for their verdict; gone with it. */
export const reportTodo = sqliteTable("report_todo", {
  reportIdx: integer("report_idx").primaryKey(),
  origin: text().notNull(),
  seq: integer().notNull(),
  attempts: integer().notNull(),
  /** Unix seconds */
  nextAt: integer("next_at").notNull(),
  /** log time at the first failure to read the book */
  unreadableSince: integer("unreadable_since"),
});

/** How far a node's book has been read. `generation` grows with each clean re-read. */
export const mirror = sqliteTable("mirror", {
  origin: text().primaryKey(),
  generation: integer().notNull(),
  size: integer().notNull(),
  /** hashes of the compact range of the first `size` entries, concatenated, base64 */
  frontier: text().notNull(),
  genesis: text(),
  day: text(),
  /** JSON of the tallies by campaign */
  tallies: text().notNull(),
  /** the largest book that matched its signed checkpoint: outlives re-reads */
  verifiedSize: integer("verified_size").notNull(),
  verifiedRoot: text("verified_root").notNull(),
  /** false when this reading has another root at `verified_size` */
  consistent: integer({ mode: "boolean" }).notNull(),
  /** first entry that is not valid, if there is one, and why: the fold stops before it */
  badIndex: integer("bad_index"),
  badCode: text("bad_code", { enum: ["book-entry-invalid", "book-genesis"] }),
  /** the report (log index) for which the book was read again from the start */
  rereadFor: integer("reread_for"),
  /** whether this reading has kept every entry from the first on */
  bundled: integer({ mode: "boolean" }).notNull().default(false),
  /** the largest book whose entries led to its signed checkpoint: which reading holds it, its size, and the note */
  keptGeneration: integer("kept_generation"),
  keptSize: integer("kept_size").notNull().default(0),
  keptNote: text("kept_note"),
});

/** Entries of a mirrored book, 256 to a row, as they were read. */
export const mirrorBundle = sqliteTable(
  "mirror_bundle",
  {
    origin: text().notNull(),
    generation: integer().notNull(),
    idx: integer().notNull(),
    /** tree hash of the full bundle, base64url; null while it is not full. Before `lines`, so that it is read without them */
    hash: text(),
    /** one entry a line: shared/log/lines.ts */
    lines: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.origin, table.generation, table.idx] })],
);

/** One row per live chain of a mirrored book, under the leaf of its newest entry. */
export const mirrorChain = sqliteTable(
  "mirror_chain",
  {
    origin: text().notNull(),
    head: text().notNull(),
    /** JSON Chain */
    chain: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.origin, table.head] })],
);

/** One row per `key` entry of a mirrored book. */
export const mirrorKey = sqliteTable(
  "mirror_key",
  {
    origin: text().notNull(),
    leaf: text().notNull(),
    ended: integer({ mode: "boolean" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.origin, table.leaf] })],
);

/** Signed totals, one per log size; the one of the greatest size is current. Older ones are in the log. */
export const totals = sqliteTable("totals", {
  size: integer().primaryKey(),
  iat: integer().notNull(),
  jws: text().notNull(),
  /** `/api/network`: RFC 8785 bytes */
  network: text().notNull(),
  etag: text().notNull(),
  /** whether the statement is in the log */
  logged: integer({ mode: "boolean" }).notNull(),
});

/** One row per logged totals statement, under its log index. */
export const history = sqliteTable("history", {
  idx: integer().primaryKey(),
  point: text().notNull(),
});

/** The last logged totals of each UTC day: `day` counts days since 1970. */
export const historyDay = sqliteTable("history_day", {
  day: integer().primaryKey(),
  point: text().notNull(),
});

/** A node's request to join, until and after it is decided. */
export const joinRequest = sqliteTable("join_request", {
  origin: text().primaryKey(),
  leaf: text().notNull(),
  jws: text().notNull(),
  status: text({ enum: ["requested", "declined", "admitted"] }).notNull(),
  reason: text().notNull(),
  /** Unix milliseconds */
  receivedAt: integer("received_at").notNull(),
  /** whether the node's own descriptor shows the same keys */
  confirmed: text({ enum: ["yes", "unreachable"] }).notNull(),
});

/** A key appears in one join only. */
export const joinKey = sqliteTable("join_key", {
  key: text().primaryKey(),
  origin: text().notNull(),
});

export const product = sqliteTable("product", {
  /** the GTIN as a number, so that the row is its own index */
  id: integer().primaryKey(),
  gtin: text().notNull(),
  name: text().notNull(),
  brand: text(),
  /** JSON Product */
  data: text().notNull(),
  /** hash of what was imported, to tell updated from unchanged */
  hash: text().notNull(),
  /** lower-case name and brand */
  search: text().notNull(),
});

/**
 * Audits at work, private: what was drawn, and what the community showed. Openings are deleted thirty days after the
 * question, here and nowhere else are they kept.
 */
export const bookAudit = sqliteTable("book_audit", {
  /** of the logged audit */
  leaf: text().primaryKey(),
  node: text().notNull(),
  /** Unix seconds */
  askedAt: integer("asked_at").notNull(),
  due: integer().notNull(),
  /** JSON array of drawn ballots, ascending by leaf */
  drawn: text().notNull(),
  attempts: integer().notNull(),
  /** Unix seconds of the next step; null: nothing is left to do */
  nextAt: integer("next_at"),
  /** JSON array of openings, in the order of `drawn`; null before the answer, and once deleted */
  openings: text(),
  openingsSha256: text("openings_sha256"),
  /** openings looked at so far, and what was found */
  checked: integer().notNull(),
  found: text().notNull(),
});

/** A witness that is no community of this hub: where it is asked, as the console was told. */
export const outsideWitness = sqliteTable("outside_witness", {
  vkey: text().primaryKey(),
  /** submission prefix: `<url>/add-checkpoint` */
  url: text().notNull(),
  addedAt: integer("added_at").notNull(),
});

/** One row: the newest checkpoint that enough witnesses have cosigned, as it is served. */
export const witnessedHead = sqliteTable("witnessed_head", {
  id: integer().primaryKey(),
  size: integer().notNull(),
  root: text().notNull(),
  /** the checkpoint with the log's signature and the witnesses' */
  note: text().notNull(),
  /** Unix seconds: when enough of them had signed */
  at: integer().notNull(),
});

/**
 * Tables of money. `funder` to `transfer` are the materialised view of the capital fold (shared/capital), which a replay
 * must equal; guards against overdraft and change are triggers in the migration. The rest is this hub's own desk: proposals,
 * texts, imports. Amounts are integers up to 2^53 - 1 in minor units; sums of many are decimal text.
 */
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const funder = sqliteTable("funder", {
  id: text().primaryKey(),
  /** log index of the newest event about it */
  idx: integer().notNull(),
  /** JSON of the fold's Funder */
  data: text().notNull(),
});

export const fund = sqliteTable("fund", {
  id: text().primaryKey(),
  idx: integer().notNull(),
  funder: text(),
  currency: text().notNull(),
  data: text().notNull(),
});

export const recipient = sqliteTable(
  "recipient",
  {
    id: text().primaryKey(),
    idx: integer().notNull(),
    /** of the community's node, if it is one of this network */
    origin: text(),
    data: text().notNull(),
  },
  (table) => [
    index("recipient_newest").on(table.idx),
    index("recipient_origin")
      .on(table.origin)
      .where(sql`origin IS NOT NULL`),
  ],
);

export const commitment = sqliteTable(
  "commitment",
  {
    id: text().primaryKey(),
    idx: integer().notNull(),
    fund: text().notNull(),
    funder: text().notNull(),
    dueOn: text("due_on"),
    /** still to be received */
    open: integer({ mode: "boolean" }).notNull(),
    data: text().notNull(),
  },
  (table) => [index("commitment_fund").on(table.fund), index("commitment_funder").on(table.funder)],
);

export const award = sqliteTable(
  "award",
  {
    id: text().primaryKey(),
    idx: integer().notNull(),
    fund: text().notNull(),
    /** the fund's funder, so that a funder's awards need no join */
    funder: text(),
    recipient: text().notNull(),
    campaign: text(),
    parent: text(),
    currency: text().notNull(),
    instrument: text().notNull(),
    decidedOn: text("decided_on").notNull(),
    /** reserved, payable, active, closed, lapsed, recorded */
    state: text().notNull(),
    data: text().notNull(),
  },
  (table) => [
    index("award_decided").on(table.decidedOn, table.id),
    index("award_fund").on(table.fund, table.decidedOn, table.id),
    index("award_funder").on(table.funder, table.decidedOn, table.id),
    index("award_recipient").on(table.recipient, table.decidedOn, table.id),
    index("award_instrument").on(table.instrument, table.decidedOn, table.id),
    index("award_campaign").on(table.campaign, table.decidedOn),
    index("award_state").on(table.state, table.decidedOn),
    index("award_invested")
      .on(table.currency, table.decidedOn)
      .where(sql`instrument IN ('loan', 'recoverable_grant', 'equity')`),
  ],
);

/** Balance of each account of each currency's ledger: kept by a trigger on `transfer`, never written by hand. */
export const account = sqliteTable(
  "account",
  {
    currency: text().notNull(),
    path: text().notNull(),
    /** 1: the balance may not fall below zero */
    noOverdraft: integer("no_overdraft").notNull(),
    balance: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.currency, table.path] }),
    index("account_path").on(table.path),
    check("account_no_overdraft", sql`${table.noOverdraft} = 0 OR ${table.balance} >= 0`),
    check("account_exact", sql`abs(${table.balance}) <= 9007199254740991`),
  ],
);

export const transfer = sqliteTable(
  "transfer",
  {
    /** position among all transfers of the log, from 0 */
    seq: integer().primaryKey(),
    /** log index and number of the event it belongs to */
    idx: integer().notNull(),
    event: integer().notNull(),
    currency: text().notNull(),
    fromPath: text("from_path").notNull(),
    toPath: text("to_path").notNull(),
    amount: integer().notNull(),
    code: text().notNull(),
    /** UTC day on which it took effect */
    onDay: text("on_day").notNull(),
    award: text(),
    commitment: text(),
    regranted: integer({ mode: "boolean" }).notNull(),
    reverses: integer(),
    /** Unix seconds of the entry */
    bookedAt: integer("booked_at").notNull(),
    /** hash chain up to here */
    chain: text().notNull(),
  },
  (table) => [
    index("transfer_day").on(table.currency, table.onDay),
    index("transfer_award").on(table.award),
    index("transfer_from").on(table.fromPath),
    index("transfer_to").on(table.toPath),
    // what few transfers are: found without a scan, and without a row for each of the many
    index("transfer_rare")
      .on(table.code)
      .where(sql`code NOT IN ('receipt', 'award', 'disbursement')`),
    uniqueIndex("transfer_reverses").on(table.reverses),
    check("transfer_amount", sql`${table.amount} > 0 AND ${table.amount} <= 9007199254740991`),
    check("transfer_accounts", sql`${table.fromPath} <> ${table.toPath}`),
  ],
);

/** Events that the bank or the chain has confirmed. */
export const clearing = sqliteTable(
  "clearing",
  {
    idx: integer().notNull(),
    event: integer().notNull(),
    onDay: text("on_day").notNull(),
    evidence: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.idx, table.event] })],
);

/** The one row of capital-wide state that is in no other table: closed period, needs of campaigns. */
export const capital = sqliteTable("capital", {
  id: integer().primaryKey(),
  data: text().notNull(),
});

export const allocation = sqliteTable(
  "allocation",
  {
    id: text().primaryKey(),
    idx: integer().notNull(),
    fund: text().notNull(),
    data: text().notNull(),
  },
  (table) => [index("allocation_idx").on(table.idx)],
);

/** Inputs of matching runs that were proposed, under the hash that the log holds of those that were recorded. */
export const matchingInput = sqliteTable("matching_input", {
  sha256: text().primaryKey(),
  inputs: text().notNull(),
});

/** Sums of one month by code, net of reversals, as a JSON object: one row a month for the series of stages. */
export const stageMonth = sqliteTable(
  "stage_month",
  {
    currency: text().notNull(),
    /** YYYY-MM */
    month: text().notNull(),
    codes: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.currency, table.month] })],
);

/** Links of the flow picture, summed by month: shared/flows/link.ts says which. */
export const flowMonth = sqliteTable(
  "flow_month",
  {
    currency: text().notNull(),
    month: text().notNull(),
    regranted: integer().notNull(),
    source: text().notNull(),
    target: text().notNull(),
    amount: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.currency, table.month, table.regranted, table.source, table.target] })],
);

/** Answers of `/api/flows` as bytes, valid while the number of transfers is the same. */
export const flowView = sqliteTable("flow_view", {
  key: text().primaryKey(),
  transfers: integer().notNull(),
  json: text().notNull(),
});

/** Public description of an award: its hash is in the log. */
export const awardText = sqliteTable("award_text", {
  award: text().primaryKey(),
  text: text().notNull(),
});

export const proposal = sqliteTable(
  "proposal",
  {
    id: text().primaryKey(),
    /** idempotency key of the proposer */
    key: text().notNull().unique(),
    state: text({ enum: ["waiting", "logged", "refused", "withdrawn"] }).notNull(),
    needsApproval: integer("needs_approval", { mode: "boolean" }).notNull(),
    events: text().notNull(),
    texts: text().notNull(),
    /** JSON: what it moves out of funds and awards, by currency */
    amounts: text().notNull(),
    note: text().notNull(),
    proposedBy: text("proposed_by").notNull(),
    /** Unix milliseconds */
    proposedAt: integer("proposed_at").notNull(),
    decidedBy: text("decided_by"),
    decidedAt: integer("decided_at"),
    reason: text().notNull(),
    entryIdx: integer("entry_idx"),
    entryLeaf: text("entry_leaf"),
  },
  (table) => [index("proposal_state").on(table.state, table.proposedAt)],
);

/** Most that a person may approve at once. */
export const approvalLimit = sqliteTable(
  "approval_limit",
  {
    memberId: text("member_id").notNull(),
    currency: text().notNull(),
    limit: integer("limit_minor").notNull(),
  },
  (table) => [primaryKey({ columns: [table.memberId, table.currency] })],
);

export const auditEvent = sqliteTable("audit_event", {
  id: integer().primaryKey(),
  at: integer().notNull(),
  memberId: text("member_id").notNull(),
  who: text().notNull(),
  role: text().notNull(),
  action: text().notNull(),
  subject: text().notNull(),
  detail: text().notNull(),
});

export const grantImport = sqliteTable("grant_import", {
  id: text().primaryKey(),
  fileSha256: text("file_sha256").notNull().unique(),
  fund: text().notNull(),
  /** JSON of what began it */
  data: text().notNull(),
  grants: integer().notNull(),
  done: integer().notNull(),
  imported: integer().notNull(),
  skipped: integer().notNull(),
  total: integer().notNull(),
  startedAt: integer("started_at").notNull(),
});

export const grantImportNote = sqliteTable(
  "grant_import_note",
  {
    importId: text("import_id").notNull(),
    grant: integer().notNull(),
    code: text().notNull(),
    grantId: text("grant_id").notNull(),
    detail: text().notNull(),
    skipped: integer({ mode: "boolean" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.importId, table.grant, table.code] })],
);

/** For the command line: works for imports only, for an hour. */
export const importToken = sqliteTable("import_token", {
  /** SHA-256 of the token */
  id: text().primaryKey(),
  memberId: text("member_id").notNull(),
  expiresAt: integer("expires_at").notNull(),
});

/**
 * Loads the part of the capital state that one entry needs, in a fixed number of queries by primary keys, and says what
 * the entry changes as statements for the batch that appends it. Balances are kept by the triggers on `transfer`.
 */
import {
  balanceKey,
  equityAccount,
  fundAccount,
  payableAccount,
  principalAccount,
  reservedAccount,
} from "../../shared/capital/account.ts";
import type { CapitalTouched } from "../../shared/capital/book.ts";
import type { CapitalNeeds } from "../../shared/capital/needed.ts";
import { type CapitalState, emptyCapital } from "../../shared/capital/state.ts";
import { chainAfter, stagesOf } from "../../shared/capital/sums.ts";
import type { FundEvent, Transfer } from "../../shared/protocol/fund.ts";
import { jsonParameter } from "../lib/d1.ts";
import {
  type AwardRow,
  type DataRow,
  type FundRow,
  type TransferRow,
  allocationOf,
  allocationRow,
  awardOf,
  awardRow,
  capitalRowOf,
  capitalRowText,
  commitmentOf,
  commitmentRow,
  fundOf,
  fundRow,
  funderOf,
  funderRow,
  recipientOf,
  recipientRow,
  transferOf,
  transferRow,
} from "./capital-rows.ts";
import { flowWrites, stageWrites } from "./flow-writes.ts";
import { chunks } from "./view-writes.ts";

/** ?1 the events' own awards, ?2 past events as [index, event]; an award that is undone or regranted comes along. */
const AWARDS = `SELECT value FROM json_each(?1)
  UNION SELECT transfer.award FROM json_each(?2) AS past CROSS JOIN transfer
    ON transfer.idx = past.value ->> 0 AND transfer.event = past.value ->> 1 WHERE transfer.award IS NOT NULL`;

export function capitalReads(db: D1Database, needs: CapitalNeeds): D1PreparedStatement[] {
  const list = (ids: readonly unknown[]) => jsonParameter(ids);
  const awards = list(needs.awards);
  const past = list(needs.past);
  const byId = (table: string, ids: readonly string[]) =>
    db.prepare(`SELECT id, idx, data FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`).bind(list(ids));
  return [
    db.prepare("SELECT data FROM capital WHERE id = 1"),
    byId("funder", needs.funders),
    byId("recipient", needs.recipients),
    db
      .prepare(
        `SELECT id, idx, data FROM commitment WHERE id IN (SELECT value FROM json_each(?1)
         UNION SELECT transfer.commitment FROM json_each(?2) AS past CROSS JOIN transfer
           ON transfer.idx = past.value ->> 0 AND transfer.event = past.value ->> 1)`,
      )
      .bind(list(needs.commitments), past),
    byId("allocation", needs.allocations),
    db.prepare(`SELECT id, idx, data FROM award WHERE id IN (${AWARDS})`).bind(awards, past),
    db
      .prepare(
        `SELECT id, idx, data FROM fund WHERE id IN (SELECT value FROM json_each(?3)
         UNION SELECT fund FROM award WHERE id IN (${AWARDS})
         UNION SELECT substr(path, 6, instr(substr(path, 6), ':') - 1) FROM (
           SELECT from_path AS path FROM json_each(?2) AS past CROSS JOIN transfer
             ON transfer.idx = past.value ->> 0 AND transfer.event = past.value ->> 1
           UNION SELECT to_path FROM json_each(?2) AS past CROSS JOIN transfer
             ON transfer.idx = past.value ->> 0 AND transfer.event = past.value ->> 1) WHERE path LIKE 'fund:%')`,
      )
      .bind(awards, past, list(needs.funds)),
    db
      .prepare(
        `SELECT currency, path, balance FROM account WHERE path IN (
           SELECT 'recipient:' || recipient || ':' || (data ->> '$.event.use') FROM award WHERE id IN (${AWARDS}))`,
      )
      .bind(awards, past),
    db
      .prepare(
        `SELECT transfer.*, EXISTS (SELECT 1 FROM transfer AS back WHERE back.reverses = transfer.seq) AS reversed,
           EXISTS (SELECT 1 FROM clearing WHERE clearing.idx = transfer.idx AND clearing.event = transfer.event) AS cleared
         FROM json_each(?) AS past CROSS JOIN transfer
           ON transfer.idx = past.value ->> 0 AND transfer.event = past.value ->> 1 ORDER BY transfer.seq`,
      )
      .bind(past),
  ];
}

/** `transfers`: how many the log holds, from the network's state. */
export function capitalStateOf(transfers: number, results: readonly D1Result[]): CapitalState {
  const [desk, funders, recipients, commitments, allocations, awards, funds, accounts, past] = results.map(
    ({ results: rows }) => rows,
  );
  const state: CapitalState = {
    ...emptyCapital(),
    ...capitalRowOf((desk?.[0] as { data: string } | undefined)?.data ?? null),
    transfers,
  };
  for (const row of (funders ?? []) as DataRow[]) state.funders.set(row.id, funderOf(row));
  for (const row of (recipients ?? []) as DataRow[]) state.recipients.set(row.id, recipientOf(row));
  for (const row of (commitments ?? []) as DataRow[]) state.commitments.set(row.id, commitmentOf(row));
  for (const row of (allocations ?? []) as DataRow[]) state.allocations.set(row.id, allocationOf(row));
  for (const row of (awards ?? []) as AwardRow[]) state.awards.set(row.id, awardOf(row));
  for (const row of (funds ?? []) as FundRow[]) state.funds.set(row.id, fundOf(row));
  // Balances of funds and awards follow from their rows; the triggers on `transfer` check them again.
  for (const { event, sums } of state.funds.values()) {
    const available = BigInt(stagesOf(event.currency, sums, { gross: true }).available_minor);
    state.accounts.set(balanceKey(event.currency, fundAccount(event.id)), available);
  }
  for (const { event, currency, reserved, payable, outstanding } of state.awards.values()) {
    state.accounts.set(balanceKey(currency, reservedAccount(event.id)), reserved);
    state.accounts.set(balanceKey(currency, payableAccount(event.id)), payable);
    const asset = event.instrument === "equity" ? equityAccount(event.id) : principalAccount(event.id);
    state.accounts.set(balanceKey(currency, asset), outstanding);
  }
  for (const { currency, path, balance } of (accounts ?? []) as { currency: string; path: string; balance: number }[]) {
    state.accounts.set(balanceKey(currency, path), BigInt(balance));
  }
  for (const row of (past ?? []) as (TransferRow & { reversed: number; cleared: number })[]) {
    const key = `${row.idx}.${row.event}`;
    const event = state.past.get(key) ?? {
      index: row.idx,
      event: row.event,
      transfers: [],
      reversed: row.reversed === 1,
      cleared: row.cleared === 1,
    };
    event.transfers.push({ seq: row.seq, transfer: transferOf(row) });
    state.past.set(key, event);
  }
  return state;
}

const UPSERTS = {
  funder: upsert("funder", ["id", "idx", "data"]),
  recipient: upsert("recipient", ["id", "idx", "origin", "data"]),
  fund: upsert("fund", ["id", "idx", "funder", "currency", "data"]),
  commitment: upsert("commitment", ["id", "idx", "fund", "funder", "due_on", "open", "data"]),
  allocation: upsert("allocation", ["id", "idx", "fund", "data"]),
  award: upsert("award", [
    "id",
    "idx",
    "fund",
    "funder",
    "recipient",
    "campaign",
    "parent",
    "currency",
    "instrument",
    "decided_on",
    "state",
    "data",
  ]),
};
const TRANSFER_COLUMNS = [
  "seq",
  "idx",
  "event",
  "currency",
  "from_path",
  "to_path",
  "amount",
  "code",
  "on_day",
  "award",
  "commitment",
  "regranted",
  "reverses",
  "booked_at",
  "chain",
] as const;
const TRANSFER_SQL = `INSERT INTO transfer (${TRANSFER_COLUMNS.join(", ")})
  SELECT ${TRANSFER_COLUMNS.map((column) => `value ->> '${column}'`).join(", ")} FROM json_each(?)`;

function upsert(table: string, columns: readonly string[]): string {
  const values = columns.map((column) => `value ->> '${column}'`).join(", ");
  const updates = columns.slice(1).map((column) => `${column} = excluded.${column}`);
  return `INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values} FROM json_each(?) WHERE true
    ON CONFLICT (id) DO UPDATE SET ${updates.join(", ")}`;
}

export interface CapitalChange {
  state: CapitalState;
  touched: CapitalTouched;
  events: readonly FundEvent[];
  transfers: readonly Transfer[];
  /** log index of the entry, its time, number of its first transfer and the chain before it */
  entry: { index: number; iat: number; first: number; chain: string };
}

export function capitalWrites(db: D1Database, change: CapitalChange): D1PreparedStatement[] {
  const { state, touched, events, transfers, entry } = change;
  const statements: D1PreparedStatement[] = [];
  const many = (sql: string, rows: readonly unknown[]): void => {
    for (const chunk of chunks(rows)) statements.push(db.prepare(sql).bind(jsonParameter(chunk)));
  };
  const rowsOf = <T, R>(ids: ReadonlySet<string>, from: ReadonlyMap<string, T>, row: (one: T) => R): R[] =>
    [...ids].flatMap((id) => {
      const one = from.get(id);
      return one === undefined ? [] : [row(one)];
    });
  many(UPSERTS.funder, rowsOf(touched.funders, state.funders, funderRow));
  many(UPSERTS.recipient, rowsOf(touched.recipients, state.recipients, recipientRow));
  many(UPSERTS.fund, rowsOf(touched.funds, state.funds, fundRow));
  many(UPSERTS.commitment, rowsOf(touched.commitments, state.commitments, commitmentRow));
  many(UPSERTS.allocation, rowsOf(touched.allocations, state.allocations, allocationRow));
  many(UPSERTS.award, rowsOf(touched.awards, state.awards, awardRow));
  if (touched.desk) {
    const sql = "INSERT INTO capital (id, data) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data";
    statements.push(db.prepare(sql).bind(capitalRowText(state)));
  }
  const cleared = events.flatMap((event) =>
    event.event === "cleared" ? [[event.index, event.of, event.on, event.evidence_sha256]] : [],
  );
  many(
    `INSERT INTO clearing (idx, event, on_day, evidence)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)`,
    cleared,
  );
  let { chain } = entry;
  const numbered = transfers.map((transfer, at) => {
    chain = chainAfter(chain, transfer);
    return { seq: entry.first + at, transfer, chain };
  });
  many(
    TRANSFER_SQL,
    numbered.map(({ seq, transfer, chain: upTo }) =>
      transferRow(transfer, { seq, idx: entry.index, booked_at: entry.iat, chain: upTo }),
    ),
  );
  if (numbered.length > 0) {
    statements.push(...flowWrites(db, numbered, state.awards), ...stageWrites(db, numbered));
  }
  return statements;
}

/** The capital part of a replay: rows as they are stored, and rows as the log folds to them, under the same names. */
import { demandView } from "../../shared/capital/demand-view.ts";
import { checkFundEntry } from "../../shared/capital/fold.ts";
import { type CapitalState, emptyCapital } from "../../shared/capital/state.ts";
import { chainAfter, emptyCapitalSums } from "../../shared/capital/sums.ts";
import type { NetworkState } from "../../shared/network/state.ts";
import type { Claims } from "../../shared/protocol/statement.ts";
import { isNoOverdraft } from "../../shared/capital/account.ts";
import {
  allocationRow,
  awardRow,
  capitalRowText,
  commitmentRow,
  fundRow,
  funderRow,
  recipientRow,
  type TransferRow,
  transferRow,
} from "./capital-rows.ts";

type Store = (name: string, value: unknown) => unknown;

const TABLES = ["funder", "recipient", "fund", "commitment", "allocation", "award"] as const;

/** Whole tables: for the nightly replay and for tests. */
export function storedCapitalReads(db: D1Database): D1PreparedStatement[] {
  return [
    ...TABLES.map((table) => db.prepare(`SELECT * FROM ${table}`)),
    db.prepare("SELECT data FROM capital WHERE id = 1"),
    db.prepare("SELECT * FROM transfer"),
    db.prepare("SELECT * FROM account"),
    db.prepare("SELECT idx, event, on_day, evidence FROM clearing"),
  ];
}

export function storeCapital(results: readonly D1Result[], store: Store): void {
  const rows = results.map(({ results: found }) => found as Record<string, unknown>[]);
  for (const [at, table] of TABLES.entries()) {
    for (const row of rows[at] ?? []) store(`${table} ${String(row["id"])}`, sorted(row));
  }
  const [desk, transfers, accounts, clearings] = rows.slice(TABLES.length);
  for (const row of desk ?? []) store("capital", row["data"]);
  for (const row of transfers ?? []) store(`transfer ${String(row["seq"])}`, sorted(row));
  for (const row of accounts ?? []) store(`account ${String(row["currency"])} ${String(row["path"])}`, sorted(row));
  for (const row of clearings ?? []) store(`clearing ${String(row["idx"])}.${String(row["event"])}`, sorted(row));
}

/** Folds the fund entries of a log, one after the other, beside the network fold. */
export class CapitalReplay {
  readonly state: CapitalState = emptyCapital();
  private readonly rows = new Map<string, unknown>();
  private chain = emptyCapitalSums().chain;
  private deskChanged = false;

  /** `network` as it is just before this entry. */
  add(network: NetworkState, index: number, claims: Claims<"fund+jwt">): void {
    const first = this.state.transfers;
    const checked = checkFundEntry(this.state, demandView(network, claims.iat), { index, claims });
    if (!checked.ok) throw new Error(`log entry ${String(index)} breaks a rule of capital: ${checked.error.code}`);
    this.deskChanged ||= checked.value.desk;
    for (const [at, transfer] of claims.transfers.entries()) {
      this.chain = chainAfter(this.chain, transfer);
      const seq = first + at;
      const row: TransferRow = transferRow(transfer, { seq, idx: index, booked_at: claims.iat, chain: this.chain });
      this.rows.set(`transfer ${String(seq)}`, sorted(row));
    }
    for (const event of claims.events) {
      if (event.event !== "cleared") continue;
      const row = { idx: event.index, event: event.of, on_day: event.on, evidence: event.evidence_sha256 };
      this.rows.set(`clearing ${String(event.index)}.${String(event.of)}`, sorted(row));
    }
  }

  finish(store: Store): void {
    const { state } = this;
    for (const [name, row] of this.rows) store(name, row);
    for (const one of state.funders.values()) store(`funder ${one.event.id}`, sorted(funderRow(one)));
    for (const one of state.recipients.values()) store(`recipient ${one.event.id}`, sorted(recipientRow(one)));
    for (const one of state.funds.values()) store(`fund ${one.event.id}`, sorted(fundRow(one)));
    for (const one of state.commitments.values()) store(`commitment ${one.event.id}`, sorted(commitmentRow(one)));
    for (const one of state.allocations.values()) store(`allocation ${one.event.id}`, sorted(allocationRow(one)));
    for (const one of state.awards.values()) store(`award ${one.event.id}`, sorted(awardRow(one)));
    if (this.deskChanged) store("capital", capitalRowText(state));
    for (const [key, balance] of state.accounts) {
      const [currency = "", path = ""] = key.split(" ");
      const row = { currency, path, no_overdraft: isNoOverdraft(path) ? 1 : 0, balance: Number(balance) };
      store(`account ${key}`, sorted(row));
    }
  }
}

export function sorted(row: object): [string, unknown][] {
  return Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

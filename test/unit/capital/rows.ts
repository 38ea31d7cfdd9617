/** A database stand-in: decides on a state that holds only what the events name and what that leads to, then keeps what was touched. */
import {
  balanceKey,
  equityAccount,
  fundAccount,
  payableAccount,
  principalAccount,
  recipientAccount,
  reservedAccount,
} from "../../../shared/capital/account.ts";
import { type FundEntry, applyEvents } from "../../../shared/capital/fold.ts";
import { neededFor } from "../../../shared/capital/needed.ts";
import { type CapitalState, type DemandView, emptyCapital } from "../../../shared/capital/state.ts";

export class CapitalRows {
  readonly rows = emptyCapital();

  apply(demand: DemandView, entry: FundEntry): string | null {
    const partial = this.#load(entry);
    const applied = applyEvents(partial, demand, entry);
    if (!applied.ok) return applied.error.code;
    const { touched } = applied.value;
    const { rows } = this;
    rows.transfers = partial.transfers;
    if (touched.desk) Object.assign(rows, { needs: partial.needs, closed_until: partial.closed_until });
    for (const kind of [
      "funders",
      "funds",
      "recipients",
      "commitments",
      "awards",
      "allocations",
      "accounts",
      "past",
    ] as const) {
      for (const id of touched[kind]) put(rows[kind], id, partial[kind].get(id));
    }
    // The transfers themselves are rows: an entry's own events can be undone by later ones.
    for (const [key, past] of partial.past) if (past.index === entry.index) rows.past.set(key, past);
    return null;
  }

  #load({ events }: FundEntry): CapitalState {
    const { rows } = this;
    const needs = neededFor(events);
    const partial = emptyCapital();
    Object.assign(partial, {
      transfers: rows.transfers,
      needs: structuredClone(rows.needs),
      closed_until: rows.closed_until,
    });
    const awards = new Set(needs.awards);
    const funds = new Set(needs.funds);
    const commitments = new Set(needs.commitments);
    for (const [index, event] of needs.past) {
      const past = rows.past.get(`${index}.${event}`);
      put(partial.past, `${index}.${event}`, past);
      for (const { transfer } of past?.transfers ?? []) {
        if (transfer.award !== undefined) awards.add(transfer.award);
        if (transfer.commitment !== undefined) commitments.add(transfer.commitment);
        for (const path of [transfer.from, transfer.to]) if (path.startsWith("fund:")) funds.add(path.split(":")[1]!);
      }
    }
    for (const id of awards) {
      const award = rows.awards.get(id);
      put(partial.awards, id, award);
      if (award === undefined) continue;
      funds.add(award.event.fund);
      const { recipient, use } = award.event;
      for (const path of [
        reservedAccount(id),
        payableAccount(id),
        principalAccount(id),
        equityAccount(id),
        recipientAccount(recipient, use),
      ]) {
        put(partial.accounts, balanceKey(award.currency, path), rows.accounts.get(balanceKey(award.currency, path)));
      }
    }
    for (const id of funds) {
      const fund = rows.funds.get(id);
      put(partial.funds, id, fund);
      if (fund === undefined) continue;
      const key = balanceKey(fund.event.currency, fundAccount(id));
      put(partial.accounts, key, rows.accounts.get(key));
    }
    for (const id of commitments) put(partial.commitments, id, rows.commitments.get(id));
    for (const id of needs.funders) put(partial.funders, id, rows.funders.get(id));
    for (const id of needs.recipients) put(partial.recipients, id, rows.recipients.get(id));
    for (const id of needs.allocations) put(partial.allocations, id, rows.allocations.get(id));
    // The world outside has no floor: its balances are kept by adding, as the database's triggers do.
    for (const [key, balance] of rows.accounts)
      if (!partial.accounts.has(key) && isOutside(key)) partial.accounts.set(key, balance);
    return partial;
  }
}

function isOutside(key: string): boolean {
  return /^[A-Z]{3} (ext|loss|fee|fx):/.test(key);
}

function put<T>(into: Map<string, T>, key: string, value: T | undefined): void {
  if (value !== undefined) into.set(key, structuredClone(value));
}

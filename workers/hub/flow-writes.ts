/** What transfers add to the two monthly tables that the funding pages read: links of the flow picture, sums by code. */
import type { Award } from "../../shared/capital/state.ts";
import { linksOf } from "../../shared/flows/link.ts";
import type { Transfer } from "../../shared/protocol/fund.ts";
import { jsonParameter } from "../lib/d1.ts";
import { chunks } from "./view-writes.ts";

type Numbered = readonly { transfer: Transfer }[];

const FLOW_SQL = `INSERT INTO flow_month (currency, month, regranted, source, target, amount)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?) WHERE true
  ON CONFLICT (currency, month, regranted, source, target) DO UPDATE SET amount = amount + excluded.amount`;
const STAGE_SQL = `INSERT INTO stage_month (currency, month, code, regranted, amount)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true
  ON CONFLICT (currency, month, code, regranted) DO UPDATE SET amount = amount + excluded.amount`;

export function flowWrites(
  db: D1Database,
  transfers: Numbered,
  awards: ReadonlyMap<string, Pick<Award, "event">>,
): D1PreparedStatement[] {
  const sums = new Map<string, { key: unknown[]; amount: bigint }>();
  for (const { transfer } of transfers) {
    const award = transfer.award === undefined ? undefined : awards.get(transfer.award)?.event;
    for (const { source, target, amount_minor, regranted } of linksOf(transfer, award)) {
      add(sums, [transfer.currency, monthOf(transfer), regranted ? 1 : 0, source, target], amount_minor);
    }
  }
  return upserts(db, FLOW_SQL, sums);
}

export function stageWrites(db: D1Database, transfers: Numbered): D1PreparedStatement[] {
  const sums = new Map<string, { key: unknown[]; amount: bigint }>();
  for (const { transfer } of transfers) {
    const amount = BigInt(transfer.amount_minor);
    const signed = transfer.reverses === undefined ? amount : -amount;
    add(sums, [transfer.currency, monthOf(transfer), transfer.code, transfer.regranted === true ? 1 : 0], signed);
  }
  return upserts(db, STAGE_SQL, sums);
}

function monthOf({ on }: Transfer): string {
  return on.slice(0, 7);
}

function add(sums: Map<string, { key: unknown[]; amount: bigint }>, key: unknown[], amount: bigint): void {
  const name = JSON.stringify(key);
  const known = sums.get(name);
  if (known === undefined) sums.set(name, { key, amount });
  else known.amount += amount;
}

function upserts(
  db: D1Database,
  sql: string,
  sums: ReadonlyMap<string, { key: unknown[]; amount: bigint }>,
): D1PreparedStatement[] {
  const rows = [...sums.values()].map(({ key, amount }) => [...key, Number(amount)]);
  return [...chunks(rows)].map((chunk) => db.prepare(sql).bind(jsonParameter(chunk)));
}

/** What transfers add to the two monthly tables that the funding pages read: links of the flow picture, sums by code. */
import { type CodeSums, addToCodes } from "../../shared/capital/sums.ts";
import type { Award } from "../../shared/capital/state.ts";
import { linksOf } from "../../shared/flows/link.ts";
import type { Transfer } from "../../shared/protocol/fund.ts";
import { jsonParameter } from "../lib/d1.ts";
import { chunks } from "./view-writes.ts";

type Numbered = readonly { transfer: Transfer }[];

const FLOW_SQL = `INSERT INTO flow_month (currency, month, regranted, source, target, amount)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?) WHERE true
  ON CONFLICT (currency, month, regranted, source, target) DO UPDATE SET amount = amount + excluded.amount`;
/** Both objects' sums, code by code. */
const STAGE_SQL = `INSERT INTO stage_month (currency, month, codes)
  SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
  ON CONFLICT (currency, month) DO UPDATE SET codes = (SELECT json_group_object(code, amount) FROM (
    SELECT code, sum(amount) AS amount FROM (
      SELECT key AS code, value AS amount FROM json_each(stage_month.codes)
      UNION ALL SELECT key, value FROM json_each(excluded.codes)) GROUP BY code))`;

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
  const rows = [...sums.values()].map(({ key, amount }) => [...key, Number(amount)]);
  return [...chunks(rows)].map((chunk) => db.prepare(FLOW_SQL).bind(jsonParameter(chunk)));
}

export function stageWrites(db: D1Database, transfers: Numbered): D1PreparedStatement[] {
  const months = new Map<string, { key: string[]; codes: CodeSums }>();
  for (const { transfer } of transfers) {
    const key = [transfer.currency, monthOf(transfer)];
    const name = key.join(" ");
    const month = months.get(name) ?? { key, codes: new Map() };
    months.set(name, month);
    addToCodes(month.codes, transfer);
  }
  const rows = [...months.values()].map(({ key, codes }) => [
    ...key,
    JSON.stringify(Object.fromEntries([...codes].map(([code, amount]) => [code, Number(amount)]))),
  ]);
  return [...chunks(rows)].map((chunk) => db.prepare(STAGE_SQL).bind(jsonParameter(chunk)));
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

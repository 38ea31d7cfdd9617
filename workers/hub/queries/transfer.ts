/** Transfers for the public pages, newest first: the rows behind every number about money. */
import type { z } from "zod";
import type { transferPage, TransferView } from "../../../shared/protocol/api/capital.ts";
import { isoTime } from "../../../shared/time.ts";
import { headQuery } from "../../lib/log-store.ts";
import type { TransferRow } from "../capital-rows.ts";
import { logRefOf } from "./campaign.ts";

export interface TransferFilter {
  fund?: string | undefined;
  award?: string | undefined;
  account?: string | undefined;
  code?: string | undefined;
  currency?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export type TransferLine = TransferRow & { reversed_by: number | null; cleared_on: string | null };

const COLUMNS = `transfer.*, (SELECT back.seq FROM transfer AS back WHERE back.reverses = transfer.seq) AS reversed_by,
  (SELECT on_day FROM clearing WHERE clearing.idx = transfer.idx AND clearing.event = transfer.event) AS cleared_on`;

/** An account's transfers by its two indexes, each ordered by number; an award's by its own; all others by number. */
export async function transferPageOf(
  db: D1Database,
  log: string,
  filter: TransferFilter,
  page: { before: number | null; limit: number },
): Promise<z.infer<typeof transferPage>> {
  const { where, values } = conditionsOf(filter);
  const path = filter.account ?? (filter.fund === undefined ? undefined : `fund:${filter.fund}:available`);
  const before = page.before ?? Number.MAX_SAFE_INTEGER;
  const one = (side: string) =>
    `SELECT * FROM (SELECT ${COLUMNS} FROM transfer WHERE ${side}seq < ?${where} ORDER BY seq DESC LIMIT ?)`;
  const tail = [before, ...values, page.limit + 1];
  const statement =
    path === undefined
      ? db.prepare(one("")).bind(...tail)
      : db
          .prepare(`${one("from_path = ? AND ")} UNION ALL ${one("to_path = ? AND ")} ORDER BY seq DESC LIMIT ?`)
          .bind(path, ...tail, path, ...tail, page.limit + 1);
  const [heads, rows] = await db.batch([headQuery(db), statement]);
  const found = (rows?.results ?? []) as TransferLine[];
  const shown = found.slice(0, page.limit);
  return {
    transfers: shown.map(transferView),
    next: found.length > page.limit ? String(shown.at(-1)?.seq ?? "") : null,
    log: logRefOf(log, heads?.results ?? []),
  };
}

function conditionsOf(filter: TransferFilter): { where: string; values: unknown[] } {
  const parts: string[] = [];
  const values: unknown[] = [];
  const add = (sql: string, value: string | undefined): void => {
    if (value === undefined) return;
    parts.push(sql);
    values.push(value);
  };
  add("award = ?", filter.award);
  add("code = ?", filter.code);
  add("currency = ?", filter.currency);
  add("on_day >= ?", filter.from);
  add("on_day <= ?", filter.to);
  return { where: parts.map((part) => ` AND ${part}`).join(""), values };
}

export function transferView(row: TransferLine): TransferView {
  return {
    seq: row.seq,
    currency: row.currency,
    from: row.from_path,
    to: row.to_path,
    amount_minor: String(row.amount),
    code: row.code,
    on: row.on_day,
    award: row.award,
    commitment: row.commitment,
    reverses: row.reverses,
    reversed_by: row.reversed_by,
    group: `${row.idx}.${row.event}`,
    booked_at: isoTime(row.booked_at),
    cleared_on: row.cleared_on,
    chain: row.chain,
  };
}

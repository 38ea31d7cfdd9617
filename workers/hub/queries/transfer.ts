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
/** Rows looked through for one page, however few of them are wanted: the next page goes on where this one ended. */
const WINDOW = 100;

/** An index, in its order, and what is left to be looked through. */
interface Walk {
  lead: string;
  values: unknown[];
  rest: [string, unknown][];
  order: string;
}

/** One walk, or several that are merged: those of both sides of an account, of every currency. */
export async function transferPageOf(
  db: D1Database,
  log: string,
  filter: TransferFilter,
  page: { before: number | null; limit: number },
): Promise<z.infer<typeof transferPage>> {
  const before = page.before ?? Number.MAX_SAFE_INTEGER;
  const walks = walksOf(filter, before, isByDay(filter) ? await daysOf(db, filter, before) : noDays);
  const order = walks[0]?.order ?? "seq DESC";
  const window = Math.max(Math.floor(WINDOW / Math.max(1, walks.length)), page.limit + 1);
  const isWhole = walks.every(({ rest }) => rest.length === 0);
  const [heads, rows, ...ends] = await db.batch([
    headQuery(db),
    ...(walks.length === 0
      ? [db.prepare("SELECT 1 WHERE false")]
      : [pageQuery(db, walks, { order, window, limit: page.limit })]),
    ...(isWhole ? [] : walks.map((walk) => endQuery(db, walk, window))),
  ]);
  const isDaily = order !== "seq DESC";
  const end = endOf(ends, isDaily);
  // Behind the first end not every walk has been looked through: what was found there comes with the next page.
  const found = ((rows?.results ?? []) as TransferLine[]).filter(
    (row) => end === undefined || !isBehind(row, end, isDaily),
  );
  const shown = found.slice(0, page.limit);
  const last = found.length > page.limit ? shown.at(-1)?.seq : end?.seq;
  return {
    transfers: shown.map(transferView),
    next: last === undefined ? null : String(last),
    log: logRefOf(log, heads?.results ?? []),
  };
}

/** A period without an account is walked day by day, by the index (currency, on_day); everything else by number. */
function isByDay({ fund, account, award, from, to }: TransferFilter): boolean {
  return fund === undefined && account === undefined && award === undefined && (from !== undefined || to !== undefined);
}

interface Days {
  currencies: readonly string[];
  /** of the transfer that the page begins behind */
  day: string;
}

const noDays: Days = { currencies: [], day: "" };

async function daysOf(db: D1Database, { currency }: TransferFilter, before: number): Promise<Days> {
  const [currencies, cursor] = await db.batch([
    db.prepare("SELECT DISTINCT currency FROM fund WHERE ?1 IS NULL OR currency = ?1").bind(currency ?? null),
    db.prepare("SELECT on_day FROM transfer WHERE seq = ?").bind(before),
  ]);
  return {
    currencies: ((currencies?.results ?? []) as { currency: string }[]).map((row) => row.currency),
    day: (cursor?.results[0] as { on_day: string } | undefined)?.on_day ?? "9999",
  };
}

/** What most transfers are: they are found soon, and need no index. */
const COMMON = "('receipt', 'award', 'disbursement')";

function walksOf(filter: TransferFilter, before: number, days: Days): Walk[] {
  const { fund, award, account, code, currency, from, to } = filter;
  const rest: [string, unknown][] = [];
  const add = (sql: string, value: string | undefined): void => {
    if (value !== undefined) rest.push([sql, value]);
  };
  const path = account ?? (fund === undefined ? undefined : `fund:${fund}:available`);
  add("code = ?", code);
  if (isByDay(filter)) {
    const { currencies, day } = days;
    // As a range of the index: a comparison of pairs would go through everything before it again.
    const until = to === undefined || day < to ? day : to;
    return currencies.map((one) => ({
      lead: "currency = ? AND on_day BETWEEN ? AND ? AND (on_day < ? OR seq < ?)",
      values: [one, from ?? "", until, day, before],
      rest,
      order: "on_day DESC, seq DESC",
    }));
  }
  add("currency = ?", currency);
  add("on_day >= ?", from);
  add("on_day <= ?", to);
  const order = "seq DESC";
  const values = [before];
  if (path !== undefined) {
    add("award = ?", award);
    const sides = ["from_path", "to_path"];
    return sides.map((side) => ({ lead: `${side} = ? AND seq < ?`, values: [path, ...values], rest, order }));
  }
  if (award !== undefined) return [{ lead: "award = ? AND seq < ?", values: [award, ...values], rest, order }];
  const isRare = code !== undefined && !COMMON.includes(`'${code}'`);
  if (!isRare) return [{ lead: "seq < ?", values, rest, order }];
  // by the partial index on what is rare
  const others = rest.filter(([sql]) => sql !== "code = ?");
  return [{ lead: `code NOT IN ${COMMON} AND code = ? AND seq < ?`, values: [code, ...values], rest: others, order }];
}

function pageQuery(
  db: D1Database,
  walks: readonly Walk[],
  { order, window, limit }: { order: string; window: number; limit: number },
): D1PreparedStatement {
  const parts = walks.map(({ lead, rest }) => {
    const wanted = rest.length === 0 ? "true" : rest.map(([sql]) => sql).join(" AND ");
    const size = rest.length === 0 ? limit + 1 : window;
    return `SELECT * FROM (SELECT * FROM transfer WHERE ${lead} ORDER BY ${order} LIMIT ${size}) WHERE ${wanted}`;
  });
  const values = walks.flatMap((walk) => [...walk.values, ...walk.rest.map(([, value]) => value)]);
  return db
    .prepare(
      `SELECT ${COLUMNS} FROM (${parts.join(" UNION ALL ")} ORDER BY ${order} LIMIT ?) AS transfer ORDER BY ${order}`,
    )
    .bind(...values, limit + 1);
}

type Place = Pick<TransferRow, "seq" | "on_day">;

/** Where a walk's window ends, when there is more behind it. */
function endQuery(db: D1Database, { lead, values, order }: Walk, window: number): D1PreparedStatement {
  return db
    .prepare(`SELECT seq, on_day FROM transfer WHERE ${lead} ORDER BY ${order} LIMIT 1 OFFSET ${window - 1}`)
    .bind(...values);
}

/** The first of the ends. */
function endOf(ends: readonly D1Result[], isDaily: boolean): Place | undefined {
  return ends
    .flatMap(({ results }) => results as unknown as Place[])
    .reduce<Place | undefined>(
      (first, end) => (first === undefined || isBehind(first, end, isDaily) ? end : first),
      undefined,
    );
}

function isBehind(one: Place, other: Place, isDaily: boolean): boolean {
  return isDaily && one.on_day !== other.on_day ? one.on_day < other.on_day : one.seq < other.seq;
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

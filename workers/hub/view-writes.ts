/**
 * What a batch changes in the materialised view, as statements for the batch that appends it.
 * Whole sets travel as one JSON parameter, so their number does not depend on how many entries were logged.
 */
import { headlinePoint } from "./history.ts";
import type { NetworkTouched } from "../../shared/network/state.ts";
import type { Statement } from "../../shared/protocol/statement.ts";
import type { LogItem } from "../../shared/network/fold.ts";
import { jsonParameter } from "../lib/d1.ts";
import { offerWrites } from "./offer-rows.ts";
import { reportHead } from "./mirror.ts";
import { type NetworkRow, campaignRow, communityRow, networkRow } from "./view-rows.ts";
import type { View } from "./view.ts";

const SECONDS_PER_DAY = 86_400;

const NETWORK_SQL = `INSERT INTO network (id, log_time, policy, hub_keys, rates, sums, capital, witnesses)
  VALUES (1, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET log_time = excluded.log_time, policy = excluded.policy,
  hub_keys = excluded.hub_keys, rates = excluded.rates,
  sums = excluded.sums, capital = excluded.capital, witnesses = excluded.witnesses`;

const COMMUNITY_COLUMNS = [
  "origin",
  "status",
  "reason",
  "since",
  "url",
  "join_leaf",
  "join_index",
  "report_jwk",
  "book_vkey",
  "witness_vkey",
  "keys",
  "recovery_due",
  "book",
  "audits",
  "audit_due",
  "profile",
  "last_seq",
  "last_leaf",
  "last_at",
  "counted_leaf",
  "counted_iat",
  "fresh",
  "counted",
] as const;
const COMMUNITY_SQL = upsertSql("community", "origin", COMMUNITY_COLUMNS);
/** A logged report changes these and no index. */
const ISSUER_SQL = `UPDATE community SET profile = news.value ->> 'profile', last_seq = news.value ->> 'last_seq',
  last_leaf = news.value ->> 'last_leaf', last_at = news.value ->> 'last_at',
  keys = CASE WHEN keys IS NOT NULL THEN news.value ->> 'keys' END
  FROM json_each(?) AS news WHERE community.origin = news.value ->> 'origin'`;

const CAMPAIGN_COLUMNS = ["id", "idx", "closes", "ended", "terms", "closing", "sums", "watches", "offers"] as const;
const CAMPAIGN_SQL = upsertSql("campaign", "id", CAMPAIGN_COLUMNS);

const REPORT_SQL = `INSERT INTO report (idx, origin, seq, leaf, at, book_size)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?)`;
const REPORT_TODO_SQL = `INSERT INTO report_todo (report_idx, origin, seq, attempts, next_at)
  SELECT value ->> 0, value ->> 1, value ->> 2, 0, value ->> 4 FROM json_each(?)`;
/** A report about a book that was given up gets no verdict. */
const GIVEN_UP_SQL = `DELETE FROM report_todo WHERE report_idx IN (SELECT report_todo.report_idx FROM json_each(?) AS reset
  JOIN report_todo ON report_todo.origin = reset.value ->> 0 AND report_todo.report_idx < reset.value ->> 1)`;
const VERDICT_SQL = `INSERT INTO verdict (report_idx, idx, ok, code, bad_index)
  SELECT (SELECT idx FROM log_entry WHERE leaf = value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4
  FROM json_each(?)`;
const VERDICT_DONE_SQL = `DELETE FROM report_todo WHERE report_idx IN
  (SELECT log_entry.idx FROM json_each(?) AS done CROSS JOIN log_entry ON log_entry.leaf = done.value ->> 0)`;

function upsertSql(table: string, key: string, columns: readonly string[]): string {
  const values = columns.map((column) => `value ->> '${column}'`).join(", ");
  const updates = columns.filter((column) => column !== key).map((column) => `${column} = excluded.${column}`);
  return `INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values} FROM json_each(?) WHERE true
    ON CONFLICT (${key}) DO UPDATE SET ${updates.join(", ")}`;
}

export interface Folded {
  view: View;
  before: NetworkRow | null;
  touched: NetworkTouched;
  items: readonly LogItem[];
  /** Unix seconds, by this hub's clock */
  nowS: number;
  /** log time of the batch: what receipts name as the time of arrival */
  receivedS: number;
}

export function viewWrites(db: D1Database, folded: Folded): D1PreparedStatement[] {
  const { view, before, touched, items, nowS, receivedS } = folded;
  const statements: D1PreparedStatement[] = [];
  const many = (sql: string, rows: readonly unknown[]): void => {
    for (const chunk of chunks(rows)) statements.push(db.prepare(sql).bind(jsonParameter(chunk)));
  };
  if (items.some(isFork)) statements.push(...forgetWrites(db));
  const row = networkRow(view.state);
  if (before === null || JSON.stringify(before) !== JSON.stringify(row)) {
    statements.push(
      db
        .prepare(NETWORK_SQL)
        .bind(row.log_time, row.policy, row.hub_keys, row.rates, row.sums, row.capital, row.witnesses),
    );
  }
  const reporters = new Set(items.flatMap(({ statement }) => (isOwnEntry(statement) ? [statement.claims.iss] : [])));
  const changed = [...touched.communities].flatMap((origin) => {
    const community = view.state.communities.get(origin);
    const lastAt = reporters.has(origin) ? nowS : (view.lastAt.get(origin) ?? 0);
    return community === undefined ? [] : [communityRow(community, lastAt)];
  });
  many(
    COMMUNITY_SQL,
    changed.filter(({ origin }) => !view.light.has(origin)),
  );
  many(
    ISSUER_SQL,
    changed
      .filter(({ origin }) => view.light.has(origin))
      .map(({ origin, profile, last_seq, last_leaf, last_at, keys }) => ({
        origin,
        profile,
        last_seq,
        last_leaf,
        last_at,
        keys,
      })),
  );
  const campaigns = [...touched.campaigns].flatMap((id) => view.state.campaigns.get(id) ?? []);
  many(CAMPAIGN_SQL, campaigns.map(campaignRow));
  const own = items.filter(({ statement }) => isOwnEntry(statement));
  const reports = own.flatMap((item) => reportValues(item, receivedS));
  const judged = own.map(({ statement }) => statement.kind === "demand-report+jwt");
  many(REPORT_SQL, reports);
  many(
    REPORT_TODO_SQL,
    reports.filter((_, at) => judged[at]),
  );
  many(
    GIVEN_UP_SQL,
    items.flatMap(({ index, statement: { kind, claims } }) => (kind === "book-reset+jwt" ? [[claims.iss, index]] : [])),
  );
  const verdicts = items.flatMap(verdictValues);
  many(VERDICT_SQL, verdicts);
  many(VERDICT_DONE_SQL, verdicts);
  statements.push(...items.flatMap((item) => [...offerWrites(db, item), ...historyWrites(db, item)]));
  return statements;
}

/** What a community says in its own sequence: it has a row in `report`, by which it is found under its number. */
export function isOwnEntry(
  statement: Statement,
): statement is Extract<Statement, { kind: "demand-report+jwt" | "book-reset+jwt" }> {
  return statement.kind === "demand-report+jwt" || statement.kind === "book-reset+jwt";
}

/** A log that was taken over from another hub goes on without that one's communities: they join anew. */
export function isFork({ statement }: LogItem): boolean {
  return statement.kind === "hub-policy+jwt" && statement.claims.parent !== undefined;
}

function forgetWrites(db: D1Database): D1PreparedStatement[] {
  return ["community", "report", "verdict", "report_todo"].map((table) => db.prepare(`DELETE FROM ${table}`));
}

function reportValues({ index, leaf, statement }: LogItem, receivedS: number): unknown[][] {
  if (!isOwnEntry(statement)) return [];
  const { iss, seq, book } = statement.claims;
  return [[index, iss, seq, leaf, receivedS, reportHead(typeof book === "string" ? book : book.checkpoint).size]];
}

function verdictValues({ index, statement }: LogItem): unknown[][] {
  if (statement.kind !== "report-check+jwt") return [];
  const { report, ok, code, index: badIndex } = statement.claims;
  return [[report, index, ok ? 1 : 0, code ?? null, badIndex ?? null]];
}

function historyWrites(db: D1Database, { index, statement }: LogItem): D1PreparedStatement[] {
  if (statement.kind !== "totals+jwt") return [];
  const point = JSON.stringify(headlinePoint(statement.claims));
  const day = Math.floor(statement.claims.iat / SECONDS_PER_DAY);
  return [
    db.prepare("UPDATE totals SET logged = 1 WHERE size = ?").bind(statement.claims.size),
    db.prepare("INSERT INTO history (idx, point) VALUES (?, ?)").bind(index, point),
    db
      .prepare(
        "INSERT INTO history_day (day, point) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET point = excluded.point",
      )
      .bind(day, point),
  ];
}

const MAX_CHUNK_CHARS = 400_000;

/** Rows in portions whose JSON stays well below D1's 2 MB per value. */
export function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  let chunk: T[] = [];
  let chars = 0;
  for (const row of rows) {
    const size = JSON.stringify(row).length;
    if (chunk.length > 0 && chars + size > MAX_CHUNK_CHARS) {
      yield chunk;
      chunk = [];
      chars = 0;
    }
    chunk.push(row);
    chars += size;
  }
  if (chunk.length > 0) yield chunk;
}

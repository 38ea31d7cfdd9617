/**
 * The flow picture of a currency and period (docs/flows.md): from the monthly sums and, where a period begins or ends
 * inside a month, from the transfers of that month. The answer is kept as bytes until money moves again, so that a page
 * seen often costs one row.
 */
import { stagesOf, addToCodes, type CodeSums } from "../../../shared/capital/sums.ts";
import { type FlowLink, deriveFlows, mergeSmall, stageOf } from "../../../shared/flows/derive.ts";
import { type LinkedAward, type RawLink, linksOf } from "../../../shared/flows/link.ts";
import type { Flows } from "../../../shared/protocol/api/capital.ts";
import type { Use } from "../../../shared/protocol/fund.ts";
import { isoTime } from "../../../shared/time.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { headOf, headQuery } from "../../lib/log-store.ts";
import { type TransferRow, transferOf } from "../capital-rows.ts";
import { capitalOf } from "../view-rows.ts";
import { logRefOf } from "./campaign.ts";
import { convertedPeriod } from "./flow-converted.ts";

export interface FlowQuestion {
  currency: string;
  /** days, both included; absent: from the first, up to the last on which money moved */
  from?: string | undefined;
  to?: string | undefined;
  /** nodes of a kind before the rest is merged */
  top: number;
  gross: boolean;
  /** shown in this currency, each day's movements at that day's rate; absent: as the books are */
  convert?: string | undefined;
}

const KEPT_VIEWS = 200;

/** The stored answer, when no transfer has come since. */
export async function storedFlows(db: D1Database, question: FlowQuestion): Promise<string | null> {
  const row = await db
    .prepare(
      `SELECT flow_view.json FROM flow_view JOIN network ON network.id = 1
       WHERE flow_view.key = ? AND flow_view.transfers = network.capital ->> '$.transfers'`,
    )
    .bind(keyOf(question))
    .first<{ json: string }>();
  return row?.json ?? null;
}

/** Converted answers sort behind all others, so that new rates find them by the primary key. */
function keyOf({ currency, from, to, top, gross, convert }: FlowQuestion): string {
  const key = [currency, from ?? "", to ?? "", top, gross ? "gross" : "net"].join("|");
  return convert === undefined ? key : `~${convert}|${key}`;
}

/** For the batch that brings rates: answers made with older ones go. */
export function dropConverted(db: D1Database): D1PreparedStatement {
  return db.prepare("DELETE FROM flow_view WHERE key >= '~'");
}

/** Computes and keeps it. */
export async function computeFlows(db: D1Database, log: string, question: FlowQuestion): Promise<string> {
  const { currency, gross, convert } = question;
  const [heads, networks, spans] = await db.batch([
    headQuery(db),
    db.prepare("SELECT capital, log_time FROM network WHERE id = 1"),
    // one end of the index each; both in one SELECT would go through all of it
    db
      .prepare(
        `SELECT (SELECT min(on_day) FROM transfer WHERE currency = ?1) AS first,
           (SELECT max(on_day) FROM transfer WHERE currency = ?1) AS last`,
      )
      .bind(currency),
  ]);
  const span = spans?.results[0] as { first: string | null; last: string | null } | undefined;
  const from = question.from ?? span?.first ?? "1970-01-01";
  const to = question.to ?? span?.last ?? "1970-01-01";
  const other = convert === undefined ? null : await convertedPeriod(db, { currency, convert, from, to });
  const read = await readPeriod(db, currency, from, to);
  const derived = deriveFlows(read.period, read.before, { gross, ...(other !== null && { converted: other }) });
  const links = mergeSmall(derived, question.top);
  const names = await namesOf(db, links);
  const network = networks?.results[0] as { capital: string | null; log_time: number } | undefined;
  const flows: Flows = {
    currency: convert ?? currency,
    from,
    to,
    nodes: nodesOf(links).map((id) => ({ id, name: names.get(id) ?? "", stage: stageOf(id, links) })),
    links: links.map(({ source, target, amount_minor }) => ({ source, target, amount_minor: String(amount_minor) })),
    stages: stagesOf(convert ?? currency, other?.codes ?? read.codes, { gross }),
    conversion: other?.used() ?? null,
    as_of: network === undefined ? null : isoTime(network.log_time),
    log: logRefOf(log, heads?.results ?? []),
  };
  const json = JSON.stringify(flows);
  const transfers = capitalOf(network?.capital ?? null)?.transfers ?? 0;
  if (headOf(heads?.results ?? []).size > 0) await keep(db, keyOf(question), transfers, json);
  return json;
}

/** Old answers go first; how many may be kept is bounded, because anyone may ask for any period. */
async function keep(db: D1Database, key: string, transfers: number, json: string): Promise<void> {
  await db.batch([
    db
      .prepare(`DELETE FROM flow_view WHERE transfers < ?1 OR (SELECT count(*) FROM flow_view) >= ?2`)
      .bind(transfers, KEPT_VIEWS),
    db
      .prepare(
        `INSERT INTO flow_view (key, transfers, json) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET transfers = excluded.transfers, json = excluded.json`,
      )
      .bind(key, transfers, json),
  ]);
}

interface Period {
  before: RawLink[];
  period: RawLink[];
  codes: CodeSums;
}

type MonthLink = { isBefore: number; source: string; target: string; regranted: number; amount: number };
type EdgeRow = TransferRow & { fund: string | null; use: Use | null };

async function readPeriod(db: D1Database, currency: string, from: string, to: string): Promise<Period> {
  const edges = edgeMonths(from, to);
  const months = jsonParameter(edges);
  const [sums, stages, edge] = await db.batch([
    db
      .prepare(
        `SELECT month < ?2 AS isBefore, source, target, regranted, sum(amount) AS amount FROM flow_month
         WHERE currency = ?1 AND month <= ?3 AND month NOT IN (SELECT value FROM json_each(?4))
         GROUP BY isBefore, source, target, regranted`,
      )
      .bind(currency, from.slice(0, 7), to.slice(0, 7), months),
    db
      .prepare(
        `SELECT codes FROM stage_month WHERE currency = ?1 AND month BETWEEN ?2 AND ?3
         AND month NOT IN (SELECT value FROM json_each(?4))`,
      )
      .bind(currency, from.slice(0, 7), to.slice(0, 7), months),
    db
      .prepare(
        `SELECT transfer.*, award.fund, award.data ->> '$.event.use' AS use
         FROM json_each(?2) AS edge CROSS JOIN transfer ON transfer.currency = ?1
           AND transfer.on_day BETWEEN edge.value || '-01' AND edge.value || '-31'
         LEFT JOIN award ON award.id = transfer.award WHERE transfer.on_day <= ?3`,
      )
      .bind(currency, months, to),
  ]);
  const read: Period = { before: [], period: [], codes: new Map() };
  for (const { isBefore, source, target, regranted, amount } of (sums?.results ?? []) as MonthLink[]) {
    const link = { source, target, regranted: regranted === 1, amount_minor: BigInt(amount) };
    (isBefore === 1 ? read.before : read.period).push(link);
  }
  for (const { codes } of (stages?.results ?? []) as { codes: string }[]) {
    for (const [code, amount] of Object.entries(JSON.parse(codes) as Record<string, number>)) {
      const key = code as Parameters<CodeSums["get"]>[0];
      read.codes.set(key, (read.codes.get(key) ?? 0n) + BigInt(amount));
    }
  }
  for (const row of (edge?.results ?? []) as EdgeRow[]) {
    const transfer = transferOf(row);
    const award: LinkedAward | undefined =
      row.fund === null || row.use === null ? undefined : { fund: row.fund, use: row.use };
    const isBefore = row.on_day < from;
    (isBefore ? read.before : read.period).push(...linksOf(transfer, award));
    if (!isBefore) addToCodes(read.codes, transfer);
  }
  return read;
}

/** The months of which only a part is in the period. */
function edgeMonths(from: string, to: string): string[] {
  const first = from.slice(0, 7);
  const last = to.slice(0, 7);
  const isLastWhole = nextDay(to).slice(0, 7) !== last;
  const edges = new Set<string>();
  if (!from.endsWith("-01")) edges.add(first);
  if (!isLastWhole) edges.add(last);
  return [...edges];
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

function nodesOf(links: readonly FlowLink[]): string[] {
  return [...new Set(links.flatMap(({ source, target }) => [source, target]))];
}

/** What the nodes are called, for those that stand for somebody; pages word the others. */
async function namesOf(db: D1Database, links: readonly FlowLink[]): Promise<Map<string, string>> {
  const nodes = nodesOf(links);
  const ids = (kind: string) =>
    jsonParameter(nodes.filter((node) => node.startsWith(`${kind}:`)).map((node) => node.slice(kind.length + 1)));
  const rows = await db.batch([
    db
      .prepare(
        "SELECT 'funder:' || id AS node, data ->> '$.event.name' AS name FROM funder WHERE id IN (SELECT value FROM json_each(?))",
      )
      .bind(ids("funder")),
    db
      .prepare(
        "SELECT 'fund:' || id AS node, data ->> '$.event.name' AS name FROM fund WHERE id IN (SELECT value FROM json_each(?))",
      )
      .bind(ids("fund")),
    db
      .prepare(
        "SELECT 'recipient:' || id AS node, data ->> '$.event.name' AS name FROM recipient WHERE id IN (SELECT value FROM json_each(?))",
      )
      .bind(ids("recipient")),
    db
      .prepare(
        "SELECT 'loan:' || id AS node, data ->> '$.event.title' AS name FROM award WHERE id IN (SELECT value FROM json_each(?))",
      )
      .bind(ids("loan")),
  ]);
  return new Map(
    rows.flatMap(({ results }) =>
      (results as { node: string; name: string }[]).map(({ node, name }): [string, string] => [node, name]),
    ),
  );
}

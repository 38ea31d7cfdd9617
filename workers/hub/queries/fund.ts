/** Funds and funders for the public pages: each with its stages, which are sums of transfers and nothing else. */
import type { z } from "zod";
import { stagesOf } from "../../../shared/capital/sums.ts";
import type { Commitment, Fund } from "../../../shared/capital/state.ts";
import type {
  CommitmentView,
  FundDetail,
  FundView,
  funderPage,
  FunderView,
  fundPage,
} from "../../../shared/protocol/api/capital.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { headQuery } from "../../lib/log-store.ts";
import { type DataRow, commitmentOf, fundOf, funderOf, isOpen } from "../capital-rows.ts";
import { type LogRef, logRefOf } from "./campaign.ts";

export type FundLine = DataRow & { funder_name: string | null; leaf: string | null; committed: number | null };

export const FUNDS_SQL = `SELECT fund.id, fund.idx, fund.data, funder.data ->> '$.event.name' AS funder_name, log_entry.leaf,
  (SELECT sum(promise.data ->> '$.event.amount_minor') FROM commitment AS promise
   WHERE promise.fund = fund.id AND promise.data ->> '$.event.state' = 'committed') AS committed
  FROM fund LEFT JOIN funder ON funder.id = fund.funder LEFT JOIN log_entry ON log_entry.idx = fund.idx`;
export const COMMITMENTS_SQL = `SELECT commitment.id, commitment.idx, commitment.data, funder.data ->> '$.event.name' AS funder_name,
  fund.data ->> '$.event.name' AS fund_name, fund.currency, log_entry.leaf
  FROM commitment JOIN fund ON fund.id = commitment.fund LEFT JOIN funder ON funder.id = commitment.funder
  LEFT JOIN log_entry ON log_entry.idx = commitment.idx`;

export async function fundPageOf(
  db: D1Database,
  log: string,
  page: { after: string; limit: number },
): Promise<z.infer<typeof fundPage>> {
  const [heads, rows] = await db.batch([
    headQuery(db),
    db.prepare(`${FUNDS_SQL} WHERE fund.id > ? ORDER BY fund.id LIMIT ?`).bind(page.after, page.limit + 1),
  ]);
  const ref = logRefOf(log, heads?.results ?? []);
  const found = (rows?.results ?? []) as FundLine[];
  const shown = found.slice(0, page.limit);
  return {
    funds: shown.map((row) => fundView(row, ref)),
    next: found.length > page.limit ? (shown.at(-1)?.id ?? null) : null,
    log: ref,
  };
}

export async function fundDetailOf(db: D1Database, log: string, id: string, today: string): Promise<FundDetail | null> {
  const [heads, rows, commitments] = await db.batch([
    headQuery(db),
    db.prepare(`${FUNDS_SQL} WHERE fund.id = ?`).bind(id),
    db.prepare(`${COMMITMENTS_SQL} WHERE commitment.fund = ? ORDER BY commitment.idx DESC LIMIT 100`).bind(id),
  ]);
  const row = rows?.results[0] as FundLine | undefined;
  if (row === undefined) return null;
  return {
    ...fundView(row, logRefOf(log, heads?.results ?? [])),
    commitments: ((commitments?.results ?? []) as CommitmentLine[]).map((line) => commitmentView(line, today)),
  };
}

export function fundView(row: FundLine, log: LogRef): FundView {
  const fund = fundOf(row);
  const { id, name, currency, restriction, status, source, demo, funder } = fund.event;
  return {
    id,
    name,
    funder: funder === null ? null : { id: funder, name: row.funder_name ?? funder },
    currency,
    restriction,
    status,
    source: source ?? null,
    demo: demo ?? false,
    stages: stagesOfFund(fund),
    committed_minor: String(row.committed ?? 0),
    awards: fund.awards,
    first_on: fund.first_on,
    last_on: fund.last_on,
    entry: { index: fund.index, leaf: row.leaf ?? "" },
    log,
  };
}

function stagesOfFund({ event, sums }: Pick<Fund, "event" | "sums">) {
  return stagesOf(event.currency, sums, { gross: true });
}

export type CommitmentLine = DataRow & {
  funder_name: string | null;
  fund_name: string;
  currency: string;
  leaf: string | null;
};

export function commitmentView(row: CommitmentLine, today: string): CommitmentView {
  const commitment = commitmentOf(row);
  const { id, funder, fund, kind, amount_minor, share_bps, settles, condition, due_on } = commitment.event;
  return {
    id,
    funder: { id: funder, name: row.funder_name ?? funder },
    fund: { id: fund, name: row.fund_name },
    kind,
    currency: row.currency,
    amount_minor: amount_minor ?? null,
    share_bps: share_bps ?? null,
    settles: settles ?? null,
    state: standing(commitment),
    condition: condition ?? null,
    due_on,
    owed_minor: String(commitment.owed),
    received_minor: String(commitment.received),
    overdue: due_on !== null && due_on < today && isOpen(commitment),
    entry: { index: commitment.index, leaf: row.leaf ?? "" },
  };
}

function standing(commitment: Commitment): CommitmentView["state"] {
  const { state, amount_minor } = commitment.event;
  const isAll = amount_minor !== undefined && commitment.received >= BigInt(amount_minor);
  return state === "committed" && isAll ? "received" : state;
}

/** What each fund received from whom, and what was promised: one row a pair, as many as there are funds and promises. */
const GIVEN_SQL = `SELECT received.value ->> 0 AS funder, fund.currency, received.value ->> 1 AS received, '0' AS promised, '' AS state
  FROM fund, json_each(fund.data, '$.received_by') AS received WHERE received.value ->> 0 IN (SELECT value FROM json_each(?1))
  UNION ALL SELECT commitment.funder, fund.currency, '0', commitment.data ->> '$.event.amount_minor',
    commitment.data ->> '$.event.state' FROM commitment JOIN fund ON fund.id = commitment.fund
  WHERE commitment.funder IN (SELECT value FROM json_each(?1))`;

interface Given {
  funder: string;
  currency: string;
  received: string;
  promised: string | null;
  state: string;
}

export async function fundersOf(
  db: D1Database,
  log: string,
  page: { id: string | null; after: string; limit: number },
): Promise<z.infer<typeof funderPage>> {
  const [heads, rows] = await db.batch([
    headQuery(db),
    db
      .prepare(
        `SELECT funder.id, funder.idx, funder.data, log_entry.leaf FROM funder LEFT JOIN log_entry ON log_entry.idx = funder.idx
         WHERE (?1 IS NULL AND funder.id > ?2) OR funder.id = ?1 ORDER BY funder.id LIMIT ?3`,
      )
      .bind(page.id, page.after, page.limit + 1),
  ]);
  const found = (rows?.results ?? []) as (DataRow & { leaf: string | null })[];
  const shown = found.slice(0, page.limit);
  const ids = jsonParameter(shown.map(({ id }) => id));
  const [given, funds] = await db.batch([
    db.prepare(GIVEN_SQL).bind(ids),
    db
      .prepare(
        `SELECT id, funder, data ->> '$.event.name' AS name FROM fund WHERE funder IN (SELECT value FROM json_each(?)) ORDER BY id`,
      )
      .bind(ids),
  ]);
  return {
    funders: shown.map((row) =>
      funderView(
        row,
        (given?.results ?? []) as Given[],
        (funds?.results ?? []) as { id: string; funder: string; name: string }[],
      ),
    ),
    next: found.length > page.limit ? (shown.at(-1)?.id ?? null) : null,
    log: logRefOf(log, heads?.results ?? []),
  };
}

function funderView(
  row: DataRow & { leaf: string | null },
  given: readonly Given[],
  funds: readonly { id: string; funder: string; name: string }[],
): FunderView {
  const { index, event } = funderOf(row);
  const { id, name, org_id, kind, country, url } = event;
  const sums = new Map<string, { received: bigint; committed: bigint; intended: bigint }>();
  for (const line of given) {
    if (line.funder !== id) continue;
    const sum = sums.get(line.currency) ?? { received: 0n, committed: 0n, intended: 0n };
    sums.set(line.currency, sum);
    sum.received += BigInt(line.received);
    if (line.state === "committed") sum.committed += BigInt(line.promised ?? "0");
    if (line.state === "intention") sum.intended += BigInt(line.promised ?? "0");
  }
  return {
    id,
    name,
    org_id,
    kind,
    country,
    url,
    given: [...sums].map(([currency, sum]) => ({
      currency,
      received_minor: String(sum.received),
      committed_minor: String(sum.committed),
      intended_minor: String(sum.intended),
    })),
    funds: funds.filter(({ funder }) => funder === id).map((fund) => ({ id: fund.id, name: fund.name })),
    entry: { index, leaf: row.leaf ?? "" },
  };
}

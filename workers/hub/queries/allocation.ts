/** Recorded matching runs for the public pages, newest first; one of them with the inputs to run it again. */
import type { z } from "zod";
import type {
  AllocationDetail,
  AllocationView,
  MatchingInputs,
  allocationPage,
} from "../../../shared/protocol/api/matching.ts";
import { rowsOf } from "../../lib/d1.ts";
import { headQuery } from "../../lib/log-store.ts";
import { type DataRow, allocationOf } from "../capital-rows.ts";
import { logRefOf } from "./campaign.ts";

type Line = DataRow & { fund_name: string; currency: string; leaf: string | null };

const SELECT = `SELECT allocation.id, allocation.idx, allocation.data, fund.data ->> '$.event.name' AS fund_name,
  fund.currency, log_entry.leaf FROM allocation JOIN fund ON fund.id = allocation.fund
  LEFT JOIN log_entry ON log_entry.idx = allocation.idx`;

/** By the index on `idx`; three rows read for each. `fund`: of one fund only. The cursor is index and id of the last. */
export async function allocationPageOf(
  db: D1Database,
  log: string,
  page: { fund: string | null; after: string; limit: number },
): Promise<z.infer<typeof allocationPage>> {
  const [index, id] = page.after === "" ? [String(Number.MAX_SAFE_INTEGER), ""] : splitCursor(page.after);
  const [heads, rows] = await db.batch([
    headQuery(db),
    db
      .prepare(
        `${SELECT} WHERE (allocation.idx, allocation.id) < (?1, ?2) AND (?3 IS NULL OR allocation.fund = ?3)
         ORDER BY allocation.idx DESC, allocation.id DESC LIMIT ?4`,
      )
      .bind(Number(index), id, page.fund, page.limit + 1),
  ]);
  const found = rowsOf<Line>(rows);
  const shown = found.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    allocations: shown.map(viewOf),
    next: found.length > page.limit && last !== undefined ? `${String(last.idx)}~${last.id}` : null,
    log: logRefOf(log, heads?.results ?? []),
  };
}

function splitCursor(cursor: string): [string, string] {
  const at = cursor.indexOf("~");
  return [cursor.slice(0, at), cursor.slice(at + 1)];
}

const INPUTS_SQL = `SELECT matching_input.inputs FROM allocation JOIN matching_input
  ON matching_input.sha256 = allocation.data ->> '$.inputs_sha256' WHERE allocation.id = ?`;

/** As they were hashed; null for a run without inputs here. */
export async function allocationInputs(db: D1Database, id: string): Promise<string | null> {
  return await db.prepare(INPUTS_SQL).bind(id).first<string>("inputs");
}

export async function allocationDetailOf(db: D1Database, log: string, id: string): Promise<AllocationDetail | null> {
  const [heads, rows, stored, names] = await db.batch([
    headQuery(db),
    db.prepare(`${SELECT} WHERE allocation.id = ?`).bind(id),
    db.prepare(INPUTS_SQL).bind(id),
    db
      .prepare(
        `SELECT id, terms ->> '$.name' AS name FROM campaign WHERE id IN (
           SELECT line.value ->> 'campaign' FROM allocation, json_each(allocation.data, '$.results') AS line
           WHERE allocation.id = ?)`,
      )
      .bind(id),
  ]);
  const [row] = rowsOf<Line>(rows);
  if (row === undefined) return null;
  const nameOf = new Map(rowsOf<{ id: string; name: string }>(names).map((one) => [one.id, one.name]));
  const [inputs] = rowsOf<{ inputs: string }>(stored);
  return {
    ...viewOf(row),
    results: allocationOf(row).event.results.map(({ campaign, amount_minor }) => ({
      campaign: { id: campaign, name: nameOf.get(campaign) ?? "" },
      amount_minor,
    })),
    inputs: inputs === undefined ? null : (JSON.parse(inputs.inputs) as MatchingInputs),
    log: logRefOf(log, heads?.results ?? []),
  };
}

export interface AllocationLine {
  allocation: AllocationView;
  /** null of a run that gave nobody anything */
  result: { campaign: string; name: string; amount_minor: string } | null;
}

/** Newest first, a line for each run and campaign. */
export async function allocationLines(db: D1Database, limit: number): Promise<AllocationLine[]> {
  const { results } = await db
    .prepare(
      `SELECT run.*, line.value ->> 'campaign' AS campaign, line.value ->> 'amount_minor' AS amount_minor,
       campaign.terms ->> '$.name' AS name FROM (${SELECT} ORDER BY allocation.idx DESC, allocation.id DESC LIMIT ?1) AS run
       LEFT JOIN json_each(run.data, '$.results') AS line LEFT JOIN campaign ON campaign.id = line.value ->> 'campaign'
       ORDER BY run.idx DESC, run.id DESC, line.key LIMIT ?1`,
    )
    .bind(limit)
    .all<Line & { campaign: string | null; amount_minor: string; name: string | null }>();
  return results.map((row) => ({
    allocation: viewOf(row),
    result:
      row.campaign === null ? null : { campaign: row.campaign, name: row.name ?? "", amount_minor: row.amount_minor },
  }));
}

function viewOf(row: Line): AllocationView {
  const { index, event } = allocationOf(row);
  const { id, fund, method, pool_minor, size, inputs_sha256, results_sha256, results } = event;
  return {
    id,
    fund: { id: fund, name: row.fund_name },
    currency: row.currency,
    method,
    pool_minor,
    given_minor: String(results.reduce((sum, { amount_minor }) => sum + BigInt(amount_minor), 0n)),
    size,
    inputs_sha256,
    results_sha256,
    campaigns: results.length,
    entry: { index, leaf: row.leaf ?? "" },
  };
}

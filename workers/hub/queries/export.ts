/** What the exports are made of: awards with the names and texts beside them, newest first, by index. */
import type { Recipient } from "../../../shared/capital/state.ts";
import type { IatiActivity } from "../../../shared/standards/iati.ts";
import type { ExportedAward } from "../../../shared/standards/threesixty-write.ts";
import type { TransferCode } from "../../../shared/protocol/fund.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { type AwardRow, awardOf } from "../capital-rows.ts";

type ExportRow = AwardRow & {
  fund_name: string;
  is_historical: number;
  funder_name: string | null;
  funder_org: string | null;
  recipient_data: string;
  text: string | null;
  at: number | null;
};

const EXPORT_SQL = `SELECT award.*, fund.data ->> '$.event.name' AS fund_name, fund.data ->> '$.event.source' IS NOT NULL AS is_historical,
  funder.data ->> '$.event.name' AS funder_name, funder.data ->> '$.event.org_id' AS funder_org,
  recipient.data AS recipient_data, award_text.text,
  (SELECT booked_at FROM transfer WHERE transfer.award = award.id ORDER BY seq LIMIT 1) AS at
  FROM award JOIN fund ON fund.id = award.fund LEFT JOIN funder ON funder.id = award.funder
  JOIN recipient ON recipient.id = award.recipient LEFT JOIN award_text ON award_text.award = award.id`;

export interface ExportQuestion {
  /** one fund; absent: every fund that is not historical data of others */
  fund?: string | undefined;
  limit: number;
}

/** Decided and not lapsed. `self`: who stands as funder of what this hub holds for all. */
export async function exportedAwards(
  db: D1Database,
  { fund, limit }: ExportQuestion,
  self: { id: string; name: string },
): Promise<ExportedAward[]> {
  const { results } = await db
    .prepare(
      `${EXPORT_SQL} WHERE (award.fund = ?1 OR (?1 IS NULL AND fund.data ->> '$.event.source' IS NULL))
       AND award.state <> 'lapsed' ORDER BY award.decided_on DESC, award.id DESC LIMIT ?2`,
    )
    .bind(fund ?? null, limit)
    .all<ExportRow>();
  return results.map((row) => exported(row, self));
}

function exported(row: ExportRow, self: { id: string; name: string }): ExportedAward {
  const award = awardOf(row);
  const { event: recipient } = JSON.parse(row.recipient_data) as Pick<Recipient, "event">;
  const { id, name, org_id, kind } = recipient;
  return {
    event: award.event,
    currency: award.currency,
    fund: { id: award.event.fund, name: row.fund_name },
    funder:
      award.funder === null
        ? { ...self, org_id: null }
        : { id: award.funder, name: row.funder_name ?? award.funder, org_id: row.funder_org },
    recipient: { id, name, org_id, kind },
    text: row.text,
    modified: new Date((row.at ?? 0) * 1000).toISOString().replace(".000Z", "Z"),
  };
}

const MAX_ACTIVITIES = 500;

/** By the partial index on what is invested, and guarantees. */
export async function iatiActivities(db: D1Database, self: { id: string; name: string }): Promise<IatiActivity[]> {
  const { results } = await db
    .prepare(
      `${EXPORT_SQL} WHERE award.instrument IN ('loan', 'recoverable_grant', 'equity', 'guarantee')
       ORDER BY award.decided_on DESC, award.id LIMIT ?`,
    )
    .bind(MAX_ACTIVITIES)
    .all<ExportRow>();
  const { results: transfers } = await db
    .prepare(
      `SELECT award, seq, code, on_day, amount FROM transfer WHERE award IN (SELECT value FROM json_each(?))
       AND reverses IS NULL AND NOT EXISTS (SELECT 1 FROM transfer AS back WHERE back.reverses = transfer.seq) ORDER BY seq`,
    )
    .bind(jsonParameter(results.map(({ id }) => id)))
    .all<{ award: string; seq: number; code: TransferCode; on_day: string; amount: number }>();
  return results.map((row) => ({
    award: exported(row, self),
    isClosed: row.state === "closed" || row.state === "lapsed",
    transfers: transfers
      .filter(({ award }) => award === row.id)
      .map(({ seq, code, on_day, amount }) => ({ seq, code, on: on_day, amount_minor: String(amount) })),
  }));
}

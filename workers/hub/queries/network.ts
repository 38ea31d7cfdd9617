/** The published numbers as they were signed: one row, whatever the size of the network. */
import type { HistoryPoint } from "../../../shared/protocol/api/network.ts";

export async function newestNetwork(db: D1Database): Promise<{ network: string; etag: string } | null> {
  return await db.prepare("SELECT network, etag FROM totals ORDER BY size DESC LIMIT 1").first();
}

export async function newestTotals(db: D1Database): Promise<string | null> {
  return await db.prepare("SELECT jws FROM totals ORDER BY size DESC LIMIT 1").first<string>("jws");
}

const MAX_DAYS = 1000;
const MAX_STATEMENTS = 200;

/** Oldest first; by primary key from the newest backwards. */
export async function historyPoints(db: D1Database, resolution: "day" | "statement"): Promise<HistoryPoint[]> {
  const query =
    resolution === "day"
      ? db.prepare("SELECT point FROM history_day ORDER BY day DESC LIMIT ?").bind(MAX_DAYS)
      : db.prepare("SELECT point FROM history ORDER BY idx DESC LIMIT ?").bind(MAX_STATEMENTS);
  const { results } = await query.all<{ point: string }>();
  return results.map(({ point }) => JSON.parse(point) as HistoryPoint).toReversed();
}

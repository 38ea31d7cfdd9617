/** What this community last saw of each hub: one row a hub. */
import { type Head, type WatchCode, watchCodes } from "../../../shared/watch/judge.ts";

export interface Watch {
  hub: string;
  /** the largest head ever seen */
  head: Head | null;
  codes: WatchCode[];
  /** since when it is like this, Unix milliseconds */
  since: number;
  checkedAt: number;
  /** codes that were told last, joined */
  told: string;
}

interface Row {
  hub: string;
  size: number | null;
  root: string | null;
  codes: string;
  since: number;
  checked_at: number;
  told: string;
}

export async function readWatch(db: D1Database, hub: string): Promise<Watch | null> {
  const row = await db.prepare("SELECT * FROM hub_watch WHERE hub = ?").bind(hub).first<Row>();
  if (row === null) return null;
  const { size, root } = row;
  return {
    hub,
    head: size === null || root === null ? null : { size, root },
    codes: codesOf(row.codes),
    since: row.since,
    checkedAt: row.checked_at,
    told: row.told,
  };
}

export function codesOf(joined: string): WatchCode[] {
  const known = new Set(joined.split(","));
  return watchCodes.filter((code) => known.has(code));
}

export function writeWatch(db: D1Database, { hub, head, codes, since, checkedAt, told }: Watch): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO hub_watch (hub, size, root, codes, since, checked_at, told) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
       ON CONFLICT (hub) DO UPDATE SET size = excluded.size, root = excluded.root, codes = excluded.codes,
         since = excluded.since, checked_at = excluded.checked_at, told = excluded.told`,
    )
    .bind(hub, head?.size ?? null, head?.root ?? null, codes.join(), since, checkedAt, told);
}

/** When each hub was last watched, Unix milliseconds: a row a hub. */
export async function lastWatched(db: D1Database): Promise<Map<string, number>> {
  const { results } = await db
    .prepare("SELECT hub, checked_at FROM hub_watch LIMIT 100")
    .all<{ hub: string; checked_at: number }>();
  return new Map(results.map(({ hub, checked_at }) => [hub, checked_at]));
}

/** The outbox: whether something waits to be said to a hub, and what was said last. */
import { jsonParameter } from "../../lib/d1.ts";

/** In the batch of the change that a report must carry: one written row per hub. */
export function markDirty(db: D1Database, hubs: readonly string[], now: number): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE outbox SET rev = rev + 1, dirty_since = coalesce(dirty_since, ?1)
       WHERE hub IN (SELECT value FROM json_each(?2))`,
    )
    .bind(now, jsonParameter(hubs));
}

/** For changes that every report carries: name, region, languages, number of members. */
export function markAllDirty(db: D1Database, now: number): D1PreparedStatement {
  return db.prepare("UPDATE outbox SET rev = rev + 1, dirty_since = coalesce(dirty_since, ?1)").bind(now);
}

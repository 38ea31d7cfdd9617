/**
 * Sends what waits in the outbox: a few a run, each claimed before it goes, so that two runs send nothing twice. What cannot
 * be delivered is tried again for about two days; a webhook that says 410 Gone is paused at once (Standard Webhooks).
 */
import type { Alert } from "../../../shared/protocol/api/alert.ts";
import type { AppContext } from "../../lib/app.ts";
import type { HubConfig } from "../env.ts";
import type { Hub } from "../hub.ts";
import { MAX_DELIVERIES } from "../limits.ts";
import type { Letter } from "../mail-words.ts";
import { type Outcome, postWebhook } from "../../lib/webhook.ts";
import { runJob } from "./settle.ts";

const MINUTE_MS = 60_000;
/** After the first failure, the second …: what fails once more is given up. */
const RETRY_AFTER_MINUTES = [1, 5, 30, 120, 300, 600, 1440];

interface Row {
  id: string;
  kind: "email" | "webhook";
  member_id: string;
  alert_id: string | null;
  body: string;
  attempts: number;
  email: string | null;
  data: string | null;
  secret: string | null;
}

/** By the index on the next time. */
export async function deliver(hub: Hub): Promise<void> {
  const { results } = await hub.db
    .prepare(
      `SELECT d.id, d.kind, d.member_id, d.alert_id, d.body, d.attempts, e.email, a.data, a.secret
       FROM delivery d LEFT JOIN member_email e ON e.member_id = d.member_id LEFT JOIN alert a ON a.id = d.alert_id
       WHERE d.next_at <= ? ORDER BY d.next_at LIMIT ?`,
    )
    .bind(hub.now(), MAX_DELIVERIES)
    .all<Row>();
  await Promise.all(
    results.map(async (row) => {
      if (await claim(hub, row)) await settleDelivery(hub, row, await send(hub, row));
    }),
  );
}

/** The next try is written before this one: whatever happens, it is neither lost nor sent by two. */
async function claim({ db, now }: Hub, { id, attempts }: Row): Promise<boolean> {
  const minutes = RETRY_AFTER_MINUTES[Math.min(attempts, RETRY_AFTER_MINUTES.length - 1)] ?? 1;
  const { meta } = await db
    .prepare("UPDATE delivery SET attempts = attempts + 1, next_at = ? WHERE id = ? AND attempts = ?")
    .bind(now() + minutes * MINUTE_MS, id, attempts)
    .run();
  return meta.changes === 1;
}

async function send(hub: Hub, row: Row): Promise<Outcome> {
  if (row.kind === "webhook") {
    const alert = row.data === null ? null : (JSON.parse(row.data) as Alert);
    if (alert === null || alert.webhook === null || row.secret === null) return "gone";
    return await postWebhook(hub, { id: row.id, url: alert.webhook, secret: row.secret, body: row.body });
  }
  // the account has ended, or the alert: there is nobody to tell
  if (row.email === null || (row.alert_id !== null && row.data === null)) return "gone";
  if (hub.mail === null) return "failed";
  const letter = JSON.parse(row.body) as Letter;
  const sent = await hub.mail({ to: row.email, ...letter });
  if (sent.ok) return "delivered";
  return sent.error === "mail-refused" ? "gone" : "failed";
}

async function settleDelivery({ db }: Hub, row: Row, outcome: Outcome): Promise<void> {
  const isOver = outcome !== "failed" || row.attempts >= RETRY_AFTER_MINUTES.length;
  const status = outcome === "delivered" ? "delivered" : "failing";
  await db.batch([
    ...(isOver ? [db.prepare("DELETE FROM delivery WHERE id = ?").bind(row.id)] : []),
    ...(row.alert_id === null
      ? []
      : [
          db
            .prepare("UPDATE alert SET status = ?, paused = CASE WHEN ? THEN 1 ELSE paused END WHERE id = ?")
            .bind(status, outcome === "gone" ? 1 : 0, row.alert_id),
        ]),
  ]);
}

/** Once the answer is on its way: what an act has put into the outbox need not wait for the clock. */
export function deliverAfter(c: AppContext<HubConfig>): void {
  c.executionCtx.waitUntil(runJob(c.env, c.get("now"), "deliver", deliver));
}

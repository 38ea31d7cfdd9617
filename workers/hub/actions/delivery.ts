/**
 * The outbox of mail and webhooks: written in the batch of the act that causes it, sent after it and by the hub's job.
 * A row holds no address: the account's own is looked up when it goes, so nothing goes to an account that has ended.
 */
import { randomToken } from "../../lib/identity/token.ts";

export interface NewDelivery {
  kind: "email" | "webhook";
  memberId: string;
  alertId: string | null;
  /** JSON of a letter, or the exact body of a webhook */
  body: string;
}

export function deliveryInsert(
  db: D1Database,
  { kind, memberId, alertId, body }: NewDelivery,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      "INSERT INTO delivery (id, kind, member_id, alert_id, body, attempts, next_at) VALUES (?, ?, ?, ?, ?, 0, ?)",
    )
    .bind(randomToken(), kind, memberId, alertId, body, now);
}

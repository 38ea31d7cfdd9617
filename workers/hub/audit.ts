/** One line for each act at the desk, written in the same batch as the act. Not public, and never in the log. */
import type { Authenticated } from "../lib/identity/session.ts";

export type Actor = Authenticated["member"];

export function auditRow(
  db: D1Database,
  actor: Actor,
  act: { action: string; subject: string; detail?: string },
  now: number,
): D1PreparedStatement {
  return db
    .prepare("INSERT INTO audit_event (at, member_id, who, role, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?, ?)")
    .bind(now, actor.id, actor.name, actor.role, act.action, act.subject, act.detail ?? "");
}

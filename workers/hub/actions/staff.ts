/** The people who work at a hub: their roles, and how much each may approve at once. */
import type { z } from "zod";
import type { changeStaff, staffList } from "../../../shared/protocol/api/proposal.ts";
import { Refused } from "../../lib/problem.ts";
import { type Actor, auditRow } from "../audit.ts";
import type { Hub } from "../hub.ts";

type Staff = z.infer<typeof staffList>["staff"][number];

export async function staffOf(db: D1Database): Promise<Staff[]> {
  const [members, limits] = await db.batch([
    db.prepare(
      `SELECT id, name, role, joined_at FROM member WHERE state = 'active'
       AND role IN ('operator', 'finance', 'approver', 'auditor') ORDER BY joined_at LIMIT 200`,
    ),
    db.prepare("SELECT member_id, currency, limit_minor FROM approval_limit"),
  ]);
  const byMember = (limits?.results ?? []) as { member_id: string; currency: string; limit_minor: number }[];
  return ((members?.results ?? []) as { id: string; name: string; role: Staff["role"]; joined_at: number }[]).map(
    ({ id, name, role, joined_at }) => ({
      id,
      name,
      role,
      limits: byMember
        .filter(({ member_id }) => member_id === id)
        .map(({ currency, limit_minor }) => ({ currency, limit_minor: String(limit_minor) })),
      joined_at: new Date(joined_at).toISOString(),
    }),
  );
}

/** Two operators that step down at once: the later one fails NOT NULL, and its batch with it. */
const ROLE_SQL = `UPDATE member SET role = CASE WHEN ?1 = 'operator' OR role <> 'operator'
  OR (SELECT count(*) FROM member WHERE role = 'operator' AND state = 'active') > 1 THEN ?1 END WHERE id = ?2`;

export async function changeMember(
  hub: Hub,
  actor: Actor,
  id: string,
  change: z.infer<typeof changeStaff>,
): Promise<void> {
  const staff = await staffOf(hub.db);
  const one = staff.find((person) => person.id === id);
  if (one === undefined) throw new Refused("not-found");
  const operators = staff.filter(({ role }) => role === "operator");
  const isLast = one.role === "operator" && operators.length === 1;
  if (isLast && change.role !== undefined && change.role !== "operator") throw new Refused("last-steward");
  const detail = [change.role, ...(change.limits ?? []).map((limit) => `${limit.currency} ${limit.limit_minor}`)];
  const statements = [
    ...(change.role === undefined ? [] : [hub.db.prepare(ROLE_SQL).bind(change.role, id)]),
    ...(change.limits === undefined
      ? []
      : [
          hub.db.prepare("DELETE FROM approval_limit WHERE member_id = ?").bind(id),
          ...change.limits.map((limit) =>
            hub.db
              .prepare("INSERT INTO approval_limit (member_id, currency, limit_minor) VALUES (?, ?, ?)")
              .bind(id, limit.currency, Number(limit.limit_minor)),
          ),
        ]),
    auditRow(
      hub.db,
      actor,
      { action: "staff.change", subject: one.name, detail: detail.filter((part) => part !== undefined).join(", ") },
      hub.now(),
    ),
  ];
  try {
    await hub.db.batch(statements);
  } catch (error) {
    const isNobodyLeft = error instanceof Error && error.message.includes("NOT NULL constraint failed: member.role");
    throw isNobodyLeft ? new Refused("last-steward") : error;
  }
}

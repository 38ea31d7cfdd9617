/** What a member is told about their own account, and the end of an account. */
import type { Me, Role, Session } from "../../../shared/protocol/api/identity.ts";
import type { AppContext } from "../app.ts";
import type { CommonConfig } from "../config.ts";

interface Row {
  id: string;
  name: string;
  role: Role;
  passkeys: number;
  codes: number;
}

/** By primary key and member indexes. */
async function meOf<C extends CommonConfig>(
  c: AppContext<C>,
  memberId: string,
  recovered: boolean,
): Promise<Me | null> {
  const row = await c
    .get("db")
    .prepare(
      `SELECT m.id, m.name, m.role,
         (SELECT count(*) FROM credential k WHERE k.member_id = m.id AND k.ended_at IS NULL) AS passkeys,
         (SELECT count(*) FROM recovery_code r WHERE r.member_id = m.id AND r.used_at IS NULL) AS codes
       FROM member m WHERE m.id = ?`,
    )
    .bind(memberId)
    .first<Row>();
  if (row === null) return null;
  const { id, name, role, passkeys, codes } = row;
  return { id, name, role, passkeys, recovery_codes_left: codes, recovered };
}

/** The answer of every route that lets someone in, and of `GET /api/session`. */
export async function sessionAnswer<C extends CommonConfig>(
  c: AppContext<C>,
  memberId: string | null,
  recovered = false,
): Promise<Session> {
  return { me: memberId === null ? null : await meOf(c, memberId, recovered) };
}

/**
 * The rows of an account that ends: no way in is left, and nothing of it signs again. The caller adds what its
 * worker needs (a node's `key_end` and `withdraw` entries) in the same batch. The name goes with the account;
 * the row stays so that the past still adds up.
 */
export function endMember(
  db: D1Database,
  memberId: string,
  state: "left" | "removed",
  now: number,
): D1PreparedStatement[] {
  return [
    db
      .prepare("UPDATE member SET state = ?, ended_at = ?, name = '' WHERE id = ? AND state = 'active'")
      .bind(state, now, memberId),
    db
      .prepare("UPDATE credential SET ended_at = ?, label = '' WHERE member_id = ? AND ended_at IS NULL")
      .bind(now, memberId),
    db.prepare("DELETE FROM session WHERE member_id = ?").bind(memberId),
    db.prepare("DELETE FROM recovery_code WHERE member_id = ?").bind(memberId),
    db
      .prepare("UPDATE invite SET revoked_at = ? WHERE inviter_id = ? AND revoked_at IS NULL AND expires_at > ?")
      .bind(now, memberId, now),
  ];
}

/** Ceremonies and sessions that are over; a duty of the hourly job. */
export function sweepIdentity(db: D1Database, now: number): D1PreparedStatement[] {
  return [
    db.prepare("DELETE FROM challenge WHERE expires_at < ?").bind(now - 3_600_000),
    db.prepare("DELETE FROM session WHERE expires_at < ?").bind(now),
  ];
}

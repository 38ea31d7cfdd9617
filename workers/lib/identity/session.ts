/**
 * Who is asking: an httpOnly cookie with a random token, of which the database knows the hash. Thirty days
 * from the last use, moved forward at most once a day; rotated whenever someone signs in.
 */
import type { Role } from "../../../shared/protocol/api/identity.ts";
import type { AppContext } from "../app.ts";
import type { CommonConfig } from "../config.ts";
import { Refused } from "../problem.ts";
import { clearCookie, readCookie, writeCookie } from "./cookie.ts";
import { randomToken, tokenHash } from "./token.ts";

const DAY_MS = 86_400_000;
export const SESSION_MS = 30 * DAY_MS;

export interface Authenticated {
  member: { id: string; name: string; role: Role };
  session: {
    /** SHA-256 of the token: what the ceremonies of this session are bound to */
    id: string;
    /** signed in with a recovery code: may look around and add a passkey, nothing else */
    recovered: boolean;
  };
}

interface Row {
  id: string;
  seen_at: number;
  expires_at: number;
  recovered: number;
  member_id: string;
  name: string;
  role: Role;
}

/** By primary keys, two rows. For routes that send it along with reads of their own; see `sessionOf`. */
export function sessionQuery<C extends CommonConfig>(c: AppContext<C>): D1PreparedStatement {
  const token = readCookie(c, "session");
  return c
    .get("db")
    .prepare(
      `SELECT s.id, s.seen_at, s.expires_at, s.recovered, m.id AS member_id, m.name, m.role
       FROM session s JOIN member m ON m.id = s.member_id
       WHERE s.id = ?1 AND s.expires_at > ?2 AND m.state = 'active'`,
    )
    .bind(token === null ? "" : tokenHash(token), c.get("now")());
}

/** What `sessionQuery` found; slides the session when a day has passed. */
export async function sessionOf<C extends CommonConfig>(
  c: AppContext<C>,
  rows: readonly unknown[],
): Promise<Authenticated | null> {
  const row = rows[0] as Row | undefined;
  if (row === undefined) return null;
  const now = c.get("now")();
  if (now - row.seen_at > DAY_MS && row.recovered === 0) {
    await c
      .get("db")
      .prepare("UPDATE session SET seen_at = ?, expires_at = ? WHERE id = ?")
      .bind(now, now + SESSION_MS, row.id)
      .run();
    const token = readCookie(c, "session");
    if (token !== null) writeCookie(c, "session", token, SESSION_MS / 1000);
  }
  return {
    member: { id: row.member_id, name: row.name, role: row.role },
    session: { id: row.id, recovered: row.recovered === 1 },
  };
}

export async function authenticate<C extends CommonConfig>(c: AppContext<C>): Promise<Authenticated | null> {
  if (readCookie(c, "session") === null) return null;
  return await sessionOf(c, (await sessionQuery(c).all()).results);
}

/** Any signed-in member, stewards and operators included. */
export async function requireMember<C extends CommonConfig>(
  c: AppContext<C>,
  options: { recovered?: boolean } = {},
): Promise<Authenticated> {
  return permitted(c, await authenticate(c), options);
}

/** One of these roles. A recovered session may read what the role may read, and write nothing. */
export async function requireRole<C extends CommonConfig>(
  c: AppContext<C>,
  ...roles: [Role, ...Role[]]
): Promise<Authenticated> {
  const who = permitted(c, await authenticate(c));
  if (!roles.includes(who.member.role)) throw new Refused("not-allowed");
  return who;
}

/** The rule behind `requireMember`, for routes that batched `sessionQuery` with reads of their own. */
export function permitted<C extends CommonConfig>(
  c: AppContext<C>,
  who: Authenticated | null,
  options: { recovered?: boolean } = {},
): Authenticated {
  if (who === null) throw new Refused("not-signed-in");
  const reading = c.req.method === "GET" || c.req.method === "HEAD";
  if (who.session.recovered && !reading && options.recovered !== true) throw new Refused("not-allowed");
  return who;
}

/** Two writes: the row and its index. The token reaches only the cookie. No credential: somebody came by a mailed code. */
export function newSession(
  db: D1Database,
  memberId: string,
  credentialId: string | null,
  now: number,
): { token: string; id: string; statement: D1PreparedStatement } {
  const token = randomToken(32);
  const id = tokenHash(token);
  const statement = db
    .prepare(
      `INSERT INTO session (id, member_id, credential_id, created_at, seen_at, expires_at, recovered)
       VALUES (?1, ?2, ?3, ?4, ?4, ?5, 0)`,
    )
    .bind(id, memberId, credentialId, now, now + SESSION_MS);
  return { token, id, statement };
}

/** The session this browser had is gone for good: a stolen cookie does not outlive a sign-in. */
export function endSession<C extends CommonConfig>(c: AppContext<C>): D1PreparedStatement[] {
  const token = readCookie(c, "session");
  if (token === null) return [];
  return [c.get("db").prepare("DELETE FROM session WHERE id = ?").bind(tokenHash(token))];
}

export function endOtherSessions(db: D1Database, memberId: string, keep: string): D1PreparedStatement {
  return db.prepare("DELETE FROM session WHERE member_id = ? AND id <> ?").bind(memberId, keep);
}

export function enter<C extends CommonConfig>(c: AppContext<C>, token: string, maxAgeMs = SESSION_MS): void {
  writeCookie(c, "session", token, maxAgeMs / 1000);
  clearCookie(c, "browser");
}

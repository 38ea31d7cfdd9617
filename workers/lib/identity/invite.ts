/**
 * Invitations (identity §2): a 128-bit token in a URL fragment, stored hashed, seven days, single use. What
 * makes it single is `member.invite_id UNIQUE`: it is used up when a passkey has been stored, so a ceremony
 * that failed can be tried again. SETUP_TOKEN is an invitation that no member made, once.
 */
import type { Role } from "../../../shared/protocol/api/identity.ts";
import type { AppContext } from "../app.ts";
import type { CommonConfig } from "../config.ts";
import { rowsOf } from "../d1.ts";
import { Refused } from "../problem.ts";
import type { IdentityKind } from "./kind.ts";
import { randomToken, tokenHash } from "./token.ts";

export const INVITE_MS = 7 * 86_400_000;
const LISTED = 200;

export interface OpenInvite {
  id: string;
  role: Role;
  inviterId: string | null;
  inviter: string | null;
  expiresAt: number;
}

interface Row {
  role: Role;
  inviter_id: string;
  inviter: string;
  expires_at: number;
  revoked_at: number | null;
  used: number;
}

/** The invitation behind a token, if it still works. */
export async function openInvite<C extends CommonConfig>(
  c: AppContext<C>,
  kind: IdentityKind<C>,
  token: string,
): Promise<OpenInvite> {
  const db = c.get("db");
  const id = tokenHash(token);
  const now = c.get("now")();
  const [usedRows, inviteRows] = await db.batch<Row>([
    db.prepare("SELECT 1 AS used FROM member WHERE invite_id = ?").bind(id),
    db
      .prepare(
        `SELECT i.role, i.inviter_id, m.name AS inviter, i.expires_at, i.revoked_at
         FROM invite i JOIN member m ON m.id = i.inviter_id WHERE i.id = ?`,
      )
      .bind(id),
  ]);
  if (rowsOf(usedRows).length > 0) throw new Refused("invite-used");
  const { setupToken } = c.get("config");
  if (setupToken !== null && tokenHash(setupToken) === id) {
    return { id, role: kind.chief, inviterId: null, inviter: null, expiresAt: now + INVITE_MS };
  }
  const row = rowsOf<Row>(inviteRows)[0];
  if (row === undefined) throw new Refused("invite-unknown");
  if (row.revoked_at !== null) throw new Refused("invite-revoked");
  if (row.expires_at <= now) throw new Refused("invite-expired");
  return { id, role: row.role, inviterId: row.inviter_id, inviter: row.inviter, expiresAt: row.expires_at };
}

export async function createInvite<C extends CommonConfig>(
  c: AppContext<C>,
  kind: IdentityKind<C>,
  inviterId: string,
  asked: { role: Role; note?: string | undefined },
): Promise<{ id: string; url: string; expires_at: string }> {
  if (!kind.invitable.includes(asked.role)) throw new Refused("not-allowed");
  const { role, note = "" } = asked;
  const now = c.get("now")();
  const { id, url, statement } = newInvite(c.get("db"), c.get("config"), { role, note, inviterId }, now);
  await statement.run();
  return { id, url, expires_at: new Date(now + INVITE_MS).toISOString() };
}

/** The URL is shown once; its token is nowhere else. */
export function newInvite(
  db: D1Database,
  { publicUrl }: { publicUrl: string },
  invite: { role: Role; note: string; inviterId: string },
  now: number,
): { id: string; url: string; statement: D1PreparedStatement } {
  const token = randomToken();
  const id = tokenHash(token);
  const statement = db
    .prepare("INSERT INTO invite (id, role, note, inviter_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)")
    .bind(id, invite.role, invite.note, invite.inviterId, now, now + INVITE_MS);
  return { id, url: `${publicUrl}/join#${token}`, statement };
}

interface ListRow extends Row {
  id: string;
  note: string;
  created_at: number;
}

/** The newest invitations; scans the invite table, which only stewards and operators fill. */
export async function listInvites<C extends CommonConfig>(c: AppContext<C>) {
  const now = c.get("now")();
  const { results } = await c
    .get("db")
    .prepare(
      `SELECT i.id, i.role, i.note, i.inviter_id, m.name AS inviter, i.created_at, i.expires_at, i.revoked_at,
         EXISTS (SELECT 1 FROM member used WHERE used.invite_id = i.id) AS used
       FROM invite i JOIN member m ON m.id = i.inviter_id ORDER BY i.created_at DESC LIMIT ?`,
    )
    .bind(LISTED)
    .all<ListRow>();
  return results.map((row) => ({
    id: row.id,
    role: row.role,
    note: row.note,
    inviter: row.inviter,
    created_at: new Date(row.created_at).toISOString(),
    expires_at: new Date(row.expires_at).toISOString(),
    state: stateOf(row, now),
  }));
}

function stateOf(row: ListRow, now: number): "open" | "used" | "expired" | "revoked" {
  if (row.used === 1) return "used";
  if (row.revoked_at !== null) return "revoked";
  return row.expires_at <= now ? "expired" : "open";
}

export async function revokeInvite<C extends CommonConfig>(c: AppContext<C>, id: string): Promise<void> {
  const { meta } = await c
    .get("db")
    .prepare("UPDATE invite SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?")
    .bind(c.get("now")(), id)
    .run();
  if (meta.changes === 0) throw new Refused("invite-unknown");
}

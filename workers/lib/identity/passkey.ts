/** A member's own passkeys: list, rename, remove. The last one goes only where recovery codes remain. */
import type { AppContext } from "../app.ts";
import type { CommonConfig } from "../config.ts";
import { Refused } from "../problem.ts";
import type { IdentityKind } from "./kind.ts";
import { type Authenticated, endOtherSessions } from "./session.ts";

interface Row {
  id: string;
  label: string;
  created_at: number;
  last_used_at: number | null;
  backed_up: number;
  key_leaf: string | null;
}

/** Index credential_member. */
export async function listPasskeys<C extends CommonConfig>(c: AppContext<C>, memberId: string) {
  const { results } = await c
    .get("db")
    .prepare(
      `SELECT id, label, created_at, last_used_at, backed_up, key_leaf FROM credential
       WHERE member_id = ? AND ended_at IS NULL ORDER BY created_at`,
    )
    .bind(memberId)
    .all<Row>();
  return results.map((row) => ({
    id: row.id,
    label: row.label,
    created_at: new Date(row.created_at).toISOString(),
    last_used_at: row.last_used_at === null ? null : new Date(row.last_used_at).toISOString(),
    backed_up: row.backed_up === 1,
    key_leaf: row.key_leaf,
  }));
}

export async function renamePasskey<C extends CommonConfig>(
  c: AppContext<C>,
  memberId: string,
  id: string,
  label: string,
): Promise<void> {
  const { meta } = await c
    .get("db")
    .prepare("UPDATE credential SET label = ? WHERE id = ? AND member_id = ? AND ended_at IS NULL")
    .bind(label, id, memberId)
    .run();
  if (meta.changes === 0) throw new Refused("passkey-unknown");
}

/** Ends the key and every other session: whoever held the lost device is out. */
export async function removePasskey<C extends CommonConfig>(
  c: AppContext<C>,
  kind: IdentityKind<C>,
  who: Authenticated,
  id: string,
): Promise<void> {
  const db = c.get("db");
  const memberId = who.member.id;
  const found = await db
    .prepare("SELECT key_leaf FROM credential WHERE id = ? AND member_id = ? AND ended_at IS NULL")
    .bind(id, memberId)
    .first<{ key_leaf: string | null }>();
  if (found === null) throw new Refused("passkey-unknown");
  // Two removals at once must not both succeed: where the rule no longer holds, NOT NULL fails the whole batch.
  const end = db
    .prepare(
      `UPDATE credential SET ended_at = ?1, label = CASE WHEN ended_at IS NULL AND (
         (SELECT count(*) FROM credential WHERE member_id = ?2 AND ended_at IS NULL) > 1
         OR EXISTS (SELECT 1 FROM recovery_code WHERE member_id = ?2 AND used_at IS NULL)
       ) THEN label END WHERE id = ?3`,
    )
    .bind(c.get("now")(), memberId, id);
  try {
    await kind.commit(c, [end, endOtherSessions(db, memberId, who.session.id)], {
      kind: "key-ended",
      memberId,
      credentialId: id,
      keyLeaf: found.key_leaf,
    });
  } catch (error) {
    if (error instanceof Error && error.message.includes("NOT NULL constraint failed: credential.label")) {
      throw new Refused("passkey-last");
    }
    throw error;
  }
}

/**
 * Recovery codes (identity §5): ten of 80 bits, stored hashed, each good once. A code lets its owner in to look
 * around and register a new passkey, and ends every other session. It never signs anything.
 */
import type { AppContext } from "../app.ts";
import type { CommonConfig } from "../config.ts";
import { jsonParameter } from "../d1.ts";
import { Refused } from "../problem.ts";
import { enter } from "./session.ts";
import { makeRecoveryCode, randomToken, recoveryCodeHash, tokenHash } from "./token.ts";

const CODES = 10;
const RECOVERED_MS = 86_400_000;

/** A fresh set; the old one stops working. Shown once. */
export async function newRecoveryCodes<C extends CommonConfig>(c: AppContext<C>, memberId: string): Promise<string[]> {
  const db = c.get("db");
  const codes = Array.from({ length: CODES }, makeRecoveryCode);
  await db.batch([
    db.prepare("DELETE FROM recovery_code WHERE member_id = ?").bind(memberId),
    db
      .prepare("INSERT INTO recovery_code (id, member_id) SELECT value, ?1 FROM json_each(?2)")
      .bind(memberId, jsonParameter(codes.map(recoveryCodeHash))),
  ]);
  return codes;
}

/**
 * One batch: the session appears only if the code was unused at that moment, and the rest hangs on the session,
 * so that of two who try the same code one gets in.
 */
export async function recover<C extends CommonConfig>(c: AppContext<C>, code: string): Promise<string> {
  const db = c.get("db");
  const now = c.get("now")();
  const token = randomToken(32);
  const [id, hash] = [tokenHash(token), recoveryCodeHash(code)];
  const [entered] = await db.batch<{ member_id: string }>([
    db
      .prepare(
        `INSERT INTO session (id, member_id, created_at, seen_at, expires_at, recovered)
         SELECT ?1, r.member_id, ?2, ?2, ?3, 1 FROM recovery_code r JOIN member m ON m.id = r.member_id
         WHERE r.id = ?4 AND r.used_at IS NULL AND m.state = 'active' RETURNING member_id`,
      )
      .bind(id, now, now + RECOVERED_MS, hash),
    db
      .prepare("DELETE FROM session WHERE member_id = (SELECT member_id FROM session WHERE id = ?1) AND id <> ?1")
      .bind(id),
    db
      .prepare("UPDATE recovery_code SET used_at = ?2 WHERE id = ?3 AND EXISTS (SELECT 1 FROM session WHERE id = ?1)")
      .bind(id, now, hash),
  ]);
  const memberId = entered?.results[0]?.member_id;
  if (memberId === undefined) throw new Refused("recovery-invalid");
  enter(c, token, RECOVERED_MS);
  return memberId;
}

/**
 * Ceremonies under way (identity §2, §3): 32 random bytes bound to a purpose, a browser and a member, good for
 * five minutes and one attempt. Consumed before anything is verified, in one statement, so that of two
 * attempts with one challenge the second finds nothing whatever the first was worth.
 */
import { toBase64url } from "../../../shared/bytes.ts";
import type { AppContext } from "../app.ts";
import type { CommonConfig } from "../config.ts";
import { Refused } from "../problem.ts";
import { readCookie, writeCookie } from "./cookie.ts";
import { randomBytes, randomToken, tokenHash } from "./token.ts";

export const CHALLENGE_MS = 5 * 60_000;
/** As long as the longest ceremony, a code that is mailed: each row says for itself when it ends. */
const BROWSER_MS = 10 * 60_000;

export type Purpose = "join" | "add-passkey" | "sign-in";

export interface Challenge {
  id: string;
  purpose: Purpose;
  challenge: string;
  memberId: string | null;
  data: unknown;
}

/** The browser's half of a ceremony, kept in a cookie of its own until someone is signed in. */
export function browserOf<C extends CommonConfig>(c: AppContext<C>): string {
  const token = readCookie(c, "browser") ?? randomToken(32);
  writeCookie(c, "browser", token, BROWSER_MS / 1000);
  return tokenHash(token);
}

/** One written row. */
export async function issueChallenge<C extends CommonConfig>(
  c: AppContext<C>,
  asked: { purpose: Purpose; browser: string; memberId: string | null; data: unknown },
): Promise<{ id: string; bytes: Uint8Array<ArrayBuffer> }> {
  const id = randomToken();
  const bytes = randomBytes(32);
  await c
    .get("db")
    .prepare(
      "INSERT INTO challenge (id, purpose, challenge, member_id, browser, data, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(
      id,
      asked.purpose,
      toBase64url(bytes),
      asked.memberId,
      asked.browser,
      JSON.stringify(asked.data),
      c.get("now")() + CHALLENGE_MS,
    )
    .run();
  return { id, bytes };
}

interface Row {
  id: string;
  purpose: Purpose;
  challenge: string;
  member_id: string | null;
  data: string;
  expires_at: number;
  used_at: number | null;
}

/** Takes the challenge for this browser (or this session) and one of these purposes, or refuses. */
export async function consumeChallenge<C extends CommonConfig>(
  c: AppContext<C>,
  id: string,
  purposes: Purpose[],
): Promise<Challenge> {
  const now = c.get("now")();
  const db = c.get("db");
  const mine = JSON.stringify(
    [readCookie(c, "browser"), readCookie(c, "session")].filter((token) => token !== null).map(tokenHash),
  );
  const where =
    "id = ?1 AND purpose IN (SELECT value FROM json_each(?2)) AND browser IN (SELECT value FROM json_each(?3))";
  const [taken, found] = await db.batch<Row>([
    db
      .prepare(`UPDATE challenge SET used_at = ?4 WHERE ${where} AND used_at IS NULL AND expires_at > ?4 RETURNING *`)
      .bind(id, JSON.stringify(purposes), mine, now),
    db.prepare(`SELECT * FROM challenge WHERE ${where}`).bind(id, JSON.stringify(purposes), mine),
  ]);
  const row = taken?.results[0];
  if (row) {
    const { purpose, challenge, member_id: memberId } = row;
    return { id, purpose, challenge, memberId, data: JSON.parse(row.data) as unknown };
  }
  const known = found?.results[0];
  if (known === undefined) throw new Refused("challenge-unknown");
  throw new Refused(known.expires_at <= now ? "challenge-expired" : "challenge-used");
}

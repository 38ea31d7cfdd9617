/**
 * Signing in with a discoverable passkey: no name is asked for and no credential is offered, so a page learns
 * nothing about who is a member. Whatever goes wrong after the challenge looks the same from outside.
 */
import { generateAuthenticationOptions, verifyAuthenticationResponse } from "@simplewebauthn/server";
import { type AuthenticationResponse, webauthnOptions } from "../../../shared/protocol/api/identity.ts";
import type { AppContext } from "../app.ts";
import type { CommonConfig } from "../config.ts";
import { Refused } from "../problem.ts";
import { browserOf, CHALLENGE_MS, consumeChallenge, issueChallenge } from "./challenge.ts";
import { sameFrame } from "./client-data.ts";
import { endSession, enter, newSession } from "./session.ts";

export async function signInOptions<C extends CommonConfig>(c: AppContext<C>) {
  const asked = { purpose: "sign-in" as const, browser: browserOf(c), memberId: null, data: null };
  const { id, bytes } = await issueChallenge(c, asked);
  const options = await generateAuthenticationOptions({
    rpID: c.get("config").rpId,
    challenge: bytes,
    timeout: CHALLENGE_MS,
    userVerification: "required",
  });
  return { challenge_id: id, options: webauthnOptions.parse(options) };
}

interface Row {
  id: string;
  member_id: string;
  public_key: ArrayBuffer;
  counter: number;
  user_handle: string;
}

/** Returns the member who is now signed in, in a session that is new. */
export async function signIn<C extends CommonConfig>(
  c: AppContext<C>,
  asked: { challenge_id: string; response: AuthenticationResponse },
): Promise<string> {
  const challenge = await consumeChallenge(c, asked.challenge_id, ["sign-in"]);
  const db = c.get("db");
  const now = c.get("now")();
  const row = await db
    .prepare(
      `SELECT k.id, k.member_id, k.public_key, k.counter, m.user_handle FROM credential k
       JOIN member m ON m.id = k.member_id WHERE k.id = ? AND k.ended_at IS NULL AND m.state = 'active'`,
    )
    .bind(asked.response.id)
    .first<Row>();
  if (row === null) throw new Refused("passkey-unknown", {}, "no such credential");
  const { counter, backedUp } = await verify(c, challenge.challenge, row, asked.response);
  if (row.counter > 0 && counter <= row.counter) alertCounter(c, row, counter);
  const session = newSession(db, row.member_id, row.id, now);
  await db.batch([
    db
      .prepare("UPDATE credential SET counter = max(counter, ?), backed_up = ?, last_used_at = ? WHERE id = ?")
      .bind(counter, backedUp ? 1 : 0, now, row.id),
    ...endSession(c),
    session.statement,
  ]);
  enter(c, session.token);
  return row.member_id;
}

async function verify<C extends CommonConfig>(
  c: AppContext<C>,
  challenge: string,
  row: Row,
  response: AuthenticationResponse,
): Promise<{ counter: number; backedUp: boolean }> {
  const { publicUrl, rpId } = c.get("config");
  const { clientDataJSON, userHandle } = response.response;
  if (!sameFrame(clientDataJSON)) throw new Refused("passkey-unknown", {}, "framed ceremony");
  if (userHandle && userHandle !== row.user_handle) throw new Refused("passkey-unknown", {}, "foreign user handle");
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as Parameters<typeof verifyAuthenticationResponse>[0]["response"],
      expectedChallenge: challenge,
      expectedOrigin: publicUrl,
      expectedRPID: rpId,
      requireUserVerification: true,
      // The stored counter is compared below: a synced passkey that goes back is an alert, not a lockout.
      credential: { id: row.id, publicKey: new Uint8Array(row.public_key), counter: 0 },
    });
    if (verified) return { counter: authenticationInfo.newCounter, backedUp: authenticationInfo.credentialBackedUp };
  } catch (error) {
    throw new Refused("passkey-unknown", {}, error instanceof Error ? error.message : "unreadable");
  }
  throw new Refused("passkey-unknown", {}, "signature");
}

function alertCounter<C extends CommonConfig>(c: AppContext<C>, row: Row, counter: number): void {
  c.get("log")({
    level: "warn",
    id: c.get("requestId"),
    alert: "passkey-counter-regress",
    member: row.member_id,
    stored: row.counter,
    seen: counter,
  });
}

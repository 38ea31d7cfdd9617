/**
 * Registering a passkey (identity §2): options with a server challenge, verification by @simplewebauthn/server,
 * then one batch that stores the credential, the member it belongs to if the ceremony was an invitation, a
 * fresh session, and what the worker adds. rpID and origin come from the configuration, never from a request.
 */
import { generateRegistrationOptions, verifyRegistrationResponse } from "@simplewebauthn/server";
import { z } from "zod";
import { type Bytes, fromBase64url } from "../../../shared/bytes.ts";
import { type RegistrationResponse, role, webauthnOptions } from "../../../shared/protocol/api/identity.ts";
import type { AppContext } from "../app.ts";
import type { CommonConfig } from "../config.ts";
import { isConflict, rowsOf } from "../d1.ts";
import { Refused } from "../problem.ts";
import { browserOf, CHALLENGE_MS, type Challenge, consumeChallenge, issueChallenge } from "./challenge.ts";
import { sameFrame } from "./client-data.ts";
import type { OpenInvite } from "./invite.ts";
import type { IdentityKind } from "./kind.ts";
import { type Authenticated, endSession, enter, newSession } from "./session.ts";
import { randomToken } from "./token.ts";

/** EdDSA, ES256, RS256. */
const ALGORITHMS = [-8, -7, -257];

const joining = z.object({
  invite: z.string(),
  inviter: z.string().nullable(),
  role,
  name: z.string(),
  userHandle: z.string(),
});

/** First half of joining: nothing is consumed yet, so a failed ceremony can start again. */
export async function acceptInvite<C extends CommonConfig>(
  c: AppContext<C>,
  kind: IdentityKind<C>,
  invite: OpenInvite,
  name: string,
) {
  const userHandle = randomToken(32);
  const data = { invite: invite.id, inviter: invite.inviterId, role: invite.role, name, userHandle };
  const { id, bytes } = await issueChallenge(c, { purpose: "join", browser: browserOf(c), memberId: null, data });
  return { challenge_id: id, options: await creationOptions(c, kind, bytes, { name, userHandle }, []) };
}

/** A further passkey for someone who is signed in, bound to that session. */
export async function addPasskey<C extends CommonConfig>(c: AppContext<C>, kind: IdentityKind<C>, who: Authenticated) {
  const db = c.get("db");
  const [memberRows, credentialRows] = await db.batch([
    db.prepare("SELECT user_handle FROM member WHERE id = ?").bind(who.member.id),
    db.prepare("SELECT id, transports FROM credential WHERE member_id = ? AND ended_at IS NULL").bind(who.member.id),
  ]);
  const userHandle = rowsOf<{ user_handle: string }>(memberRows)[0]?.user_handle;
  if (userHandle === undefined) throw new Refused("not-signed-in");
  const known = rowsOf<{ id: string; transports: string }>(credentialRows).map((row) => ({
    id: row.id,
    transports: JSON.parse(row.transports) as string[],
  }));
  const asked = { purpose: "add-passkey" as const, browser: who.session.id, memberId: who.member.id, data: null };
  const { id, bytes } = await issueChallenge(c, asked);
  return {
    challenge_id: id,
    options: await creationOptions(c, kind, bytes, { name: who.member.name, userHandle }, known),
  };
}

async function creationOptions<C extends CommonConfig>(
  c: AppContext<C>,
  kind: IdentityKind<C>,
  challenge: Bytes,
  user: { name: string; userHandle: string },
  known: { id: string; transports: string[] }[],
) {
  const options = await generateRegistrationOptions({
    rpName: await kind.placeName(c),
    rpID: c.get("config").rpId,
    userName: user.name,
    userDisplayName: user.name,
    userID: fromBase64url(user.userHandle),
    challenge,
    timeout: CHALLENGE_MS,
    attestationType: "none",
    excludeCredentials: known,
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    supportedAlgorithmIDs: ALGORITHMS,
  });
  return webauthnOptions.parse(options);
}

/** Second half of both: returns the member who is now signed in. */
export async function finishRegistration<C extends CommonConfig>(
  c: AppContext<C>,
  kind: IdentityKind<C>,
  asked: { challenge_id: string; response: RegistrationResponse; label: string },
): Promise<string> {
  const challenge = await consumeChallenge(c, asked.challenge_id, ["join", "add-passkey"]);
  const verified = await verify(c, challenge, asked.response);
  const db = c.get("db");
  const now = c.get("now")();
  const join = challenge.purpose === "join" ? joining.parse(challenge.data) : null;
  const memberId = challenge.memberId ?? randomToken();
  const session = newSession(db, memberId, verified.credential.id, now);
  const statements = [
    ...(join ? [memberInsert(db, memberId, join, now)] : []),
    credentialInsert(c, memberId, asked, verified),
    session.statement,
    // Signing up, adding a key and coming back after a recovery all leave with a fresh session.
    ...endSession(c),
    ...(join ? [] : [endRecovered(db, memberId)]),
  ];
  const { id: credentialId, publicKey } = verified.credential;
  try {
    await kind.commit(c, statements, { kind: "key-added", memberId, credentialId, publicKey });
  } catch (error) {
    if (isConflict(error, "credential.id")) throw new Refused("passkey-exists");
    if (isConflict(error, "member.invite_id")) throw new Refused("invite-used");
    if (error instanceof Error && error.message.includes("FOREIGN KEY")) throw new Refused("invite-revoked");
    throw error;
  }
  enter(c, session.token);
  return memberId;
}

type Verified = NonNullable<Awaited<ReturnType<typeof verifyRegistrationResponse>>["registrationInfo"]>;

async function verify<C extends CommonConfig>(
  c: AppContext<C>,
  challenge: Challenge,
  response: RegistrationResponse,
): Promise<Verified> {
  const { publicUrl, rpId } = c.get("config");
  if (!sameFrame(response.response.clientDataJSON)) throw new Refused("passkey-invalid", {}, "framed ceremony");
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as Parameters<typeof verifyRegistrationResponse>[0]["response"],
      expectedChallenge: challenge.challenge,
      expectedOrigin: publicUrl,
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (verified && registrationInfo) return registrationInfo;
  } catch (error) {
    throw new Refused("passkey-invalid", {}, error instanceof Error ? error.message : "unreadable");
  }
  throw new Refused("passkey-invalid", {}, "not verified");
}

function memberInsert(db: D1Database, id: string, join: z.infer<typeof joining>, now: number): D1PreparedStatement {
  // The guard is for an invitation withdrawn during the ceremony: without the row, the credential's foreign key fails the batch.
  return db
    .prepare(
      `INSERT INTO member (id, name, role, state, user_handle, invite_id, inviter_id, joined_at)
       SELECT ?1, ?2, ?3, 'active', ?4, ?5, ?6, ?7
       WHERE NOT EXISTS (SELECT 1 FROM invite WHERE id = ?5 AND revoked_at IS NOT NULL)`,
    )
    .bind(id, join.name, join.role, join.userHandle, join.invite, join.inviter, now);
}

function credentialInsert<C extends CommonConfig>(
  c: AppContext<C>,
  memberId: string,
  asked: { response: RegistrationResponse; label: string },
  verified: Verified,
): D1PreparedStatement {
  const { credential, credentialDeviceType, credentialBackedUp } = verified;
  return c
    .get("db")
    .prepare(
      `INSERT INTO credential (id, member_id, public_key, counter, transports, multi_device, backed_up, rp_id, label, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(
      credential.id,
      memberId,
      credential.publicKey,
      credential.counter,
      JSON.stringify(asked.response.response.transports ?? []),
      credentialDeviceType === "multiDevice" ? 1 : 0,
      credentialBackedUp ? 1 : 0,
      c.get("config").rpId,
      asked.label,
      c.get("now")(),
    );
}

function endRecovered(db: D1Database, memberId: string): D1PreparedStatement {
  return db.prepare("DELETE FROM session WHERE member_id = ? AND recovered = 1").bind(memberId);
}

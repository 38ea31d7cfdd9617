/** Joining, signing in and keeping access: the same at a node and at a hub. */
import { z } from "zod";
import { count, hash, line, prose, typed } from "../primitives.ts";

/**
 * At a node: member, steward. At a hub: operator runs it, finance records and proposes, approver approves what another
 * proposed, auditor reads everything; funder and supplier have a desk of their own and no console.
 */
export const role = z.enum(["member", "steward", "operator", "finance", "approver", "auditor", "funder", "supplier"]);
export type Role = z.infer<typeof role>;

/** 128 random bits or more, base64url: in the URL fragment only, so that it reaches no server log. */
const token = z.string().regex(/^[A-Za-z0-9_-]{22,64}$/);

/** WebAuthn JSON, verified by @simplewebauthn/server; the outer shape is bounded here. */
const b64 = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/);
const clientExtensionResults = z.record(z.string().max(40), z.unknown()).default({});
const attachment = z.enum(["platform", "cross-platform"]).nullish();
export const registrationResponse = z.object({
  id: b64(1400),
  rawId: b64(1400),
  type: z.literal("public-key"),
  authenticatorAttachment: attachment,
  clientExtensionResults,
  response: z.object({
    clientDataJSON: b64(4096),
    attestationObject: b64(16384),
    authenticatorData: b64(8192).optional(),
    transports: z.array(z.string().max(20)).max(8).optional(),
    publicKeyAlgorithm: z.int().optional(),
    publicKey: b64(4096).optional(),
  }),
});
export const authenticationResponse = z.object({
  id: b64(1400),
  rawId: b64(1400),
  type: z.literal("public-key"),
  authenticatorAttachment: attachment,
  clientExtensionResults,
  response: z.object({
    clientDataJSON: b64(4096),
    authenticatorData: b64(2048),
    signature: b64(1024),
    userHandle: b64(200).nullish(),
  }),
});
export type RegistrationResponse = z.infer<typeof registrationResponse>;
export type AuthenticationResponse = z.infer<typeof authenticationResponse>;

/** PublicKeyCredential…OptionsJSON, passed through to the browser as WebAuthn defines it. */
export const webauthnOptions = z.looseObject({ challenge: z.string() });

export const inspectInvite = z.strictObject({ token });
export const inviteView = z.object({
  role,
  community: z.string(),
  inviter: z.string().nullable(),
  expires_at: z.iso.datetime(),
});
export const acceptInvite = z.strictObject({ token, name: typed(line(60)) });
export const ceremony = z.object({ challenge_id: z.string(), options: webauthnOptions });
export const finishRegistration = z.strictObject({
  challenge_id: z.string().max(64),
  response: registrationResponse,
  label: typed(line(60)),
});
export const finishSignIn = z.strictObject({ challenge_id: z.string().max(64), response: authenticationResponse });
export const recover = z.strictObject({ code: z.string().trim().min(10).max(40) });
export const recoveryCodes = z.object({ codes: z.array(z.string()).length(10) });

export const me = z.object({
  id: z.string(),
  name: z.string(),
  role,
  passkeys: count,
  recovery_codes_left: count,
  /** signed in with a recovery code: may look around and add a passkey */
  recovered: z.boolean(),
});
export type Me = z.infer<typeof me>;
/** GET /api/session. `secure_hint` names what is still missing against a lost phone. */
export const session = z.object({ me: me.nullable() });
export type Session = z.infer<typeof session>;

export const passkey = z.object({
  id: z.string(),
  label: z.string(),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().nullable(),
  backed_up: z.boolean(),
  key_leaf: hash.nullable(),
});
export const passkeyList = z.object({ passkeys: z.array(passkey) });
export const renamePasskey = z.strictObject({ label: typed(line(60)) });

export const createInvite = z.strictObject({ role, note: typed(prose(120)).optional() });
/** `url` holds the token in its fragment and is shown once. */
export const createdInvite = z.object({ id: z.string(), url: z.string(), expires_at: z.iso.datetime() });
export const invite = z.object({
  id: z.string(),
  role,
  note: z.string(),
  inviter: z.string(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  state: z.enum(["open", "used", "expired", "revoked"]),
});
export const inviteList = z.object({ invites: z.array(invite) });

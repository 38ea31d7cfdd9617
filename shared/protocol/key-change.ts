/**
 * Claims of `node-key` and `hub-key` (docs/protocol.md §1): which key takes the place of which, who says so, and proof
 * that the new keys are held. What may stand in a log: shared/network/keys.ts. The proofs: shared/signing/key-change.ts.
 */
import { z } from "zod";
import { ed25519Jwk, hash, vkey } from "./primitives.ts";

/** A bare Ed25519 signature, 64 bytes as unpadded base64url. */
const signature = z.string().regex(/^[A-Za-z0-9_-]{85}[AQgw]$/);

/** `key` is a report or statement key: the `x` of its JWK. The key before it signs the entry itself. */
const ofStatements = { key: hash, proof: signature };
/** `key` is a vkey. `old_proof` is by the key before it, where there is one and it is not lost. */
const ofNotes = { key: vkey, proof: signature, old_proof: signature.optional() };

const nodeKeyChange = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("report"), ...ofStatements }),
  z.strictObject({ role: z.enum(["book", "witness"]), ...ofNotes }),
]);
const hubKeyChange = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("statement"), ...ofStatements }),
  /** no entry before the first change names the log's key, so the change names the one before it too */
  z.strictObject({ role: z.literal("log"), from: vkey, ...ofNotes }),
]);
export type NodeKeyChange = z.infer<typeof nodeKeyChange>;
export type HubKeyChange = z.infer<typeof hubKeyChange>;
export type KeyRole = NodeKeyChange["role"] | HubKeyChange["role"];

const byRecoveryKey = {
  /** the recovery key itself: until now only its hash was known */
  recovery_jwk: ed25519Jwk.optional(),
  /** the recovery key after this one; without it the same goes on */
  recovery_sha256: hash.optional(),
};

/**
 * `rotate` by the current report key, `recover` by the recovery key, `object` by the current report key against a
 * recovery that waits. `prev` is the newest entry about this node's keys (its join at first); of a `recover` the newest
 * by the recovery key, so that nobody who holds another key can make it stale; of an `object` the recovery.
 */
export const nodeKeyClaims = {
  act: z.enum(["rotate", "recover", "object"]),
  prev: hash,
  keys: z.array(nodeKeyChange).max(3),
  ...byRecoveryKey,
};

/** The same for the hub; there is nobody to object. `prev` is entry 0 at first. */
export const hubKeyClaims = {
  act: z.enum(["rotate", "recover"]),
  prev: hash,
  keys: z.array(hubKeyChange).max(2),
  ...byRecoveryKey,
};

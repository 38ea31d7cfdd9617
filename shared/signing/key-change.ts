/**
 * The proofs in a `node-key` or `hub-key` (docs/protocol.md §1): each new key, and each note key that goes, signs
 * `cocoon/key/v1` LF JCS(claims without the proofs). No note, cosignature or JWS has that form, so no signature made for
 * one is good for the other. The claims name issuer, audience and `prev`, so it is good in one place of one log.
 */
import { type Bytes, fromBase64url, toBase64url, utf8 } from "../bytes.ts";
import { COSIGNATURE, ED25519, parseCosignerVkey, parseVkey, signingKey } from "../log/note.ts";
import type { KeyRole } from "../protocol/key-change.ts";
import type { Claims } from "../protocol/statement.ts";
import { canonicalJson } from "./canonical.ts";
import { type Ed25519Signer, verifyEd25519 } from "./ed25519.ts";
import { signStatement } from "./statement.ts";

type KeyKind = "node-key+jwt" | "hub-key+jwt";
type KeyClaims = Claims<KeyKind>;
type Change = KeyClaims["keys"][number];

/** The claims of a change before its keys have proven themselves. */
export type KeyDraft = Omit<KeyClaims, "keys" | "act"> & {
  act: "rotate" | "recover" | "object";
  aud?: string;
  keys: { role: KeyRole; key: string; from?: string }[];
};
type Sign = (message: Bytes) => Promise<Bytes>;
/** Signs bytes with the new key of a role and, where there is one at hand, with the one before it. */
export type KeyHands = Partial<Record<KeyRole, { new: Sign; old?: Sign | undefined }>>;

function keyMessage(claims: object, keys: readonly object[]): Bytes {
  const bare = keys.map((change) => {
    const { proof: _, old_proof: __, ...rest } = change as { proof?: string; old_proof?: string };
    return rest;
  });
  return utf8(`cocoon/key/v1\n${canonicalJson({ ...claims, keys: bare })}`);
}

/** Proves the keys of `draft` and signs the whole with `signer`: the current key, or the recovery key. */
export async function signKeyChange(
  signer: Ed25519Signer,
  kind: KeyKind,
  draft: KeyDraft,
  hands: KeyHands,
): Promise<string> {
  const message = keyMessage(draft, draft.keys);
  const keys = await Promise.all(
    draft.keys.map(async (change) => {
      const hand = hands[change.role];
      if (hand === undefined) throw new TypeError(`nothing to prove the ${change.role} key with`);
      const proof = toBase64url(await hand.new(message));
      return { ...change, proof, ...(hand.old && { old_proof: toBase64url(await hand.old(message)) }) };
    }),
  );
  return await signStatement(signer, kind, { ...draft, keys } as Claims<KeyKind>);
}

/** What a private note key proves itself with: its vkey, and bare signatures. */
export async function noteHand(role: "book" | "witness" | "log", skey: string): Promise<{ vkey: string; sign: Sign }> {
  const key = await signingKey(skey, role === "witness" ? COSIGNATURE : ED25519);
  return { vkey: key.vkey, sign: (message) => key.sign(message) };
}

/** Whether every new key, and every old one that is said to, has signed. `before` is the key that a role has now. */
export async function areProven(claims: KeyClaims, before: (change: Change) => string | null): Promise<boolean> {
  const message = keyMessage(claims, claims.keys);
  const checked = await Promise.all(
    claims.keys.flatMap((change) => {
      const { role, key, proof } = change;
      const checks = [isSignedBy(role, key, message, proof)];
      if ("old_proof" in change && change.old_proof !== undefined) {
        checks.push(isSignedBy(role, before(change), message, change.old_proof));
      }
      return checks;
    }),
  );
  return checked.every(Boolean);
}

async function isSignedBy(role: KeyRole, key: string | null, message: Bytes, signature: string): Promise<boolean> {
  const publicKey = key === null ? null : publicKeyBytes(role, key);
  return publicKey !== null && (await verifyEd25519(publicKey, message, fromBase64url(signature)));
}

function publicKeyBytes(role: KeyRole, key: string): Bytes | null {
  if (role === "report" || role === "statement") return fromBase64url(key);
  const parsed = role === "witness" ? parseCosignerVkey(key) : parseVkey(key);
  return parsed.ok ? parsed.value.publicKey : null;
}

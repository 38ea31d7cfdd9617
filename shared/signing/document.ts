/**
 * A member document's hash, which every signature suite signs, and the salted commitments by which a book entry
 * refers to a document or a key without revealing it (docs/protocol.md §2).
 */
import { type Bytes, concat, sha256, sha256url, utf8 } from "../bytes.ts";
import type { MemberDocument, MemberKey, WebauthnSignature } from "../protocol/document.ts";
import { canonicalBytes } from "./canonical.ts";

const DOCUMENT_DOMAIN = utf8("cocoon/doc/v1\u0000");
const SALT_BYTES = 32;

/** What a commitment `cm` of a pledge, interest, revise or withdraw entry opens to. */
export interface SignedDocument {
  readonly document: MemberDocument;
  readonly suite: "webauthn";
  readonly signature: WebauthnSignature;
  /** leaf hash of the `key` entry whose key signed */
  readonly key_leaf: string;
}
/** What the commitment of a `key` entry opens to. */
export interface AccountKey {
  readonly account: string;
  readonly jwk: MemberKey;
}

export function documentHash(document: MemberDocument): Bytes {
  return sha256(concat(DOCUMENT_DOMAIN, canonicalBytes(document)));
}

export function commitDocument({ document, suite, signature, key_leaf }: SignedDocument, salt: Bytes): string {
  return commit({ document, suite, signature, key_leaf }, salt);
}

export function commitKey({ account, jwk }: AccountKey, salt: Bytes): string {
  return commit({ account, jwk }, salt);
}

function commit(opening: object, salt: Bytes): string {
  if (salt.length !== SALT_BYTES) throw new RangeError(`a salt of ${salt.length} bytes`);
  return sha256url(concat(salt, canonicalBytes(opening)));
}

/**
 * The webauthn suite as a third party checks it, offline, years later: did the holder of this key approve exactly
 * this document on one of the community's pages? Registration and sign-in ceremonies are not here (workers/lib).
 */
import { type Bytes, concat, equal, fromBase64url, sha256, toBase64url, utf8 } from "../bytes.ts";
import { type PlatformKey, crypto } from "../platform.ts";
import type { MemberDocument, MemberKey, WebauthnSignature } from "../protocol/document.ts";
import { type Result, fail, ok } from "../result.ts";
import { documentHash } from "./document.ts";
import { ecdsaDerToRaw } from "./ecdsa-der.ts";
import { publicKeyOf, thumbprint, verifyEd25519 } from "./ed25519.ts";
import { parseStrictJson } from "./strict-json.ts";

export { coseToJwk } from "./cose-key.ts";

export type AssertionRefusal =
  | "key-mismatch"
  | "encoding"
  | "client-data"
  | "client-data-type"
  | "challenge"
  | "origin"
  | "cross-origin"
  | "authenticator-data"
  | "rp-id"
  | "user-presence"
  | "user-verification"
  | "signature";

export interface Assertion {
  readonly document: MemberDocument;
  readonly signature: WebauthnSignature;
  readonly jwk: MemberKey;
  /** origins the community declares for its pages */
  readonly webOrigins: readonly string[];
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const MIN_RSA_BYTES = 256;

export async function verifyAssertion(assertion: Assertion): Promise<Result<null, AssertionRefusal>> {
  const { document, jwk, webOrigins } = assertion;
  if (thumbprint(jwk) !== document.key) return fail("key-mismatch");
  const challenge = documentHash(document);
  return verifyCeremony({ ...assertion, challenge, rpId: document.rp_id, webOrigins });
}

/** The same for any challenge: what `verifyAssertion` is once the document is hashed. */
export async function verifyCeremony(ceremony: {
  challenge: Bytes;
  rpId: string;
  signature: WebauthnSignature;
  jwk: MemberKey;
  webOrigins: readonly string[];
}): Promise<Result<null, AssertionRefusal>> {
  const blobs = decodeBlobs(ceremony.signature);
  if (blobs === null) return fail("encoding");
  const clientData = checkClientData(blobs.clientDataJson, ceremony.challenge, ceremony.webOrigins);
  if (!clientData.ok) return clientData;
  const authenticator = checkAuthenticatorData(blobs.authenticatorData, ceremony.rpId);
  if (!authenticator.ok) return authenticator;
  const signed = concat(blobs.authenticatorData, sha256(blobs.clientDataJson));
  return (await verifyMemberSignature(ceremony.jwk, signed, blobs.signature)) ? ok(null) : fail("signature");
}

function checkClientData(json: Bytes, challenge: Bytes, origins: readonly string[]): Result<null, AssertionRefusal> {
  const parsed = parseStrictJson(json);
  if (!parsed.ok || typeof parsed.value !== "object" || parsed.value === null) return fail("client-data");
  const clientData = parsed.value as Record<string, unknown>;
  if (clientData["type"] !== "webauthn.get") return fail("client-data-type");
  if (clientData["challenge"] !== toBase64url(challenge)) return fail("challenge");
  if (!origins.some((origin) => origin === clientData["origin"])) return fail("origin");
  const crossOrigin = clientData["crossOrigin"];
  if ((crossOrigin !== undefined && crossOrigin !== false) || "topOrigin" in clientData) return fail("cross-origin");
  return ok(null);
}

function checkAuthenticatorData(data: Bytes, rpId: string): Result<null, AssertionRefusal> {
  const flags = data[32];
  if (data.length < 37 || flags === undefined) return fail("authenticator-data");
  if (!equal(data.subarray(0, 32), sha256(utf8(rpId)))) return fail("rp-id");
  if ((flags & USER_PRESENT) === 0) return fail("user-presence");
  if ((flags & USER_VERIFIED) === 0) return fail("user-verification");
  return ok(null);
}

/** A signature in the form WebAuthn gives it: DER for ES256, raw for EdDSA and RS256. */
export async function verifyMemberSignature(jwk: MemberKey, message: Bytes, signature: Bytes): Promise<boolean> {
  if (jwk.kty === "OKP") return verifyEd25519(publicKeyOf(jwk), message, signature);
  const isEc = jwk.kty === "EC";
  if (jwk.kty === "RSA" && fromBase64url(jwk.n).length < MIN_RSA_BYTES) return false;
  const algorithm = isEc
    ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
    : { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const raw = isEc ? ecdsaDerToRaw(signature) : signature;
  if (raw === null) return false;
  let key: PlatformKey;
  try {
    key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
  } catch {
    return false; // not a key of its kind, for example no point of the curve
  }
  return crypto.subtle.verify(algorithm, key, raw, message);
}

interface Blobs {
  authenticatorData: Bytes;
  clientDataJson: Bytes;
  signature: Bytes;
}

function decodeBlobs(encoded: WebauthnSignature): Blobs | null {
  try {
    return {
      authenticatorData: fromBase64url(encoded.authenticator_data),
      clientDataJson: fromBase64url(encoded.client_data_json),
      signature: fromBase64url(encoded.signature),
    };
  } catch {
    return null;
  }
}

/**
 * Ed25519 as this protocol accepts it (docs/protocol.md §0): S < L, canonical encodings, neither the key nor R of small
 * order, the equation without cofactor. WebCrypto says so too, but platforms differ on exactly these cases, so they are
 * decided here before the platform is asked.
 */
import { type Bytes, concat, equal, fromBase64url, fromHex, sha256url, toBase64url } from "../bytes.ts";
import { memo } from "../memo.ts";
import { type PlatformKey, crypto } from "../platform.ts";
import type { MemberKey } from "../protocol/document.ts";
import type { Ed25519Jwk } from "../protocol/primitives.ts";
import { canonicalBytes } from "./canonical.ts";

export type PrivateJwk = Ed25519Jwk & { d: string };

export interface Ed25519Signer {
  readonly publicJwk: Ed25519Jwk;
  readonly kid: string;
  sign(bytes: Bytes): Promise<Bytes>;
}

/** Group order, little-endian. */
const L = fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
/** Field prime 2^255 - 19, little-endian. */
const P = fromHex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
/** The y coordinates of the eight points of small order; either sign bit. */
const SMALL_ORDER_Y = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map(fromHex);

/** RFC 8410 PKCS #8 around a 32-byte seed, the only form from which platforms derive the public key. */
const PKCS8_PREFIX = fromHex("302e020100300506032b657004220420");

/** Keys repeat (a hub checks many reports of the same nodes) and importing costs a good part of a verification. */
const MAX_CACHED_KEYS = 1024;
const importedKeys = new Map<string, PlatformKey>();

export async function generateEd25519(): Promise<PrivateJwk> {
  const { privateKey } = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
  return exported(privateKey);
}

async function exported(privateKey: PlatformKey): Promise<PrivateJwk> {
  const { x, d } = await crypto.subtle.exportKey("jwk", privateKey);
  if (typeof x !== "string" || typeof d !== "string") throw new TypeError("the platform exported no Ed25519 key");
  return { kty: "OKP", crv: "Ed25519", x, d };
}

export async function privateJwkOf(seed: Bytes): Promise<PrivateJwk> {
  if (seed.length !== 32) throw new RangeError(`a seed of ${seed.length} bytes`);
  const key = await crypto.subtle.importKey("pkcs8", concat(PKCS8_PREFIX, seed), { name: "Ed25519" }, true, ["sign"]);
  return exported(key);
}

export async function signer(jwk: PrivateJwk): Promise<Ed25519Signer> {
  const { kty, crv, x, d } = jwk;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, d }, { name: "Ed25519" }, false, ["sign"]);
  const publicJwk: Ed25519Jwk = { kty, crv, x };
  return {
    publicJwk,
    kid: thumbprint(publicJwk),
    async sign(bytes) {
      return new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, key, bytes));
    },
  };
}

/** RFC 7638: SHA-256 over the key's required members in lexicographic order, which JCS is. */
export function thumbprint(jwk: MemberKey): string {
  return jwk.kty === "OKP" ? okpThumbprint(jwk.x) : sha256url(canonicalBytes(requiredMembers(jwk)));
}

function requiredMembers(jwk: Exclude<MemberKey, { kty: "OKP" }>): object {
  if (jwk.kty === "RSA") return { e: jwk.e, kty: jwk.kty, n: jwk.n };
  return { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y };
}

const okpThumbprint = memo(MAX_CACHED_KEYS, (x) => sha256url(canonicalBytes({ crv: "Ed25519", kty: "OKP", x })));

export function publicKeyOf(jwk: Ed25519Jwk): Bytes {
  return fromBase64url(jwk.x);
}

/** Canonical encoding and not of small order. Whether it is on the curve shows at import. */
export function isStrictPublicKey(publicKey: Bytes): boolean {
  return publicKey.length === 32 && isStrictPoint(publicKey);
}

export async function verifyEd25519(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  if (signature.length !== 64) return false;
  if (!below(signature.subarray(32), L) || !isStrictPoint(signature.subarray(0, 32))) return false;
  const key = await importPublicKey(publicKey);
  if (key === null) return false;
  return crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
}

async function importPublicKey(publicKey: Bytes): Promise<PlatformKey | null> {
  const name = toBase64url(publicKey);
  const cached = importedKeys.get(name);
  if (cached !== undefined) return cached;
  if (!isStrictPublicKey(publicKey)) return null;
  let key: PlatformKey;
  try {
    key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return null; // not a point of the curve
  }
  if (importedKeys.size >= MAX_CACHED_KEYS) {
    const oldest = importedKeys.keys().next();
    if (oldest.done !== true) importedKeys.delete(oldest.value);
  }
  importedKeys.set(name, key);
  return key;
}

/**
 * y < p and not of small order. Small order includes x = 0, the one case where the sign bit could give a point a second
 * encoding.
 */
function isStrictPoint(encoded: Uint8Array): boolean {
  const y = withoutSign(encoded);
  return below(y, P) && !SMALL_ORDER_Y.some((small) => equal(small, y));
}

function withoutSign(encoded: Uint8Array): Bytes {
  const y = new Uint8Array(encoded);
  y[31] = (y[31] ?? 0) & 0x7f;
  return y;
}

/** Little-endian a < b, both 32 bytes. Public values: no need for constant time. */
function below(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    if (x !== y) return x < y;
  }
  return false;
}

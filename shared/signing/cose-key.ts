/**
 * Passkey public keys: from the COSE_Key an authenticator reports (RFC 9052) to the JWK a receipt carries.
 * Reads the little of CBOR that such a key can be made of: one map of integers to integers and byte strings.
 */
import { type Bytes, toBase64url } from "../bytes.ts";
import { type MemberKey, memberKey } from "../protocol/document.ts";

type CoseValue = number | Bytes;

const KTY = 1;
const ALG = 3;

/** Throws on anything but an ES256 (P-256), EdDSA (Ed25519) or RS256 key. */
export function coseToJwk(cose: Uint8Array): MemberKey {
  const key = readCoseMap(cose);
  const algorithm = `${number(key, KTY)}/${number(key, ALG)}`;
  switch (algorithm) {
    case "2/-7":
      if (number(key, -1) !== 1) break;
      return memberKey.parse({ kty: "EC", crv: "P-256", x: base64url(key, -2), y: base64url(key, -3) });
    case "1/-8":
      if (number(key, -1) !== 6) break;
      return memberKey.parse({ kty: "OKP", crv: "Ed25519", x: base64url(key, -2) });
    case "3/-257":
      return memberKey.parse({ kty: "RSA", n: base64url(key, -1), e: base64url(key, -2) });
    default:
  }
  throw new TypeError(`a COSE key of type/algorithm ${algorithm} is not accepted`);
}

function number(key: Map<number, CoseValue>, label: number): number {
  const value = key.get(label);
  if (typeof value !== "number") throw new TypeError(`COSE key: label ${label} is no integer`);
  return value;
}

function base64url(key: Map<number, CoseValue>, label: number): string {
  const value = key.get(label);
  if (value === undefined || typeof value === "number") throw new TypeError(`COSE key: label ${label} is no bytes`);
  return toBase64url(value);
}

function readCoseMap(cbor: Uint8Array): Map<number, CoseValue> {
  let at = 0;

  function take(length: number): Uint8Array {
    if (at + length > cbor.length) throw new RangeError("the COSE key ends early");
    at += length;
    return cbor.subarray(at - length, at);
  }

  function head(): { major: number; argument: number } {
    const [initial = 0] = take(1);
    const major = initial >> 5;
    const info = initial & 0x1f;
    if (info < 24) return { major, argument: info };
    if (info > 25) throw new TypeError("COSE key: a length or integer of more than 16 bits");
    return { major, argument: take(info === 24 ? 1 : 2).reduce((sum, byte) => sum * 256 + byte, 0) };
  }

  function value(): CoseValue {
    const { major, argument } = head();
    if (major === 0) return argument;
    if (major === 1) return -1 - argument;
    if (major === 2) return new Uint8Array(take(argument));
    throw new TypeError(`COSE key: unexpected CBOR major type ${major}`);
  }

  const map = head();
  if (map.major !== 5) throw new TypeError("a COSE key is a map");
  const entries = new Map<number, CoseValue>();
  for (let i = 0; i < map.argument; i++) {
    const label = value();
    if (typeof label !== "number" || entries.has(label)) throw new TypeError("COSE key: labels are distinct integers");
    entries.set(label, value());
  }
  if (at !== cbor.length) throw new TypeError("there are bytes after the COSE key");
  return entries;
}

/**
 * P-256 signatures: from the DER that authenticators send to the r ‖ s that WebCrypto takes. Strict: one signature
 * value has one encoding, and 0 < r, s < n.
 */
import { type Bytes, fromHex } from "../bytes.ts";

/** Order of P-256, big-endian. */
const ORDER = fromHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/** SEQUENCE { INTEGER r, INTEGER s }, or null for anything but its shortest encoding. */
export function ecdsaDerToRaw(der: Uint8Array): Bytes | null {
  // two integers of at most 33 bytes: the length always fits one byte
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const r = readInteger(der, 2);
  const s = r === null ? null : readInteger(der, r.end);
  if (r === null || s === null || s.end !== der.length) return null;
  const raw = new Uint8Array(64);
  raw.set(r.value, 32 - r.value.length);
  raw.set(s.value, 64 - s.value.length);
  return isScalar(raw.subarray(0, 32)) && isScalar(raw.subarray(32)) ? raw : null;
}

function readInteger(der: Uint8Array, at: number): { value: Uint8Array; end: number } | null {
  const length = der[at + 1];
  if (der[at] !== 0x02 || length === undefined || length === 0 || length > 33) return null;
  const end = at + 2 + length;
  const bytes = der.subarray(at + 2, end);
  const [first = 0, second = 0] = bytes;
  if (bytes.length !== length || first >= 0x80) return null;
  if (first !== 0 || length === 1) return length > 32 ? null : { value: bytes, end };
  // a leading zero is only there to keep the number positive
  return second >= 0x80 ? { value: bytes.subarray(1), end } : null;
}

/** 0 < x < n, big-endian. */
function isScalar(x: Uint8Array): boolean {
  if (x.every((byte) => byte === 0)) return false;
  for (let i = 0; i < 32; i++) {
    const a = x[i] ?? 0;
    const b = ORDER[i] ?? 0;
    if (a !== b) return a < b;
  }
  return false;
}

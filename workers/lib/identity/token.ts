/** Secrets that travel once and are stored as SHA-256: session and invitation tokens, recovery codes. */
import { sha256url, toBase64url, utf8, type Bytes } from "../../../shared/bytes.ts";

export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** 128 random bits or more, base64url. */
export function randomToken(bytes = 16): string {
  return toBase64url(randomBytes(bytes));
}

export function tokenHash(token: string): string {
  return sha256url(utf8(token));
}

/** Crockford base32: no I, L, O or U, and what people type for them is understood. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 80 random bits as four groups of four: `7QK2-M0XR-9C4T-HBWE`. */
export function makeRecoveryCode(): string {
  let bits = 0n;
  for (const byte of randomBytes(10)) bits = (bits << 8n) | BigInt(byte);
  let code = "";
  for (let place = 15n; place >= 0n; place--) {
    code += ALPHABET[Number((bits >> (place * 5n)) & 31n)] ?? "";
    if (place > 0n && place % 4n === 0n) code += "-";
  }
  return code;
}

/** SHA-256 of the code however it was typed. */
export function recoveryCodeHash(typed: string): string {
  const code = typed.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll(/[IL]/g, "1").replaceAll("O", "0");
  return tokenHash(`recovery:${code}`);
}

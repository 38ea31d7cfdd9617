/**
 * Bytes and their text forms, strict in both directions: what decodes has exactly one encoding.
 * Decoders throw on malformed input; callers that read from outside catch it and refuse by code.
 */
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { base64, base64url, hex } from "@scure/base";
import { type Bytes, TextDecoder, TextEncoder } from "./platform.ts";

export type { Bytes };

const encoder = new TextEncoder();
/** ignoreBOM keeps a leading U+FEFF: dropping it would give two byte strings one text. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** Throws on bytes that are not well-formed UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Takes the same time wherever the bytes differ. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** RFC 4648 §4, padded. */
export function toBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

export function fromBase64(text: string): Bytes {
  return base64.decode(text) as Bytes;
}

/** RFC 4648 §5, unpadded. */
export function toBase64url(bytes: Uint8Array): string {
  return base64url.encode(bytes).replace(/=+$/, "");
}

/** Padded here because only the padded coder uses the platform's own, which is many times faster. */
export function fromBase64url(text: string): Bytes {
  if (text.includes("=")) throw new TypeError("base64url is unpadded");
  return base64url.decode(text + "=".repeat((4 - (text.length % 4)) % 4)) as Bytes;
}

export function toHex(bytes: Uint8Array): string {
  return hex.encode(bytes);
}

/** Lower case only: upper case would be a second encoding of the same bytes. */
export function fromHex(text: string): Bytes {
  if (/[A-F]/.test(text)) throw new TypeError("hex is lower case");
  return hex.decode(text) as Bytes;
}

/** One state is used again for every hash: trees are hashed by the hundred thousand, and a state has buffers of its own. */
const untouched = nobleSha256.create();
const running = nobleSha256.create();

/** Of the parts one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Bytes {
  // oxlint-disable-next-line no-underscore-dangle -- how this library lets a state be set back
  untouched._cloneInto(running);
  for (const part of parts) running.update(part);
  return running.digest();
}

/** The form hashes, ids and commitments travel in. */
export function sha256url(bytes: Uint8Array): string {
  return toBase64url(sha256(bytes));
}

/**
 * A second implementation of what the vectors rest on, as short as the standards allow and with nothing of the product in
 * it: RFC 9162 trees, RFC 8785 for what these files hold, Ed25519 and SHA-256 by node:crypto, C2SP notes.
 */
import { createHash, createPublicKey, verify } from "node:crypto";

export const sha = (...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
export const b64u = (bytes: Buffer): string => bytes.toString("base64url");
export const leaf = (data: Buffer | string): Buffer => sha(Buffer.of(0), data);
const node = (left: Buffer, right: Buffer): Buffer => sha(Buffer.of(1), left, right);

/** RFC 9162 §2.1.1: k is the largest power of two smaller than n. */
const split = (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1);
export function mth(d: readonly Buffer[]): Buffer {
  if (d.length === 0) return sha();
  if (d.length === 1) return d[0]!;
  const k = split(d.length);
  return node(mth(d.slice(0, k)), mth(d.slice(k)));
}
/** RFC 9162 §2.1.3.1. */
export function path(m: number, d: readonly Buffer[]): Buffer[] {
  if (d.length === 1) return [];
  const k = split(d.length);
  return m < k ? [...path(m, d.slice(0, k)), mth(d.slice(k))] : [...path(m - k, d.slice(k)), mth(d.slice(0, k))];
}
/** RFC 9162 §2.1.4.1. */
export function subproof(m: number, d: readonly Buffer[], isWhole = true): Buffer[] {
  if (m === d.length) return isWhole ? [] : [mth(d)];
  const k = split(d.length);
  return m <= k
    ? [...subproof(m, d.slice(0, k), isWhole), mth(d.slice(k))]
    : [...subproof(m - k, d.slice(k), false), mth(d.slice(0, k))];
}

/** RFC 8785 for values without fractions: members by UTF-16 code units, nothing between. */
export function jcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${jcs(each)}`).join(",")}}`;
}

export function isSigned(publicKey: Buffer, message: Buffer | string, signature: Buffer): boolean {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: b64u(publicKey) }, format: "jwk" });
  return verify(null, Buffer.from(message), key, signature);
}

/** name, key id, type byte and public key of a vkey, its id recomputed. */
export function readVkey(vkey: string) {
  const [name = "", id = "", ...rest] = vkey.split("+");
  const bytes = Buffer.from(rest.join("+"), "base64");
  const isRight = sha(`${name}\n`, bytes).subarray(0, 4).toString("hex") === id;
  return { name, id, type: bytes[0], publicKey: bytes.subarray(1), isRight };
}

/** Whether this key has a valid line under the note; the tree it states. */
export function readNote(note: string, vkey: string) {
  const { name, id, type, publicKey } = readVkey(vkey);
  const end = note.lastIndexOf("\n\n") + 1;
  const text = note.slice(0, end);
  const found = note
    .slice(end + 1)
    .split("\n")
    .filter((line) => line.startsWith(`— ${name} `))
    .map((line) => Buffer.from(line.split(" ")[2] ?? "", "base64"))
    .find((blob) => blob.subarray(0, 4).toString("hex") === id);
  const [origin = "", size = "", root = ""] = text.split("\n");
  const time = found === undefined || type !== 4 ? null : found.readBigUInt64BE(4);
  const message = time === null ? text : `cosignature/v1\ntime ${time}\n${text}`;
  const isGood = found !== undefined && isSigned(publicKey, message, found.subarray(time === null ? 4 : 12));
  return { isGood, time, origin, size: Number(size), root: Buffer.from(root, "base64") };
}

/**
 * C2SP signed notes with Ed25519 keys: keys of both types (0x01 over the text, 0x04 for witnesses), signing, opening.
 * Signatures of other keys, and so of other types, are ignored, as the specification says. What a witness signs:
 * cosignature.ts.
 */
import { type Bytes, concat, equal, fromBase64, fromHex, sha256, toBase64, toHex, utf8 } from "../bytes.ts";
import { memo } from "../memo.ts";
import { crypto } from "../platform.ts";
import { type Result, fail, ok } from "../result.ts";
import { isStrictPublicKey, privateJwkOf, publicKeyOf, signer, verifyEd25519 } from "../signing/ed25519.ts";

/** Signs the text of a note. */
export const ED25519 = 0x01;
/** Signs the text and a time: cosignature/v1. */
export const COSIGNATURE = 0x04;
type KeyType = typeof ED25519 | typeof COSIGNATURE;

const PRIVATE_PREFIX = "PRIVATE+KEY+";
const SIGNATURE_PREFIX = "— ";
/** A checkpoint with sixteen post-quantum witnesses fits; nothing this protocol sends comes near. */
const MAX_NOTE_CHARS = 65_536;
const MAX_SIGNATURES = 100;
const MAX_VKEY_CHARS = 400;

export interface NoteKey {
  readonly name: string;
  /** first four bytes of SHA-256(name ‖ LF ‖ type ‖ key), lower-case hex */
  readonly keyId: string;
  readonly publicKey: Bytes;
}
export interface NoteSigner {
  readonly name: string;
  readonly keyId: string;
  readonly vkey: string;
  /** The signature line for `text`, with its line feed. */
  sign(text: string): Promise<string>;
}
export interface OpenedNote {
  readonly text: string;
  /** the given vkeys that signed, each public key once */
  readonly verified: string[];
  /** their signature lines as they stand in the note, with line feeds */
  readonly lines: string;
}
export type NoteRefusal = "vkey-malformed" | "note-malformed" | "note-signature" | "note-unsigned";

/** `seed` is for tests and known keys; without it the platform makes one. */
export async function generateNoteKey(
  name: string,
  seed?: Bytes,
  type: KeyType = ED25519,
): Promise<{ vkey: string; skey: string }> {
  const secret = seed ?? crypto.getRandomValues(new Uint8Array(32));
  const publicKey = publicKeyOf(await privateJwkOf(secret));
  if (!isKeyName(name)) throw new TypeError(`"${name}" cannot name a note key`);
  const keyId = keyIdOf(name, publicKey, type);
  const skey = `${PRIVATE_PREFIX}${name}+${keyId}+${toBase64(concat(Uint8Array.of(type), secret))}`;
  return { vkey: formatVkey({ name, keyId, publicKey }, type), skey };
}

/** Split at the first two plus signs only: the base64 may hold more. */
export function parseVkey(text: string): Result<NoteKey, "vkey-malformed"> {
  return text.length > MAX_VKEY_CHARS ? fail("vkey-malformed") : knownVkey(text);
}

/** The key of a witness. */
export function parseCosignerVkey(text: string): Result<NoteKey, "vkey-malformed"> {
  return text.length > MAX_VKEY_CHARS ? fail("vkey-malformed") : knownCosigner(text);
}

const knownVkey = memo(1024, (text) => readVkey(text, ED25519));
const knownCosigner = memo(1024, (text) => readVkey(text, COSIGNATURE));

function readVkey(text: string, type: KeyType): Result<NoteKey, "vkey-malformed"> {
  const key = parseKey(text, type);
  if (key === null) return fail("vkey-malformed");
  const { name, keyId, material: publicKey } = key;
  if (keyIdOf(name, publicKey, type) !== keyId || !isStrictPublicKey(publicKey)) return fail("vkey-malformed");
  return ok({ name, keyId, publicKey });
}

/** Throws on a malformed skey: it is our own secret, so that is a misconfiguration. */
export async function noteSigner(skey: string): Promise<NoteSigner> {
  const key = await signingKey(skey, ED25519);
  const { name, keyId, vkey } = key;
  return { name, keyId, vkey, sign: async (text) => signatureLine(key, await key.sign(utf8(text))) };
}

/** The key behind a private one of this type, and its bare signature. */
export async function signingKey(
  skey: string,
  type: KeyType,
): Promise<Pick<NoteSigner, "name" | "keyId" | "vkey"> & { sign(message: Bytes): Promise<Bytes> }> {
  const key = skey.startsWith(PRIVATE_PREFIX) ? parseKey(skey.slice(PRIVATE_PREFIX.length), type) : null;
  if (key === null) throw new TypeError("the note signing key is malformed");
  const { name, keyId } = key;
  const jwk = await privateJwkOf(key.material);
  const publicKey = publicKeyOf(jwk);
  if (keyIdOf(name, publicKey, type) !== keyId) {
    throw new TypeError("the note signing key does not have the key id it names");
  }
  const ed25519 = await signer(jwk);
  return {
    name,
    keyId,
    vkey: formatVkey({ name, keyId, publicKey }, type),
    sign: async (message) => await ed25519.sign(message),
  };
}

export function signatureLine({ name, keyId }: Pick<NoteKey, "name" | "keyId">, signature: Bytes): string {
  return `${SIGNATURE_PREFIX}${name} ${toBase64(concat(fromHex(keyId), signature))}\n`;
}

export async function signNote(text: string, signers: readonly NoteSigner[]): Promise<string> {
  if (!text.endsWith("\n") || !isNoteText(text)) throw new TypeError("not the text of a note");
  const lines = await Promise.all(signers.map((each) => each.sign(text)));
  return `${text}\n${lines.join("")}`;
}

/** Refuses a note with a bad signature of a known key, and one that no known key signed. */
export async function openNote(note: string, vkeys: readonly string[]): Promise<Result<OpenedNote, NoteRefusal>> {
  const known = new Map<string, NoteKey & { vkey: string }>();
  for (const vkey of vkeys) {
    const key = parseVkey(vkey);
    if (!key.ok) return key;
    known.set(`${key.value.name}+${key.value.keyId}`, { ...key.value, vkey });
  }
  const parsed = parseNote(note);
  if (parsed === null) return fail("note-malformed");
  const message = utf8(parsed.text);
  const seen = new Set<string>();
  const counted: Bytes[] = [];
  const verified: string[] = [];
  let lines = "";
  for (const { name, keyId, signature, line } of parsed.signatures) {
    const id = `${name}+${keyId}`;
    const key = known.get(id);
    if (key === undefined || seen.has(id)) continue;
    seen.add(id);
    if (!(await verifyEd25519(key.publicKey, message, signature))) return fail("note-signature");
    if (counted.some((publicKey) => equal(publicKey, key.publicKey))) continue;
    counted.push(key.publicKey);
    verified.push(key.vkey);
    lines += `${line}\n`;
  }
  return verified.length === 0 ? fail("note-unsigned") : ok({ text: parsed.text, verified, lines });
}

export interface NoteSignature {
  name: string;
  keyId: string;
  signature: Bytes;
  /** without its line feed */
  line: string;
}

/** A note in its parts, nothing verified; null when it is not one. */
export function parseNote(note: string): { text: string; signatures: NoteSignature[] } | null {
  if (note.length > MAX_NOTE_CHARS || !isNoteText(note) || !note.endsWith("\n")) return null;
  const blank = note.lastIndexOf("\n\n");
  if (blank === -1) return null;
  const lines = note.slice(blank + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) return null;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === null) return null;
    signatures.push(signature);
  }
  return { text: note.slice(0, blank + 1), signatures };
}

export function parseSignatureLine(line: string): NoteSignature | null {
  if (!line.startsWith(SIGNATURE_PREFIX)) return null;
  const [name = "", encoded = "", ...others] = line.slice(SIGNATURE_PREFIX.length).split(" ");
  if (!isKeyName(name) || others.length > 0) return null;
  const bytes = tryBase64(encoded);
  if (bytes === null || bytes.length < 5) return null;
  return { name, keyId: toHex(bytes.subarray(0, 4)), signature: new Uint8Array(bytes.subarray(4)), line };
}

function parseKey(text: string, type: KeyType): { name: string; keyId: string; material: Bytes } | null {
  const [, name = "", keyId = "", encoded = ""] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(text) ?? [];
  const bytes = tryBase64(encoded);
  if (!isKeyName(name) || bytes === null || bytes.length !== 33 || bytes[0] !== type) return null;
  return { name, keyId, material: new Uint8Array(bytes.subarray(1)) };
}

function formatVkey({ name, keyId, publicKey }: NoteKey, type: KeyType): string {
  return `${name}+${keyId}+${toBase64(concat(Uint8Array.of(type), publicKey))}`;
}

function keyIdOf(name: string, publicKey: Bytes, type: KeyType): string {
  return toHex(sha256(concat(utf8(`${name}\n`), Uint8Array.of(type), publicKey)).subarray(0, 4));
}

function isKeyName(name: string): boolean {
  return name.length > 0 && isNoteText(name) && !/[\p{White_Space}+]/u.test(name);
}

/** Well-formed Unicode without control characters other than the line feed. */
function isNoteText(text: string): boolean {
  return text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text);
}

function tryBase64(text: string): Bytes | null {
  try {
    return fromBase64(text);
  } catch {
    return null;
  }
}

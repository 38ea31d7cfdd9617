/**
 * C2SP tlog-cosignature, cosignature/v1 with Ed25519: a witness says that at a time this was the largest consistent
 * tree it had seen of an origin. Which tree it says so of is witness/; how many must say so, witness/policy.ts.
 */
import { type Bytes, concat, equal, utf8 } from "../bytes.ts";
import { type Result, fail, ok } from "../result.ts";
import { verifyEd25519 } from "../signing/ed25519.ts";
import {
  COSIGNATURE,
  type NoteKey,
  type NoteRefusal,
  type NoteSignature,
  parseCosignerVkey,
  parseNote,
  parseSignatureLine,
  signatureLine,
  signingKey,
} from "./note.ts";

export interface Cosigner {
  readonly name: string;
  readonly vkey: string;
  /** The signature line over the text of a checkpoint at Unix seconds `at`, with its line feed. */
  cosign(text: string, at: number): Promise<string>;
}

/** One witness's word, verified. */
export interface Cosignature {
  readonly vkey: string;
  /** Unix seconds */
  readonly at: number;
  /** with its line feed */
  readonly line: string;
}

const TIME_BYTES = 8;

/** Throws on a malformed skey: it is our own secret, so that is a misconfiguration. */
export async function cosigner(skey: string): Promise<Cosigner> {
  const key = await signingKey(skey, COSIGNATURE);
  return {
    name: key.name,
    vkey: key.vkey,
    async cosign(text, at) {
      return signatureLine(key, concat(timeBytes(at), await key.sign(message(text, at))));
    },
  };
}

/**
 * The cosignatures of these witnesses under a note, each public key once. Other signatures are ignored; a bad one of a
 * known witness refuses the note, as the specification says of every known key.
 */
export async function readCosignatures(
  note: string,
  vkeys: readonly string[],
): Promise<Result<Cosignature[], NoteRefusal>> {
  const known = new Map<string, NoteKey & { vkey: string }>();
  for (const vkey of vkeys) {
    const key = parseCosignerVkey(vkey);
    if (!key.ok) return key;
    known.set(`${key.value.name}+${key.value.keyId}`, { ...key.value, vkey });
  }
  const parsed = parseNote(note);
  if (parsed === null) return fail("note-malformed");
  const counted: Bytes[] = [];
  const found: Cosignature[] = [];
  for (const signature of parsed.signatures) {
    const key = known.get(`${signature.name}+${signature.keyId}`);
    if (key === undefined || counted.some((publicKey) => equal(publicKey, key.publicKey))) continue;
    counted.push(key.publicKey);
    const at = await cosignedAt(key, parsed.text, signature);
    if (at === null) return fail("note-signature");
    found.push({ vkey: key.vkey, at, line: `${signature.line}\n` });
  }
  return ok(found);
}

/** What a witness answered: its line among the first few, whatever else it sent. */
export async function readCosignatureLines(lines: string, text: string, vkey: string): Promise<Cosignature | null> {
  const key = parseCosignerVkey(vkey);
  if (!key.ok) return null;
  for (const line of lines.split("\n", MAX_LINES)) {
    const signature = parseSignatureLine(line);
    if (signature?.name !== key.value.name || signature.keyId !== key.value.keyId) continue;
    const at = await cosignedAt(key.value, text, signature);
    return at === null ? null : { vkey, at, line: `${line}\n` };
  }
  return null;
}

const MAX_LINES = 16;

/** The time of a valid cosignature, else null. */
async function cosignedAt(key: NoteKey, text: string, { signature }: NoteSignature): Promise<number | null> {
  const at = timeOf(signature.subarray(0, TIME_BYTES));
  if (at === null || signature.length !== TIME_BYTES + 64) return null;
  const isValid = await verifyEd25519(key.publicKey, message(text, at), new Uint8Array(signature.subarray(TIME_BYTES)));
  return isValid ? at : null;
}

function message(text: string, at: number): Bytes {
  return utf8(`cosignature/v1\ntime ${String(at)}\n${text}`);
}

function timeBytes(at: number): Bytes {
  if (!Number.isSafeInteger(at) || at < 0) throw new RangeError("not a time");
  const bytes = new Uint8Array(TIME_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(at));
  return bytes;
}

/** Times beyond 2^53 are no witness's clock. */
function timeOf(bytes: Uint8Array): number | null {
  if (bytes.length !== TIME_BYTES) return null;
  const at = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  return at <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(at) : null;
}

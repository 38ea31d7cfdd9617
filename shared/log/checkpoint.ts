/** C2SP tlog-checkpoint: origin, size and root of a log as the text of a signed note. */
import { type Bytes, equal, fromBase64, toBase64 } from "../bytes.ts";
import { type Result, fail, ok } from "../result.ts";
import { EMPTY_ROOT } from "./merkle.ts";
import { type NoteRefusal, type NoteSigner, openNote, signNote } from "./note.ts";

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
}
export type CheckpointRefusal = NoteRefusal | "checkpoint-malformed" | "checkpoint-origin";

export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (origin === "" || origin.includes("\n")) throw new TypeError("not an origin");
  if (!Number.isSafeInteger(size) || size < 0 || root.length !== 32) throw new RangeError("not a tree head");
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Extension lines are allowed and ignored; an empty tree has but one root. */
export function parseCheckpoint(text: string): Result<Checkpoint, "checkpoint-malformed"> {
  const head = parseTreeHead(text);
  return head.ok && !isPossible(head.value) ? fail("checkpoint-malformed") : head;
}

/** False for an empty tree with a root. */
export function isPossible({ size, root }: Checkpoint): boolean {
  return size > 0 || equal(root, EMPTY_ROOT);
}

/** A checkpoint by its form alone. */
export function parseTreeHead(text: string): Result<Checkpoint, "checkpoint-malformed"> {
  if (!text.endsWith("\n")) return fail("checkpoint-malformed");
  const [origin = "", sizeText = "", rootText = "", ...extensions] = text.slice(0, -1).split("\n");
  const size = /^(0|[1-9][0-9]{0,15})$/.test(sizeText) ? Number(sizeText) : Number.NaN;
  if (origin === "" || !Number.isSafeInteger(size) || extensions.includes("")) return fail("checkpoint-malformed");
  if (!/^[A-Za-z0-9+/]{43}=$/.test(rootText)) return fail("checkpoint-malformed");
  let root: Bytes;
  try {
    root = fromBase64(rootText);
  } catch {
    return fail("checkpoint-malformed");
  }
  return ok({ origin, size, root });
}

export async function signCheckpoint(head: Checkpoint, signer: NoteSigner): Promise<string> {
  return signNote(formatCheckpoint(head), [signer]);
}

/** The head a note states, if `vkey` signed it and it is of the log `origin`. */
export async function openCheckpoint(
  note: string,
  vkey: string,
  origin: string,
): Promise<Result<Checkpoint, CheckpointRefusal>> {
  const opened = await openNote(note, [vkey]);
  if (!opened.ok) return opened;
  const checkpoint = parseCheckpoint(opened.value.text);
  if (checkpoint.ok && checkpoint.value.origin !== origin) return fail("checkpoint-origin");
  return checkpoint;
}

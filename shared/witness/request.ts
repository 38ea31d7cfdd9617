/**
 * The body of C2SP tlog-witness add-checkpoint: the size last cosigned, a consistency proof from there, and the log's
 * checkpoint. Form only; whether to cosign is judge.ts.
 */
import { type Bytes, fromBase64, toBase64 } from "../bytes.ts";
import { type Checkpoint, parseTreeHead } from "../log/checkpoint.ts";
import { parseNote } from "../log/note.ts";
import { type Result, fail, ok } from "../result.ts";

export interface AddCheckpoint {
  readonly old: number;
  /** from the tree of size `old` to that of the checkpoint */
  readonly proof: readonly Bytes[];
  /** the signed note, verbatim */
  readonly note: string;
}
export interface ParsedRequest extends AddCheckpoint {
  readonly checkpoint: Checkpoint;
}

/** A proof between trees of fewer than 2^63 leaves. */
const MAX_HASHES = 63;
/** Sixteen signatures of post-quantum witnesses fit; the frame refuses larger bodies before this does. */
const MAX_REQUEST_CHARS = 65_536;
/** Extension lines are kept with the checkpoint, so they have a limit. */
const MAX_TEXT_CHARS = 4096;

export function formatAddCheckpoint({ old, proof, note }: AddCheckpoint): string {
  return `old ${String(old)}\n${proof.map((hash) => `${toBase64(hash)}\n`).join("")}\n${note}`;
}

export function parseAddCheckpoint(body: string): Result<ParsedRequest, "witness-malformed"> {
  const blank = body.indexOf("\n\n");
  if (body.length > MAX_REQUEST_CHARS || blank === -1) return fail("witness-malformed");
  const [oldLine = "", ...lines] = body.slice(0, blank).split("\n");
  const note = body.slice(blank + 2);
  const [, digits] = /^old (0|[1-9][0-9]{0,15})$/.exec(oldLine) ?? [];
  const old = Number(digits);
  if (!Number.isSafeInteger(old) || lines.length > MAX_HASHES) return fail("witness-malformed");
  const proof: Bytes[] = [];
  for (const line of lines) {
    const hash = hashOf(line);
    if (hash === null) return fail("witness-malformed");
    proof.push(hash);
  }
  const parsed = parseNote(note);
  if (parsed === null || parsed.text.length > MAX_TEXT_CHARS) return fail("witness-malformed");
  const checkpoint = parseTreeHead(parsed.text);
  return checkpoint.ok ? ok({ old, proof, note, checkpoint: checkpoint.value }) : fail("witness-malformed");
}

function hashOf(line: string): Bytes | null {
  if (line.length !== 44) return null;
  try {
    const hash = fromBase64(line);
    return hash.length === 32 ? hash : null;
  } catch {
    return null;
  }
}

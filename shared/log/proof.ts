/** C2SP tlog-proof: one file with a leaf's index, its inclusion proof and the checkpoint the proof leads to. */
import { type Bytes, fromBase64, toBase64 } from "../bytes.ts";
import { type Result, fail, ok } from "../result.ts";
import { type Checkpoint, type CheckpointRefusal, openCheckpoint } from "./checkpoint.ts";
import { verifyInclusion } from "./merkle.ts";

const HEADER = "c2sp.org/tlog-proof@v1";
const MAX_PROOF_CHARS = 131_072;
/** A proof in a tree of fewer than 2^63 leaves. */
const MAX_HASHES = 63;

export interface LogProof {
  readonly index: number;
  /** sibling of the leaf first */
  readonly hashes: readonly Bytes[];
  /** the signed note, verbatim */
  readonly checkpoint: string;
  /** whatever the log adds; not authenticated */
  readonly extra?: Bytes;
}
export type ProofRefusal = CheckpointRefusal | "proof-malformed" | "proof-invalid";

export function formatProof({ index, hashes, checkpoint, extra }: LogProof): string {
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
  ];
  return `${lines.join("\n")}\n\n${checkpoint}`;
}

export function parseProof(text: string): Result<LogProof, "proof-malformed"> {
  const blank = text.indexOf("\n\n");
  if (text.length > MAX_PROOF_CHARS || blank === -1) return fail("proof-malformed");
  const [header, ...lines] = text.slice(0, blank).split("\n");
  const checkpoint = text.slice(blank + 2);
  const extraLine = lines[0]?.startsWith("extra ") === true ? lines.shift() : undefined;
  const [, digits] = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? "") ?? [];
  const index = Number(digits);
  if (header !== HEADER || !Number.isSafeInteger(index) || lines.length > MAX_HASHES) return fail("proof-malformed");
  if (checkpoint === "") return fail("proof-malformed");
  try {
    const hashes = lines.map(fromBase64);
    if (hashes.some((hash) => hash.length !== 32)) return fail("proof-malformed");
    const proof = { index, hashes, checkpoint };
    return ok(extraLine === undefined ? proof : { ...proof, extra: fromBase64(extraLine.slice("extra ".length)) });
  } catch {
    return fail("proof-malformed");
  }
}

/** Whether the leaf with hash `leaf` is in the log `origin`, whose checkpoints `vkey` signs. */
export async function verifyProof(claim: {
  proofText: string;
  /** leaf hash, not leaf data */
  leaf: Bytes;
  vkey: string;
  origin: string;
}): Promise<Result<{ index: number; checkpoint: Checkpoint }, ProofRefusal>> {
  const parsed = parseProof(claim.proofText);
  if (!parsed.ok) return parsed;
  const { index, hashes, checkpoint } = parsed.value;
  const head = await openCheckpoint(checkpoint, claim.vkey, claim.origin);
  if (!head.ok) return head;
  const { size, root } = head.value;
  if (!verifyInclusion({ leaf: claim.leaf, index, size, proof: hashes, root })) return fail("proof-invalid");
  return ok({ index, checkpoint: head.value });
}

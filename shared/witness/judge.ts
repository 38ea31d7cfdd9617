/**
 * Whether a witness cosigns (C2SP tlog-witness v1.0.0): every check in the order of the specification, from values
 * only. The caller stores the new head by compare-and-set before it answers, and judges anew when that fails.
 */
import { type Bytes, equal } from "../bytes.ts";
import { isPossible } from "../log/checkpoint.ts";
import { verifyConsistency } from "../log/merkle.ts";
import { openNote } from "../log/note.ts";
import { type Result, fail, ok } from "../result.ts";
import type { ParsedRequest } from "./request.ts";

/** The newest tree of an origin that this witness has cosigned; size 0 and no root before the first. */
export interface Witnessed {
  readonly size: number;
  readonly root: Bytes | null;
}

/** What the witness knows of the origin a request names. */
export interface KnownLog {
  /** keys the log may sign with; at least one must have */
  readonly vkeys: readonly string[];
  readonly last: Witnessed;
}

export type WitnessRefusal =
  | { readonly code: "witness-malformed" | "witness-log-unknown" | "witness-signature" | "witness-proof" }
  /** the answer is the size last cosigned */
  | { readonly code: "witness-size" | "witness-fork"; readonly size: number };

/** HTTP status of each refusal. */
export const witnessStatus = {
  "witness-malformed": 400,
  "witness-log-unknown": 404,
  "witness-signature": 403,
  "witness-size": 409,
  "witness-fork": 409,
  "witness-proof": 422,
} as const satisfies Record<WitnessRefusal["code"], number>;

/** What will be cosigned: the checkpoint's text, and the log's own signatures under it. */
export interface ToCosign {
  readonly text: string;
  readonly lines: string;
}

export async function judgeRequest(
  request: ParsedRequest,
  known: KnownLog | null,
): Promise<Result<ToCosign, WitnessRefusal>> {
  const { old, proof, checkpoint } = request;
  if (known === null) return fail({ code: "witness-log-unknown" });
  const opened = await openNote(request.note, known.vkeys);
  if (!opened.ok) return fail({ code: "witness-signature" });
  if (old > checkpoint.size) return fail({ code: "witness-malformed" });
  const { size, root } = known.last;
  if (old !== size) return fail({ code: "witness-size", size });
  if (!isPossible(checkpoint)) return fail({ code: "witness-proof" });
  const { text, lines } = opened.value;
  // From nothing everything grows, and only an empty proof says so.
  if (old === 0 || root === null) return proof.length === 0 ? ok({ text, lines }) : fail({ code: "witness-proof" });
  if (old === checkpoint.size && !equal(root, checkpoint.root)) return fail({ code: "witness-fork", size });
  const claim = { size1: size, root1: root, size2: checkpoint.size, root2: checkpoint.root, proof };
  return verifyConsistency(claim) ? ok({ text, lines }) : fail({ code: "witness-proof" });
}

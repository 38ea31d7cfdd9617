/**
 * Two signed trees of one log that are not one tree: finds a place that both hold complete and that has another hash in
 * each, with the proofs. The old tree's own hashes are enough: its compact range, or the entries a mirror has kept.
 */
import { type Bytes, equal, toBase64url } from "../bytes.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { type Frontier, foldPeaks, frontierRoot, leafHash, nodeHash } from "../log/merkle.ts";
import type { EvidenceOf } from "../protocol/evidence.ts";
import type { JournalNode } from "../verify/book-journal.ts";
import { openReport } from "../verify/book-replay.ts";
import { type Log, fetchCheckpoint, proveEntry, readEntry, readLog } from "../verify/tlog.ts";
import { bookLogs } from "./book.ts";
import type { Elsewhere } from "./entries.ts";
import { pathAmong } from "./tree.ts";

type Fork = EvidenceOf<"fork">;

/** What is remembered of a log: its checkpoint, and the roots of its perfect subtrees, left to right. */
export interface OldTree {
  note: string;
  checkpoint: Checkpoint;
  frontier: readonly Bytes[];
}

/** The log as it is now against what was remembered of it. Null when it only grew, or too little was remembered. */
export async function rewrittenLog(
  log: Log,
  head: Checkpoint & { note: string },
  old: OldTree,
): Promise<Pick<Fork, "notes" | "place"> | null> {
  const { size, root } = old.checkpoint;
  const frontier: Frontier = { size, hashes: [...old.frontier] };
  if (size > head.size || !equal(frontierRoot(frontier), root)) return null;
  for (const [at, { level, index }] of subtreesOf(size).entries()) {
    const before = old.frontier[at];
    const first = index * 2 ** level;
    if (before === undefined) return null;
    const path = await proveEntry(log, head, first);
    const { entry } = await readEntry(log, head, first);
    // A perfect subtree's first leaf is the left one of every pair inside it.
    const now = path.slice(0, level).reduce<Bytes>((hash, sibling) => nodeHash(hash, sibling), leafHash(entry));
    if (equal(before, now)) continue;
    const rest = old.frontier.slice(at + 1);
    const left = old.frontier.slice(0, at).toReversed();
    const proof = rest.length === 0 ? left : [foldPeaks(rest), ...left];
    const place = {
      level,
      index,
      hashes: [toBase64url(before), toBase64url(now)] satisfies [string, string],
      proofs: [proof.map(toBase64url), path.slice(level).map(toBase64url)] satisfies [string[], string[]],
    };
    return { notes: [old.note, head.note], place };
  }
  return null;
}

/** The perfect subtrees that make up the first `size` leaves, largest first. */
function subtreesOf(size: number): { level: number; index: number }[] {
  const found: { level: number; index: number }[] = [];
  let start = 0;
  for (let level = Math.floor(Math.log2(Math.max(size, 1))); level >= 0; level -= 1) {
    const width = 2 ** level;
    if (size - start < width) continue;
    found.push({ level, index: start / width });
    start += width;
  }
  return found;
}

/** A book that is not the one its report at `index`, or any of its reports, spoke of; the old one is the hub's mirror. */
export async function forkedBook(
  node: JournalNode,
  index: number | undefined,
  elsewhere: Elsewhere,
): Promise<Pick<Fork, "log" | "notes" | "place"> | null> {
  const { own, mirror } = bookLogs(node, elsewhere);
  const head = await fetchCheckpoint(own);
  const signed = [...(node.begun === null ? [] : [node.begun]), ...node.reports.values()];
  for (const report of signed) {
    if (index !== undefined && report.index !== index) continue;
    const { head: reported } = await openReport(own.origin, report);
    const notes: Fork["notes"] = [report.note, head.note];
    if (reported.size === head.size && !equal(reported.root, head.root)) return { log: own.origin, notes, place: null };
    if (index === undefined || reported.size >= head.size) continue;
    const [before, now] = [await leavesOf(mirror, reported), await leavesOf(own, head)];
    const at = before.findIndex((leaf, place) => !equal(leaf, now[place] ?? leaf));
    const [one, other] = [before[at], now[at]];
    if (one === undefined || other === undefined) return null;
    const hashes: [string, string] = [toBase64url(one), toBase64url(other)];
    const proofs: [string[], string[]] = [pathAmong(before, at), pathAmong(now, at)];
    return { log: own.origin, notes, place: { level: 0, index: at, hashes, proofs } };
  }
  return null;
}

async function leavesOf(log: Log, head: Checkpoint): Promise<Bytes[]> {
  const leaves: Bytes[] = [];
  for await (const chunk of readLog(log, head)) leaves.push(...chunk.leaves);
  return leaves;
}

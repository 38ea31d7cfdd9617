/**
 * What a hub has read of one node's pledge book, and what follows for a report (docs/protocol.md §3). Pure: the
 * same rules as shared/book/judge.ts, but in slices, so that a long book is read over many invocations. A slice is
 * read before its checkpoint is reached, so a reading may turn out wrong: then the book is read once more from the
 * start, and what was verified before is held against it.
 */
import { type Bytes, equal, fromBase64, toBase64 } from "../../shared/bytes.ts";
import { type BookItem, applyBookEntries } from "../../shared/book/fold.ts";
import { type Verdict, compareTotals } from "../../shared/book/judge.ts";
import { type BookState, type RulesOf, type Touched, emptyBook } from "../../shared/book/state.ts";
import { type Frontier, emptyFrontier, extendFrontier, frontierRoot, leafHash } from "../../shared/log/merkle.ts";
import { TILE_WIDTH } from "../../shared/log/tile-path.ts";
import { bookOrigin, parseBookOrigin } from "../../shared/network/book-origin.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import type { Told } from "../../shared/book/totals.ts";
import { parseBookEntry } from "../../shared/signing/book-entry.ts";

export interface Mirror {
  /** name of the mirror: see `mirrorName` */
  origin: string;
  /** grows with each reading from the start */
  generation: number;
  frontier: Frontier;
  /** partial: every tally, and the chains and keys that the entries at hand cite */
  book: BookState;
  /** the largest book that matched its signed checkpoint; outlives re-readings */
  verified: { size: number; root: string };
  /** false once this reading has another root at `verified.size` */
  consistent: boolean;
  bad: { index: number; code: "book-entry-invalid" | "book-genesis" } | null;
  /** log index of the report for which the book was read again from the start */
  rereadFor: number | null;
  /** whether this reading has kept every entry from the first on */
  bundled: boolean;
  /** the largest book whose entries led to its signed checkpoint: it is what the hub serves, and outlives re-readings */
  kept: { generation: number; size: number; note: string } | null;
}

/** The report to be judged. */
export interface Target {
  index: number;
  /** the signed checkpoint that `size` and `root` are of */
  note: string;
  size: number;
  root: Bytes;
  told: Told;
}

/** The community's origin; for a book that is not its first one, the book's. What was read of an earlier one stays as it is. */
export function mirrorName(node: string, generation: number): string {
  return generation === 1 ? node : bookOrigin(node, generation);
}

function nodeOf({ origin }: Mirror): string {
  return parseBookOrigin(origin)?.node ?? origin;
}

/** `begun`: of a book that was logged as begun, its first entry is known before anything is read. */
export function emptyMirror(origin: string, begun: { root: string } | null = null): Mirror {
  return {
    origin,
    generation: 0,
    frontier: emptyFrontier(),
    book: emptyBook(),
    verified: begun === null ? { size: 0, root: "" } : { size: 1, root: begun.root },
    consistent: true,
    bad: null,
    rereadFor: null,
    bundled: true,
    kept: null,
  };
}

export type Step =
  | { do: "read"; from: number; to: number }
  | { do: "restart"; mirror: Mirror }
  | { do: "judge"; verdict: Verdict };

/** What to do next for this report, at most `slice` entries at a time. */
export function nextStep(mirror: Mirror, target: Target, slice: number): Step {
  const { frontier, verified } = mirror;
  if (target.size < verified.size) return { do: "judge", verdict: { ok: false, code: "book-shrunk" } };
  // Books that were read before entries were kept.
  if (!mirror.bundled) return { do: "restart", mirror: restarted(mirror, target.index) };
  if (frontier.size < target.size) {
    return { do: "read", from: frontier.size, to: Math.min(target.size, frontier.size + slice) };
  }
  const isRight = frontier.size === target.size && mirror.consistent && equal(frontierRoot(frontier), target.root);
  if (isRight) return { do: "judge", verdict: judge(mirror, target) };
  if (mirror.rereadFor === target.index && frontier.size === target.size) {
    return { do: "judge", verdict: { ok: false, code: "book-fork" } };
  }
  return { do: "restart", mirror: restarted(mirror, target.index) };
}

function judge(mirror: Mirror, target: Target): Verdict {
  if (mirror.bad !== null) return { ok: false, code: mirror.bad.code, index: mirror.bad.index };
  return compareTotals(target.told, mirror.book);
}

function restarted(mirror: Mirror, report: number): Mirror {
  return {
    ...emptyMirror(mirror.origin),
    generation: mirror.generation + 1,
    verified: mirror.verified,
    kept: mirror.kept,
    rereadFor: report,
  };
}

/** New entries of one book, parsed as far as they are valid. */
export interface Slice {
  frontier: Frontier;
  consistent: boolean;
  bad: Mirror["bad"];
  items: BookItem[];
  bundles: BundlePart[];
}

/** What a slice adds to one bundle of 256 entries. */
export interface BundlePart {
  index: number;
  entries: Bytes[];
  /** tree hash of the bundle, once this part fills it */
  hash: Bytes | null;
}

export function parseSlice(mirror: Mirror, data: readonly Bytes[]): Slice {
  const from = mirror.frontier.size;
  const leaves = data.map((entry) => leafHash(entry));
  const slice: Slice = {
    ...extended(mirror, leaves),
    bad: mirror.bad,
    items: [],
    bundles: bundleParts(mirror.frontier, data, leaves),
  };
  for (let at = 0; at < data.length && slice.bad === null; at += 1) {
    const index = from + at;
    const parsed = parseBookEntry(data[at] ?? new Uint8Array(0));
    if (!parsed.ok) slice.bad = { index, code: "book-entry-invalid" };
    else if (index === 0 && (parsed.value.entry?.t !== "genesis" || parsed.value.entry.iss !== nodeOf(mirror))) {
      slice.bad = { index, code: "book-genesis" };
    } else slice.items.push({ index, leaf: parsed.value.leaf, entry: parsed.value.entry });
  }
  return slice;
}

/** Extends the compact range, stopping at the verified size to hold its root against this reading's. */
function extended(mirror: Mirror, leaves: readonly Bytes[]): Pick<Slice, "frontier" | "consistent"> {
  const { frontier, verified, consistent } = mirror;
  const until = verified.size - frontier.size;
  if (until <= 0 || until > leaves.length) return { frontier: extendFrontier(frontier, leaves), consistent };
  const there = extendFrontier(frontier, leaves.slice(0, until));
  const isSame = equal(frontierRoot(there), fromBase64(verified.root));
  return { frontier: extendFrontier(there, leaves.slice(until)), consistent: consistent && isSame };
}

/** The peaks over an unfinished bundle are a compact range of their own, so its hash needs none of its earlier entries. */
function bundleParts({ size, hashes }: Frontier, data: readonly Bytes[], leaves: readonly Bytes[]): BundlePart[] {
  const parts: BundlePart[] = [];
  let open: Frontier = { size: size % TILE_WIDTH, hashes: hashes.slice(hashes.length - onesOf(size % TILE_WIDTH)) };
  for (let at = 0; at < data.length;) {
    const to = Math.min(data.length, at + TILE_WIDTH - open.size);
    open = extendFrontier(open, leaves.slice(at, to));
    const isFull = open.size === TILE_WIDTH;
    const index = Math.floor((size + at) / TILE_WIDTH);
    parts.push({ index, entries: data.slice(at, to), hash: isFull ? frontierRoot(open) : null });
    if (isFull) open = emptyFrontier();
    at = to;
  }
  return parts;
}

function onesOf(n: number): number {
  let ones = 0;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}

/** Applies a slice whose cited chains, keys and campaigns are loaded into the mirror's book. */
export function applySlice(mirror: Mirror, slice: Slice, rulesOf: RulesOf): Touched {
  const { touched } = applyBookEntries(mirror.book, slice.items, rulesOf);
  mirror.frontier = slice.frontier;
  mirror.consistent = slice.consistent;
  mirror.bad = slice.bad;
  return touched;
}

/** A book that matched its checkpoint and is well formed is what later ones must extend, whatever its totals. */
export function verifiedAfter(mirror: Mirror, target: Target, verdict: Verdict): Mirror["verified"] {
  if (!verdict.ok && verdict.code !== "totals-mismatch") return mirror.verified;
  return { size: target.size, root: toBase64(target.root) };
}

/** What the hub serves from now on: entries that led to their signed checkpoint, even if they are no valid book. */
export function keptAfter(mirror: Mirror, target: Target, verdict: Verdict): Mirror["kept"] {
  const isRead = verdict.ok || verdict.code === "totals-mismatch" || mirror.bad?.code === verdict.code;
  return isRead ? { generation: mirror.generation, size: target.size, note: target.note } : mirror.kept;
}

/** The tree head that a note states; its signature was verified when the report was accepted. */
export function reportHead(note: string): { size: number; root: Target["root"] } {
  const checkpoint = parseCheckpoint(note.slice(0, note.lastIndexOf("\n\n") + 1));
  if (!checkpoint.ok) throw new Error("a logged report without a checkpoint");
  return checkpoint.value;
}

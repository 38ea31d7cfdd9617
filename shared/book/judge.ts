/**
 * The verdict about a report (docs/protocol.md §3): the hub reads the book's new entries and this decides, the
 * verifier repeats it. Entries are read once a signed checkpoint covers them; what was read stays read, whether or
 * not the report's totals were right.
 */
import { type Bytes, equal } from "../bytes.ts";
import { type Frontier, emptyFrontier, extendFrontier, frontierRoot, leafHash } from "../log/merkle.ts";
import type { verdictCodes } from "../protocol/statement.ts";
import { parseBookEntry } from "../signing/book-entry.ts";
import { canonicalJson } from "../signing/canonical.ts";
import { type BookEffect, type BookItem, applyBookEntries } from "./fold.ts";
import { type BookState, type RulesOf, emptyBook } from "./state.ts";
import { type Told, provableTotals, tellingOf, toldTotals } from "./totals.ts";

export type VerdictCode = (typeof verdictCodes)[number];
export type Verdict = { ok: true } | { ok: false; code: VerdictCode; index?: number };

/** What is known of one node's book: as far as it was read, the tree's frontier and the fold. */
export interface BookReading {
  frontier: Frontier;
  state: BookState;
}

export function emptyReading(): BookReading {
  return { frontier: emptyFrontier(), state: emptyBook() };
}

export interface Head {
  size: number;
  root: Bytes;
}

/** New entries, checked against the head they lead to and parsed, but not yet applied. */
export interface NewEntries {
  items: BookItem[];
  frontier: Frontier;
}

/**
 * First step: do the new entries lead from what was read to the signed head, and is each one well formed?
 * `data` are the entries from `read.size` up to the head; null when the node does not serve them.
 */
export function readEntries(
  origin: string,
  read: Frontier,
  head: Head,
  data: readonly Bytes[] | null,
): { ok: true; value: NewEntries } | { ok: false; error: Exclude<Verdict, { ok: true }> } {
  const refuse = (code: VerdictCode, index?: number) =>
    ({ ok: false, error: { ok: false, code, ...(index !== undefined && { index }) } }) as const;
  if (head.size < read.size) return refuse("book-shrunk");
  if (data === null || data.length < head.size - read.size) return refuse("book-unavailable");
  const leaves = data.slice(0, head.size - read.size).map((entry) => leafHash(entry));
  const frontier = extendFrontier(read, leaves);
  if (!equal(frontierRoot(frontier), head.root)) return refuse("book-fork");
  const items: BookItem[] = [];
  for (let at = 0; at < leaves.length; at += 1) {
    const index = read.size + at;
    const parsed = parseBookEntry(data[at] ?? new Uint8Array(0));
    if (!parsed.ok) return refuse("book-entry-invalid", index);
    const { entry, leaf } = parsed.value;
    if (index === 0 && (entry?.t !== "genesis" || entry.iss !== origin)) return refuse("book-genesis", 0);
    items.push({ index, leaf, entry });
  }
  return { ok: true, value: { items, frontier } };
}

/** Second step, after the new entries were applied: are the report's totals those of the book? */
export function compareTotals(report: Told, state: Pick<BookState, "tallies">): Verdict {
  const found = toldTotals(tellingOf(report), state);
  const isEqual = found !== null && canonicalJson(provableTotals(report.totals)) === canonicalJson(found);
  return isEqual ? { ok: true } : { ok: false, code: "totals-mismatch" };
}

/** Both steps on a state in memory (whole, or holding what `cited` asks for and every tally). */
export function judgeReport(question: {
  origin: string;
  /** whether the report claims exactly what the book comes to: `compareTotals`, or the same on a hash */
  compare: (state: BookState) => Verdict;
  head: Head;
  reading: BookReading;
  data: readonly Bytes[] | null;
  rulesOf: RulesOf;
}): { verdict: Verdict; reading: BookReading; effect: BookEffect } {
  const { origin, compare, head, reading, data, rulesOf } = question;
  const { state } = reading;
  const entries = readEntries(origin, reading.frontier, head, data);
  const effect = applyBookEntries(state, entries.ok ? entries.value.items : [], rulesOf);
  if (!entries.ok) return { verdict: entries.error, reading, effect };
  return { verdict: compare(state), reading: { frontier: entries.value.frontier, state }, effect };
}

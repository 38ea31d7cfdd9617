/**
 * From what a verification found wrong to documents that prove it to others (docs/protocol.md §9). What it makes it checks the
 * way a stranger would; what proves nothing to a stranger gives no document. A log too long to be carried is only named.
 */
import { fromUtf8, toBase64url } from "../bytes.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { bookOrigin } from "../network/book-origin.ts";
import { type Evidence, MAX_EVIDENCE_BYTES, MAX_POSTED_ENTRIES } from "../protocol/evidence.ts";
import { canonicalBytes } from "../signing/canonical.ts";
import { parseStatement } from "../signing/statement.ts";
import { type BookJournal, subjectOf } from "../verify/book-journal.ts";
import { openReport } from "../verify/book-replay.ts";
import { type Check, Fault } from "../verify/report.ts";
import { TooLarge, Unreachable } from "../verify/source.ts";
import type { LoggedStatement } from "../verify/statements.ts";
import { type Log, readEntry, readLog } from "../verify/tlog.ts";
import { anchorsAt } from "./anchors.ts";
import { judgedAt, readServedBook } from "./book.ts";
import type { Elsewhere } from "./entries.ts";
import { type OldTree, forkedBook, rewrittenLog } from "./rewritten.ts";
import { verifyEvidence } from "./verify.ts";

/** What the verification had read when it met a fault. */
export interface Scene {
  log: Log;
  head: Checkpoint & { note: string };
  /** the totals that are served, as they were signed */
  totals: { size: number; jws: string } | null;
  keys: KeyEntries;
  journal: BookJournal | null;
  /** the log as it was seen before */
  remembered: OldTree | null;
  elsewhere: Elsewhere;
}

/** Where each issuer's keys stand in the log, for the anchors. */
export class KeyEntries {
  readonly #indexes = new Map<string, number[]>();

  add({ index, statement: { kind, claims } }: LoggedStatement): void {
    if (kind !== "hub-policy+jwt" && kind !== "hub-key+jwt" && kind !== "node-join+jwt" && kind !== "node-key+jwt")
      return;
    this.#indexes.set(claims.iss, [...(this.#indexes.get(claims.iss) ?? []), index]);
  }

  of(issuer: string): number[] {
    return this.#indexes.get(issuer) ?? [];
  }
}

/** Null where nothing is proven to others, or what would prove it cannot be had. */
export async function accuse(check: Check, scene: Scene): Promise<Evidence | null> {
  try {
    for await (const document of drafts(check, scene)) {
      const found = await verifyEvidence(document, [scene.log.vkey], scene.elsewhere);
      if (found.ok) return document;
    }
    return null;
  } catch (error) {
    if (error instanceof Fault || error instanceof Unreachable || error instanceof TooLarge) return null;
    throw error;
  }
}

/** The document that carries everything comes first: it is good without anybody's help. */
async function* drafts({ id, code, index, subject }: Check, scene: Scene): AsyncGenerator<Evidence> {
  const { log, head, remembered, totals } = scene;
  if (id === "consistency" && remembered !== null) {
    const place = await rewrittenLog(log, head, remembered);
    if (place !== null) yield { ...(await about(scene, [])), kind: "fork", log: log.origin, ...place };
  } else if (id === "entries" && code === "totals-wrong" && index !== undefined) {
    const { entry } = await readEntry(log, head, index);
    yield* wrongTotals(scene, fromUtf8(entry));
  } else if ((id === "entries" || id === "totals") && totals !== null) yield* wrongTotals(scene, totals.jws);
  else if (id === "books" && (code === "verdict-wrong" || code === "audit-lot") && index !== undefined)
    yield* wrongVerdict(scene, index);
  else if (id === "books" && (code === "book-fork" || code === "split-view") && subject !== undefined) {
    const node = scene.journal?.nodes().find((one) => subjectOf(one) === subject);
    const fork = node && (await forkedBook(node, index, scene.elsewhere));
    if (node && fork) yield { ...(await about(scene, scene.keys.of(node.origin))), kind: "fork", ...fork };
  }
}

async function* wrongTotals(scene: Scene, totals: string): AsyncGenerator<Evidence> {
  const document = { ...(await about(scene, scene.keys.of(scene.log.origin))), kind: "wrong-totals" as const, totals };
  const parsed = parseStatement(totals);
  const size = parsed.ok && parsed.value.statement.kind === "totals+jwt" ? parsed.value.statement.claims.size : 0;
  const entries = await firstEntries(scene, size);
  if (entries !== null) {
    const carried = { ...document, shown: { by: "entries" as const, entries } };
    if (isPostable(carried)) yield carried;
  }
  yield { ...document, shown: { by: "log", note: scene.head.note } };
}

async function* wrongVerdict(scene: Scene, verdict: number): AsyncGenerator<Evidence> {
  const document = { ...(await about(scene, [])), kind: "wrong-verdict" as const, verdict, note: scene.head.note };
  const entries = await firstEntries(scene, scene.head.size);
  if (entries !== null) {
    const book = await bookAt(scene, verdict);
    const carried = { ...document, entries, book };
    if (entries.length + book.length <= MAX_POSTED_ENTRIES && isPostable(carried)) yield carried;
  }
  yield document;
}

function isPostable(document: Evidence): boolean {
  return canonicalBytes(document).length <= MAX_EVIDENCE_BYTES;
}

/** Where they are so few that a worker would check them one by one. */
async function firstEntries({ log, head }: Scene, size: number): Promise<string[] | null> {
  if (size === 0 || size > MAX_POSTED_ENTRIES) return null;
  for await (const { entries } of readLog(log, head)) return entries.slice(0, size).map((entry) => fromUtf8(entry));
  return null;
}

/** The book that the verdict is about, base64url. */
async function bookAt({ journal, elsewhere }: Scene, verdict: number): Promise<string[]> {
  const judged = journal === null ? undefined : judgedAt(journal, verdict);
  if (judged === undefined) return [];
  const { node, report } = judged;
  const { head } = await openReport(bookOrigin(node.origin, node.generation), report);
  const book = await readServedBook(head, node, elsewhere);
  return book.ok ? book.value.map(toBase64url) : [];
}

async function about({ log, head }: Scene, indexes: readonly number[]) {
  return {
    v: 1 as const,
    hub: { origin: log.origin, vkey: log.vkey },
    anchors: await anchorsAt(log, head, indexes),
  };
}

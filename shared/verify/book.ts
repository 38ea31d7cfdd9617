/**
 * Verifies one community's pledge book (docs/protocol.md §10, step 5): read from the node or from the hub's mirror, and every
 * verdict of the hub repeated on it.
 */
import type { Checkpoint } from "../log/checkpoint.ts";
import { bookOrigin, bookPath, mirrorPath } from "../network/book-origin.ts";
import { MAX_BOOK_ENTRY_BYTES } from "../protocol/book-entry.ts";
import { fetchIfThere, fetchText } from "./fetch.ts";
import { EXIT, Fault, counted } from "./report.ts";
import { type Source, TooLarge, Unreachable } from "./source.ts";
import { Heads, type Log, MAX_NOTE_BYTES, fetchCheckpoint } from "./tlog.ts";
import type { BookJournal, JournalNode, JournalReport } from "./book-journal.ts";
import { isAboutBook, openReport, openReports, repeatVerdicts } from "./book-replay.ts";

/** Where a node's book is read from: its own address, or wherever the reader of this report chooses. */
export type BookSource = (node: { origin: string; url: string }) => Source;

/**
 * From the community itself or, when it does not answer with its book, from the hub's mirror: under the same signature,
 * up to the newest entry that a verdict speaks of.
 */
export async function checkBook(node: JournalNode, journal: BookJournal, sourceOf: BookSource, hub: Source) {
  const log: Log = {
    source: sourceOf(node),
    prefix: bookPath(node.generation),
    vkey: node.vkey,
    origin: bookOrigin(node.origin, node.generation),
    maxEntryBytes: MAX_BOOK_ENTRY_BYTES,
  };
  // Whoever lost a book has an older copy of it at best: what was counted of it is at the hub.
  if (node.isOver)
    return (await checkMirror(log, node, journal, hub)) ?? gone(node, "was given up, and nothing of it was kept");
  try {
    return await checkBookAt(log, node, journal, "book");
  } catch (error) {
    if (!isGone(error)) throw error;
    const mirrored = await checkMirror(log, node, journal, hub);
    if (mirrored !== null) return mirrored;
    if (node.status === "left") return gone(node, "has left and its book is no longer served");
    if ([...node.reports.values()].some(({ verdict }) => isAboutBook(verdict))) throw error;
    return gone(node, "does not answer, and nothing of it has been counted yet");
  }
}

/** Null: the hub has no copy, because it has read nothing of this book. */
async function checkMirror(log: Log, node: JournalNode, journal: BookJournal, hub: Source) {
  const mirror: Log = { ...log, source: hub, prefix: mirrorPath(node.origin, node.generation) };
  if ((await fetchIfThere(hub, `${mirror.prefix}/checkpoint`, MAX_NOTE_BYTES)) === null) {
    const read = [...node.reports.values()].find(({ verdict }) => verdict?.said.ok === true);
    if (!node.isOver || read === undefined) return null;
    throw new Fault("mirror-missing", `the hub keeps no copy of ${log.origin}, which it counted at ${read.index}`, {
      index: read.index,
    });
  }
  // A mirror's checkpoint is that of a report, signed by the book key current there.
  const note = await fetchText(hub, `${mirror.prefix}/checkpoint`, MAX_NOTE_BYTES);
  const report = [...node.reports.values()].find((one) => one.note === note);
  const vkey = report === undefined ? log.vkey : (await openReport(log.origin, report)).vkey;
  return await checkBookAt({ ...mirror, vkey }, node, journal, "mirror");
}

function gone({ origin, generation }: JournalNode, why: string) {
  const detail = `${generation === 1 ? origin : bookOrigin(origin, generation)} ${why}`;
  return { value: true, detail, facts: { entries: 0, verdicts: 0 } };
}

/**
 * No answer, or one that nobody has signed: where a community was, a provider's page or another site may answer. What
 * its key has signed speaks for itself.
 */
function isGone(error: unknown): boolean {
  if (error instanceof Unreachable || error instanceof TooLarge) return true;
  return error instanceof Fault && UNSIGNED.has(error.code);
}

const UNSIGNED = new Set(["missing", "unexpected-answer", "not-text", "note-malformed"]);

async function checkBookAt(log: Log, node: JournalNode, journal: BookJournal, from: "book" | "mirror") {
  const head = await fetchCheckpoint(log, EXIT.network);
  const opened = await openReports(log.origin, node);
  // A mirror ends where the newest verdict about readable entries does: nothing can be repeated beyond it.
  const reports =
    from === "book"
      ? opened
      : opened.filter(({ report: { verdict }, head: reported }) => isCovered(verdict, reported, head));
  const heads = new Heads(log);
  heads.see(head);
  for (const { report, head: reported } of reports) {
    if (reported.size > head.size && report.verdict?.said.ok !== false) {
      throw new Fault("book-shrunk", `the book has ${head.size} entries, a report counted ${reported.size}`, {
        index: report.index,
      });
    }
    if (report.verdict?.said.ok !== false) heads.see(reported);
  }
  const verdicts = await repeatVerdicts(log, head, node, reports, journal);
  const why = node.isOver ? "a later book has taken its place" : "the community did not answer";
  const where = from === "book" ? "" : `, read from the hub's mirror because ${why}`;
  return {
    value: true,
    detail: `${counted(head.size, "entry", "entries")} of ${log.origin} under its signed root${where}; ${counted(verdicts, "verdict", "verdicts")} of the hub repeated`,
    facts: { entries: head.size, reports: reports.length, verdicts, source: from },
  };
}

/** A verdict that says a book was readable promises its entries in the mirror. */
function isCovered(verdict: JournalReport["verdict"], reported: Checkpoint, head: Checkpoint): boolean {
  return verdict !== null && (verdict.said.ok || reported.size <= head.size);
}

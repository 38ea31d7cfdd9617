/** Which book a verdict or an audit is about, and its entries where they are served. */
import type { Bytes } from "../bytes.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { bookOrigin, bookPath, mirrorPath } from "../network/book-origin.ts";
import { MAX_BOOK_ENTRY_BYTES } from "../protocol/book-entry.ts";
import { type Result, ok } from "../result.ts";
import type { BookJournal, JournalNode, JournalReport } from "../verify/book-journal.ts";
import type { Log } from "../verify/tlog.ts";
import { type Elsewhere, readServed } from "./entries.ts";
import type { NotEvidence } from "./refusal.ts";

/** Whose report the verdict, or the audit, at this index speaks of. */
export function judgedAt(
  journal: BookJournal,
  index: number,
): { node: JournalNode; report: JournalReport } | undefined {
  return journal
    .nodes()
    .flatMap((node) => [...node.reports.values()].map((report) => ({ node, report })))
    .find(({ report: { verdict, audits } }) => verdict?.index === index || audits.some((one) => one.index === index));
}

/** The community's own copy, and the hub's mirror of it. */
export function bookLogs(node: JournalNode, elsewhere: Elsewhere): { own: Log; mirror: Log } {
  const { vkey, origin, generation } = node;
  const about = { vkey, origin: bookOrigin(origin, generation), maxEntryBytes: MAX_BOOK_ENTRY_BYTES };
  return {
    own: { ...about, source: elsewhere.bookOf(node), prefix: bookPath(generation) },
    mirror: { ...about, source: elsewhere.hub, prefix: mirrorPath(origin, generation) },
  };
}

/** The entries under `head`, from the community or else from the mirror: who has rewritten a book has the other one no more. */
export async function readServedBook(
  head: Checkpoint,
  node: JournalNode,
  elsewhere: Elsewhere | null,
): Promise<Result<Bytes[], NotEvidence>> {
  if (elsewhere === null) return unserved(await readServed(head, null, () => Promise.resolve()));
  const { own, mirror } = bookLogs(node, elsewhere);
  const first = await collect(head, own);
  return first.ok ? first : await collect(head, mirror);
}

async function collect(head: Checkpoint, log: Log): Promise<Result<Bytes[], NotEvidence>> {
  const entries: Bytes[] = [];
  const read = await readServed(head, log, async (chunk) => {
    entries.push(...chunk.entries);
    await Promise.resolve();
  });
  return read.ok ? ok(entries) : read;
}

function unserved(read: Result<null, NotEvidence>): Result<Bytes[], NotEvidence> {
  return read.ok ? ok([]) : read;
}

/** A verdict that the book does not bear out: the log up to it, and the book up to the checkpoint it is about. */
import { fromBase64url, utf8 } from "../bytes.ts";
import { bookOrigin } from "../network/book-origin.ts";
import type { EvidenceOf } from "../protocol/evidence.ts";
import { MAX_LOGGED_BYTES } from "../protocol/statement.ts";
import { type Result, ok } from "../result.ts";
import { BookJournal } from "../verify/book-journal.ts";
import { repeatOn } from "../verify/book-replay.ts";
import { Fault } from "../verify/report.ts";
import { StatementReader } from "../verify/statements.ts";
import { judgedAt, readServedBook } from "./book.ts";
import { type Elsewhere, readCarried, readServed, readStatements } from "./entries.ts";
import type { Keys } from "./keys.ts";
import { type Found, type NotEvidence, refuse } from "./refusal.ts";
import { openHead } from "./tree.ts";

export async function checkWrongVerdict(
  document: EvidenceOf<"wrong-verdict">,
  keys: Keys,
  elsewhere: Elsewhere | null,
): Promise<Found> {
  const { origin } = keys.hub;
  const journal = await readJournal(document, keys, elsewhere);
  if (!journal.ok) return journal;
  const judged = judgedAt(journal.value, document.verdict);
  if (judged === undefined) return refuse("no-contradiction", `entry ${document.verdict} is no verdict and no audit`);
  const { node, report } = judged;
  for (const vkey of report.vkeys) keys.addVkey(bookOrigin(node.origin), vkey);
  const head = await openHead(keys, bookOrigin(node.origin, node.generation), report.note);
  if (!head.ok) return head;
  // Only a book that leads to the community's own checkpoint says anything about a verdict on it.
  const book = document.book?.map(fromBase64url);
  const read =
    book === undefined
      ? await readServedBook(head.value, node, elsewhere)
      : await readCarried(head.value, book, () => Promise.resolve());
  if (!read.ok) return read;
  try {
    await repeatOn(node, journal.value, book ?? read.value ?? []);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if ((error.code !== "verdict-wrong" && error.code !== "audit-lot") || error.index !== document.verdict)
      return refuse("no-contradiction", `the first fault is another one: ${error.message}`);
    const facts = { node: node.origin, index: document.verdict };
    return ok({ accused: origin, party: "hub", detail: `${origin}: ${error.message}`, facts });
  }
  return refuse("no-contradiction", "the verdict is right");
}

/** The log up to the entry in question, which must keep every rule: else it is another fault. */
async function readJournal(
  { note, entries, verdict }: EvidenceOf<"wrong-verdict">,
  keys: Keys,
  elsewhere: Elsewhere | null,
): Promise<Result<BookJournal, NotEvidence>> {
  const { origin, vkey } = keys.hub;
  const head = await openHead(keys, origin, note);
  if (!head.ok) return head;
  const journal = new BookJournal();
  const reader = new StatementReader(origin, {
    sizes: new Set(),
    onSize: () => {},
    onStatement: (entry) => {
      journal.add(entry);
    },
  });
  const log = elsewhere && { source: elsewhere.hub, prefix: "/log", vkey, origin, maxEntryBytes: MAX_LOGGED_BYTES };
  const fault = await readStatements(
    reader,
    verdict + 1,
    async (take) =>
      await (entries === undefined
        ? readServed(head.value, log, take)
        : readCarried(head.value, entries.map(utf8), take)),
  );
  if (!fault.ok) return fault;
  return fault.value === null
    ? ok(journal)
    : refuse("proof-invalid", `the log is not valid up to there: ${fault.value.message}`);
}

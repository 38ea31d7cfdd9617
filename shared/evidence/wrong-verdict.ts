/** A verdict that the book does not bear out: the log up to it, and the book up to the checkpoint it is about. */
import { type Bytes, equal, fromBase64url, utf8 } from "../bytes.ts";
import { leafHash, rootOf } from "../log/merkle.ts";
import { bookOrigin } from "../network/accept.ts";
import type { EvidenceOf } from "../protocol/evidence.ts";
import { type Result, ok } from "../result.ts";
import { BookJournal, repeatOn } from "../verify/book.ts";
import { Fault } from "../verify/report.ts";
import { StatementReader } from "../verify/statements.ts";
import type { Keys } from "./keys.ts";
import { type Found, type NotEvidence, refuse } from "./refusal.ts";
import { openHead } from "./tree.ts";

export async function checkWrongVerdict(document: EvidenceOf<"wrong-verdict">, keys: Keys): Promise<Found> {
  const { origin } = keys.hub;
  const journal = await readJournal(document, keys);
  if (!journal.ok) return journal;
  const judged = journal.value
    .nodes()
    .flatMap((node) => [...node.reports.values()].map((report) => ({ node, report })))
    .find(({ report }) => report.verdict?.index === document.verdict);
  if (judged === undefined) return refuse("no-contradiction", `entry ${document.verdict} is no verdict`);
  const { node, report } = judged;
  for (const vkey of report.vkeys) keys.addVkey(bookOrigin(node.origin), vkey);
  const head = await openHead(keys, bookOrigin(node.origin), report.note);
  if (!head.ok) return head;
  const book = document.book.map(fromBase64url);
  // Only a book that leads to the community's own checkpoint says anything about a verdict on it.
  if (book.length !== head.value.size || !equal(rootOf(book.map((entry) => leafHash(entry))), head.value.root))
    return refuse("proof-invalid", "the book does not lead to the checkpoint that the report carries");
  try {
    await repeatOn(node, journal.value, book);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code !== "verdict-wrong" || error.index !== document.verdict)
      return refuse("no-contradiction", `the first fault is another one: ${error.message}`);
    const facts = { node: node.origin, index: document.verdict };
    return ok({ accused: origin, party: "hub", detail: `${origin}: ${error.message}`, facts });
  }
  return refuse("no-contradiction", "the verdict is right");
}

async function readJournal(
  { note, entries }: EvidenceOf<"wrong-verdict">,
  keys: Keys,
): Promise<Result<BookJournal, NotEvidence>> {
  const head = await openHead(keys, keys.hub.origin, note);
  if (!head.ok) return head;
  const bytes: Bytes[] = entries.map(utf8);
  const leaves = bytes.map((entry) => leafHash(entry));
  if (bytes.length !== head.value.size || !equal(rootOf(leaves), head.value.root))
    return refuse("proof-invalid", "the entries do not lead to the hub's checkpoint");
  const journal = new BookJournal();
  const reader = new StatementReader(keys.hub.origin, {
    sizes: new Set(),
    onSize: () => {},
    onStatement: (entry) => {
      journal.add(entry);
    },
  });
  try {
    await reader.add({ start: 0, entries: bytes, leaves });
    await reader.finish();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return refuse("proof-invalid", `the log is not valid up to there: ${error.message}`);
  }
  return ok(journal);
}

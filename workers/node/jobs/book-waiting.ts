/**
 * Shuffles what waits into the book (docs/privacy.md): when the longest waiting has waited its time, all that waits goes in,
 * in random order, so that the order of a book says nothing about who signed when. Before a campaign's lock, all of its own.
 */
import { memberDocument } from "../../../shared/protocol/document.ts";
import { bookDocuments } from "../actions/book-documents.ts";
import { appendToBook } from "../book.ts";
import type { NodeContext } from "../context.ts";
import { termsOf } from "../queries/pledge.ts";
import { endWaiting, someWaiting, type WaitingToBook, waitingSince } from "../queries/waiting.ts";

/** Entries in one append, and appends in one run: bounded statements, however many wait. */
const PORTION = 100;
const MOST_PORTIONS = 3;

/** How many entries went in. */
export async function bookWaiting(context: NodeContext): Promise<number> {
  const since = await waitingSince(context.db);
  if (since === null || context.now() < since + context.config.bookBatchS * 1000) return 0;
  let booked = 0;
  for (let portion = 0; portion < MOST_PORTIONS; portion += 1) {
    const count = await bookPortion(context, null);
    booked += count;
    if (count < PORTION) break;
  }
  return booked;
}

/** A portion of what waits for one campaign, whose lock must find what was signed before it. True when nothing is left. */
export async function bookWaitingOf(context: NodeContext, campaign: string): Promise<boolean> {
  return (await bookPortion(context, campaign)) < PORTION;
}

async function bookPortion(context: NodeContext, campaign: string | null): Promise<number> {
  const { db, now } = context;
  const appended = await appendToBook(
    context,
    ({ first, day, rows }) => {
      const waiting = inOwnOrder((rows[0] ?? []) as unknown as WaitingToBook[]);
      const documents = waiting.map((row) => {
        const { cm, signature, salt, key_leaf: keyLeaf, received_at: signedAt } = row;
        const terms = termsOf(row);
        if (terms === null) throw new Error("a document waits for a campaign that is not there");
        const document = memberDocument.parse(JSON.parse(row.document));
        return { row, terms, document, cm, signature, salt, keyLeaf, signedAt };
      });
      const change = bookDocuments(db, documents, { first, day, now: now() });
      return Promise.resolve({
        ...change,
        finish: (leaves: string[]) => {
          const { statements } = change.finish(leaves);
          const ended = waiting.length === 0 ? [] : endWaiting(db, waiting);
          return { statements: [...ended, ...statements], value: waiting.length };
        },
      });
    },
    [someWaiting(db, campaign, PORTION)],
  );
  return appended.value;
}

/** Random as they came, except that each member's own documents keep the order in which they were signed. */
function inOwnOrder(rows: readonly WaitingToBook[]): WaitingToBook[] {
  const own = new Map<string, WaitingToBook[]>();
  for (const row of rows.toSorted((a, b) => a.seq - b.seq)) own.set(row.member, [...(own.get(row.member) ?? []), row]);
  return rows.flatMap(({ member }) => own.get(member)?.splice(0, 1) ?? []);
}

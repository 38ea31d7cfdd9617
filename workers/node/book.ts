/**
 * Appends to the pledge book (docs/protocol.md §2). Every entry passes through the book fold on the way in, and the
 * tallies it changes are written in the same batch: they are the fold's materialised view and never differ from it.
 * A book that a hub knows to be longer than this database is not continued.
 * An entry that breaks a rule of the fold is a bug of the caller, who decides on the same snapshot.
 */
import { applyBookEntries } from "../../shared/book/fold.ts";
import type { BookState, RulesOf } from "../../shared/book/state.ts";
import { fromUtf8, toBase64url } from "../../shared/bytes.ts";
import type { BookEntry } from "../../shared/protocol/book-entry.ts";
import { encodeEntry } from "../../shared/signing/book-entry.ts";
import { Refused } from "../lib/problem.ts";
import { appendToLog, type Appended, entryLeaf } from "../lib/log-store.ts";
import { seeHead } from "../lib/witness/guard.ts";
import type { NodeContext } from "./context.ts";
import { writeTallies } from "./queries/tally.ts";
import { utcDay } from "./time.ts";
import { guardBook } from "./witnesses.ts";

/** The book as one attempt to append finds it. */
export interface BookView {
  /** index the first new entry will have */
  first: number;
  /** UTC day for new entries: today, or the last entry's where that is later */
  day: string;
  /** rows of the caller's reads, in order */
  rows: Record<string, unknown>[][];
}

export interface BookChange<T> {
  entries: BookEntry[];
  /** the chains, keys and tallies the entries cite, as far as they exist */
  state: Pick<BookState, "chains" | "keys" | "tallies">;
  rulesOf: RulesOf;
  /** the caller's own rows, once the leaves are known */
  finish: (leaves: string[]) => { statements: D1PreparedStatement[]; value: T };
}

/** Leaf 0 of a book. */
export function genesisOf(iss: string): BookEntry {
  return { t: "genesis", iss, v: 1, n: randomBase64url(16) };
}

export function randomBase64url(bytes: number): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

export async function appendToBook<T>(
  context: NodeContext,
  decide: (view: BookView) => Promise<BookChange<T>>,
  reads: D1PreparedStatement[] = [],
  { goingOver = false }: { goingOver?: boolean } = {},
): Promise<Appended<T>> {
  const { db, config, now } = context;
  await guardBook(context);
  const lastDay = db.prepare(
    `SELECT (SELECT data ->> 'd' FROM log_entry WHERE idx >= 0 ORDER BY idx DESC LIMIT 1) AS day,
       EXISTS (SELECT 1 FROM book_reset WHERE done_at IS NULL) AS beginning`,
  );
  const appended = await appendToLog(
    db,
    async (head, [dayRow, ...results]) => {
      seeHead(config, head);
      const genesis: BookEntry[] = head.size === 0 ? [genesisOf(config.origin)] : [];
      const state = dayRow?.results[0] as { day: string | null; beginning: number } | undefined;
      // What is carried over from a lost book comes first: whatever is decided now rests on it.
      if (state?.beginning === 1 && !goingOver) throw new Refused("book-beginning", { retryAfterS: 60 });
      const last = state?.day ?? null;
      const today = utcDay(now());
      const day = last !== null && last > today ? last : today;
      const first = head.size + genesis.length;
      const rows = results.map((result) => result.results as Record<string, unknown>[]);
      const change = await decide({ first, day, rows });

      const items = [...genesis, ...change.entries].map((entry, at) => {
        const data = fromUtf8(encodeEntry(entry));
        return { index: head.size + at, leaf: entryLeaf(data), entry, data };
      });
      const folded: BookState = {
        ...change.state,
        size: head.size,
        genesis: head.size === 0 ? null : config.origin,
        day: last,
      };
      const { problems, touched } = applyBookEntries(folded, items, change.rulesOf);
      if (problems.length > 0) throw new Error(`the book refuses an entry of this node: ${JSON.stringify(problems)}`);
      const tallies = [...folded.tallies].filter(([campaign]) => touched.campaigns.has(campaign));
      const { statements, value } = change.finish(items.slice(genesis.length).map((item) => item.leaf));
      return {
        entries: items.map(({ leaf, data, entry }) => ({ leaf, data, kind: entry.t })),
        statements: [...(tallies.length === 0 ? [] : [writeTallies(db, tallies)]), ...statements],
        value,
      };
    },
    { now, reads: [lastDay, ...reads] },
  );
  seeHead(config, appended.head);
  return appended;
}

const begun = new WeakSet<object>();

/** Leaf 0. Whoever comes first writes it; a second one loses on the head and finds nothing left to do. */
export async function ensureGenesis(context: NodeContext): Promise<void> {
  if (begun.has(context.config)) return;
  const head = await context.db.prepare("SELECT 1 FROM log_head LIMIT 1").first();
  if (head === null) {
    const nothing = { chains: new Map(), keys: new Map(), tallies: new Map() };
    await appendToBook(context, () =>
      Promise.resolve({
        entries: [],
        state: nothing,
        rulesOf: () => undefined,
        finish: () => ({ statements: [], value: null }),
      }),
    );
  }
  begun.add(context.config);
}

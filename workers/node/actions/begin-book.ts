/**
 * A new book, because the one before was lost (docs/protocol.md §2): the steward's decision, taken only while a hub knows more
 * of the book than this database. One batch: genesis, what is left of the old book below index 0, and what is to be told.
 * Each hub hears of it by the next report's number (jobs/sign-report.ts), and what this database still has of live pledges
 * goes over (jobs/carry-over.ts). A crash after the batch loses nothing: both go on from rows.
 */
import { MAX_GENERATION } from "../../../shared/protocol/book-reset.ts";
import { fromUtf8 } from "../../../shared/bytes.ts";
import { mirrorPath } from "../../../shared/network/book-origin.ts";
import { encodeEntry } from "../../../shared/signing/book-entry.ts";
import { isConflict } from "../../lib/d1.ts";
import { beginLog, entryLeaf, readHead } from "../../lib/log-store.ts";
import { Refused } from "../../lib/problem.ts";
import { genesisOf } from "../book.ts";
import type { NodeContext } from "../context.ts";
import { newestAtHub } from "../jobs/sign-report.ts";
import { BELOW } from "../given-up.ts";
import { type HubRow, readHubs } from "../queries/hub.ts";
import { markAllDirty } from "../queries/outbox.ts";
import { isBookBehind } from "../witnesses.ts";

const BUNDLE = 256;

/** The order of an operator without a browser: the variable names the number of the new book, so that it is obeyed once. */
export async function obeyOrder(context: NodeContext): Promise<void> {
  const { beginBook: order } = context.config;
  if (order === null || (await readHead(context.db)).log >= order.generation) return;
  await beginBook(context, order.reason);
}

interface Known {
  hub: HubRow;
  generation: number;
  size: number;
}

export async function beginBook(context: NodeContext, reason: string): Promise<{ generation: number }> {
  const { db, now } = context;
  const head = await readHead(db);
  const known = await askHubs(context);
  const isBehind =
    (await isBookBehind(context)) ||
    known.some(({ generation, size }) => generation > head.log || (generation === head.log && size > head.size));
  if (!isBehind) throw new Refused("book-not-behind");
  const generation = Math.max(head.log, ...known.map((one) => one.generation)) + 1;
  if (generation > MAX_GENERATION) throw new Refused("book-reset-invalid");
  // What was pledged in a book that this database never had, nobody can tell from here: then nothing goes over.
  const newest = Math.max(head.log, ...known.map((one) => one.generation));
  const source = newest === head.log ? (known.find((one) => one.generation === head.log) ?? null) : null;
  const mirror = source === null ? null : `${source.hub.url}${mirrorPath(context.config.origin, head.log)}`;
  const from = Math.floor(head.size / BUNDLE) * BUNDLE;
  try {
    await db.batch([
      db
        .prepare(
          "INSERT INTO book_reset (generation, reason, begun_at, mirror, mirror_next, entered, let_go) VALUES (?, ?, ?, ?, ?, 0, 0)",
        )
        .bind(generation, reason, now(), mirror, mirror === null ? null : from),
      ...giveUp(db),
      ...(mirror === null ? forgetChains(db) : []),
      ...genesis(context, generation),
      markAllDirty(db, now()),
    ]);
  } catch (error) {
    if (isConflict(error)) throw new Refused("busy", { retryAfterS: 1 });
    throw error;
  }
  // The witnesses of the new book hold nothing of it yet, so what halted the old one is over.
  await isBookBehind(context);
  return { generation };
}

/** Those that answer and know this community. */
async function askHubs(context: NodeContext): Promise<Known[]> {
  const hubs = (await readHubs(context.db)).filter(({ status }) => status === "admitted" || status === "suspended");
  const answers = await Promise.all(
    hubs.map(async (hub) => {
      const newest = await newestAtHub(context, hub);
      return newest === null ? [] : [{ hub, generation: newest.generation, size: newest.bookSize }];
    }),
  );
  return answers.flat();
}

/** Nothing is deleted that a member may still want to see; the tree is, which nobody relies on any more. */
function giveUp(db: D1Database): D1PreparedStatement[] {
  return [
    ...["log_entry", "receipt", "pledge"].map((table) =>
      db.prepare(`UPDATE ${table} SET idx = idx - ${String(BELOW)} WHERE idx IS NOT NULL`),
    ),
    db.prepare(`UPDATE report SET book_size = book_size - ${String(BELOW)}`),
    db.prepare("DELETE FROM log_tile"),
    db.prepare("DELETE FROM log_head"),
    db.prepare("DELETE FROM log_guard"),
    db.prepare("DELETE FROM tally"),
    db.prepare(
      "UPDATE cosigner SET size = 0, root = NULL, line = NULL, at = NULL, attempts = 0, next_at = NULL, error = NULL",
    ),
    db.prepare("UPDATE hub SET counted_book_size = 0"),
    // What is not wholly open cannot be opened any more, and an answer of less would be one that hides something.
    db.prepare("DELETE FROM audit_opening WHERE audit IN (SELECT audit FROM audit_opening WHERE opening IS NULL)"),
  ];
}

function forgetChains(db: D1Database): D1PreparedStatement[] {
  return [
    db.prepare("UPDATE pledge SET head = NULL, idx = NULL, qty = NULL, band = NULL WHERE head IS NOT NULL"),
    db.prepare("DELETE FROM waiting"),
  ];
}

function genesis({ db, config, now }: NodeContext, generation: number): D1PreparedStatement[] {
  const entry = genesisOf(config.origin);
  const data = fromUtf8(encodeEntry(entry));
  return beginLog(db, generation, { leaf: entryLeaf(data), kind: entry.t, data }, now());
}

/**
 * The book takes note of a logged campaign-close: `lock` turns pledges from the reached band up into commitments,
 * `release` lets all go. One entry and one tally whatever the number of pledges. Done once: the tally remembers it.
 */
import type { CampaignRules, Tally } from "../../../shared/book/state.ts";
import type { BookEntry } from "../../../shared/protocol/book-entry.ts";
import { appendToBook, randomBase64url } from "../book.ts";
import type { NodeContext } from "../context.ts";
import { openBook } from "../queries/carry-over.ts";
import { markDirty } from "../queries/outbox.ts";
import { tallyOfRow, type TallyRow } from "../queries/tally.ts";
import { bookWaitingOf } from "./book-waiting.ts";

interface Row extends TallyRow {
  hub: string;
  bands_minor: string;
  max_qty: string;
  close_leaf: string;
  close_outcome: "locked" | "released";
  close_band: number | null;
}

export async function endCampaign(context: NodeContext, id: string): Promise<void> {
  const { db, now } = context;
  // The lock takes in what goes over from a lost book, which comes first.
  if ((await openBook(db)) !== null) return;
  // More than one portion waits: the lock is for the next round, which finds the campaign unended.
  if (!(await bookWaitingOf(context, id))) return;
  const read = db
    .prepare(
      `SELECT c.hub, c.bands_minor, c.max_qty, c.close_leaf, c.close_outcome, c.close_band,
         t.units, t.chains, t.interest, t.purchased, t.locked, t.ended
       FROM campaign c JOIN tally t ON t.campaign = c.id WHERE c.id = ? AND c.close_leaf IS NOT NULL AND t.ended IS NULL`,
    )
    .bind(id);
  await appendToBook(
    context,
    ({ day, rows }) => {
      const row = rows[0]?.[0] as Row | undefined;
      const entry = row === undefined ? null : closingEntry(id, row, day);
      const tallies = new Map<string, Tally>();
      if (row !== undefined) tallies.set(id, tallyOfRow(row));
      return Promise.resolve({
        entries: entry === null ? [] : [entry],
        state: { chains: new Map(), keys: new Map(), tallies },
        rulesOf: () => (row === undefined ? undefined : rulesOf(row)),
        finish: () => ({ statements: row === undefined ? [] : [markDirty(db, [row.hub], now())], value: null }),
      });
    },
    [read],
  );
}

function closingEntry(c: string, row: Row, d: string): BookEntry | null {
  const closing = { c, x: row.close_leaf, n: randomBase64url(16), d };
  if (row.close_outcome === "released") return { t: "release", ...closing };
  return row.close_band === null ? null : { t: "lock", b: row.close_band, ...closing };
}

function rulesOf(row: Row): CampaignRules {
  return {
    bands: (JSON.parse(row.bands_minor) as string[]).length,
    max_qty: BigInt(row.max_qty),
    closing: { leaf: row.close_leaf, outcome: row.close_outcome, band: row.close_band },
  };
}

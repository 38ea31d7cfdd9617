/** The books a hub witnesses: those of its communities. */
import { bookOrigin } from "../../../shared/network/book-origin.ts";
import { currentGeneration } from "../../../shared/network/resets.ts";
import type { Witnessing } from "../../../shared/protocol/api/witness.ts";
import { rowsOf } from "../../lib/d1.ts";
import { cosignerOf } from "../../lib/witness/routes.ts";
import { standingOf, standingReads } from "../../lib/witness/standing.ts";
import { hashOf } from "../../lib/witness/witness.ts";
import type { HubConfig } from "../env.ts";
import { bookOf } from "../view-rows.ts";

interface Row {
  origin: string;
  book_vkey: string;
  book: string | null;
}

export async function readBooks(db: D1Database, config: HubConfig): Promise<Witnessing> {
  const [communities, ...standing] = await db.batch([
    db.prepare("SELECT origin, book_vkey, book FROM community WHERE status <> 'joined' ORDER BY origin LIMIT 200"),
    ...standingReads(db),
  ]);
  const of = standingOf(standing);
  return {
    vkey: (await cosignerOf(config))?.vkey ?? null,
    url: `${config.publicUrl}/witness`,
    logs: rowsOf<Row>(communities).map(({ origin, book_vkey: vkey, book: text }) => {
      const book = bookOrigin(origin, currentGeneration({ book: bookOf(text) }));
      return { id: hashOf(book), origin: book, vkey, source: "community" as const, ...of(book) };
    }),
  };
}

/** What an audit reads of a node: its hub's keys, its book as of a report, and what opens the pledges that were drawn. */
import type { Ballot, LotTerms } from "../../../shared/audit/lot.ts";
import { foldBook } from "../../../shared/book/fold.ts";
import type { BookState, CampaignRules } from "../../../shared/book/state.ts";
import type { Opening } from "../../../shared/protocol/audit.ts";
import type { BookEntry } from "../../../shared/protocol/book-entry.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { readProofs } from "../../lib/log-read.ts";
import type { NodeContext } from "../context.ts";
import type { PinnedHub } from "../hub-client.ts";
import { type HubRow, pinned } from "./hub.ts";
import { type ReceiptFileRow, receiptFile } from "./receipt-file.ts";

export async function hubKeysOfRow(db: D1Database, origin: string): Promise<PinnedHub | null> {
  const row = await db
    .prepare("SELECT origin, url, vkey, statement_jwk, key_state FROM hub WHERE origin = ?")
    .bind(origin)
    .first<Pick<HubRow, "origin" | "url" | "vkey" | "statement_jwk" | "key_state">>();
  return row === null ? null : pinned(row);
}

/** The size of the book that a delivered report spoke of, and the newest audit that was answered. Scans one hub's reports. */
export function auditQueries(db: D1Database, hub: string, report: string): D1PreparedStatement[] {
  return [
    db.prepare("SELECT book_size FROM report WHERE hub = ? AND leaf = ?").bind(hub, report),
    db.prepare("SELECT leaf, asked FROM audit WHERE hub = ? ORDER BY asked DESC LIMIT 1").bind(hub),
  ];
}

interface CampaignRow {
  id: string;
  currency: string;
  reference_price_minor: string;
  bands_minor: string;
  max_qty: string;
  close_leaf: string | null;
  close_outcome: "locked" | "released" | null;
  close_band: number | null;
}

/** The book's first `size` entries, folded for this hub's campaigns: what the hub folded when it checked the report. */
export async function bookAsOf(
  db: D1Database,
  hub: string,
  size: number,
): Promise<{ state: BookState; termsOf: (campaign: string) => LotTerms | undefined }> {
  const [entries, campaigns] = await db.batch([
    db.prepare("SELECT idx, leaf, data FROM log_entry WHERE idx < ? ORDER BY idx").bind(size),
    db
      .prepare(
        `SELECT id, currency, reference_price_minor, bands_minor, max_qty, close_leaf, close_outcome, close_band
         FROM campaign WHERE hub = ?`,
      )
      .bind(hub),
  ]);
  const terms = new Map<string, LotTerms>();
  const rules = new Map<string, CampaignRules>();
  for (const row of (campaigns?.results ?? []) as CampaignRow[]) {
    const { id, currency, reference_price_minor, max_qty, close_leaf: leaf, close_outcome: outcome } = row;
    const bands_minor = JSON.parse(row.bands_minor) as string[];
    const closing = leaf === null || outcome === null ? null : { leaf, outcome, band: row.close_band };
    terms.set(id, { currency, reference_price_minor, bands_minor });
    rules.set(id, { bands: bands_minor.length, max_qty: BigInt(max_qty), closing });
  }
  const items = ((entries?.results ?? []) as { idx: number; leaf: string; data: string }[]).map(
    ({ idx: index, leaf, data }) => ({ index, leaf, entry: JSON.parse(data) as BookEntry }),
  );
  return { state: foldBook(items, (id) => rules.get(id)).state, termsOf: (id) => terms.get(id) };
}

interface OpeningRow extends ReceiptFileRow {
  member: string;
  key_data: string;
}

/** Everything that opens these pledges, and whose they are. Scans receipts, which no index finds by their entry. */
export async function readOpenings(
  { db, config }: NodeContext,
  drawn: readonly Ballot[],
): Promise<{ openings: Opening[]; opened: [member: string, idx: number][] }> {
  const leaves = drawn.map(({ leaf }) => leaf);
  const { results: rows } = await db
    .prepare(
      `SELECT r.member, e.idx, e.leaf, e.data, r.document, r.signature, r.salt, k.public_key, k.key_salt, k.key_leaf,
         ke.idx AS key_idx, ke.data AS key_data, h.origin AS hub, h.url AS hub_url, h.vkey AS hub_vkey
       FROM json_each(?) AS drawn JOIN log_entry e ON e.leaf = drawn.value
       JOIN receipt r ON r.idx = e.idx
       JOIN log_entry ke ON ke.leaf = r.key_leaf
       JOIN credential k ON k.member_id = r.member AND k.key_leaf = r.key_leaf
       JOIN campaign c ON c.id = r.campaign JOIN hub h ON h.origin = c.hub`,
    )
    .bind(jsonParameter(leaves))
    .all<OpeningRow>();
  const found = new Set(rows.map(({ leaf }) => leaf));
  const left = await leavings(
    db,
    leaves.filter((leaf) => !found.has(leaf)),
  );
  const wanted = [
    ...new Set([...rows.flatMap(({ leaf, key_leaf }) => [leaf, key_leaf]), ...left.map((one) => one.leaf)]),
  ];
  const proofs = new Map(
    (await readProofs(db, wanted, config.book)).map((proof, at) => [wanted[at] ?? "", proof ?? ""]),
  );
  const proofOf = (leaf: string): string => proofs.get(leaf) ?? "";
  const openings = await Promise.all(
    rows.map(async (row): Promise<Opening> => {
      const file = await receiptFile(config, row, { entry: proofOf(row.leaf), key: proofOf(row.key_leaf) });
      return { leaf: row.leaf, receipt: file, key_entry: row.key_data };
    }),
  );
  const gone = left.map(({ head, leaf, data }) => ({ leaf: head, gone: { entry: data, proof: proofOf(leaf) } }));
  return { openings: [...openings, ...gone], opened: rows.map(({ member, idx }) => [member, idx]) };
}

/** Entries by which the chains of members who had left were ended. A scan, for what could not be opened only. */
async function leavings(
  db: D1Database,
  heads: readonly string[],
): Promise<{ head: string; leaf: string; data: string }[]> {
  if (heads.length === 0) return [];
  const { results } = await db
    .prepare(
      `SELECT data ->> 'r' AS head, leaf, data FROM log_entry WHERE data ->> 't' = 'withdraw'
       AND data ->> 'r' IN (SELECT value FROM json_each(?))`,
    )
    .bind(jsonParameter(heads))
    .all<{ head: string; leaf: string; data: string }>();
  return results;
}

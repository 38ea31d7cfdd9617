/** What an audit reads of a node: its hub's keys, its book as of a report, and what opens the pledges that were drawn. */
import { type Ballot, type LotTerms, drawUnits } from "../../../shared/audit/lot.ts";
import { isLive } from "../../../shared/book/fold.ts";
import type { Tally } from "../../../shared/book/state.ts";
import type { Bytes } from "../../../shared/bytes.ts";
import { AUDIT_ANSWER_S, type Opening } from "../../../shared/protocol/audit.ts";
import { MAX_SKEW_S } from "../../../shared/protocol/statement.ts";
import { jsonParameter, rowsOf } from "../../lib/d1.ts";
import { readProofs } from "../../lib/log-read.ts";
import { type BallotSource, groupsOf, groupsQuery, holdersOf, holdersQuery } from "../../lib/lot.ts";
import type { NodeContext } from "../context.ts";
import type { PinnedHub } from "../hub-client.ts";
import { type HubRow, pinned } from "./hub.ts";
import { type ReceiptFileRow, receiptFile } from "./receipt-file.ts";
import { endOf } from "./tally.ts";

export async function hubKeysOfRow(db: D1Database, origin: string): Promise<PinnedHub | null> {
  const row = await db
    .prepare("SELECT origin, url, vkey, statement_jwk, key_state FROM hub WHERE origin = ?")
    .bind(origin)
    .first<Pick<HubRow, "origin" | "url" | "vkey" | "statement_jwk" | "key_state">>();
  return row === null ? null : pinned(row);
}

/** A report a minute for three days, in which an audit is answered, and the one that counted when it was asked. */
const NEWEST_REPORTS = 5000;

/** The size of the book that a delivered report spoke of, and the newest audit that was taken: by primary keys, from the end. */
export function auditQueries(db: D1Database, hub: string, report: string): D1PreparedStatement[] {
  return [
    db
      .prepare(
        `SELECT book_size FROM (SELECT leaf, book_size FROM report WHERE hub = ? ORDER BY seq DESC LIMIT ${NEWEST_REPORTS})
         WHERE leaf = ? LIMIT 1`,
      )
      .bind(hub, report),
    db.prepare("SELECT leaf, asked FROM audit WHERE hub = ? ORDER BY asked DESC LIMIT 1").bind(hub),
  ];
}

/**
 * Live pledges of the book's first ?1 entries. A revision does not name its campaign, so its chain is walked back to its
 * beginning, by the index on leaves. Every entry of the own book keeps the fold's rules: it went through them.
 */
function ballotsAt(size: number): BallotSource {
  return {
    tables: `ended AS MATERIALIZED (SELECT data ->> 'r' AS leaf FROM log_entry
        WHERE idx >= 0 AND idx < ?1 AND kind IN ('revise', 'withdraw')),
      chain (leaf, campaign, r, band, qty) AS (
        SELECT leaf, data ->> 'c', data ->> 'r', data ->> 'b', CAST(data ->> 'q' AS INTEGER) FROM log_entry
          WHERE idx >= 0 AND idx < ?1 AND kind IN ('pledge', 'revise') AND data ->> 'b' IS NOT NULL
            AND leaf NOT IN (SELECT leaf FROM ended)
        UNION ALL
        SELECT chain.leaf, e.data ->> 'c', e.data ->> 'r', chain.band, chain.qty
          FROM chain CROSS JOIN log_entry e ON e.leaf = chain.r WHERE chain.campaign IS NULL),
      ballot AS (SELECT leaf, campaign, band, qty FROM chain WHERE campaign IS NOT NULL)`,
    of: size,
  };
}

interface TermsRow {
  id: string;
  currency: string;
  reference_price_minor: string;
  bands_minor: string;
  ended: string | null;
}

/** The lot of the book's first `size` entries, for this hub's campaigns, as the hub drew it from its mirror of them. */
export async function drawAt(
  db: D1Database,
  { hub, size, ...lot }: { hub: string; size: number; report: string; rho: Bytes; samples: number },
): Promise<Ballot[]> {
  const [found, campaigns] = await db.batch([
    groupsQuery(db, ballotsAt(size)),
    db
      .prepare(
        `SELECT c.id, c.currency, c.reference_price_minor, c.bands_minor, t.ended
         FROM campaign c JOIN tally t ON t.campaign = c.id WHERE c.hub = ?`,
      )
      .bind(hub),
  ]);
  const terms = new Map<string, LotTerms>();
  const ends = new Map<string, Tally["ended"]>();
  for (const { id, currency, reference_price_minor, bands_minor, ended } of rowsOf<TermsRow>(campaigns)) {
    terms.set(id, { currency, reference_price_minor, bands_minor: JSON.parse(bands_minor) as string[] });
    const end = endOf(ended);
    ends.set(id, end !== null && end.index < size ? end : null);
  }
  const groups = groupsOf(found).filter((group) => isLive(group, ends.get(group.campaign) ?? null));
  const hits = drawUnits({ ...lot, groups, termsOf: (id) => terms.get(id) });
  return hits.length === 0 ? [] : holdersOf(await holdersQuery(db, ballotsAt(size), hits).all());
}

/** What was drawn, and whose receipts open it: one pass over the receipts, which no index finds by their entry. */
export function keepDrawn(db: D1Database, audit: string, drawn: readonly Ballot[]): D1PreparedStatement {
  return db
    .prepare(
      `WITH drawn AS MATERIALIZED (SELECT e.leaf, e.idx FROM json_each(?2) AS one JOIN log_entry e ON e.leaf = one.value),
         own AS MATERIALIZED (SELECT member, idx FROM receipt WHERE idx IN (SELECT idx FROM drawn))
       INSERT INTO audit_opening (audit, leaf, member, idx)
       SELECT ?1, drawn.leaf, own.member, own.idx FROM drawn LEFT JOIN own ON own.idx = drawn.idx WHERE true
       ON CONFLICT (audit, leaf) DO NOTHING`,
    )
    .bind(audit, jsonParameter(drawn.map(({ leaf }) => leaf)));
}

/** A drawn pledge that is not opened yet. */
export interface Unopened {
  audit: string;
  leaf: string;
  member: string | null;
  idx: number | null;
}

/** The table holds no more than the audits of three days. */
export async function unopened(db: D1Database, audit: string | null, limit: number): Promise<Unopened[]> {
  const { results } = await db
    .prepare(
      `SELECT audit, leaf, member, idx FROM audit_opening WHERE opening IS NULL AND (?1 IS NULL OR audit = ?1)
       ORDER BY audit, leaf LIMIT ?2`,
    )
    .bind(audit, limit)
    .all<Unopened>();
  return results;
}

/** "": nothing is kept that could open it. By the primary key. */
export async function openedOf(db: D1Database, audit: string): Promise<{ opening: string | null }[]> {
  const sql = "SELECT opening FROM audit_opening WHERE audit = ? ORDER BY leaf";
  return (await db.prepare(sql).bind(audit).all<{ opening: string | null }>()).results;
}

/** What is open of an audit goes with its deadline: nobody may ask for it any more. */
export function sweepOpenings(db: D1Database, nowS: number): D1PreparedStatement {
  return db
    .prepare("DELETE FROM audit_opening WHERE audit IN (SELECT leaf FROM audit WHERE asked < ?)")
    .bind(nowS - AUDIT_ANSWER_S - MAX_SKEW_S);
}

interface OpeningRow extends ReceiptFileRow {
  key_data: string;
}

/** Everything that opens these pledges, by primary keys and leaves. What nothing is kept of, and no entry ended, is not among them. */
export async function readOpenings({ db, config }: NodeContext, drawn: readonly Unopened[]): Promise<Opening[]> {
  const own = drawn.flatMap(({ member, idx }) => (member === null ? [] : [[member, idx]]));
  const { results: rows } = await db
    .prepare(
      `SELECT e.idx, e.leaf, e.data, r.document, r.signature, r.salt, k.public_key, k.key_salt, k.key_leaf,
         ke.idx AS key_idx, ke.data AS key_data, h.origin AS hub, h.url AS hub_url, h.vkey AS hub_vkey
       FROM json_each(?) AS drawn
       CROSS JOIN receipt r ON r.member = drawn.value ->> 0 AND r.idx = drawn.value ->> 1
       JOIN log_entry e ON e.idx = r.idx
       JOIN log_entry ke ON ke.leaf = r.key_leaf
       JOIN credential k ON k.member_id = r.member AND k.key_leaf = r.key_leaf
       JOIN campaign c ON c.id = r.campaign JOIN hub h ON h.origin = c.hub`,
    )
    .bind(jsonParameter(own))
    .all<OpeningRow>();
  const found = new Set(rows.map(({ leaf }) => leaf));
  const left = await leavings(
    db,
    drawn.flatMap(({ leaf }) => (found.has(leaf) ? [] : [leaf])),
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
  return [...openings, ...gone];
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

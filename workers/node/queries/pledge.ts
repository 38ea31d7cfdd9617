/**
 * Reads and writes of the pledge path, in plain SQL because they are hot: one statement reads everything a
 * decision needs, however many pledges are committed together. Every table is reached by its primary key.
 */
import { z } from "zod";
import { jsonParameter } from "../../lib/d1.ts";
import type { PledgeTerms } from "../actions/draft-pledge.ts";
import type { TallyRow } from "./tally.ts";

/** SHA-256 of the session cookie's token: who asks, to be looked up in the same read as everything else. */
export type SessionId = string;

export const CAMPAIGN_COLUMNS = `c.id AS campaign_id, c.hub, c.name AS campaign_name, c.unit, c.currency, c.bands_minor, c.max_qty,
  c.terms_sha256, c.closes, c.close_leaf, c.adopted_at`;
export const TALLY_COLUMNS = "t.units, t.chains, t.interest, t.purchased, t.locked, t.ended";
/** Of what is booked and of what waits; `member` is a column or a parameter. */
export function lastSeqOf(member: "m.id" | "?1"): string {
  return `max(coalesce((SELECT max(seq) FROM receipt WHERE member = ${member}), 0),
    coalesce((SELECT max(seq) FROM waiting WHERE member = ${member}), 0))`;
}

const SIGNS = "member_id = m.id AND ended_at IS NULL AND key_leaf IS NOT NULL";

interface CampaignColumns {
  campaign_id: string | null;
  hub: string;
  campaign_name: string;
  unit: string;
  currency: string;
  bands_minor: string;
  max_qty: string;
  terms_sha256: string;
  closes: number;
  close_leaf: string | null;
  adopted_at: number | null;
}

const bands = z.array(z.string());

export function termsOf(row: CampaignColumns): PledgeTerms | null {
  if (row.campaign_id === null) return null;
  return {
    id: row.campaign_id,
    hub: row.hub,
    currency: row.currency,
    bandsMinor: bands.parse(JSON.parse(row.bands_minor)),
    maxQty: row.max_qty,
    termsSha256: row.terms_sha256,
    closes: row.closes,
    closed: row.close_leaf !== null,
    adopted: row.adopted_at !== null,
  };
}

export interface DraftingRow extends CampaignColumns {
  member: string;
  recovered: number;
  head: string | null;
  last_seq: number | null;
  credential: string | null;
  public_key: ArrayBuffer | number[] | null;
  transports: string | null;
}

/** No row: not signed in. The passkey is the one this session began with, or else the one used last. */
export function draftingQuery(db: D1Database, session: SessionId, campaign: string, now: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT m.id AS member, s.recovered, ${CAMPAIGN_COLUMNS}, p.head, ${lastSeqOf("m.id")} AS last_seq,
         k.id AS credential, k.public_key, k.transports
       FROM session s
       JOIN member m ON m.id = s.member_id AND m.state = 'active'
       LEFT JOIN campaign c ON c.id = ?2
       LEFT JOIN pledge p ON p.member = m.id AND p.campaign = c.id
       LEFT JOIN credential k ON k.id = coalesce(
         (SELECT id FROM credential WHERE id = s.credential_id AND ${SIGNS}),
         (SELECT id FROM credential WHERE ${SIGNS} ORDER BY coalesce(last_used_at, created_at) DESC LIMIT 1))
       WHERE s.id = ?1 AND s.expires_at > ?3`,
    )
    .bind(session, campaign, now);
}

export interface DraftRow {
  member: string;
  campaign: string;
  id: string;
  document: string;
  expires: number;
}

/** One written row; a second draft for the campaign replaces the first. */
export function writeDraft(db: D1Database, draft: DraftRow): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO pledge (member, campaign, draft_id, draft_document, draft_expires) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (member, campaign) DO UPDATE SET draft_id = excluded.draft_id,
         draft_document = excluded.draft_document, draft_expires = excluded.draft_expires`,
    )
    .bind(draft.member, draft.campaign, draft.id, draft.document, draft.expires);
}

/** Where a member stands in a campaign, and where the campaign stands: what an entry of the book is made from. */
export interface BookableRow extends CampaignColumns, Nullable<TallyRow> {
  member: string;
  campaign: string;
  head: string | null;
  qty: string | null;
  band: number | null;
}

export interface SigningRow extends Omit<BookableRow, "campaign"> {
  /** position in the request list */
  n: number;
  recovered: number;
  campaign: string | null;
  draft_document: string | null;
  draft_expires: number | null;
  last_seq: number | null;
  public_key: ArrayBuffer | number[] | null;
  key_leaf: string | null;
}
type Nullable<T> = { [K in keyof T]: T[K] | null };

export interface SigningKey {
  session: SessionId;
  draft: string;
  credential: string;
}

/** One row per request whose session is live, numbered by `n`. */
export function signingQuery(db: D1Database, requests: readonly SigningKey[], now: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT r.key AS n, m.id AS member, s.recovered, p.campaign, p.head, p.qty, p.band, p.draft_document,
         p.draft_expires, ${lastSeqOf("m.id")} AS last_seq, ${CAMPAIGN_COLUMNS},
         ${TALLY_COLUMNS}, k.public_key, k.key_leaf
       FROM json_each(?1) r
       JOIN session s ON s.id = r.value ->> 0 AND s.expires_at > ?2
       JOIN member m ON m.id = s.member_id AND m.state = 'active'
       LEFT JOIN pledge p ON p.member = m.id AND p.draft_id = r.value ->> 1
       LEFT JOIN campaign c ON c.id = p.campaign
       LEFT JOIN tally t ON t.campaign = p.campaign
       LEFT JOIN credential k ON k.id = r.value ->> 2 AND k.member_id = m.id AND k.ended_at IS NULL`,
    )
    .bind(jsonParameter(requests.map((one) => [one.session, one.draft, one.credential])), now);
}

/** What one signed document leaves behind. */
export interface SignedRow {
  member: string;
  campaign: string;
  idx: number;
  leaf: string;
  seq: number;
  /** the chain's new state; null quantity ends it */
  qty: string | null;
  band: number | null;
  document: string;
  signature: string;
  salt: string;
  keyLeaf: string;
  signedAt: number;
}

/** Per document one row of `pledge` and one of `receipt`; the draft is spent by the same write. */
export function writeSigned(db: D1Database, rows: readonly SignedRow[]): D1PreparedStatement[] {
  const pledges = rows.map((row) => [
    row.member,
    row.campaign,
    row.qty === null ? null : row.leaf,
    row.qty === null ? null : row.idx,
    row.qty,
    row.band,
  ]);
  const receipts = rows.map((row) => [
    row.member,
    row.idx,
    row.leaf,
    row.campaign,
    row.seq,
    row.document,
    row.signature,
    row.salt,
    row.keyLeaf,
    row.signedAt,
  ]);
  return [
    db
      .prepare(
        `UPDATE pledge SET head = j.value ->> 2, idx = j.value ->> 3, qty = j.value ->> 4, band = j.value ->> 5,
           theme = CASE WHEN j.value ->> 5 IS NOT NULL THEN theme END, draft_document = NULL
         FROM json_each(?1) j WHERE pledge.member = j.value ->> 0 AND pledge.campaign = j.value ->> 1`,
      )
      .bind(jsonParameter(pledges)),
    db
      .prepare(
        `INSERT INTO receipt (member, idx, leaf, campaign, seq, document, signature, salt, key_leaf, signed_at)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
           value ->> 8, value ->> 9 FROM json_each(?1)`,
      )
      .bind(jsonParameter(receipts)),
  ];
}

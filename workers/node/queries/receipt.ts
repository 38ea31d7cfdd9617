/** A member's signed documents, newest first, and how far each has come (the ticks). */
import { memberDocument } from "../../../shared/protocol/document.ts";
import type { ReceiptSummary } from "../../../shared/protocol/api/community.ts";
import { indexIn } from "../given-up.ts";
import { isoTime } from "../time.ts";

export interface ReceiptRow {
  idx: number;
  leaf: string;
  campaign: string;
  campaign_name: string;
  unit: string;
  currency: string;
  document: string;
  signed_at: number;
  /** head of the member's chain in the campaign, and where that chain stands */
  head: string | null;
  band: number | null;
  ended: string | null;
  /** first delivered report whose book holds the entry */
  logged_seq: number | null;
  logged_at: number | null;
  counted_at: number | null;
  /** when it was opened to its hub in an audit */
  audited_at: number | null;
}

/** Bounded by `limit`; each tick is one seek in report_by_size. */
export function receiptsQuery(db: D1Database, member: string, before: number, limit: number): D1PreparedStatement {
  return db
    .prepare(`${SELECT} WHERE r.member = ?1 AND r.idx < ?2 ORDER BY r.idx DESC LIMIT ?3`)
    .bind(member, before, limit);
}

const REPORT = `FROM report WHERE hub = c.hub AND book_size > r.idx AND (book_size < 0) = (r.idx < 0)`;
const SELECT = `SELECT r.idx, r.leaf, r.campaign, c.name AS campaign_name, c.unit, c.currency, r.document, r.signed_at, r.audited_at,
    p.head, p.band, t.ended,
    (SELECT seq ${REPORT} AND delivered_at IS NOT NULL ORDER BY book_size LIMIT 1) AS logged_seq,
    (SELECT delivered_at ${REPORT} AND delivered_at IS NOT NULL ORDER BY book_size LIMIT 1) AS logged_at,
    (SELECT counted_at ${REPORT} AND counted_at IS NOT NULL ORDER BY book_size LIMIT 1) AS counted_at
  FROM receipt r JOIN campaign c ON c.id = r.campaign
  LEFT JOIN pledge p ON p.member = r.member AND p.campaign = r.campaign
  LEFT JOIN tally t ON t.campaign = r.campaign`;

/** Whether the head is still a live chain, as `isLive` of the book fold says it. */
export function stillLive(row: Pick<ReceiptRow, "leaf" | "head" | "band" | "ended">): boolean {
  if (row.head !== row.leaf) return false;
  if (row.ended === null) return true;
  const { band } = JSON.parse(row.ended) as { band: number | null };
  return band !== null && row.band !== null && row.band >= band;
}

export function ticksOf(
  row: Omit<ReceiptRow, "audited_at" | "document" | "campaign_name" | "unit" | "currency">,
): ReceiptSummary["ticks"] {
  const { logged_seq: seq, logged_at: loggedAt, counted_at: countedAt } = row;
  return {
    signed_at: isoTime(row.signed_at),
    book: { index: indexIn(row.idx), leaf: row.leaf },
    logged: seq === null || loggedAt === null ? null : { seq, at: isoTime(loggedAt) },
    counted: countedAt === null ? null : { at: isoTime(countedAt) },
    live: stillLive(row),
  };
}

/** What the member signed, of the row of a document that is booked or waits. */
export function saidIn(row: Pick<ReceiptRow, "document" | "campaign" | "campaign_name" | "unit" | "currency">) {
  const document = memberDocument.parse(JSON.parse(row.document));
  return {
    kind: document.typ,
    campaign: row.campaign,
    campaign_name: row.campaign_name,
    unit: row.unit,
    currency: row.currency,
    qty: document.typ === "withdraw" ? null : document.qty,
    max_unit_price_minor: document.typ === "pledge" ? document.max_unit_price_minor : null,
  };
}

export function summaryOf(row: ReceiptRow): ReceiptSummary {
  return {
    leaf: row.leaf,
    ...saidIn(row),
    ticks: ticksOf(row),
    audited_at: row.audited_at === null ? null : isoTime(row.audited_at),
    available: row.idx >= 0,
    given_up: row.idx < 0,
  };
}

/** A member's live pledges, by the primary key's first column: as many rows as campaigns they took part in. */
import type { MyPledge } from "../../../shared/protocol/api/community.ts";
import { memberDocument } from "../../../shared/protocol/document.ts";
import type { FeedbackTheme } from "../../../shared/protocol/feedback.ts";
import { isoTime } from "../time.ts";
import { type ReceiptRow, stillLive, ticksOf } from "./receipt.ts";

interface Row extends ReceiptRow {
  qty: string;
  closes: number;
  theme: FeedbackTheme | null;
}

const REPORT = "FROM report WHERE hub = c.hub AND book_size > p.idx AND (book_size < 0) = (p.idx < 0)";

export function myPledgesQuery(db: D1Database, member: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT p.idx, p.head AS leaf, p.head, p.campaign, p.qty, p.band, p.theme, c.name AS campaign_name, c.unit, c.currency,
         c.closes, r.document, r.signed_at, t.ended,
         (SELECT seq ${REPORT} AND delivered_at IS NOT NULL ORDER BY book_size LIMIT 1) AS logged_seq,
         (SELECT delivered_at ${REPORT} AND delivered_at IS NOT NULL ORDER BY book_size LIMIT 1) AS logged_at,
         (SELECT counted_at ${REPORT} AND counted_at IS NOT NULL ORDER BY book_size LIMIT 1) AS counted_at
       FROM pledge p JOIN campaign c ON c.id = p.campaign
       JOIN receipt r ON r.member = p.member AND r.idx = p.idx
       LEFT JOIN tally t ON t.campaign = p.campaign
       WHERE p.member = ?1 AND p.head IS NOT NULL ORDER BY p.idx DESC`,
    )
    .bind(member);
}

export function myPledgesOf(rows: readonly unknown[]): MyPledge[] {
  return (rows as Row[]).filter(stillLive).map((row) => {
    const document = memberDocument.parse(JSON.parse(row.document));
    return {
      campaign: row.campaign,
      campaign_name: row.campaign_name,
      unit: row.unit,
      currency: row.currency,
      kind: row.band === null ? "interest" : "pledge",
      qty: row.qty,
      max_unit_price_minor: document.typ === "pledge" ? document.max_unit_price_minor : null,
      stage: row.band === null ? "interest" : row.ended === null ? "pledged" : "committed",
      closes: isoTime(row.closes),
      theme: row.theme,
      ticks: ticksOf(row),
    };
  });
}

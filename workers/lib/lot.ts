/**
 * The lot of an audit drawn by the database (docs/protocol.md §8): what shared/audit/lot.ts draws, without one pledge of the
 * book in the worker but those that are drawn. Two queries, each a pass over the book, whatever its size.
 */
import type { Ballot, Group, Hit } from "../../shared/audit/lot.ts";
import { jsonParameter, rowsOf } from "./d1.ts";

/** Where a book's pledges are: tables of a WITH RECURSIVE, the last of them `ballot` (leaf, campaign, band, qty), and its ?1. */
export interface BallotSource {
  tables: string;
  of: string | number;
}

/** Quantities have up to 18 digits: sums are kept in two halves of 9, so that no book makes SQLite's integers overflow. */
const HALF = 1_000_000_000;

/** Live pledges and units by campaign and band; bands that a lock let go are there too. */
export function groupsQuery(db: D1Database, { tables, of }: BallotSource): D1PreparedStatement {
  return db
    .prepare(
      `WITH RECURSIVE ${tables} SELECT campaign, band, count(*) AS pledges, sum(qty / ${HALF}) AS high,
         sum(qty % ${HALF}) AS low FROM ballot GROUP BY campaign, band`,
    )
    .bind(of);
}

export function groupsOf(result: D1Result | undefined): Group[] {
  return rowsOf<{ campaign: string; band: number; pledges: number; high: number; low: number }>(result).map(
    ({ campaign, band, pledges, high, low }) => ({
      campaign,
      band,
      pledges,
      units: BigInt(high) * BigInt(HALF) + BigInt(low),
    }),
  );
}

/** The pledges that hold these units. */
export function holdersQuery(db: D1Database, { tables, of }: BallotSource, hits: readonly Hit[]): D1PreparedStatement {
  const rows = hits.map(({ campaign, band, unit }) =>
    unit === null ? [campaign, band] : [campaign, band, Number(unit / BigInt(HALF)), Number(unit % BigInt(HALF))],
  );
  return db
    .prepare(
      `WITH RECURSIVE ${tables},
       hit AS MATERIALIZED (SELECT value ->> 0 AS campaign, value ->> 1 AS band, value ->> 2 AS high, value ->> 3 AS low
         FROM json_each(?2)),
       run AS (SELECT *, sum(qty / ${HALF}) OVER pledges AS high, sum(qty % ${HALF}) OVER pledges AS low
         FROM ballot WHERE (campaign, band) IN (SELECT campaign, band FROM hit)
         WINDOW pledges AS (PARTITION BY campaign, band ORDER BY leaf ROWS UNBOUNDED PRECEDING)),
       span AS (SELECT leaf, campaign, band, qty, high + low / ${HALF} AS end_high, low % ${HALF} AS end_low,
         high - qty / ${HALF} + (low - qty % ${HALF}) / ${HALF} AS start_high, (low - qty % ${HALF}) % ${HALF} AS start_low
         FROM run)
       SELECT DISTINCT span.leaf, span.campaign, span.band, CAST(span.qty AS TEXT) AS qty
       FROM span JOIN hit ON hit.campaign = span.campaign AND hit.band = span.band
       WHERE hit.high IS NULL
         OR ((hit.high, hit.low) >= (start_high, start_low) AND (hit.high, hit.low) < (end_high, end_low))
       ORDER BY span.leaf`,
    )
    .bind(of, jsonParameter(rows));
}

/** Ascending by leaf. */
export function holdersOf(result: D1Result | undefined): Ballot[] {
  return rowsOf<Omit<Ballot, "qty"> & { qty: string }>(result).map((row) => ({ ...row, qty: BigInt(row.qty) }));
}

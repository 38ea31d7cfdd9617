/** Recipients: for the forms of the console newest first, or by a part of the name (a scan); and one with what it was given. */
import type { z } from "zod";
import type { RecipientDetail, recipientPage, RecipientView } from "../../../shared/protocol/api/capital.ts";
import type { Recipient } from "../../../shared/capital/state.ts";
import { headQuery } from "../../lib/log-store.ts";
import { logRefOf } from "./campaign.ts";

export async function recipients(
  db: D1Database,
  { q, after, limit }: { q: string; after: number | null; limit: number },
): Promise<z.infer<typeof recipientPage>> {
  const { results } = await db
    .prepare(
      `SELECT idx, id, data FROM recipient WHERE idx <= ?1 AND (?2 = '' OR instr(lower(data ->> '$.event.name'), ?2) > 0)
       ORDER BY idx DESC, id LIMIT ?3`,
    )
    .bind(after ?? Number.MAX_SAFE_INTEGER, q.toLowerCase(), limit + 1)
    .all<{ idx: number; id: string; data: string }>();
  // Several recipients may share an entry: a page ends where an entry does.
  const last = results.length > limit ? results[limit]?.idx : undefined;
  const shown = last === undefined ? results : results.filter(({ idx }) => idx > last);
  const whole = shown.length > 0 ? shown : results;
  return {
    recipients: whole.map(({ data }) => viewOf(JSON.parse(data) as Pick<Recipient, "event">)),
    next: last === undefined || shown.length === 0 ? null : String(last),
  };
}

function viewOf({ event }: Pick<Recipient, "event">): RecipientView {
  const { id, name, org_id, kind, country, origin } = event;
  return { id, name, org_id, kind, country, origin: origin ?? null };
}

/** Tokens are recorded, not paid, and money released again was not awarded in the end. Reads the recipient's awards. */
const GIVEN_SQL = `SELECT currency, count(*) AS awards, sum((data ->> '$.event.amount_minor') - (data ->> '$.released')) AS awarded,
  sum(data ->> '$.disbursed') AS disbursed FROM award WHERE recipient = ? AND state <> 'recorded' GROUP BY currency`;

export async function recipientDetailOf(db: D1Database, log: string, id: string): Promise<RecipientDetail | null> {
  const [heads, rows, given] = await db.batch([
    headQuery(db),
    db
      .prepare(
        "SELECT recipient.idx, recipient.data, leaf FROM recipient LEFT JOIN log_entry ON log_entry.idx = recipient.idx WHERE id = ?",
      )
      .bind(id),
    db.prepare(GIVEN_SQL).bind(id),
  ]);
  const row = rows?.results[0] as { idx: number; data: string; leaf: string | null } | undefined;
  if (row === undefined) return null;
  return {
    ...viewOf(JSON.parse(row.data) as Pick<Recipient, "event">),
    given: ((given?.results ?? []) as { currency: string; awards: number; awarded: number; disbursed: number }[]).map(
      ({ currency, awards, awarded, disbursed }) => ({
        currency,
        awards,
        awarded_minor: String(awarded),
        disbursed_minor: String(disbursed),
      }),
    ),
    entry: { index: row.idx, leaf: row.leaf ?? "" },
    log: logRefOf(log, heads?.results ?? []),
  };
}

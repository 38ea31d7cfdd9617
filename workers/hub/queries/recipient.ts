/** Recipients for the forms of the console: newest first, or by a part of the name; scans a table that only the console fills. */
import type { z } from "zod";
import type { recipientPage, RecipientView } from "../../../shared/protocol/api/capital.ts";
import type { Recipient } from "../../../shared/capital/state.ts";

export async function recipients(
  db: D1Database,
  { q, after, limit }: { q: string; after: number | null; limit: number },
): Promise<z.infer<typeof recipientPage>> {
  const { results } = await db
    .prepare(
      `SELECT idx, id, data FROM recipient WHERE idx <= ?1 AND instr(lower(data ->> '$.event.name'), ?2) > 0
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
  const { id, name, org_id, kind, country } = event;
  return { id, name, org_id, kind, country };
}

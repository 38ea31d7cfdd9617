/**
 * Signed documents into the book at once: one read batch and one write batch however many are committed together. With the
 * log's head as the lock, whatever was read still holds when it is written. Rows written for one pledge (draft included):
 * draft 1, log entry 2, tile 1, head 1, tally 1, pledge 1, receipt 1, outbox 1 = 9; one more where a tile fills up.
 */
import type { ReceiptSummary } from "../../../shared/protocol/api/community.ts";
import type { ProblemCode } from "../../../shared/protocol/problem.ts";
import { fail, ok, type Result } from "../../../shared/result.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { appendToBook } from "../book.ts";
import type { NodeContext } from "../context.ts";
import { type SignedRow, type SigningRow, signingQuery } from "../queries/pledge.ts";
import { summaryOf } from "../queries/receipt.ts";
import { type Accepted, acceptSigned, type SignRequest } from "./accepted-pledge.ts";
import { type Bookable, bookDocuments } from "./book-documents.ts";

/** The receipt, and the hub that should hear of it. */
export interface Signed {
  receipt: ReceiptSummary;
  hub: string;
}
export type SignOutcome = Result<Signed, ProblemCode>;

export async function commitPledges(context: NodeContext, requests: readonly SignRequest[]): Promise<SignOutcome[]> {
  const { db, config, now } = context;
  const appended = await appendToBook(
    context,
    async ({ first, day, rows }) => {
      const at = now();
      const outcomes: SignOutcome[] = requests.map(() => fail("not-signed-in"));
      const accepted: Accepted[] = [];
      for (const row of (rows[0] ?? []) as unknown as SigningRow[]) {
        const request = requests[row.n];
        if (request === undefined) continue;
        const earlier = accepted.find((one) => one.row.member === row.member);
        const decided: Result<Accepted, ProblemCode> = earlier
          ? fail(earlier.row.campaign === row.campaign ? "challenge-used" : "pledge-changed")
          : await acceptSigned(config, request, row, at);
        if (decided.ok) accepted.push(decided.value);
        else outcomes[row.n] = decided;
      }
      const change = bookDocuments(db, accepted, { first, day, now: at });
      return {
        ...change,
        finish: (leaves) => {
          const { statements, signed } = change.finish(leaves);
          for (const [i, one] of accepted.entries()) {
            const row = signed[i];
            if (row !== undefined) outcomes[one.n] = ok({ receipt: receiptOf(one, row), hub: one.terms.hub });
          }
          return { statements: [...statements, ...supersede(db, accepted)], value: outcomes };
        },
      };
    },
    [signingQuery(db, requests, now())],
  );
  return appended.value;
}

/** What waited from a time when documents were gathered, and was signed anew. */
function supersede(db: D1Database, accepted: readonly Accepted[]): D1PreparedStatement[] {
  if (accepted.length === 0) return [];
  const keys = jsonParameter(accepted.map(({ row }) => [row.member, row.campaign]));
  const sql = `DELETE FROM waiting WHERE (member, campaign) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`;
  return [db.prepare(sql).bind(keys)];
}

function receiptOf(one: Bookable, row: SignedRow): ReceiptSummary {
  return summaryOf({
    idx: row.idx,
    leaf: row.leaf,
    campaign: row.campaign,
    campaign_name: one.row.campaign_name,
    unit: one.row.unit,
    currency: one.row.currency,
    document: row.document,
    signed_at: row.signedAt,
    head: row.qty === null ? null : row.leaf,
    band: row.band,
    ended: null,
    logged_seq: null,
    logged_at: null,
    counted_at: null,
    audited_at: null,
  });
}

/** Signed documents that are not in the book yet: held, shown to their member with the promise, and read to be booked. */
import type { z } from "zod";
import type { waitingPledge } from "../../../shared/protocol/api/community.ts";
import { BOOK_PROMISE, bookPromise } from "../../../shared/protocol/promise.ts";
import { signer } from "../../../shared/signing/ed25519.ts";
import { signJws } from "../../../shared/signing/jws.ts";
import { jsonParameter } from "../../lib/d1.ts";
import type { NodeConfig } from "../env.ts";
import { isoTime, seconds } from "../time.ts";
import { type BookableRow, CAMPAIGN_COLUMNS, TALLY_COLUMNS, lastSeqOf } from "./pledge.ts";
import { saidIn } from "./receipt.ts";

export interface WaitingRow {
  member: string;
  campaign: string;
  cm: string;
  seq: number;
  document: string;
  signature: string;
  salt: string;
  key_leaf: string;
  received_at: number;
}

/** The schedule runs every five minutes and may be late; twice the time and ten minutes are enough for it. */
const SLACK_S = 600;

/**
 * The first statement returns a row if it was held. It asks again, in the write, what the decision rested on: that the draft
 * is unspent, the chain's head the one the document replaces, its number the member's next, and the campaign not closed.
 */
export function holdStatements(
  db: D1Database,
  row: WaitingRow,
  expected: { draft: string; replaces: string | null },
): D1PreparedStatement[] {
  const { member, campaign, cm, seq, document, signature, salt, key_leaf, received_at } = row;
  return [
    db
      .prepare(
        `INSERT INTO waiting (member, campaign, cm, seq, document, signature, salt, key_leaf, received_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM pledge p JOIN campaign c ON c.id = p.campaign
         WHERE p.member = ?1 AND p.campaign = ?2 AND p.draft_id = ?10 AND p.draft_document IS NOT NULL AND p.head IS ?11
           AND c.close_leaf IS NULL AND ?4 = 1 + ${lastSeqOf("?1")}
         ON CONFLICT (member, campaign) DO UPDATE SET cm = excluded.cm, seq = excluded.seq, document = excluded.document,
           signature = excluded.signature, salt = excluded.salt, key_leaf = excluded.key_leaf,
           received_at = excluded.received_at
         RETURNING cm`,
      )
      .bind(
        member,
        campaign,
        cm,
        seq,
        document,
        signature,
        salt,
        key_leaf,
        received_at,
        expected.draft,
        expected.replaces,
      ),
    db
      .prepare(
        `UPDATE pledge SET draft_document = NULL WHERE member = ?1 AND campaign = ?2
           AND EXISTS (SELECT 1 FROM waiting WHERE member = ?1 AND campaign = ?2 AND cm = ?3)`,
      )
      .bind(member, campaign, cm),
  ];
}

/** When the longest waiting came, or null. Scans what waits, which is what is about to be booked. */
export async function waitingSince(db: D1Database): Promise<number | null> {
  const row = await db.prepare("SELECT min(received_at) AS since FROM waiting").first<{ since: number | null }>();
  return row?.since ?? null;
}

export type WaitingToBook = WaitingRow & BookableRow;

/** Some of what waits, by chance alone; of one campaign or of all. What it replaces must still be the chain's head. */
export function someWaiting(db: D1Database, campaign: string | null, limit: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT w.*, p.head, p.qty, p.band, ${CAMPAIGN_COLUMNS}, ${TALLY_COLUMNS}
       FROM waiting w JOIN pledge p ON p.member = w.member AND p.campaign = w.campaign
       JOIN campaign c ON c.id = w.campaign LEFT JOIN tally t ON t.campaign = w.campaign
       WHERE ?1 IS NULL OR w.campaign = ?1 ORDER BY random() LIMIT ?2`,
    )
    .bind(campaign, limit);
}

/** Ends the wait of exactly these. One that was signed anew or taken back meanwhile fails the batch, which is made again. */
export function endWaiting(db: D1Database, rows: readonly WaitingRow[]): D1PreparedStatement[] {
  const keys = jsonParameter(rows.map(({ member, campaign, cm }) => [member, campaign, cm]));
  const these = `FROM json_each(?1) j JOIN waiting w
    ON w.member = j.value ->> 0 AND w.campaign = j.value ->> 1 AND w.cm = j.value ->> 2`;
  return [
    db.prepare(`UPDATE log_head SET size = NULL WHERE (SELECT count(*) ${these}) <> json_array_length(?1)`).bind(keys),
    db.prepare(`DELETE FROM waiting WHERE (member, campaign) IN (SELECT w.member, w.campaign ${these})`).bind(keys),
  ];
}

export type ShownWaiting = WaitingRow & { campaign_name: string; unit: string; currency: string };

export function myWaitingQuery(db: D1Database, member: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT w.*, c.name AS campaign_name, c.unit, c.currency FROM waiting w JOIN campaign c ON c.id = w.campaign
       WHERE w.member = ? ORDER BY w.received_at DESC`,
    )
    .bind(member);
}

/** As the member sees it. Ed25519 signs the same promise the same way each time, so none is stored. */
export async function promised(config: NodeConfig, row: ShownWaiting): Promise<z.infer<typeof waitingPledge>> {
  const received = seconds(row.received_at);
  const include_by = received + 2 * config.bookBatchS + SLACK_S;
  const claims = bookPromise.parse({ iss: config.origin, cm: row.cm, received, include_by });
  return {
    ...saidIn(row),
    signed_at: isoTime(row.received_at),
    include_by: isoTime(include_by * 1000),
    promise: await signJws(await signer(config.reportJwk), BOOK_PROMISE, claims),
  };
}

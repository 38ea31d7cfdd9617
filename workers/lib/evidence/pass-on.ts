/**
 * Passes evidence on: what is kept here is offered to everybody known here, a few at a time, in three rounds an hour
 * apart, so that no single party can keep it from the others. An offer may be repeated and be answered with anything.
 */
import type { Peer } from "../remote.ts";

export interface Recipient {
  /** by which they are ordered and counted off */
  origin: string;
  url: string;
}
/** Those that come after `origin`, in order, at most `limit`. */
export type Recipients = (
  evidence: { accused: string; hub: string },
  after: string,
  limit: number,
) => Promise<Recipient[]>;

const OFFERS_PER_RUN = 5;
const ROUNDS = 3;
const ROUND_EVERY_MS = 3_600_000;

interface Row {
  accused: string;
  kind: string;
  hub: string;
  document: string;
  offered_to: string;
}

/** One document a run: two queries, beside those that find whom to offer it to, and at most five requests. */
export async function passEvidenceOn(
  { db, peer, now }: { db: D1Database; peer: Peer; now: () => number },
  recipients: Recipients,
): Promise<void> {
  const row = await db
    .prepare(
      `SELECT accused, kind, hub, document, offered_to FROM evidence WHERE rounds < ? AND next_at <= ?
       ORDER BY next_at LIMIT 1`,
    )
    .bind(ROUNDS, now())
    .first<Row>();
  if (row === null) return;
  const { accused, kind, document } = row;
  const next = await recipients(row, row.offered_to, OFFERS_PER_RUN);
  // The accused learns of it from others: offering it would only warn them.
  const others = next.filter(({ origin }) => origin !== accused);
  await Promise.all(
    others.map(async ({ url }) => await peer.post(`${url.replace(/\/+$/, "")}/evidence`, document, "application/json")),
  );
  const isRoundOver = next.length < OFFERS_PER_RUN;
  await db
    .prepare(`UPDATE evidence SET rounds = rounds + ?3, offered_to = ?4, next_at = ?5 WHERE accused = ?1 AND kind = ?2`)
    .bind(
      accused,
      kind,
      isRoundOver ? 1 : 0,
      isRoundOver ? "" : (next.at(-1)?.origin ?? ""),
      isRoundOver ? now() + ROUND_EVERY_MS : now(),
    )
    .run();
}

/** Hubs and what is known of them: a handful of rows, one per hub this community has asked to join. */
import type { z } from "zod";
import type { HubLink, hubLink } from "../../../shared/protocol/api/community.ts";
import { entryReceiptClaims } from "../../../shared/protocol/entry-receipt.ts";
import { type Ed25519Jwk, ed25519Jwk } from "../../../shared/protocol/primitives.ts";
import { parseJws } from "../../../shared/signing/jws.ts";
import { isoTime } from "../../../shared/time.ts";
import { type HubKeyState, keyAt } from "../../../shared/network/keys.ts";
import { codesOf } from "./hub-watch.ts";
import type { PinnedHub } from "../hub-client.ts";
import { isoOrNull } from "../time.ts";

export type HubStatus = z.infer<typeof hubLink>["status"];

export interface HubRow {
  origin: string;
  url: string;
  name: string;
  vkey: string;
  statement_jwk: string;
  /** JSON HubKeyState as this node followed it, from entry 0 on; null in rows from before that was kept */
  key_state: string | null;
  status: HubStatus;
  reason: string;
  join_jws: string;
  join_leaf: string;
  campaign_cursor: string | null;
  counted_seq: number;
  counted_book_size: number;
  counted_at: number | null;
  failed_code: string | null;
  attended_at: number;
  rev: number;
  dirty_since: number | null;
  attempts: number;
  next_at: number | null;
  last_error: string | null;
  last_seq: number;
  last_leaf: string;
  last_delivered_at: number | null;
  /** 1 when the newest stored report has not arrived */
  undelivered: number | null;
  /** codes of this community's own watching, joined; null before the first look */
  watch_codes: string | null;
  watch_since: number | null;
  watch_checked: number | null;
  /** the hub's receipt for the newest report that has arrived */
  receipt: string | null;
}

const WATCHED = "FROM hub_watch WHERE hub_watch.hub = hub.origin";
const SELECT = `SELECT *, (SELECT codes ${WATCHED}) AS watch_codes, (SELECT since ${WATCHED}) AS watch_since,
    (SELECT checked_at ${WATCHED}) AS watch_checked, (SELECT delivered_at IS NULL FROM report WHERE report.hub = hub.origin ORDER BY seq DESC LIMIT 1)
    AS undelivered, (SELECT receipt FROM report WHERE report.hub = hub.origin AND delivered_at IS NOT NULL
    ORDER BY seq DESC LIMIT 1) AS receipt FROM hub JOIN outbox ON outbox.hub = hub.origin`;

export function hubsQuery(db: D1Database): D1PreparedStatement {
  return db.prepare(`${SELECT} ORDER BY requested_at LIMIT 32`);
}

export async function readHubs(db: D1Database): Promise<HubRow[]> {
  return (await hubsQuery(db).all<HubRow>()).results;
}

export async function readHub(db: D1Database, origin: string): Promise<HubRow | null> {
  return await db.prepare(`${SELECT} WHERE origin = ?`).bind(origin).first<HubRow>();
}

export function pinned(row: Pick<HubRow, "url" | "origin" | "vkey" | "statement_jwk" | "key_state">): PinnedHub {
  const statementJwk: Ed25519Jwk = ed25519Jwk.parse(JSON.parse(row.statement_jwk));
  const past = row.key_state === null ? [] : (JSON.parse(row.key_state) as HubKeyState).past;
  return {
    url: row.url,
    origin: row.origin,
    vkey: row.vkey,
    statementJwk,
    keyAt: (index) => ({ ...statementJwk, x: keyAt(past, "statement", index, statementJwk.x) ?? statementJwk.x }),
  };
}

export function linkOf(row: HubRow): HubLink {
  return {
    origin: row.origin,
    url: row.url,
    name: row.name,
    vkey: row.vkey,
    status: row.status,
    reason: row.reason,
    delivery: {
      waiting: row.dirty_since !== null || row.undelivered === 1,
      since: isoOrNull(row.dirty_since),
      attempts: row.attempts,
      next_at: isoOrNull(row.next_at),
      last_error: row.last_error,
      last_seq: row.last_seq,
      last_delivered_at: isoOrNull(row.last_delivered_at),
      receipt: receiptOf(row.receipt),
    },
    counted_book_size: row.counted_book_size,
    counted_at: isoOrNull(row.counted_at),
    failed_code: row.failed_code,
    watch: watchOf(row),
  };
}

function watchOf({ watch_codes: codes, watch_since: since, watch_checked: checked }: HubRow): HubLink["watch"] {
  if (codes === null || since === null || checked === null) return null;
  return {
    codes: codesOf(codes),
    since: isoTime(Math.floor(since / 1000)),
    checked_at: isoTime(Math.floor(checked / 1000)),
  };
}

/** Its signature was verified before it was stored. */
function receiptOf(jws: string | null): HubLink["delivery"]["receipt"] {
  const parsed = jws === null ? null : parseJws(jws);
  if (jws === null || parsed === null || !parsed.ok) return null;
  const { index, received, include_by } = entryReceiptClaims.parse(parsed.value.claims);
  return { jws, index, received: isoTime(received), include_by: isoTime(include_by) };
}

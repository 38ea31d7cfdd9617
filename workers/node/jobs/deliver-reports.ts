/**
 * Reports to one hub, in seq order (docs/protocol.md §4): what is stored goes first, byte for byte, as often as it
 * takes; then, if something has changed or a day has passed, a new one is signed. A crash anywhere repeats a step
 * that is idempotent. At most three reports an invocation.
 */
import type { Bytes } from "../../../shared/bytes.ts";
import { entryReceipt } from "../../../shared/protocol/api/log.ts";
import { INCLUDE_WITHIN_S } from "../../../shared/protocol/entry-receipt.ts";
import { problem } from "../../../shared/protocol/problem.ts";
import { openPromise } from "../../../shared/signing/entry-receipt.ts";
import { parseJson } from "../../lib/remote.ts";
import type { NodeContext } from "../context.ts";
import { type HubRow, pinned, readHub } from "../queries/hub.ts";
import { promiseRow } from "./check-promises.ts";
import { retryDelayMs, unitMs } from "./backoff.ts";
import { followHubKeys } from "./follow-hub-keys.ts";
import { resignReport, signReport, type StoredReport } from "./sign-report.ts";

export const HEARTBEAT_MS = 24 * 3600_000;
const REPORTS_PER_RUN = 3;
/** A hub has so long to show what it has promised. */
const PROMISE_MS = INCLUDE_WITHIN_S * 1000;

export type Delivery = "nothing-to-say" | "not-yet" | "delivered" | "failed";

export async function deliverReports(
  context: NodeContext,
  hubOrigin: string,
  options: { force?: boolean } = {},
): Promise<Delivery> {
  let result: Delivery = "nothing-to-say";
  for (let sent = 0; sent < REPORTS_PER_RUN; sent += 1) {
    const hub = await readHub(context.db, hubOrigin);
    if (hub === null || hub.status !== "admitted") return result;
    const step = await deliverNext(context, hub, sent === 0 && options.force === true);
    if (step !== "delivered") return sent === 0 ? step : result;
    result = "delivered";
  }
  return result;
}

async function deliverNext(context: NodeContext, hub: HubRow, force: boolean): Promise<Delivery> {
  const { db, config, now } = context;
  if (!force && hub.next_at !== null && now() < hub.next_at) return "not-yet";
  const [waiting, newest] = await db.batch<StoredReport & { iat: number }>([
    db
      .prepare(
        "SELECT seq, leaf, jws, iat FROM report WHERE hub = ? AND seq > ? AND delivered_at IS NULL ORDER BY seq LIMIT 1",
      )
      .bind(hub.origin, hub.last_seq),
    db.prepare("SELECT seq, leaf, jws, iat FROM report WHERE hub = ? ORDER BY seq DESC LIMIT 1").bind(hub.origin),
  ]);
  const stored = waiting?.results[0];
  if (stored !== undefined) return await send(context, hub, stored);

  const lastAt = newest?.results[0]?.iat ?? 0;
  if (hub.dirty_since === null && now() - lastAt < HEARTBEAT_MS) return "nothing-to-say";
  if (now() - lastAt < config.reportIntervalS * 1000) return "not-yet";
  const signed = await signReport(context, hub);
  if (signed.ok) return await send(context, hub, signed.value);
  if (signed.error === "lost-race") return "not-yet";
  if (typeof signed.error === "object") return await realign(context, hub, hub.last_seq + 1, signed.error.expected);
  return await failed(context, hub, signed.error, null);
}

async function send(
  context: NodeContext,
  hub: HubRow,
  report: StoredReport,
  { resigned = false } = {},
): Promise<Delivery> {
  const { db, now, peer } = context;
  const answer = await peer.post(`${hub.url}/log/entries`, report.jws, "application/jose");
  if (!answer.ok) return await failed(context, hub, answer.error, null);
  const { status, bytes, retryAfterS } = answer.value;
  if (status === 200 || status === 202) {
    const receipt = await keptReceipt(context, hub, report, bytes);
    await db.batch([
      db
        .prepare(
          `UPDATE report SET delivered_at = ?, receipt = ?, jws = ?, leaf = ?
           WHERE hub = ? AND seq = ? AND delivered_at IS NULL`,
        )
        .bind(now(), receipt, report.jws, report.leaf, hub.origin, report.seq),
      db
        .prepare(
          `UPDATE outbox SET attempts = 0, next_at = NULL, last_error = NULL, last_seq = ?, last_leaf = ?,
             last_delivered_at = ? WHERE hub = ?`,
        )
        .bind(report.seq, report.leaf, now(), hub.origin),
      ...(receipt === null ? [] : [promiseRow(db, hub.origin, receipt, now() + PROMISE_MS)]),
    ]);
    return "delivered";
  }
  const refusal = parseJson(bytes, problem);
  const code = refusal.ok ? refusal.value.code : "peer-invalid";
  if (code === "seq-gap" && refusal.ok && refusal.value.expected_seq !== undefined) {
    return await realign(context, hub, report.seq, refusal.value.expected_seq);
  }
  // Signed before a change of keys and not logged before it: the same words under the key that counts now.
  if (code === "kid-unknown" && !resigned) {
    const again = await resignReport(context, hub, report);
    if (again !== null) return await send(context, hub, again, { resigned: true });
  }
  // Another statement of ours holds this number: a backup was restored. The hub's word decides the next one.
  if (code === "equivocation") return await realign(context, hub, report.seq, report.seq + 1);
  return await failed(context, hub, code, retryAfterS);
}

/** The hub's signed receipt for exactly this report; null for an answer that promises nothing. */
async function keptReceipt(
  context: NodeContext,
  hub: HubRow,
  report: StoredReport,
  body: Bytes,
): Promise<string | null> {
  const answer = parseJson(body, entryReceipt);
  if (!answer.ok) return null;
  const { receipt } = answer.value;
  const open = async (by: HubRow) => await openPromise("entry-receipt+jwt", receipt, pinned(by).statementJwk);
  const first = await open(hub);
  // The hub may sign with another key since just now.
  const opened = first.ok ? first : await open(await followHubKeys(context, hub));
  if (!opened.ok) return null;
  const { iss, node, seq, leaf } = opened.value;
  const isIts = iss === hub.origin && node === context.config.origin && seq === report.seq && leaf === report.leaf;
  return isIts ? receipt : null;
}

/**
 * The hub expects another number. Behind ours: it lost some, and gets the stored ones again. Ahead: this database
 * is older than what was published, so the stored report is passed over for a new one. It is kept: that is the hub's
 * bare word, and a number that was free after all must be said again with the same bytes, or we have equivocated.
 * No row of a report is ever taken away, and none says something else later.
 */
async function realign(context: NodeContext, hub: HubRow, seq: number, expected: number): Promise<Delivery> {
  const { db, now } = context;
  // Nothing here would be any different the next time: it waits for the hub to be right again.
  if (expected === seq || expected - 1 === hub.last_seq) return await failed(context, hub, "seq-gap", null);
  const again = db
    .prepare("UPDATE report SET delivered_at = NULL, counted_at = NULL WHERE hub = ? AND seq >= ?")
    .bind(hub.origin, expected);
  await db.batch([
    ...(expected < seq ? [again] : []),
    db
      .prepare("UPDATE outbox SET rev = rev + 1, dirty_since = coalesce(dirty_since, ?), last_seq = ? WHERE hub = ?")
      .bind(now(), expected - 1, hub.origin),
  ]);
  return await failed(context, hub, "seq-gap", 0);
}

/** `retryAfterS` is the hub's own wish and takes the place of the back-off. */
async function failed(context: NodeContext, hub: HubRow, code: string, retryAfterS: number | null): Promise<Delivery> {
  const { db, config, now, random } = context;
  const attempts = hub.attempts + 1;
  const delay =
    retryAfterS === null ? retryDelayMs(attempts, unitMs(config.reportIntervalS), random()) : retryAfterS * 1000;
  await db
    .prepare("UPDATE outbox SET attempts = ?, next_at = ?, last_error = ? WHERE hub = ?")
    .bind(attempts, now() + delay, code, hub.origin)
    .run();
  return "failed";
}

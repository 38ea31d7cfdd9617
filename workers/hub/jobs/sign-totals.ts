/**
 * Signs the numbers of the committed log (docs/protocol.md §6): durable first, then signed. What was signed waits
 * in its row for the next batch. With nothing else to log, the log grows by one entry only when the totals are
 * six hours old or a date has passed that changes the numbers or ends the wait of a recovery or an audit. A second signer of one
 * size changes nothing.
 */
import { sha256url, toBase64, utf8 } from "../../../shared/bytes.ts";
import { REPORT_LIFETIME_S } from "../../../shared/network/state.ts";
import { type PublicNetwork, headlineOf, networkJson, stateHash } from "../../../shared/network/summary.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { headOf, headQuery, type LogHead } from "../../lib/log-store.ts";
import { commit } from "../commit.ts";
import { type Hub, entryTime, hubEntry, useCurrentKey } from "../hub.ts";
import { TOTALS_EVERY_S } from "../limits.ts";
import { publicNetworkOf, publicNetworkReads } from "../queries/public-network.ts";

/** A date may have passed behind the totals that are logged to catch up with it: twice is enough, whatever the clock. */
const MAX_ROUNDS = 3;

export async function signTotals(hub: Hub): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { isSigned, isDue } = await standing(hub);
    if (!isSigned) await sign(hub);
    if (!isDue) return;
    await commit(hub, { decide: () => ({ entries: [], totals: true, value: null }) });
  }
}

const STANDING_SQL = `SELECT totals.size, totals.iat,
  EXISTS (SELECT 1 FROM campaign WHERE ended = 0 AND closes <= ?1) AS ends,
  EXISTS (SELECT 1 FROM community WHERE fresh = 1 AND counted_iat < ?1 - ${String(REPORT_LIFETIME_S)}) AS expires,
  EXISTS (SELECT 1 FROM community WHERE recovery_due <= ?1 OR audit_due <= ?1) AS recovers
  FROM (SELECT 1) LEFT JOIN totals ON totals.size = (SELECT max(size) FROM totals)`;

/** Whether the head has signed totals, and whether the log must move for the numbers to be true or fresh. */
async function standing(hub: Hub): Promise<{ isSigned: boolean; isDue: boolean }> {
  const nowS = Math.floor(hub.now() / 1000);
  const [heads, rows] = await hub.db.batch([headQuery(hub.db), hub.db.prepare(STANDING_SQL).bind(nowS)]);
  const head = headOf(heads?.results ?? []);
  const row = rows?.results[0] as
    | { size: number | null; iat: number | null; ends: number; expires: number; recovers: number }
    | undefined;
  const isSigned = head.size === 0 || (row?.size ?? 0) >= head.size;
  const isOld = head.size > 0 && isSigned && nowS - (row?.iat ?? 0) >= TOTALS_EVERY_S;
  return { isSigned, isDue: isOld || row?.ends === 1 || row?.expires === 1 || row?.recovers === 1 };
}

async function sign(hub: Hub): Promise<void> {
  const results = await hub.db.batch([headQuery(hub.db), ...publicNetworkReads(hub.db)]);
  const head = headOf(results[0]?.results ?? []);
  const state = publicNetworkOf(results.slice(1));
  useCurrentKey(hub, state);
  const iat = entryTime(hub, state.log_time);
  const { jws, network } = await totalsOf(hub, state, head, iat);
  await hub.db.batch([
    hub.db
      .prepare(
        `INSERT INTO totals (size, iat, jws, network, etag, logged) VALUES (?, ?, ?, ?, ?, 0)
         ON CONFLICT (size) DO NOTHING`,
      )
      .bind(head.size, iat, jws, network, sha256url(utf8(network))),
    hub.db.prepare("DELETE FROM totals WHERE size < ?").bind(head.size),
  ]);
}

async function totalsOf(
  hub: Hub,
  state: PublicNetwork,
  head: LogHead,
  iat: number,
): Promise<{ jws: string; network: string }> {
  const { size } = head;
  const root = toBase64(head.root);
  const { data } = await hubEntry(hub, "totals+jwt", iat, {
    size,
    root,
    state_sha256: stateHash(state),
    headline: headlineOf(state),
  });
  const network = canonicalJson(networkJson(state, { origin: hub.config.logOrigin, size, root, iat }));
  return { jws: data, network };
}

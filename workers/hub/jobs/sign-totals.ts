/**
 * Signs the numbers of the committed log (docs/protocol.md §6): durable first, then signed. What was signed waits
 * in its row for the next batch. With nothing else to log, the log grows by one entry only when the totals are
 * six hours old or a date has passed that changes the numbers. A second signer of one size changes nothing.
 */
import { sha256url, toBase64, utf8 } from "../../../shared/bytes.ts";
import { REPORT_LIFETIME_S } from "../../../shared/network/state.ts";
import { type PublicNetwork, headlineOf, networkJson, stateHash } from "../../../shared/network/summary.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { headOf, headQuery, type LogHead } from "../../lib/log-store.ts";
import { commit } from "../commit.ts";
import { type Hub, entryTime, hubEntry } from "../hub.ts";
import { TOTALS_EVERY_S } from "../limits.ts";
import { publicNetworkOf, publicNetworkReads } from "../queries/public-network.ts";

/** A date may have passed behind the totals that are logged to catch up with it: twice is enough, whatever the clock. */
const MAX_ROUNDS = 6;

export async function signTotals(hub: Hub): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = await whatNext(hub);
    if (next === "nothing") return;
    if (next === "sign") await sign(hub);
    else await commit(hub, { decide: () => ({ entries: [], totals: true, value: null }) });
  }
}

const DUE_SQL = `SELECT totals.size, totals.iat,
  EXISTS (SELECT 1 FROM campaign WHERE ended = 0 AND closes <= ?1) AS ends,
  EXISTS (SELECT 1 FROM community WHERE fresh = 1 AND counted_iat < ?1 - ${String(REPORT_LIFETIME_S)}) AS expires
  FROM totals ORDER BY totals.size DESC LIMIT 1`;

async function whatNext(hub: Hub): Promise<"nothing" | "sign" | "log"> {
  const nowS = Math.floor(hub.now() / 1000);
  const [heads, dues] = await hub.db.batch([headQuery(hub.db), hub.db.prepare(DUE_SQL).bind(nowS)]);
  const head = headOf(heads?.results ?? []);
  if (head.size === 0) return "nothing";
  const due = dues?.results[0] as { size: number; iat: number; ends: number; expires: number } | undefined;
  if (due === undefined || due.size < head.size) return "sign";
  return due.ends === 1 || due.expires === 1 || nowS - due.iat >= TOTALS_EVERY_S ? "log" : "nothing";
}

async function sign(hub: Hub): Promise<void> {
  const results = await hub.db.batch([headQuery(hub.db), ...publicNetworkReads(hub.db)]);
  const head = headOf(results[0]?.results ?? []);
  const state = publicNetworkOf(results.slice(1));
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

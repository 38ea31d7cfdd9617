/**
 * News leave at once: after the answer has gone out, the node tells its hubs what changed and listens for the
 * verdict. Nothing depends on it; the schedule does the same work if this is cut short (jobs/attend-hubs.ts).
 */
import type { AppContext } from "../lib/app.ts";
import { nodeContext, type NodeContext } from "./context.ts";
import type { NodeConfig } from "./env.ts";
import { Refused } from "../lib/problem.ts";
import { carryOverSome } from "./jobs/carry-over.ts";
import { deliverReports } from "./jobs/deliver-reports.ts";
import { followHubKeys } from "./jobs/follow-hub-keys.ts";
import { pollStanding } from "./jobs/poll-standing.ts";
import { syncCampaigns } from "./jobs/sync-campaigns.ts";
import { type HubRow, readHub, readHubs } from "./queries/hub.ts";

/** One announcer an isolate: changes that come while it waits travel with its next report. */
const announcing = new WeakSet<object>();
/** Pauses between looking again; few, because every look costs queries. */
const ROUNDS_MS = [0, 700, 1_500, 3_000, 6_000];
/** A worker may go on for half a minute after its answer. */
const LONGEST_WAIT_MS = 15_000;

export function announce(c: AppContext<NodeConfig>): void {
  const config = c.get("config");
  if (announcing.has(config)) return;
  announcing.add(config);
  // The unmetered database: what happens after the answer is no part of its cost.
  const context = nodeContext(c.env.DB, config, c.get("now"));
  c.executionCtx.waitUntil(tell(context).finally(() => announcing.delete(config)));
}

/** For tests, which deliver by hand. */
export function holdAnnouncements(config: NodeConfig): void {
  announcing.add(config);
}

async function tell(context: NodeContext): Promise<void> {
  await carryOverSome(context).catch((error: unknown) => {
    // The schedule goes on with it.
    if (!(error instanceof Refused)) throw error;
  });
  for (const pause of ROUNDS_MS) {
    await sleep(pause);
    const waits: number[] = [];
    let settled = true;
    for (const hub of await readHubs(context.db)) {
      if (hub.status !== "admitted") continue;
      if (hub.dirty_since !== null || hub.undelivered === 1) waits.push(await dueIn(context, hub));
      else if (hub.counted_seq < hub.last_seq) await lookForVerdict(context, hub);
      else continue;
      settled = false;
    }
    if (settled) return;
    if (waits.length === 0) continue;
    const soon = waits.filter((wait) => wait <= LONGEST_WAIT_MS);
    if (soon.length === 0) return;
    await sleep(Math.max(0, ...soon));
    for (const { origin } of await readHubs(context.db)) await deliverReports(context, origin);
  }
}

/** Once counted, the network's numbers have moved: members see them at once and not with the next schedule. */
async function lookForVerdict(context: NodeContext, hub: HubRow): Promise<void> {
  await pollStanding(context, hub);
  const after = await readHub(context.db, hub.origin);
  // A closing may be signed by a key that is current since just now.
  if (after !== null && after.counted_seq > hub.counted_seq) {
    await syncCampaigns(context, await followHubKeys(context, after));
  }
}

/** Reports keep their distance, and a hub that failed is given its time. */
async function dueIn({ db, config, now }: NodeContext, hub: HubRow): Promise<number> {
  const row = await db
    .prepare("SELECT iat FROM report WHERE hub = ? ORDER BY seq DESC LIMIT 1")
    .bind(hub.origin)
    .first<{ iat: number }>();
  return Math.max((row?.iat ?? 0) + config.reportIntervalS * 1000, hub.next_at ?? 0) - now();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * The schedule's work: ask for admission, fetch campaigns and closings, deliver what waits, learn the verdict. The
 * backstop of everything that is normally done at once, and the only way back after an outage.
 */
import type { HubLink } from "../../../shared/protocol/api/community.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { parseJws } from "../../../shared/signing/jws.ts";
import type { NodeContext } from "../context.ts";
import { type HubRow, linkOf, readHub, readHubs } from "../queries/hub.ts";
import { collectForBook } from "../witnesses.ts";
import { changeKeys } from "./change-keys.ts";
import { deliverReports } from "./deliver-reports.ts";
import { followHubKeys } from "./follow-hub-keys.ts";
import { pollStanding } from "./poll-standing.ts";
import { newestAtHub } from "./sign-report.ts";
import { syncCampaigns } from "./sync-campaigns.ts";

export async function attendHubs(context: NodeContext, options: { force?: boolean } = {}): Promise<HubLink[]> {
  for (const hub of await readHubs(context.db)) await attendHub(context, hub, options);
  await collectForBook(context);
  return (await readHubs(context.db)).map(linkOf);
}

/** The schedule's share: one hub a run, the one that waited longest, because a busy one takes most of an invocation's queries. */
export async function attendNextHub(context: NodeContext): Promise<void> {
  const [next] = (await readHubs(context.db)).toSorted((a, b) => a.attended_at - b.attended_at);
  if (next === undefined) return;
  // Before anything can fail, so that one hub never keeps the others waiting.
  await context.db.prepare("UPDATE hub SET attended_at = ? WHERE origin = ?").bind(context.now(), next.origin).run();
  await attendHub(context, next, {});
  await collectForBook(context);
}

async function attendHub(context: NodeContext, hub: HubRow, options: { force?: boolean }): Promise<void> {
  await pollStanding(context, hub);
  await followHubKeys(context, hub);
  await syncCampaigns(context, (await readHub(context.db, hub.origin)) ?? hub);
  if (hub.status === "admitted" && (await mayChangeKeys(context, hub))) await changeKeys(context, hub);
  const delivered = await deliverReports(context, hub.origin, options);
  if (delivered !== "delivered") return;
  const now = (await readHubs(context.db)).find(({ origin }) => origin === hub.origin);
  if (now) await pollStanding(context, now);
}

/**
 * A hub that was restored must have its reports again before the report key changes: each names the one before it, by a
 * hash over its signature, and under another key they would not follow each other. The last one may still be on its way;
 * and what follows was signed with the next key if the hub has lost that change as well.
 */
async function mayChangeKeys(context: NodeContext, hub: HubRow): Promise<boolean> {
  const { reportJwkNext } = context.config;
  if (reportJwkNext === null) return true;
  const newest = await newestAtHub(context, hub);
  if (newest === null) return false;
  const { results: ahead } = await context.db
    .prepare("SELECT jws FROM report WHERE hub = ? AND seq > ? ORDER BY seq LIMIT 2")
    .bind(hub.origin, newest.seq)
    .all<{ jws: string }>();
  const [first] = ahead;
  if (first === undefined || ahead.length === 1) return true;
  const signed = parseJws(first.jws);
  return signed.ok && signed.value.kid === thumbprint(reportJwkNext);
}

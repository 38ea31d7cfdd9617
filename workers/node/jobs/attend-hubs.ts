/**
 * The schedule's work: ask for admission, fetch campaigns and closings, deliver what waits, learn the verdict. The
 * backstop of everything that is normally done at once, and the only way back after an outage.
 */
import type { HubLink } from "../../../shared/protocol/api/community.ts";
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

async function attendHub(context: NodeContext, hub: HubRow, options: { force?: boolean }): Promise<void> {
  await pollStanding(context, hub);
  await followHubKeys(context, hub);
  await syncCampaigns(context, (await readHub(context.db, hub.origin)) ?? hub);
  if (hub.status === "admitted" && (await holdsReports(context, hub))) await changeKeys(context, hub);
  const delivered = await deliverReports(context, hub.origin, options);
  if (delivered !== "delivered") return;
  const now = (await readHubs(context.db)).find(({ origin }) => origin === hub.origin);
  if (now) await pollStanding(context, now);
}

/**
 * A hub that was restored must have its reports again before the report key changes: each names the one before it, by a
 * hash over its signature, and under another key they would not follow each other. The last one may still be on its way.
 */
async function holdsReports(context: NodeContext, hub: HubRow): Promise<boolean> {
  if (context.config.reportJwkNext === null) return true;
  const newest = await newestAtHub(context, hub);
  const highest = await context.db
    .prepare("SELECT max(seq) AS seq FROM report WHERE hub = ?")
    .bind(hub.origin)
    .first<number | null>("seq");
  return newest !== null && (highest ?? 0) <= newest.seq + 1;
}

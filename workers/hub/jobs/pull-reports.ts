/**
 * Pull repair (docs/protocol.md §4): asks a node for the reports after the last logged one. They enter by the same
 * door as pushed ones, without the interval, because it was this hub that missed them.
 */
import { reportPage } from "../../../shared/protocol/api/community.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { logEquivocations } from "../actions/evidence.ts";
import { ingestReports } from "../actions/demand-report.ts";
import type { Hub } from "../hub.ts";
import { PULL_EVERY_S, SLICE_NODES } from "../limits.ts";

interface Row {
  origin: string;
  url: string;
  last_seq: number;
}

/** The named communities; or those that have been quiet, and were not asked, for an hour. */
export async function pullReports(hub: Hub, origins?: readonly string[]): Promise<void> {
  const { db } = hub;
  const nowS = Math.floor(hub.now() / 1000);
  const query =
    origins === undefined
      ? db
          .prepare(
            `SELECT origin, url, last_seq FROM community WHERE status = 'admitted' AND pulled_at < ?1 AND last_at < ?1
             ORDER BY pulled_at LIMIT ?2`,
          )
          .bind(nowS - PULL_EVERY_S, SLICE_NODES)
      : db
          .prepare(
            `SELECT origin, url, last_seq FROM community WHERE status = 'admitted'
             AND origin IN (SELECT value FROM json_each(?)) LIMIT ?`,
          )
          .bind(jsonParameter(origins), SLICE_NODES);
  const { results } = await query.all<Row>();
  if (results.length === 0) return;
  const pages = await Promise.all(results.map(async (row) => await missedReports(hub, row)));
  const reports = pages.flat();
  await db
    .prepare("UPDATE community SET pulled_at = ? WHERE origin IN (SELECT value FROM json_each(?))")
    .bind(nowS, jsonParameter(results.map(({ origin }) => origin)))
    .run();
  if (reports.length === 0) return;
  const { equivocations } = await ingestReports(hub, reports, { intervalS: 0 });
  await logEquivocations(hub, equivocations);
}

async function missedReports({ peer, config }: Hub, { url, last_seq }: Row): Promise<string[]> {
  const address = new URL("reports", url.endsWith("/") ? url : `${url}/`);
  address.searchParams.set("after", String(last_seq));
  address.searchParams.set("hub", config.logOrigin);
  const page = await peer.getJson(address.href, reportPage);
  return page.ok ? page.value.reports.slice(0, config.maxBatch) : [];
}

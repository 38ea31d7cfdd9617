/**
 * A hub's campaigns as this node keeps them. Terms and closings are taken from the hub's log with proof and signature;
 * texts, closing dates and the network's numbers are what the hub publishes, and only shown.
 * Bounded: two pages, and at most eight log entries read, an invocation; the cursor goes on where it stopped.
 */
import { parseJws } from "../../../shared/signing/jws.ts";
import { canonicalBytes } from "../../../shared/signing/canonical.ts";
import { sha256url } from "../../../shared/bytes.ts";
import { type CampaignView, campaignPage, network } from "../../../shared/protocol/api/network.ts";
import { jsonParameter } from "../../lib/d1.ts";
import type { NodeContext } from "../context.ts";
import { type PinnedHub, readStatement } from "../hub-client.ts";
import { type HubRow, pinned } from "../queries/hub.ts";
import { endCampaign } from "./end-campaign.ts";

const PAGES = 2;
const PAGE_SIZE = 50;
const ENTRIES_PER_RUN = 8;
/** An append to the book is about as many queries as this many entries taken in. */
const ENDING_COST = 4;
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

interface KnownRow {
  id: string;
  close_leaf: string | null;
  /** the book has not taken note of the closing */
  to_end: number;
  /** of a campaign that is kept as another hub's: the terms as that one signed them */
  elsewhere: string | null;
}

export async function syncCampaigns(context: NodeContext, hub: HubRow): Promise<void> {
  const { db, peer } = context;
  const headline = await peer.getJson(`${hub.url}/api/network`, network, { maxBytes: MAX_PAGE_BYTES });
  const asOf = headline.ok ? headline.value.as_of : new Date(context.now()).toISOString();
  let cursor = hub.campaign_cursor;
  let budget = ENTRIES_PER_RUN;
  for (let page = 0; page < PAGES; page += 1) {
    const after = cursor === null ? "" : `&after=${encodeURIComponent(cursor)}`;
    const address = `${hub.url}/api/campaigns?limit=${String(PAGE_SIZE)}${after}`;
    const found = await peer.getJson(address, campaignPage, { maxBytes: MAX_PAGE_BYTES });
    if (!found.ok) return;
    const { campaigns, next, log } = found.value;
    const left = await takeIn(context, hub, campaigns, budget);
    await writeNumbers(db, campaigns, log.size, asOf);
    if (left < 0) break;
    budget = left;
    cursor = next;
    if (cursor === null) break;
  }
  if (cursor !== hub.campaign_cursor) {
    await db.prepare("UPDATE hub SET campaign_cursor = ? WHERE origin = ?").bind(cursor, hub.origin).run();
  }
}

/** Returns what is left of the budget; negative when there was more to read than it allowed. */
async function takeIn(
  context: NodeContext,
  hub: HubRow,
  views: readonly CampaignView[],
  budget: number,
): Promise<number> {
  const address = pinned(hub);
  const { results } = await context.db
    .prepare(
      `SELECT c.id, c.close_leaf, (t.campaign IS NOT NULL AND t.ended IS NULL) AS to_end,
         CASE WHEN c.hub <> ?2 THEN c.jws END AS elsewhere
       FROM campaign c LEFT JOIN tally t ON t.campaign = c.id WHERE c.id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(jsonParameter(views.map((view) => view.id)), hub.origin)
    .all<KnownRow>();
  const known = new Map(results.map((row) => [row.id, row]));
  let left = budget;
  for (const view of views) {
    const row = known.get(view.id);
    if (row === undefined || isTakenOver(row, hub.origin)) {
      if (left <= 0) return -1;
      left -= 1;
      if (!(await addCampaign(context, address, view))) continue;
    }
    if (view.closing === null) continue;
    if (row === undefined || row.close_leaf === null) {
      if (left <= 0) return -1;
      left -= 1;
      if (!(await addClosing(context, address, view.id, view.closing.leaf))) continue;
    }
    if (row?.to_end !== 1) continue;
    if (left < ENDING_COST) return -1;
    left -= ENDING_COST;
    await endCampaign(context, view.id);
  }
  return left;
}

/** A hub that lists a campaign which another one published goes on from that one's log; the log decides (hub-client.ts). */
function isTakenOver({ elsewhere }: KnownRow, origin: string): boolean {
  if (elsewhere === null) return false;
  const jws = parseJws(elsewhere);
  return jws.ok && (jws.value.claims as { iss?: unknown }).iss !== origin;
}

/** A campaign of a hub whose log this one goes on from becomes this one's, with every pledge in the book. */
async function addCampaign({ db, peer, now }: NodeContext, hub: PinnedHub, view: CampaignView): Promise<boolean> {
  const logged = await readStatement(peer, hub, view.id, "campaign+jwt");
  if (!logged.ok) return false;
  const { claims, index, jws } = logged.value;
  const insert = db
    .prepare(
      `INSERT INTO campaign (id, hub, idx, name, text, product, unit, currency, reference_price_minor, bands_minor,
         max_qty, goal_qty, closes, terms_sha256, jws)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET hub = excluded.hub`,
    )
    .bind(
      view.id,
      hub.origin,
      index,
      claims.name,
      view.text,
      JSON.stringify(claims.product),
      claims.unit,
      claims.currency,
      claims.reference_price_minor,
      JSON.stringify(claims.bands_minor),
      claims.max_qty,
      claims.goal_qty,
      Date.parse(view.closes),
      sha256url(canonicalBytes(claims)),
      jws,
    );
  const announce = db
    .prepare(
      `UPDATE outbox SET rev = rev + 1, dirty_since = coalesce(dirty_since, ?) WHERE hub = ?
       AND EXISTS (SELECT 1 FROM tally WHERE campaign = ?)`,
    )
    .bind(now(), hub.origin, view.id);
  await db.batch([insert, announce]);
  return true;
}

async function addClosing({ db, peer }: NodeContext, hub: PinnedHub, id: string, leaf: string): Promise<boolean> {
  const logged = await readStatement(peer, hub, leaf, "campaign-close+jwt");
  if (!logged.ok || logged.value.claims.campaign !== id) return false;
  const { outcome, band, reason, iat } = logged.value.claims;
  await db
    .prepare(
      `UPDATE campaign SET close_leaf = ?, close_outcome = ?, close_band = ?, close_reason = ?, closed_at = ?
       WHERE id = ? AND close_leaf IS NULL`,
    )
    .bind(leaf, outcome, band, reason, iat * 1000, id)
    .run();
  return true;
}

/** Rows change only where the hub says something new. */
async function writeNumbers(db: D1Database, views: readonly CampaignView[], size: number, asOf: string): Promise<void> {
  const rows = views.map((view) => {
    const { interest, pledged, committed, purchased, pledges, communities } = view;
    const numbers = { interest, pledged, committed, purchased, pledges, communities, size, as_of: asOf };
    return [view.id, view.text, Date.parse(view.closes), JSON.stringify(numbers)];
  });
  await db
    .prepare(
      `UPDATE campaign SET text = j.value ->> 1, closes = j.value ->> 2, network = j.value ->> 3
       FROM json_each(?1) j WHERE campaign.id = j.value ->> 0
         AND (campaign.network IS NOT j.value ->> 3 OR text <> j.value ->> 1 OR closes <> j.value ->> 2)`,
    )
    .bind(jsonParameter(rows))
    .run();
}

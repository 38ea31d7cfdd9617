/** Campaigns for the public pages: newest first, each page at the log size of its numbers. */
import { toBase64 } from "../../../shared/bytes.ts";
import type { Campaign } from "../../../shared/network/state.ts";
import { campaignSummary } from "../../../shared/network/summary.ts";
import type { CampaignDetail, CampaignView } from "../../../shared/protocol/api/network.ts";
import { kOfPolicy } from "../../../shared/protocol/smallest-k.ts";
import type { CampaignTotals, Profile } from "../../../shared/protocol/statement.ts";
import { drawnDemand } from "../../../shared/signals/bands.ts";
import { isoTime } from "../../../shared/time.ts";
import { headOf, headQuery } from "../../lib/log-store.ts";
import { type CampaignRow, campaignOf } from "../view-rows.ts";

/** A column beside a campaign: the k of the hub's policy, read once a statement. */
export const LOGGED_K = "(SELECT policy ->> '$.claims.k' FROM network WHERE id = 1) AS k";
export type CampaignWithK = CampaignRow & { k: number | null };

export type LogRef = CampaignView["log"];

export function logRefOf(origin: string, rows: readonly unknown[]): LogRef {
  const { size, root } = headOf(rows);
  return { origin, size, root: toBase64(root) };
}

/** By the unique index on `idx`, descending; reads `limit` + 1 rows. */
export async function campaignPage(
  db: D1Database,
  log: string,
  page: { before: number | null; limit: number },
): Promise<{ campaigns: CampaignView[]; next: string | null; log: LogRef }> {
  const [heads, rows] = await db.batch([
    headQuery(db),
    db
      .prepare(`SELECT *, ${LOGGED_K} FROM campaign WHERE idx < ? ORDER BY idx DESC LIMIT ?`)
      .bind(page.before ?? Number.MAX_SAFE_INTEGER, page.limit + 1),
  ]);
  const ref = logRefOf(log, heads?.results ?? []);
  const found = (rows?.results ?? []) as CampaignWithK[];
  const shown = found.slice(0, page.limit);
  const next = found.length > page.limit ? String(shown.at(-1)?.idx ?? "") : null;
  return { campaigns: shown.map((row) => campaignView(campaignOf(row), ref, kOfPolicy(row.k))), next, log: ref };
}

const MAX_LISTED = 200;

/** One campaign by primary key; its communities by a scan of those that count, which a page of one campaign may cost. */
export async function campaignDetail(db: D1Database, log: string, id: string): Promise<CampaignDetail | null> {
  const [heads, rows, parts] = await db.batch([
    headQuery(db),
    db.prepare(`SELECT *, ${LOGGED_K} FROM campaign WHERE id = ?`).bind(id),
    db
      .prepare(
        `SELECT origin, profile, fresh, part.value AS totals FROM community, json_each(community.counted, '$.totals') AS part
         WHERE status = 'admitted' AND counted IS NOT NULL AND part.value ->> 'c' = ?
         ORDER BY part.value ->> 'pledges' DESC, origin LIMIT ?`,
      )
      .bind(id, MAX_LISTED),
  ]);
  const row = rows?.results[0] as CampaignWithK | undefined;
  if (row === undefined) return null;
  const campaign = campaignOf(row);
  const counted = (parts?.results ?? []) as PartRow[];
  return {
    ...campaignView(campaign, logRefOf(log, heads?.results ?? []), kOfPolicy(row.k)),
    by_community: counted.map((part) => communityPart(part, campaign.ended)),
  };
}

interface PartRow {
  origin: string;
  profile: string;
  fresh: number;
  totals: string;
}

/** What of a counted report still counts: see formula 1. */
function communityPart(row: PartRow, ended: boolean): CampaignDetail["by_community"][number] {
  const { name, region } = JSON.parse(row.profile) as Profile;
  const totals = JSON.parse(row.totals) as CampaignTotals;
  const isLive = row.fresh === 1;
  const isOpen = isLive && !ended;
  return {
    origin: row.origin,
    name,
    region,
    pledges: isLive ? totals.pledges : 0,
    interest: isOpen ? totals.interest : "0",
    pledged: isOpen ? sumOf(totals.pledged) : "0",
    committed: isLive ? sumOf(totals.committed) : "0",
    purchased: totals.purchased,
  };
}

function sumOf(units: readonly string[]): string {
  return String(units.reduce((sum, one) => sum + BigInt(one), 0n));
}

export function campaignView(campaign: Campaign, log: LogRef, k: number): CampaignView {
  const { terms, closing, ended } = campaign;
  return {
    ...campaignSummary(campaign),
    text: terms.text,
    product: terms.product,
    bands_minor: terms.bands_minor,
    units_by_band: drawnDemand(campaign, k)?.units_by_band.map(String) ?? null,
    max_qty: terms.max_qty,
    goal_qty: terms.goal_qty,
    opens: isoTime(terms.iat),
    closes: isoTime(terms.closes),
    state: closing?.outcome ?? (ended ? "ended" : "open"),
    closing:
      closing === null
        ? null
        : { reason: closing.reason, band: closing.band, at: isoTime(closing.iat), leaf: closing.leaf },
    log,
  };
}

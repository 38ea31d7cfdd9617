/** What alerts are compared with: public totals of campaigns and communities in the view, new campaigns, met conditions. */
import type { Demand } from "../../../shared/alerts/crossing.ts";
import type { Alert } from "../../../shared/protocol/api/alert.ts";
import { campaignNumbers } from "../../../shared/network/numbers.ts";
import type { Campaign } from "../../../shared/network/state.ts";
import type { CampaignTotals } from "../../../shared/protocol/statement.ts";
import { jsonParameter, rowsOf } from "../../lib/d1.ts";
import { headOf, headQuery } from "../../lib/log-store.ts";
import { type CampaignRow, campaignOf } from "../view-rows.ts";

const MAX_CAMPAIGNS = 300;
/** Parts of communities read for alerts on a region, in one run. */
const MAX_PARTS = 3000;
const MAX_MET = 50;

/** Named campaigns by primary key, open ones by the index on the end. */
const CAMPAIGNS_SQL = `SELECT * FROM campaign WHERE id IN (SELECT value FROM json_each(?1))
  UNION SELECT * FROM campaign WHERE ended = 0 AND ?2 LIMIT ?3`;
/** Scans the communities that count: asked once an hour, and only if an alert names a region. */
const PARTS_SQL = `SELECT profile ->> '$.region' AS region, part.value AS totals
  FROM community, json_each(community.counted, '$.totals') AS part
  WHERE status = 'admitted' AND fresh = 1 AND part.value ->> 'c' IN (SELECT value FROM json_each(?)) LIMIT ?`;
const MET_SQL = `SELECT transfer.seq, award.id, award.campaign, award.funder, award.data ->> '$.event.title' AS title
  FROM transfer JOIN award ON award.id = transfer.award
  WHERE transfer.seq > ? AND transfer.code = 'condition-met' AND transfer.reverses IS NULL ORDER BY transfer.seq LIMIT ?`;

export interface MetCondition {
  seq: number;
  id: string;
  title: string;
  campaign: string | null;
  funder: string | null;
}

export interface AlertWorld {
  logSize: number;
  campaigns: Map<string, Campaign>;
  categories: Map<string, readonly string[]>;
  /** of whole campaigns; with regions, of communities too */
  demand: Demand[];
  met: MetCondition[];
  /** number of the newest transfer that `met` covers; -1 without any */
  metUntil: number;
}

/** Two round trips, at most six queries, whatever the number of alerts. */
export async function alertWorld(
  db: D1Database,
  alerts: readonly Pick<Alert, "kind" | "campaign" | "category" | "region">[],
  { metSince, regions }: { metSince: number; regions: boolean },
): Promise<AlertWorld> {
  const named = [...new Set(alerts.flatMap(({ campaign }) => campaign ?? []))];
  const wantsOpen = alerts.some(({ kind, campaign }) => kind !== "condition_met" && campaign === null);
  const [heads, rows, met, newest] = await db.batch([
    headQuery(db),
    db.prepare(CAMPAIGNS_SQL).bind(jsonParameter(named), wantsOpen ? 1 : 0, MAX_CAMPAIGNS),
    db.prepare(MET_SQL).bind(metSince, MAX_MET),
    db.prepare("SELECT max(seq) AS seq FROM transfer"),
  ]);
  const campaigns = new Map(rowsOf<CampaignRow>(rows).map((row) => [row.id, campaignOf(row)]));
  const gtins = [...campaigns.values()].flatMap(({ terms }) => terms.product.gtin ?? []);
  const wantsCategories = gtins.length > 0 && alerts.some(({ category }) => category !== null);
  const wantsParts = regions && alerts.some(({ region }) => region !== null);
  const [products, parts] = await someOf(db, [
    wantsCategories &&
      db
        .prepare(
          "SELECT gtin, data ->> '$.categories' AS categories FROM product WHERE id IN (SELECT value FROM json_each(?))",
        )
        .bind(jsonParameter(gtins.map(Number))),
    wantsParts && db.prepare(PARTS_SQL).bind(jsonParameter([...campaigns.keys()]), MAX_PARTS),
  ]);
  const byGtin = new Map(
    (products as { gtin: string; categories: string }[]).map((row) => [
      row.gtin,
      JSON.parse(row.categories) as string[],
    ]),
  );
  const categories = new Map([...campaigns].map(([id, { terms }]) => [id, byGtin.get(terms.product.gtin ?? "") ?? []]));
  const found = rowsOf<MetCondition>(met);
  return {
    logSize: headOf(heads?.results ?? []).size,
    campaigns,
    categories,
    demand: [
      ...[...campaigns.values()].map((campaign) => wholeOf(campaign, categories)),
      ...(parts as PartRow[]).flatMap((row) => partOf(row, campaigns, categories)),
    ],
    met: found,
    metUntil:
      found.length === MAX_MET ? (found.at(-1)?.seq ?? -1) : (rowsOf<{ seq: number | null }>(newest)[0]?.seq ?? -1),
  };
}

/** Only those that are wanted travel; the others have no rows. */
async function someOf(db: D1Database, wanted: (D1PreparedStatement | false)[]): Promise<unknown[][]> {
  const statements = wanted.filter((one) => one !== false);
  const results = statements.length === 0 ? [] : await db.batch(statements);
  return wanted.map((one) => (one === false ? [] : rowsOf(results[statements.indexOf(one)])));
}

function wholeOf(campaign: Campaign, categories: ReadonlyMap<string, readonly string[]>): Demand {
  const { pledged, committed, pledges } = campaignNumbers(campaign);
  return {
    campaign: campaign.id,
    currency: campaign.terms.currency,
    categories: categories.get(campaign.id) ?? [],
    region: null,
    bands_minor: campaign.terms.bands_minor,
    units: pledged.map((units, band) => units + (committed[band] ?? 0n)),
    accounts: pledges,
  };
}

interface PartRow {
  region: string;
  totals: string;
}

function partOf(
  row: PartRow,
  campaigns: ReadonlyMap<string, Campaign>,
  categories: ReadonlyMap<string, readonly string[]>,
): Demand[] {
  const totals = JSON.parse(row.totals) as CampaignTotals;
  const campaign = campaigns.get(totals.c);
  if (campaign === undefined) return [];
  const { terms, ended, id } = campaign;
  return [
    {
      campaign: id,
      currency: terms.currency,
      categories: categories.get(id) ?? [],
      region: row.region,
      bands_minor: terms.bands_minor,
      units: terms.bands_minor.map(
        (_, band) => BigInt(ended ? "0" : (totals.pledged[band] ?? "0")) + BigInt(totals.committed[band] ?? "0"),
      ),
      accounts: totals.pledges,
    },
  ];
}

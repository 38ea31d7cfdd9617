/** What alerts are compared with: public totals of campaigns and communities in the view, new campaigns, met conditions. */
import type { Demand } from "../../../shared/alerts/crossing.ts";
import type { Alert } from "../../../shared/protocol/api/alert.ts";
import { campaignNumbers } from "../../../shared/network/numbers.ts";
import type { Campaign } from "../../../shared/network/state.ts";
import { type Region, wholeOf as wholeRegion } from "../../../shared/signals/region.ts";
import { jsonParameter, rowsOf } from "../../lib/d1.ts";
import { headOf, headQuery } from "../../lib/log-store.ts";
import { campaignOf } from "../view-rows.ts";
import { type CampaignWithK, LOGGED_K } from "./campaign.ts";
import { kOfPolicy } from "../../../shared/protocol/smallest-k.ts";
import { drawnDemand } from "../../../shared/signals/bands.ts";

const MAX_CAMPAIGNS = 300;
/** Regions of campaigns read in one run. */
const MAX_REGIONS = 1000;
const MAX_MET = 50;

/** Named campaigns by primary key, open ones by the index on the end. */
const CAMPAIGNS_SQL = `SELECT *, ${LOGGED_K} FROM campaign WHERE id IN (SELECT value FROM json_each(?1))
  UNION SELECT *, ${LOGGED_K} FROM campaign WHERE ended = 0 AND ?2 LIMIT ?3`;
/** Regions as the public signals show them, only those that some alert names: D1 takes the others apart, not the worker. */
const REGIONS_SQL = `SELECT signal_release.campaign, region.key AS region, region.value AS shown
  FROM signal_release, json_each(signal_release.data, '$.release.regions') AS region
  WHERE signal_release.campaign IN (SELECT value FROM json_each(?1))
    AND EXISTS (SELECT 1 FROM json_each(?2) AS wanted WHERE region.key = wanted.value OR region.key LIKE wanted.value || '-%')
  LIMIT ?3`;
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
  /** of whole campaigns, and of the regions that are named */
  demand: Demand[];
  met: MetCondition[];
  /** number of the newest transfer that `met` covers; -1 without any */
  metUntil: number;
}

/** Two round trips, at most six queries, whatever the number of alerts. */
export async function alertWorld(
  db: D1Database,
  alerts: readonly Pick<Alert, "kind" | "campaign" | "category" | "region">[],
  { metSince }: { metSince: number },
): Promise<AlertWorld> {
  const named = [...new Set(alerts.flatMap(({ campaign }) => campaign ?? []))];
  const wantsOpen = alerts.some(({ kind, campaign }) => kind !== "condition_met" && campaign === null);
  const [heads, rows, met, newest] = await db.batch([
    headQuery(db),
    db.prepare(CAMPAIGNS_SQL).bind(jsonParameter(named), wantsOpen ? 1 : 0, MAX_CAMPAIGNS),
    db.prepare(MET_SQL).bind(metSince, MAX_MET),
    db.prepare("SELECT max(seq) AS seq FROM transfer"),
  ]);
  const lines = rowsOf<CampaignWithK>(rows);
  const campaigns = new Map(lines.map((row) => [row.id, campaignOf(row)]));
  const k = kOfPolicy(lines[0]?.k);
  const gtins = [...campaigns.values()].flatMap(({ terms }) => terms.product.gtin ?? []);
  const wantsCategories = gtins.length > 0 && alerts.some(({ category }) => category !== null);
  const wanted = [...new Set(alerts.flatMap(({ region }) => region ?? []))];
  const [products, regions] = await someOf(db, [
    wantsCategories &&
      db
        .prepare(
          "SELECT id, data ->> '$.categories' AS categories FROM product WHERE id IN (SELECT value FROM json_each(?))",
        )
        .bind(jsonParameter(gtins.map(Number))),
    wanted.length > 0 &&
      db.prepare(REGIONS_SQL).bind(jsonParameter([...campaigns.keys()]), jsonParameter(wanted), MAX_REGIONS),
  ]);
  const byGtin = new Map(
    (products as { id: number; categories: string }[]).map((row) => [row.id, JSON.parse(row.categories) as string[]]),
  );
  const categories = new Map(
    [...campaigns].map(([id, { terms }]) => [id, byGtin.get(Number(terms.product.gtin ?? 0)) ?? []]),
  );
  const found = rowsOf<MetCondition>(met);
  return {
    logSize: headOf(heads?.results ?? []).size,
    campaigns,
    categories,
    demand: [
      ...[...campaigns.values()].map((campaign) => wholeOf(campaign, categories, k)),
      ...(regions as RegionRow[]).flatMap((row) => regionOf(row, campaigns, categories)),
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

/** As every view draws it: at any of its prices there is nobody, or at least k. */
function wholeOf(campaign: Campaign, categories: ReadonlyMap<string, readonly string[]>, k: number): Demand {
  const { pledges } = campaignNumbers(campaign);
  const { currency, bands_minor } = campaign.terms;
  const units = drawnDemand(campaign, k)?.units_by_band ?? [];
  return {
    campaign: campaign.id,
    currency,
    categories: categories.get(campaign.id) ?? [],
    region: null,
    curve: bands_minor.map((price_minor, band) => ({
      price_minor,
      units: units.slice(band).reduce((sum, here) => sum + here, 0n),
      accounts: pledges,
    })),
  };
}

interface RegionRow {
  campaign: string;
  region: string;
  shown: string;
}

function regionOf(
  row: RegionRow,
  campaigns: ReadonlyMap<string, Campaign>,
  categories: ReadonlyMap<string, readonly string[]>,
): Demand[] {
  const terms = campaigns.get(row.campaign)?.terms;
  const region = JSON.parse(row.shown) as Region;
  if (terms === undefined || wholeRegion(region) === null) return [];
  return [
    {
      campaign: row.campaign,
      currency: terms.currency,
      categories: categories.get(row.campaign) ?? [],
      region: row.region,
      curve: region.points.flatMap(({ now }, band) =>
        now === null
          ? []
          : [{ price_minor: terms.bands_minor[band] ?? "0", units: BigInt(now.units), accounts: now.accounts }],
      ),
    },
  ];
}

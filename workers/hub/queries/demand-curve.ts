/** What is shown of one campaign now, by region, and over the days: by primary key only. */
import type { CampaignHistory, DemandCurveView, RegionCell } from "../../../shared/protocol/api/signals.ts";
import type { NetworkState } from "../../../shared/network/state.ts";
import type { CampaignTerms } from "../../../shared/protocol/statement.ts";
import { smallestGroup } from "../../../shared/signals/recount.ts";
import { rowsOf } from "../../lib/d1.ts";
import { headQuery } from "../../lib/log-store.ts";
import { regionCells, signalStateOf } from "../signal-rows.ts";
import { logRefOf } from "./campaign.ts";

export function policyQuery(db: D1Database): D1PreparedStatement {
  return db.prepare(
    "SELECT (SELECT policy FROM network WHERE id = 1) AS policy, (SELECT data FROM capital WHERE id = 1) AS capital",
  );
}

export function kOf(result: D1Result | undefined): number {
  const policy = rowsOf<{ policy: string | null }>(result)[0]?.policy ?? null;
  return smallestGroup(policy === null ? null : (JSON.parse(policy) as NetworkState["policy"]));
}

/** Null for a campaign this hub does not know. A campaign that nobody has looked at yet has no cells. */
export async function demandCurveOf(
  db: D1Database,
  log: string,
  id: string,
  region: string,
): Promise<DemandCurveView | null> {
  const [heads, rows, networks] = await db.batch([
    headQuery(db),
    db
      .prepare(
        `SELECT campaign.terms, r.data FROM campaign LEFT JOIN signal_release AS r ON r.campaign = campaign.id
         WHERE campaign.id = ?`,
      )
      .bind(id),
    policyQuery(db),
  ]);
  const row = rowsOf<{ terms: string; data: string | null }>(rows)[0];
  if (row === undefined) return null;
  const { name, unit, currency, bands_minor } = JSON.parse(row.terms) as CampaignTerms;
  const state = row.data === null ? null : signalStateOf(row.data);
  const cells = state === null ? [] : regionCells(state, bands_minor);
  return {
    campaign: { id, name, unit },
    currency,
    bands_minor,
    k: kOf(networks),
    ...cellOf(cells, region),
    regions: cells.map((cell) => ({ region: cell.region, withheld: cell.withheld })),
    sizes: state?.release.sizes ?? [],
    log: logRefOf(log, heads?.results ?? []),
  };
}

/** Where nobody wants anything there are fewer than k accounts too: which of the two is not told. */
function cellOf(cells: readonly RegionCell[], region: string): RegionCell {
  return cells.find((cell) => cell.region === region) ?? { region, withheld: "few", shown: null };
}

const MAX_DAYS = 400;

/** Oldest first; by primary key from the newest backwards. */
export async function campaignHistoryOf(db: D1Database, log: string, id: string): Promise<CampaignHistory | null> {
  const [heads, campaigns, days, networks] = await db.batch([
    headQuery(db),
    db.prepare("SELECT terms FROM campaign WHERE id = ?").bind(id),
    db.prepare("SELECT point FROM campaign_day WHERE campaign = ? ORDER BY day DESC LIMIT ?").bind(id, MAX_DAYS),
    policyQuery(db),
  ]);
  const terms = rowsOf<{ terms: string }>(campaigns)[0]?.terms;
  if (terms === undefined) return null;
  const { name, unit } = JSON.parse(terms) as CampaignTerms;
  return {
    campaign: { id, name, unit },
    k: kOf(networks),
    points: rowsOf<{ point: string }>(days)
      .map(({ point }) => JSON.parse(point) as CampaignHistory["points"][number])
      .toReversed(),
    log: logRefOf(log, heads?.results ?? []),
  };
}

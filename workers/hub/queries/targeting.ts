/**
 * What the formulas of targeting are fed with (docs/targeting.md): demand from the campaigns' rows, needs and awards from
 * the ledger, fulfilment from the sums of all counted reports. Rows read grow with campaigns and their awards only.
 */
import { campaignNumbers } from "../../../shared/network/numbers.ts";
import type { Campaign } from "../../../shared/network/state.ts";
import type { TargetingInput, Targeting } from "../../../shared/protocol/api/targeting.ts";
import { answer } from "../../../shared/targeting/target.ts";
import type { FundEventOf } from "../../../shared/protocol/fund.ts";
import { isoTime } from "../../../shared/time.ts";
import { headQuery } from "../../lib/log-store.ts";
import { capitalRowOf } from "../capital-rows.ts";
import { type CampaignRow, campaignOf } from "../view-rows.ts";
import { logRefOf } from "./campaign.ts";

const MAX_CAMPAIGNS = 200;

/** Decided for a campaign and not released, lapsed or only recorded. By the index on campaign. */
const COMMITTED_SQL = `SELECT campaign, sum((data ->> '$.event.amount_minor') - (data ->> '$.released')) AS committed
  FROM award WHERE campaign IS NOT NULL AND currency = ? AND state <> 'recorded' GROUP BY campaign`;

export async function targetingOf(
  db: D1Database,
  log: string,
  question: { currency: string; budget_minor: string | null },
): Promise<Targeting> {
  const { currency, budget_minor } = question;
  const [heads, rows, committed, desk, networks] = await db.batch([
    headQuery(db),
    db
      .prepare("SELECT * FROM campaign WHERE terms ->> '$.currency' = ? ORDER BY idx DESC LIMIT ?")
      .bind(currency, MAX_CAMPAIGNS),
    db.prepare(COMMITTED_SQL).bind(currency),
    db.prepare("SELECT data FROM capital WHERE id = 1"),
    db.prepare("SELECT log_time, sums FROM network WHERE id = 1"),
  ]);
  const needs = capitalRowOf((desk?.results[0] as { data: string } | undefined)?.data ?? null).needs;
  const given = new Map(
    ((committed?.results ?? []) as { campaign: string; committed: number }[]).map((row) => [
      row.campaign,
      row.committed,
    ]),
  );
  const network = networks?.results[0] as { log_time: number; sums: string } | undefined;
  const sums = network === undefined ? null : (JSON.parse(network.sums) as { purchased: string; committed: string });
  const kept = BigInt(sums?.purchased ?? "0");
  const locked = kept + BigInt(sums?.committed ?? "0");
  const inputs = ((rows?.results ?? []) as CampaignRow[]).map(campaignOf).map((campaign) =>
    inputOf(campaign, needs.get(campaign.id), {
      fixed_cost_minor: needs.get(campaign.id)?.fixed_cost_minor ?? "0",
      market_development_minor: needs.get(campaign.id)?.market_development_minor ?? "0",
      committed_minor: String(given.get(campaign.id) ?? 0),
      network_fulfilled_units: String(kept),
      network_locked_units: String(locked),
    }),
  );
  return {
    currency,
    budget_minor,
    ...answer(inputs, budget_minor === null ? null : BigInt(budget_minor)),
    inputs,
    as_of: network === undefined ? null : isoTime(network.log_time),
    log: logRefOf(log, heads?.results ?? []),
  };
}

type FromLedger = Pick<
  TargetingInput,
  | "fixed_cost_minor"
  | "market_development_minor"
  | "committed_minor"
  | "network_fulfilled_units"
  | "network_locked_units"
>;

/** Without an estimate, the campaign's own reference price and goal stand for what a supplier would ask. */
function inputOf(campaign: Campaign, need: FundEventOf<"need"> | undefined, ledger: FromLedger): TargetingInput {
  const { terms, closing, ended, id } = campaign;
  const { pledged, committed, purchased, pledges, communities } = campaignNumbers(campaign);
  const open = committed.reduce((sum, units) => sum + units, 0n);
  return {
    id,
    name: terms.name,
    unit: terms.unit,
    currency: terms.currency,
    closes: isoTime(terms.closes),
    state: closing?.outcome ?? (ended ? "ended" : "open"),
    bands_minor: terms.bands_minor,
    units_by_band: pledged.map((units, band) => String(units + (committed[band] ?? 0n))),
    accounts: pledges,
    communities,
    supplier_price_minor: need?.expected_price_minor ?? terms.reference_price_minor,
    minimum_units: need?.expected_minimum_units ?? terms.goal_qty,
    price_source: need?.expected_price_minor === undefined ? "campaign" : "estimate",
    offer: null,
    ...ledger,
    fulfilled_units: String(purchased),
    locked_units: String(purchased + open),
  };
}

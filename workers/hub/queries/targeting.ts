/**
 * What the formulas of targeting are fed with (docs/targeting.md §1): demand from the campaigns' rows, needs and awards from
 * the ledger, fulfilment from the sums of all counted reports. Rows read grow with campaigns and their awards only.
 */
import type { Targeting, TargetingInput } from "../../../shared/protocol/api/targeting.ts";
import { kOfPolicy } from "../../../shared/protocol/smallest-k.ts";
import { drawnDemand } from "../../../shared/signals/bands.ts";
import { answer } from "../../../shared/targeting/target.ts";
import { targetingInput } from "../../../shared/targeting/target-input.ts";
import { isoTime } from "../../../shared/time.ts";
import { headQuery } from "../../lib/log-store.ts";
import { capitalRowOf } from "../capital-rows.ts";
import { type CampaignRow, campaignOf } from "../view-rows.ts";
import { logRefOf } from "./campaign.ts";

const MAX_CAMPAIGNS = 200;

/** As every view draws demand (docs/privacy.md): what follows from it shows no band of fewer than k accounts either. */
function drawn(input: TargetingInput, demand: { units_by_band: bigint[] } | null): TargetingInput {
  if (demand !== null) return { ...input, units_by_band: demand.units_by_band.map(String) };
  return { ...input, units_by_band: input.units_by_band.map(() => "0"), withheld: true };
}

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
    db.prepare("SELECT log_time, sums, policy ->> '$.claims.k' AS k FROM network WHERE id = 1"),
  ]);
  const needs = capitalRowOf((desk?.results[0] as { data: string } | undefined)?.data ?? null).needs;
  const given = new Map(
    ((committed?.results ?? []) as { campaign: string; committed: number }[]).map((row) => [
      row.campaign,
      row.committed,
    ]),
  );
  const network = networks?.results[0] as { log_time: number; sums: string; k: number | null } | undefined;
  const sums = network === undefined ? null : (JSON.parse(network.sums) as { purchased: string; committed: string });
  const fulfilled = BigInt(sums?.purchased ?? "0");
  const log_time = network?.log_time ?? 0;
  const kept = { fulfilled, locked: fulfilled + BigInt(sums?.committed ?? "0") };
  const inputs = ((rows?.results ?? []) as CampaignRow[]).map(campaignOf).map((campaign) => {
    const given_minor = BigInt(given.get(campaign.id) ?? 0);
    const input = targetingInput(campaign, needs.get(campaign.id), { given: given_minor, kept, log_time });
    return drawn(input, drawnDemand(campaign, kOfPolicy(network?.k)));
  });
  return {
    currency,
    budget_minor,
    ...answer(inputs, budget_minor === null ? null : BigInt(budget_minor)),
    inputs,
    as_of: network === undefined ? null : isoTime(network.log_time),
    log: logRefOf(log, heads?.results ?? []),
  };
}

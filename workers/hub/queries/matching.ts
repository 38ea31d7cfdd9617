/**
 * What a matching run is fed with (docs/targeting.md §8), in one transaction of five queries: the fund, its open campaigns or
 * those that were named, what they were awarded, and for the quadratic methods what each counted report says of them.
 */
import { run } from "../../../shared/targeting/run.ts";
import type { Contribution, MatchingEstimate, MatchingQuestion } from "../../../shared/protocol/api/matching.ts";
import { MAX_MATCHED } from "../../../shared/protocol/api/matching.ts";
import type { CampaignTotals } from "../../../shared/protocol/statement.ts";
import { availableOf, contributionOf, matchingInputs, paramsOf } from "../../../shared/targeting/inputs.ts";
import { targetingInput } from "../../../shared/targeting/target-input.ts";
import { jsonParameter, rowsOf } from "../../lib/d1.ts";
import { headQuery } from "../../lib/log-store.ts";
import { Refused } from "../../lib/problem.ts";
import { type DataRow, capitalRowOf, fundOf } from "../capital-rows.ts";
import { type CampaignRow, campaignOf } from "../view-rows.ts";
import { logRefOf } from "./campaign.ts";

/** Reports that count: of admitted communities, fresh. A row for each community and each campaign in its report. */
const PARTS_SQL = `SELECT community.origin, part.value AS totals FROM community, json_each(community.counted, '$.totals') AS part
  WHERE community.fresh = 1 AND community.status = 'admitted'
  AND (SELECT sums ->> '$.communities' FROM network WHERE id = 1) <= ?1 LIMIT ?2`;

type Base = DataRow & { desk: string | null; log_time: number; sums: string };

const BASE_SQL = `SELECT fund.id, fund.idx, fund.data, (SELECT data FROM capital WHERE id = 1) AS desk,
  network.log_time, network.sums FROM fund JOIN network ON network.id = 1 WHERE fund.id = ?`;
/** Campaigns as ?1 asks: a fund's id, or a JSON array of campaigns. By the index on `ended`, or by primary key. */
const OPEN = "ended = 0 AND terms ->> '$.currency' = (SELECT currency FROM fund WHERE id = ?1)";
const NAMED = "id IN (SELECT value FROM json_each(?1))";

export async function matchingEstimateOf(
  db: D1Database,
  log: string,
  question: MatchingQuestion,
  bounds: { communities: number; totals: number },
): Promise<MatchingEstimate> {
  const which = question.campaigns === undefined ? OPEN : NAMED;
  const asked = question.campaigns === undefined ? question.fund : jsonParameter(question.campaigns);
  const ids = `SELECT id FROM campaign WHERE ${which} LIMIT ${String(MAX_MATCHED + 1)}`;
  const isQuadratic = question.method !== "demand_weighted";
  const [heads, bases, campaigns, awards, parts] = await db.batch([
    headQuery(db),
    db.prepare(BASE_SQL).bind(question.fund),
    db.prepare(`SELECT * FROM campaign WHERE ${which} LIMIT ${String(MAX_MATCHED + 1)}`).bind(asked),
    db
      .prepare(
        `SELECT award.campaign, sum((award.data ->> '$.event.amount_minor') - (award.data ->> '$.released')) AS given
         FROM award JOIN campaign ON campaign.id = award.campaign WHERE award.campaign IN (${ids})
         AND award.currency = campaign.terms ->> '$.currency' AND award.state <> 'recorded' GROUP BY award.campaign`,
      )
      .bind(asked),
    ...(isQuadratic ? [db.prepare(PARTS_SQL).bind(bounds.communities, bounds.totals + 1)] : []),
  ]);
  const [base] = rowsOf<Base>(bases);
  if (base === undefined) throw new Refused("fund-unknown");
  const fund = fundOf(base);
  if (fund.event.status === "closed" || fund.event.source !== undefined) throw new Refused("fund-closed");
  const found = rowsOf<CampaignRow>(campaigns).map(campaignOf);
  const sums = JSON.parse(base.sums) as { purchased: string; committed: string; communities: number };
  const read = { campaigns: found.length, totals: rowsOf(parts).length, communities: sums.communities };
  refuseUnfit(question, read, bounds);
  const fulfilled = BigInt(sums.purchased);
  const kept = { fulfilled, locked: fulfilled + BigInt(sums.committed) };
  const needs = capitalRowOf(base.desk).needs;
  const given = new Map(rowsOf<{ campaign: string; given: number }>(awards).map((row) => [row.campaign, row.given]));
  const contributions = contributionsOf(rowsOf(parts), new Map(found.map((campaign) => [campaign.id, campaign.terms])));
  const available = availableOf(fund);
  const inputs = matchingInputs({
    params: paramsOf(question, fund.event, available),
    fund: fund.event,
    log_time: base.log_time,
    log: logRefOf(log, heads?.results ?? []),
    campaigns: found.map((campaign) => ({
      target: targetingInput(campaign, needs.get(campaign.id), {
        given: BigInt(given.get(campaign.id) ?? 0),
        kept,
        log_time: base.log_time,
      }),
      contributions: contributions.get(campaign.id) ?? [],
    })),
  });
  return { inputs, run: run(inputs), available_minor: String(available) };
}

function refuseUnfit(
  { method, campaigns }: MatchingQuestion,
  found: { campaigns: number; totals: number; communities: number },
  bounds: { communities: number; totals: number },
): void {
  if (campaigns !== undefined && found.campaigns < new Set(campaigns).size) throw new Refused("campaign-unknown");
  const tooMany = (what: string): Refused => new Refused("matching-too-large", { detail: what });
  if (found.campaigns > MAX_MATCHED) throw tooMany(`more than ${String(MAX_MATCHED)} open campaigns: name them`);
  if (method === "demand_weighted") return;
  if (found.communities > bounds.communities) throw tooMany(`more than ${String(bounds.communities)} communities`);
  if (found.totals > bounds.totals) throw tooMany(`more than ${String(bounds.totals)} totals in their reports`);
}

function contributionsOf(
  rows: readonly { origin: string; totals: string }[],
  terms: ReadonlyMap<string, Parameters<typeof contributionOf>[2]>,
): Map<string, Contribution[]> {
  const found = new Map<string, Contribution[]>();
  for (const { origin, totals: text } of rows) {
    const totals = JSON.parse(text) as CampaignTotals;
    const of = terms.get(totals.c);
    if (of === undefined) continue;
    found.set(totals.c, [...(found.get(totals.c) ?? []), contributionOf(origin, totals, of)]);
  }
  return found;
}

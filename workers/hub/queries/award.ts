/** Awards for the public pages: newest first by the filter's index, each with the names of what it is about. */
import type { z } from "zod";
import { measureDemand, isMet } from "../../../shared/network/watch.ts";
import type { Campaign } from "../../../shared/network/state.ts";
import { scheduleState } from "../../../shared/capital/schedule.ts";
import type { Award, Recipient, SettledCondition } from "../../../shared/capital/state.ts";
import type { AwardDetail, awardPage, AwardView, ConditionView } from "../../../shared/protocol/api/capital.ts";
import { isoTime } from "../../../shared/time.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { headQuery } from "../../lib/log-store.ts";
import { type AwardRow, awardOf } from "../capital-rows.ts";
import { type CampaignRow, campaignOf } from "../view-rows.ts";
import { logRefOf } from "./campaign.ts";

/** Six rows read for each award. */
export const AWARD_SQL = `SELECT award.*, fund.data ->> '$.event.name' AS fund_name, fund.data ->> '$.event.demo' AS demo,
  funder.data ->> '$.event.name' AS funder_name, recipient.data AS recipient_data, campaign.terms ->> '$.name' AS campaign_name,
  log_entry.leaf FROM award JOIN fund ON fund.id = award.fund LEFT JOIN funder ON funder.id = award.funder
  JOIN recipient ON recipient.id = award.recipient LEFT JOIN campaign ON campaign.id = award.campaign
  LEFT JOIN log_entry ON log_entry.idx = award.idx`;

export type AwardLine = AwardRow & {
  fund_name: string;
  demo: number | null;
  funder_name: string | null;
  recipient_data: string;
  campaign_name: string | null;
  leaf: string | null;
};

export interface AwardFilter {
  fund?: string | undefined;
  funder?: string | undefined;
  campaign?: string | undefined;
  recipient?: string | undefined;
  /** origin of the community that receives */
  community?: string | undefined;
  instrument?: string | undefined;
  year?: string | undefined;
  /** one or several, with commas */
  state?: string | undefined;
}

/** Awards looked through for one page when more than one filter is set: the next page goes on where this one ended. */
const WINDOW = 40;

/** The cursor is the day and id of the last award; ids alone are read until it is known which are shown. */
export async function awardPageOf(
  db: D1Database,
  log: string,
  filter: AwardFilter,
  page: { after: string; limit: number },
): Promise<z.infer<typeof awardPage>> {
  const [day, id] = page.after === "" ? ["9999", "~"] : splitCursor(page.after);
  const { leads, rest } = walkOf(filter, day);
  const isWhole = rest.length === 0;
  const size = isWhole ? page.limit + 1 : WINDOW;
  const walks = leads.map(
    ({ where }) => `SELECT * FROM (SELECT id, decided_on FROM award WHERE ${where} AND (decided_on, id) < (?, ?)
      ORDER BY decided_on DESC, id DESC LIMIT ${size})`,
  );
  const seen = `(${walks.join(" UNION ALL ")} ORDER BY decided_on DESC, id DESC LIMIT ${size})`;
  const from = leads.flatMap(({ values }) => [...values, day, id]);
  const wanted = isWhole ? "true" : rest.map(([sql]) => sql).join(" AND ");
  const isCounted = Object.entries(filter).every(([name, value]) => name === "fund" || value === undefined);
  const [heads, rows, ends, totals] = await db.batch([
    headQuery(db),
    // CROSS JOIN: from the few that were seen, never from the other tables
    db
      .prepare(
        `${AWARD_SQL.replace(" FROM award ", ` FROM ${seen} AS seen CROSS JOIN award ON award.id = seen.id `)}
         WHERE ${wanted} ORDER BY award.decided_on DESC, award.id DESC LIMIT ?`,
      )
      .bind(...from, ...rest.flatMap(([, value]) => value), page.limit + 1),
    isWhole
      ? db.prepare("SELECT 1 WHERE false")
      : db
          .prepare(`SELECT decided_on, id FROM ${seen} ORDER BY decided_on DESC, id DESC LIMIT 1 OFFSET ${WINDOW - 1}`)
          .bind(...from),
    isCounted
      ? db
          .prepare("SELECT sum(data ->> '$.awards') AS total FROM fund WHERE ?1 IS NULL OR id = ?1")
          .bind(filter.fund ?? null)
      : db.prepare("SELECT NULL AS total"),
  ]);
  const found = (rows?.results ?? []) as AwardLine[];
  const shown = found.slice(0, page.limit);
  const windowEnd = ends?.results[0] as { decided_on: string; id: string } | undefined;
  const last = found.length > page.limit ? shown.at(-1) : windowEnd;
  return {
    awards: shown.map(awardView),
    next: last === undefined ? null : `${last.decided_on}~${last.id}`,
    total: isCounted ? ((totals?.results[0] as { total: number | null } | undefined)?.total ?? 0) : null,
    log: logRefOf(log, heads?.results ?? []),
  };
}

function splitCursor(cursor: string): [string, string] {
  const at = cursor.indexOf("~");
  return [cursor.slice(0, at), cursor.slice(at + 1)];
}

interface Lead {
  where: string;
  values: unknown[];
}

/** One filter leads, by its index and in its order, the narrowest first; several states are walked side by side. */
function walkOf(filter: AwardFilter, day: string): { leads: Lead[]; rest: [string, unknown[]][] } {
  const parts: { leads: Lead[]; sql: string; values: unknown[] }[] = [];
  const add = (sql: string, values: unknown[]): void => {
    parts.push({ leads: [{ where: sql, values }], sql, values });
  };
  if (filter.community !== undefined) {
    add("award.recipient IN (SELECT id FROM recipient WHERE origin = ?)", [filter.community]);
  }
  for (const name of ["recipient", "campaign", "fund", "funder"] as const) {
    if (filter[name] !== undefined) add(`award.${name} = ?`, [filter[name]]);
  }
  if (filter.state !== undefined) {
    const states = [...new Set(filter.state.split(","))];
    parts.push({
      leads: states.map((state) => ({ where: "award.state = ?", values: [state] })),
      sql: "award.state IN (SELECT value FROM json_each(?))",
      values: [jsonParameter(states)],
    });
  }
  if (filter.instrument !== undefined) add("award.instrument = ?", [filter.instrument]);
  const inYear = filter.year === undefined ? [] : [yearOf(filter.year, day)];
  // A year narrows every walk, because all are in the order of days.
  const [first, ...others] = parts;
  const leads = (first?.leads ?? [{ where: "true", values: [] }]).map(({ where, values }) => ({
    where: [where, ...inYear.map(({ sql }) => sql)].join(" AND "),
    values: [...values, ...inYear.flatMap((one) => one.values)],
  }));
  return { leads, rest: others.map(({ sql, values }): [string, unknown[]] => [sql, values]) };
}

/** Up to the day that the page begins behind: what comes before it in the index is not gone through again. */
function yearOf(year: string, day: string): { sql: string; values: unknown[] } {
  const last = `${year}-12-31`;
  return { sql: "award.decided_on BETWEEN ? AND ?", values: [`${year}-01-01`, day < last ? day : last] };
}

export function awardView(row: AwardLine): AwardView {
  const award = awardOf(row);
  const { event, currency } = award;
  const { event: recipient } = JSON.parse(row.recipient_data) as Pick<Recipient, "event">;
  return {
    id: event.id,
    title: event.title,
    fund: { id: event.fund, name: row.fund_name },
    funder: award.funder === null ? null : { id: award.funder, name: row.funder_name ?? award.funder },
    recipient: { id: recipient.id, name: recipient.name, org_id: recipient.org_id, kind: recipient.kind },
    campaign: event.campaign === null ? null : { id: event.campaign, name: row.campaign_name ?? "" },
    instrument: event.instrument,
    use: event.use,
    currency,
    amount_minor: event.amount_minor,
    reserved_minor: String(award.reserved),
    payable_minor: String(award.payable),
    disbursed_minor: String(award.disbursed),
    released_minor: String(award.released),
    outstanding_minor: String(award.outstanding),
    repaid_minor: String(award.repaid),
    interest_minor: String(award.interest),
    written_off_minor: String(award.written_off),
    state: award.state,
    decided_on: event.decided_on,
    is_pri: event.is_pri,
    parent: event.parent,
    demo: row.demo === 1,
    entry: { index: award.index, leaf: row.leaf ?? "" },
  };
}

export async function awardDetailOf(
  db: D1Database,
  log: string,
  id: string,
  today: string,
): Promise<AwardDetail | null> {
  const [heads, rows, texts, campaigns, regrants] = await db.batch([
    headQuery(db),
    db.prepare(`${AWARD_SQL} WHERE award.id = ?`).bind(id),
    db.prepare("SELECT text FROM award_text WHERE award = ?").bind(id),
    db
      .prepare(
        `SELECT * FROM campaign WHERE id IN (SELECT one.value ->> '$.terms.campaign'
         FROM award, json_each(award.data, '$.conditions') AS one WHERE award.id = ?)`,
      )
      .bind(id),
    db
      .prepare(
        `SELECT id, data ->> '$.event.title' AS name FROM award WHERE id IN (SELECT next.value
         FROM award AS parent, json_each(parent.data, '$.regrants') AS next WHERE parent.id = ?)`,
      )
      .bind(id),
  ]);
  const row = rows?.results[0] as AwardLine | undefined;
  if (row === undefined) return null;
  const award = awardOf(row);
  const { region, planned, subsidy, token, demand, source_id, schedule } = award.event;
  const watched = new Map(
    ((campaigns?.results ?? []) as CampaignRow[]).map((campaign) => [campaign.id, campaignOf(campaign)]),
  );
  const per = subsidy === undefined ? 0n : BigInt(subsidy.per_unit_minor);
  return {
    ...awardView(row),
    text: (texts?.results[0] as { text: string } | undefined)?.text ?? null,
    region,
    planned,
    conditions: award.conditions.map((one, at) => conditionView(award, one, at, watched)),
    schedule: scheduleOf(award, schedule ?? [], today),
    subsidy: subsidy === undefined ? null : { ...subsidy, paid_units: String(award.disbursed / per) },
    token: token ?? null,
    demand,
    regrants: (regrants?.results ?? []) as { id: string; name: string }[],
    source_id: source_id ?? null,
    log: logRefOf(log, heads?.results ?? []),
  };
}

export function scheduleOf(
  award: Award,
  schedule: NonNullable<Award["event"]["schedule"]>,
  today: string,
): AwardDetail["schedule"] {
  const gone = award.written_off + award.converted + award.sold_at_cost;
  return scheduleState(schedule, { repaid: award.repaid, interest: award.interest, gone }, today);
}

function conditionView(
  award: Award,
  { terms, state, settled }: SettledCondition,
  at: number,
  campaigns: ReadonlyMap<string, Campaign>,
): ConditionView {
  const campaign = terms.kind === "demand" ? campaigns.get(terms.campaign) : undefined;
  return {
    terms,
    state,
    settled_at: settled?.index ?? null,
    reason: settled?.reason ?? null,
    evidence_sha256: settled?.evidence_sha256 ?? null,
    now: terms.kind !== "demand" || campaign === undefined ? null : demandNow(award.event.id, at, terms, campaign),
  };
}

function demandNow(
  award: string,
  at: number,
  terms: Extract<SettledCondition["terms"], { kind: "demand" }>,
  campaign: Campaign,
): NonNullable<ConditionView["now"]> {
  const measure = measureDemand(campaign, terms);
  const watch = campaign.watches.find((one) => one.award === award && one.condition === at);
  return {
    units: String(measure.units),
    accounts: measure.accounts,
    communities: measure.communities,
    holds: isMet(measure, terms),
    held_since: watch === undefined || watch.held_since === null ? null : isoTime(watch.held_since),
    held_since_index: watch?.held_since_index ?? null,
  };
}

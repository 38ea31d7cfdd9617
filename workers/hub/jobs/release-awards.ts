/**
 * Settles the conditions that settle themselves (docs/capital.md §4): demand that the log proves, a day that has come,
 * another funder's money, and last days that have passed. Each is an entry by rule, decided again on the state it meets,
 * so a second run, or two at once, release nothing twice. A few a run: the rest is there for the next.
 */
import type { Award, Fund } from "../../../shared/capital/state.ts";
import type { Watch } from "../../../shared/network/state.ts";
import type { FundEventOf } from "../../../shared/protocol/fund.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { Refused } from "../../lib/problem.ts";
import { commitFund } from "../actions/fund-entry.ts";
import { type DataRow, awardOf, fundOf } from "../capital-rows.ts";
import type { Hub } from "../hub.ts";
import { MAX_RELEASES } from "../limits.ts";

type ConditionEvent = FundEventOf<"condition">;

/** Only campaigns with open conditions: by the partial index on `watches`. */
const WATCHES_SQL = `SELECT watch.value AS watch FROM campaign, json_each(campaign.watches) AS watch
  WHERE campaign.watches IS NOT NULL AND (watch.value ->> '$.terms.by' < ?2 OR (watch.value ->> '$.held_since' IS NOT NULL
    AND ?1 - (watch.value ->> '$.held_since') >= (watch.value ->> '$.terms.hold_days') * 86400)) LIMIT ?3`;
/** By the index on state. */
const RESERVED_SQL = "SELECT id, idx, data FROM award WHERE state = 'reserved' ORDER BY decided_on LIMIT 100";

export async function releaseAwards(hub: Hub): Promise<void> {
  const nowS = Math.floor(hub.now() / 1000);
  const today = new Date(hub.now()).toISOString().slice(0, 10);
  const [watches, reserved] = await hub.db.batch([
    hub.db.prepare(WATCHES_SQL).bind(nowS, today, MAX_RELEASES),
    hub.db.prepare(RESERVED_SQL),
  ]);
  const byDemand = ((watches?.results ?? []) as { watch: string }[]).map(({ watch }) =>
    demandEvent(JSON.parse(watch) as Watch, today),
  );
  const awards = ((reserved?.results ?? []) as DataRow[]).map(awardOf);
  const funds = await fundsOf(hub.db, awards);
  const others = awards.flatMap((award) => otherEvents(award, funds.get(award.event.fund), today));
  for (const event of [...byDemand, ...others].slice(0, MAX_RELEASES)) {
    try {
      await commitFund(hub, { by: null, events: [event] });
    } catch (error) {
      // Settled meanwhile, or no longer so: the next run looks again.
      if (!(error instanceof Refused)) throw error;
    }
  }
}

function demandEvent({ award, condition, terms, held_since_index }: Watch, today: string): ConditionEvent {
  const isLate = terms.by < today;
  return {
    ...settled(award, condition, isLate ? "failed" : "met", today),
    campaign: terms.campaign,
    ...(!isLate && held_since_index !== null && { held_since_index }),
  };
}

/** Of a fund, what was received is only asked for where an award waits for another funder. */
async function fundsOf(db: D1Database, awards: readonly Award[]): Promise<Map<string, Fund>> {
  const matched = awards.filter(({ conditions }) =>
    conditions.some(({ terms, state }) => terms.kind === "match" && state === "open"),
  );
  if (matched.length === 0) return new Map();
  const { results } = await db
    .prepare("SELECT id, idx, data FROM fund WHERE id IN (SELECT value FROM json_each(?))")
    .bind(jsonParameter(matched.map(({ event }) => event.fund)))
    .all<DataRow>();
  return new Map(results.map((row) => [row.id, fundOf(row)]));
}

function otherEvents({ event, conditions }: Award, fund: Fund | undefined, today: string): ConditionEvent[] {
  return conditions.flatMap(({ terms, state }, at): ConditionEvent[] => {
    if (state !== "open" || terms.kind === "demand") return [];
    if (terms.kind === "date") return terms.on <= today ? [settled(event.id, at, "met", today)] : [];
    if (terms.by < today) return [settled(event.id, at, "failed", today)];
    if (terms.kind === "milestone") return [];
    const received = fund?.received_by.get(terms.funder) ?? 0n;
    return received >= BigInt(terms.min_minor) ? [settled(event.id, at, "met", today)] : [];
  });
}

function settled(award: string, condition: number, outcome: "met" | "failed", on: string): ConditionEvent {
  return { event: "condition", award, condition, outcome, evidence_sha256: null, reason: "", on };
}

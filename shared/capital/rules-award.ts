/** Rules of awards and their conditions (docs/capital.md §4). */
import type { Condition, FundEventOf } from "../protocol/fund.ts";
import {
  type Decided,
  type Deciding,
  type Refusal,
  dayFault,
  done,
  knownAward,
  knownFund,
  post,
  refuse,
} from "./deciding.ts";
import { termsFault } from "./instrument.ts";
import { awardLegs, lapseLegs, metLegs } from "./journal.ts";
import { restrictionFaults } from "./restriction.ts";
import { awardState } from "./book.ts";
import type { Award, Fund } from "./state.ts";
import type { Result } from "../result.ts";

export function award(deciding: Deciding, event: FundEventOf<"award">): Decided {
  const { state, entry, touched } = deciding;
  const from = knownFund(deciding, event.fund);
  if (!from.ok) return from;
  const refused = awardFault(deciding, event, from.value);
  if (refused !== null) return refused;
  const { currency, funder } = from.value.event;
  const isRegranted = event.parent !== null;
  const decided: Award = {
    index: entry.index,
    event,
    currency,
    funder,
    regranted: isRegranted,
    conditions: event.conditions.map((terms) => ({ terms, state: "open", settled: null })),
    reserved: 0n,
    payable: 0n,
    disbursed: 0n,
    released: 0n,
    outstanding: 0n,
    repaid: 0n,
    interest: 0n,
    written_off: 0n,
    converted: 0n,
    sold_at_cost: 0n,
    clawed_back: 0n,
    regranted_on: 0n,
    regrants: [],
    state: "recorded",
  };
  state.awards.set(event.id, decided);
  from.value.awards += 1;
  touched.awards.add(event.id);
  touched.funds.add(event.fund);
  if (event.parent !== null) {
    state.awards.get(event.parent)?.regrants.push(event.id);
    touched.awards.add(event.parent);
  }
  const posted = post(deciding, awardLegs(decided));
  decided.state = awardState(decided);
  return posted;
}

function awardFault(deciding: Deciding, event: FundEventOf<"award">, fund: Fund): Decided | null {
  const { state, demand, entry } = deciding;
  if (state.awards.has(event.id)) return refuse("award-exists");
  const isHistorical = fund.event.source !== undefined;
  if (isHistorical !== (event.source_id !== undefined)) return refuse("fund-closed");
  if (fund.event.status === "closed" && !isHistorical) return refuse("fund-closed");
  if (!state.recipients.has(event.recipient)) return refuse("recipient-unknown");
  const campaign = event.campaign === null ? null : demand.campaign(event.campaign);
  if (campaign === undefined) return refuse("campaign-unknown");
  const isSubsidy = event.instrument === "price_subsidy";
  if (isSubsidy && campaign !== null && campaign.currency !== fund.event.currency) return refuse("currency-mismatch");
  const terms = termsFault(event);
  if (terms !== null) return refuse("award-terms", terms);
  const restricted = restrictionFaults(fund.event.restriction, event);
  if (restricted.length > 0) return refuse("restriction-violated", restricted.join("; "));
  const late = dayFault(deciding, event.decided_on);
  if (late !== null) return refuse(late);
  if (fund.regranted !== (event.parent !== null)) {
    return refuse(
      "award-terms",
      "an award of a fund that holds granted money names the award it comes from, and no other does",
    );
  }
  if (event.parent !== null) {
    const parent = state.awards.get(event.parent);
    if (parent === undefined) return refuse("award-unknown");
    if (parent.regranted_on === 0n) return refuse("award-terms", "the award it names has passed nothing on");
  }
  if (event.allocation !== null) {
    const allotted = allotmentFault(event, state.allocations.get(event.allocation)?.event);
    if (allotted !== null) return allotted;
  }
  if (event.demand !== null && event.demand.size > entry.index)
    return refuse("award-terms", "the demand is from the future");
  return conditionsFault(deciding, event);
}

/** An award may name a run only for what the run gave its campaign, from the run's fund. */
function allotmentFault(event: FundEventOf<"award">, run: FundEventOf<"allocation"> | undefined): Decided | null {
  if (run === undefined) return refuse("allocation-unknown");
  const line = run.results.find(({ campaign }) => campaign === event.campaign);
  if (run.fund !== event.fund || line === undefined) return refuse("allocation-terms");
  return BigInt(event.amount_minor) > BigInt(line.amount_minor)
    ? refuse("allocation-terms", `the run gave it ${line.amount_minor}`)
    : null;
}

function conditionsFault({ state, demand }: Deciding, event: FundEventOf<"award">): Decided | null {
  if (event.source_id !== undefined && event.conditions.length > 0) {
    return refuse("award-terms", "what was given long ago waits for nothing");
  }
  for (const terms of event.conditions) {
    if (terms.kind === "demand" && demand.campaign(terms.campaign) === undefined) return refuse("campaign-unknown");
    if (terms.kind === "match" && !state.funders.has(terms.funder)) return refuse("funder-unknown");
    if (terms.kind !== "date" && terms.by < event.decided_on) {
      return refuse("award-terms", "a condition ends before the decision");
    }
  }
  return event.instrument === "token_grant" && event.conditions.length > 0
    ? refuse("award-terms", "a record of tokens has no conditions")
    : null;
}

/** One condition is settled; when all are, what was reserved becomes payable, and when one fails it returns. */
export function condition(deciding: Deciding, event: FundEventOf<"condition">): Decided {
  const found = knownAward(deciding, event.award);
  if (!found.ok) return found;
  const { value: of } = found;
  const one = of.conditions[event.condition];
  if (one === undefined) return refuse("condition-unknown");
  if (one.state !== "open") return refuse("condition-settled");
  const late = dayFault(deciding, event.on);
  if (late !== null) return refuse(late);
  const isDemand = one.terms.kind === "demand";
  if (
    isDemand !== (event.campaign !== undefined) ||
    (one.terms.kind === "demand" && one.terms.campaign !== event.campaign)
  ) {
    return refuse("award-terms", "a demand condition is settled under its campaign");
  }
  const allowed = outcomeAllowed(deciding, of, one.terms, event);
  if (!allowed.ok) return allowed;
  const { reason, evidence_sha256, on } = event;
  one.state = event.outcome;
  one.settled = { index: deciding.entry.index, reason, evidence_sha256, on };
  deciding.touched.awards.add(event.award);
  if (event.outcome === "failed") return post(deciding, lapseLegs(of, on));
  const isAll = of.conditions.every(({ state }) => state === "met" || state === "waived");
  // A guarantee stays reserved until it is called or ends.
  return isAll && of.event.instrument !== "guarantee" ? post(deciding, metLegs(of, on)) : done;
}

function outcomeAllowed(
  deciding: Deciding,
  of: Award,
  terms: Condition,
  event: FundEventOf<"condition">,
): Result<null, Refusal> {
  const { demand, state, today, entry } = deciding;
  const byPeople = entry.by !== null;
  if (event.outcome === "waived") return byPeople ? done : refuse("needs-approval");
  if (event.outcome === "failed") {
    if (terms.kind === "date") return refuse("condition-not-met", "a day comes by itself");
    if (terms.kind === "milestone" && byPeople) return done;
    return today > terms.by ? done : refuse("condition-not-met", `there is time until ${terms.by}`);
  }
  if (terms.kind !== "date" && today > terms.by) return refuse("condition-not-met", `the last day was ${terms.by}`);
  switch (terms.kind) {
    case "milestone":
      return byPeople ? done : refuse("needs-approval");
    case "date":
      return today >= terms.on ? done : refuse("condition-not-met", `not before ${terms.on}`);
    case "match": {
      const received = state.funds.get(of.event.fund)?.received_by.get(terms.funder) ?? 0n;
      return received >= BigInt(terms.min_minor)
        ? done
        : refuse("condition-not-met", "the other funder has not given enough");
    }
    case "demand": {
      const proof = demand.proof(of.event.id, event.condition);
      const isProven = proof !== null && proof.proven && proof.held_since_index === event.held_since_index;
      return isProven ? done : refuse("condition-not-met", "the log does not show it for long enough");
    }
  }
}

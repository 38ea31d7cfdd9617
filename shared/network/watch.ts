/**
 * Which open demand conditions of awards the log shows to hold, and since when (docs/capital.md §4). Part of the network
 * fold: looked at again whenever a campaign's numbers change, so nothing but log time and log index is a clock.
 */
import type { DemandCondition, FundEvent } from "../protocol/fund.ts";
import { campaignNumbers, total } from "./numbers.ts";
import type { Campaign, NetworkState, NetworkTouched, Watch } from "./state.ts";

export interface DemandMeasure {
  units: bigint;
  /** live pledges: participating accounts of all communities, whatever their price */
  accounts: number;
  communities: number;
}

/** Campaigns whose demand an entry's events speak of. */
export function demandCampaigns(events: readonly FundEvent[]): string[] {
  const ids = events.flatMap((event) => {
    if (event.event === "need") return [event.campaign];
    if (event.event === "award") {
      return event.conditions.flatMap((terms) => (terms.kind === "demand" ? [terms.campaign] : []));
    }
    return event.event === "condition" && event.campaign !== undefined ? [event.campaign] : [];
  });
  return [...new Set(ids)];
}

/** Units, accounts and communities as a condition counts them. */
export function measureDemand(
  campaign: Pick<Campaign, "terms" | "ended" | "sums">,
  { stage, at_price_minor }: Pick<DemandCondition, "stage" | "at_price_minor">,
): DemandMeasure {
  const { pledged, committed, purchased, pledges, communities } = campaignNumbers(campaign);
  const price = at_price_minor === null ? 0n : BigInt(at_price_minor);
  const reaching = (units: readonly bigint[]) =>
    total(units.filter((_, band) => BigInt(campaign.terms.bands_minor[band] ?? "0") >= price));
  const units = { signed: reaching(pledged) + reaching(committed), committed: reaching(committed), purchased }[stage];
  return { units, accounts: pledges, communities };
}

export function isMet(measure: DemandMeasure, terms: DemandCondition): boolean {
  return (
    measure.units >= BigInt(terms.min_units) &&
    measure.accounts >= terms.min_accounts &&
    measure.communities >= terms.min_communities
  );
}

/** Takes up the conditions of new awards and lets go of settled ones. */
export function watch(state: NetworkState, events: readonly FundEvent[], touched: NetworkTouched): void {
  for (const event of events) {
    if (event.event === "award") {
      for (const [condition, terms] of event.conditions.entries()) {
        if (terms.kind !== "demand") continue;
        const campaign = state.campaigns.get(terms.campaign);
        if (campaign === undefined) continue;
        campaign.watches.push({ award: event.id, condition, terms, held_since: null, held_since_index: null });
        observe(state, campaign);
        touched.campaigns.add(campaign.id);
      }
    } else if (event.event === "condition" && event.campaign !== undefined) {
      const campaign = state.campaigns.get(event.campaign);
      if (campaign === undefined) continue;
      campaign.watches = campaign.watches.filter((one) => !isOf(one, event));
      touched.campaigns.add(campaign.id);
    }
  }
}

function isOf(one: Watch, event: { award: string; condition: number }): boolean {
  return one.award === event.award && one.condition === event.condition;
}

/** The entry that is being applied is the last one: `state.size - 1`. */
export function observe(state: Pick<NetworkState, "size" | "log_time">, campaign: Campaign): void {
  for (const one of campaign.watches) {
    const holds = isMet(measureDemand(campaign, one.terms), one.terms);
    if (holds === (one.held_since !== null)) continue;
    one.held_since = holds ? state.log_time : null;
    one.held_since_index = holds ? state.size - 1 : null;
  }
}

const SECONDS_PER_DAY = 86_400;

/** Whether the log proves the condition at this log time: demand has held long enough, and the last day has not passed. */
export function isProven(one: Watch, logTime: number): boolean {
  return one.held_since !== null && logTime - one.held_since >= one.terms.hold_days * SECONDS_PER_DAY;
}

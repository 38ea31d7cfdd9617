/**
 * The facts a matching run is computed from (docs/targeting.md §8), in their one canonical form: everything is in the log at
 * one size, so a hub with tables and a reader with the log alone come to the same bytes.
 */
import { stagesOf } from "../capital/sums.ts";
import type { CapitalState } from "../capital/state.ts";
import type { NetworkState } from "../network/state.ts";
import type { Contribution, MatchingInputs, MatchingParams, MatchingQuestion } from "../protocol/api/matching.ts";
import type { TargetingInput } from "../protocol/api/targeting.ts";
import type { FundEventOf } from "../protocol/fund.ts";
import type { CampaignTerms, CampaignTotals } from "../protocol/statement.ts";
import { isoTime } from "../time.ts";
import { type Kept, targetingInput } from "./target-input.ts";

type FundTerms = Pick<FundEventOf<"fund">, "currency" | "restriction">;

/** What is not said is what the fund allows: a grant that lowers a price, where nothing is restricted. */
export function paramsOf(question: MatchingQuestion, { restriction }: FundTerms, available: bigint): MatchingParams {
  const { fund, method, pool_minor, campaigns, instrument, use, region } = question;
  const first = <T>(allowed: readonly T[] | undefined, usual: T): T =>
    allowed === undefined || allowed.includes(usual) ? usual : (allowed[0] ?? usual);
  return {
    fund,
    method,
    pool_minor: pool_minor ?? String(available > 0n ? available : 0n),
    campaigns: campaigns === undefined ? null : [...new Set(campaigns)].toSorted(),
    instrument: instrument ?? first(restriction.instruments, "grant"),
    use: use ?? first(restriction.uses, "price_subsidy"),
    region: region ?? restriction.regions?.[0] ?? null,
    min_contribution_minor: question.min_contribution_minor ?? "0",
    max_contribution_minor: question.max_contribution_minor ?? null,
  };
}

/** Of one community's counted report: units at min(reference price, price of their band), as purchasing power counts them. */
export function contributionOf(
  community: string,
  { pledges, pledged, committed, accounts }: Pick<CampaignTotals, "pledges" | "pledged" | "committed" | "accounts">,
  terms: Pick<CampaignTerms, "bands_minor" | "reference_price_minor">,
): Contribution {
  const reference = BigInt(terms.reference_price_minor);
  const amounts = terms.bands_minor.map((text, band) => {
    const price = BigInt(text);
    const units = BigInt(pledged[band] ?? "0") + BigInt(committed[band] ?? "0");
    return units * (price < reference ? price : reference);
  });
  const all = { accounts: pledges, amount_minor: String(amounts.reduce((sum, amount) => sum + amount, 0n)) };
  const byBand = amounts.map((amount, band) => ({ accounts: accounts?.[band] ?? 0, amount_minor: String(amount) }));
  return { community, groups: (accounts === undefined ? [all] : byBand).filter(isCounted) };
}

function isCounted({ accounts, amount_minor }: Contribution["groups"][number]): boolean {
  return accounts > 0 && amount_minor !== "0";
}

export interface MatchingFacts {
  params: MatchingParams;
  fund: FundTerms;
  /** Unix seconds */
  log_time: number;
  log: MatchingInputs["log"];
  campaigns: readonly { target: TargetingInput; contributions: readonly Contribution[] }[];
}

/** In canonical order, whatever order the facts come in. */
export function matchingInputs({ params, fund, log_time, log, campaigns }: MatchingFacts): MatchingInputs {
  const isQuadratic = params.method !== "demand_weighted";
  return {
    v: 1,
    params,
    currency: fund.currency,
    day: isoTime(log_time).slice(0, 10),
    restriction: fund.restriction,
    log,
    campaigns: campaigns
      .map(({ target, contributions }) => ({
        target,
        contributions: isQuadratic
          ? contributions
              .filter(({ groups }) => groups.length > 0)
              .toSorted((a, b) => (a.community < b.community ? -1 : 1))
          : [],
      }))
      .toSorted((a, b) => (a.target.id < b.target.id ? -1 : 1)),
  };
}

/** The same from the whole folded state, for whoever has the log alone. Null: there is no such fund. */
export function inputsFromState(
  network: NetworkState,
  capital: CapitalState,
  { params, log }: { params: MatchingParams; log: MatchingInputs["log"] },
): MatchingInputs | null {
  const fund = capital.funds.get(params.fund)?.event;
  if (fund === undefined) return null;
  const { purchased, committed } = network.sums;
  const kept: Kept = { fulfilled: purchased, locked: purchased + committed };
  const asked = [...network.campaigns.values()].filter(({ id, ended, terms }) =>
    params.campaigns === null ? !ended && terms.currency === fund.currency : params.campaigns.includes(id),
  );
  const campaigns = asked.map((campaign) => ({
    target: targetingInput(campaign, capital.needs.get(campaign.id), {
      given: committedTo(capital, campaign.id, campaign.terms.currency),
      kept,
      log_time: network.log_time,
    }),
    contributions: [...network.communities.values()].flatMap(({ origin, status, counted }) => {
      if (status !== "admitted" || counted?.fresh !== true) return [];
      const totals = counted.totals.find(({ c }) => c === campaign.id);
      return totals === undefined ? [] : [contributionOf(origin, totals, campaign.terms)];
    }),
  }));
  return matchingInputs({ params, fund, log_time: network.log_time, log, campaigns });
}

/** Decided for a campaign in its currency, and not released, lapsed or only recorded. */
function committedTo(capital: CapitalState, campaign: string, currency: string): bigint {
  let sum = 0n;
  for (const award of capital.awards.values()) {
    if (award.event.campaign !== campaign || award.currency !== currency || award.state === "recorded") continue;
    sum += BigInt(award.event.amount_minor) - award.released;
  }
  return sum;
}

/** What a fund has to give. */
export function availableOf(fund: { event: FundEventOf<"fund">; sums: Parameters<typeof stagesOf>[1] }): bigint {
  return BigInt(stagesOf(fund.event.currency, fund.sums, { gross: true }).available_minor);
}

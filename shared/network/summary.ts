/**
 * The published numbers of formula 1 (docs/protocol.md §6), each a pure function of the network state: headline,
 * campaign lines, `/api/network`, and the public state whose hash the totals statement signs.
 */
import { sha256url } from "../bytes.ts";
import { type CapitalSums, stagesOf } from "../capital/sums.ts";
import { convertSum } from "../money/rates.ts";
import type { MoneyStages } from "../protocol/api/money.ts";
import type { CampaignSummary, Network } from "../protocol/api/network.ts";
import type { Headline } from "../protocol/statement.ts";
import { canonicalBytes } from "../signing/canonical.ts";
import { isoTime } from "../time.ts";
import { campaignNumbers, total } from "./numbers.ts";
import type { Campaign, Community, CountedReport, NetworkState } from "./state.ts";

/** `/api/network` lists this many campaigns, those with the most purchasing power. */
export const MAX_LISTED_CAMPAIGNS = 100;

export type HeadlineState = Pick<NetworkState, "policy" | "rates" | "sums">;
export type SummaryState = HeadlineState & Pick<NetworkState, "campaigns" | "capital">;

/** What of a community the public state names; a database need not load the rest. */
export type PublicCommunity = Pick<Community, "origin" | "status" | "last_seq" | "last_leaf"> & {
  counted: Pick<CountedReport, "leaf" | "fresh"> | null;
};
export type PublicNetwork = SummaryState &
  Pick<NetworkState, "log_time"> & { communities: ReadonlyMap<string, PublicCommunity> };

/** Needs no community and no campaign: the sums are kept by the fold. */
export function headlineOf(state: HeadlineState): Headline {
  const { sums, rates } = state;
  const currency = referenceCurrency(state);
  const { minor, unconverted } = convertSum(sums.power, currency, rates?.claims ?? null);
  return {
    formula: 1,
    currency,
    purchasing_power_minor: String(minor),
    by_currency: Object.fromEntries(
      [...sums.power].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, power]) => [code, String(power)]),
    ),
    unconverted,
    rates_date: rates?.claims.date ?? null,
    communities: sums.communities,
    pledges: sums.pledges,
    members_declared: sums.members,
    stages: {
      interest: String(sums.interest),
      pledged: String(sums.pledged),
      committed: String(sums.committed),
      purchased: String(sums.purchased),
    },
  };
}

export function campaignSummary(campaign: Campaign): CampaignSummary {
  const numbers = campaignNumbers(campaign);
  const { name, unit, currency, reference_price_minor } = campaign.terms;
  return {
    id: campaign.id,
    name,
    unit,
    currency,
    reference_price_minor,
    interest: String(numbers.interest),
    pledged: String(total(numbers.pledged)),
    committed: String(total(numbers.committed)),
    purchased: String(numbers.purchased),
    pledges: numbers.pledges,
    communities: numbers.communities,
    purchasing_power_minor: String(numbers.power),
  };
}

/** Most purchasing power first, compared in the reference currency; then by id. Needs all campaigns. */
export function campaignSummaries(state: SummaryState): CampaignSummary[] {
  const currency = referenceCurrency(state);
  const reference = state.rates?.claims ?? null;
  return [...state.campaigns.values()]
    .map((campaign) => {
      const summary = campaignSummary(campaign);
      const power = new Map([[summary.currency, BigInt(summary.purchasing_power_minor)]]);
      return { summary, rank: convertSum(power, currency, reference).minor };
    })
    .sort((a, b) => (a.rank === b.rank ? (a.summary.id < b.summary.id ? -1 : 1) : a.rank > b.rank ? -1 : 1))
    .map(({ summary }) => summary);
}

/** The value of `/api/network` for a log head and the time of its totals statement; served as RFC 8785 bytes. */
export function networkJson(
  state: SummaryState,
  log: { origin: string; size: number; root: string; iat: number },
): Network {
  const parent = state.policy?.claims.parent;
  return {
    ...headlineOf(state),
    ...(parent !== undefined && { parent }),
    log: { origin: log.origin, size: log.size, root: log.root },
    campaigns: campaignSummaries(state).slice(0, MAX_LISTED_CAMPAIGNS),
    ...(state.capital !== null && { funding: fundingOf(state.capital) }),
    as_of: isoTime(log.iat),
  };
}

/** Everything the numbers follow from. A counted report's leaf commits to its totals, so they are not repeated. */
export function publicState(state: PublicNetwork) {
  return {
    ...publicHead(state),
    campaigns: [...state.campaigns.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(publicCampaign),
    communities: [...state.communities.values()].sort((a, b) => (a.origin < b.origin ? -1 : 1)).map(publicCommunity),
  };
}

/** All but campaigns and communities. */
export function publicHead(state: Omit<PublicNetwork, "campaigns" | "communities">) {
  return {
    policy: state.policy?.leaf ?? null,
    rates: state.rates?.leaf ?? null,
    log_time: state.log_time,
    headline: headlineOf(state),
    // Absent before the first fund entry, so that the state of a log without money is what it always was.
    ...(state.capital !== null && {
      capital: {
        transfers: state.capital.transfers,
        chain: state.capital.chain,
        funding: fundingOf(state.capital),
      },
    }),
  };
}

/** One line a currency, by code; money that was passed on is counted at its source only. */
export function fundingOf(capital: CapitalSums): MoneyStages[] {
  return [...capital.by_currency]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, codes]) => stagesOf(currency, codes, { gross: false }));
}

export function stateHash(state: PublicNetwork): string {
  return sha256url(canonicalBytes(publicState(state)));
}

export function publicCampaign(campaign: Campaign) {
  const numbers = campaignNumbers(campaign);
  return {
    id: campaign.id,
    ended: campaign.ended,
    closing: campaign.closing?.leaf ?? null,
    interest: String(numbers.interest),
    pledged: numbers.pledged.map(String),
    committed: numbers.committed.map(String),
    purchased: String(numbers.purchased),
    pledges: numbers.pledges,
    communities: numbers.communities,
  };
}

export function publicCommunity(community: PublicCommunity) {
  return {
    origin: community.origin,
    status: community.status,
    last_seq: community.last_seq,
    last_leaf: community.last_leaf,
    counted: community.counted?.leaf ?? null,
    fresh: community.counted?.fresh ?? false,
  };
}

function referenceCurrency(state: Pick<NetworkState, "policy">): string {
  if (state.policy === null) throw new Error("a log without a policy has no numbers");
  return state.policy.claims.currency;
}

/**
 * Suppliers' offers in the network fold (docs/protocol.md §5): of each campaign, which offer of which supplier stands.
 * An offer changes no number of the network. What targeting needs of it is folded, its words stay in its entry. It
 * expires without an entry: by `valid_until` and log time, or a clock.
 */
import type { Claims } from "../protocol/statement.ts";
import type { PriceTier } from "../protocol/offer.ts";
import type { Campaign, NetworkTouched } from "./state.ts";

export const offerFaults = [
  "campaign-unknown",
  "campaign-ended",
  "offer-currency",
  "offer-tiers",
  "offer-validity",
  "offer-replaces",
  "offers-full",
  "offer-unknown",
] as const;
export type OfferFault = (typeof offerFaults)[number];

/** At most one per supplier and campaign: an offer that is neither replaced nor withdrawn. It may have expired. */
export interface StandingOffer {
  leaf: string;
  supplier: { id: string; name: string };
  tiers: PriceTier[];
  max_qty: string | null;
  /** false: for some regions only */
  everywhere: boolean;
  /** Unix seconds */
  valid_until: number;
}

/** Suppliers with a standing offer for one campaign: what is folded for it stays small. */
export const MAX_STANDING_OFFERS = 50;

type Judged = Pick<Campaign, "closing" | "offers"> & { terms: Pick<Campaign["terms"], "currency" | "closes"> };

/** `campaign` as it is just before this entry, `logTime` as it is with it. */
export function faultOfOffer(
  campaign: Judged | undefined,
  offer: Pick<Claims<"offer+jwt">, "supplier" | "currency" | "tiers" | "max_qty" | "valid_until" | "replaces">,
  logTime: number,
): OfferFault | null {
  if (campaign === undefined) return "campaign-unknown";
  if (campaign.closing !== null || logTime >= campaign.terms.closes) return "campaign-ended";
  if (offer.currency !== campaign.terms.currency) return "offer-currency";
  if (!areTiers(offer.tiers, offer.max_qty)) return "offer-tiers";
  if (offer.valid_until <= logTime) return "offer-validity";
  const standing = campaign.offers.find(({ supplier }) => supplier.id === offer.supplier.id);
  if (offer.replaces !== (standing?.leaf ?? null)) return "offer-replaces";
  return standing === undefined && campaign.offers.length >= MAX_STANDING_OFFERS ? "offers-full" : null;
}

/** A campaign that has ended keeps its offers, and they may be withdrawn all the same. */
export function faultOfOfferEnd(
  campaign: Pick<Campaign, "offers"> | undefined,
  end: Pick<Claims<"offer-end+jwt">, "offer">,
): OfferFault | null {
  if (campaign === undefined) return "campaign-unknown";
  return campaign.offers.some(({ leaf }) => leaf === end.offer) ? null : "offer-unknown";
}

/** Each further tier asks for more units and costs less for each; all can be delivered. */
export function areTiers(tiers: readonly PriceTier[], maxQty: string | null): boolean {
  const isOrdered = tiers.every(({ min_qty, unit_price_minor }, at) => {
    const before = tiers[at - 1];
    if (before === undefined) return true;
    return BigInt(before.min_qty) < BigInt(min_qty) && BigInt(before.unit_price_minor) > BigInt(unit_price_minor);
  });
  const largest = tiers.at(-1);
  return isOrdered && largest !== undefined && (maxQty === null || BigInt(largest.min_qty) <= BigInt(maxQty));
}

export function postOffer(
  campaign: Campaign,
  leaf: string,
  claims: Claims<"offer+jwt">,
  touched: NetworkTouched,
): void {
  const { tiers, max_qty, regions, valid_until } = claims;
  const { id, name } = claims.supplier;
  const others = campaign.offers.filter(({ supplier }) => supplier.id !== id);
  const offer = { leaf, supplier: { id, name }, tiers, max_qty, everywhere: regions.length === 0, valid_until };
  campaign.offers = [...others, offer];
  touched.campaigns.add(campaign.id);
}

export function endOffer(campaign: Campaign, offer: string, touched: NetworkTouched): void {
  campaign.offers = campaign.offers.filter(({ leaf }) => leaf !== offer);
  touched.campaigns.add(campaign.id);
}

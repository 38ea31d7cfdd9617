/**
 * Suppliers' offers in the network fold (docs/protocol.md §5): of each campaign, which offer of which supplier stands.
 * An offer changes no number of the network. Its words and tiers are in its entry; when it expires is told by its own
 * `valid_until` and a clock, so nothing is folded for it.
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
  "offer-unknown",
] as const;
export type OfferFault = (typeof offerFaults)[number];

/** At most one per supplier and campaign: an offer that is neither replaced nor withdrawn. It may have expired. */
export interface StandingOffer {
  leaf: string;
  /** id of the supplier */
  supplier: string;
}

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
  const standing = campaign.offers.find(({ supplier }) => supplier === offer.supplier.id);
  return offer.replaces === (standing?.leaf ?? null) ? null : "offer-replaces";
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

export function postOffer(campaign: Campaign, leaf: string, supplier: string, touched: NetworkTouched): void {
  campaign.offers = [...campaign.offers.filter((one) => one.supplier !== supplier), { leaf, supplier }];
  touched.campaigns.add(campaign.id);
}

export function endOffer(campaign: Campaign, offer: string, touched: NetworkTouched): void {
  campaign.offers = campaign.offers.filter(({ leaf }) => leaf !== offer);
  touched.campaigns.add(campaign.id);
}

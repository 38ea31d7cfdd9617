/** What is typed into the form of an offer, and the offer it makes; null while something is missing. */
import type { CampaignDetail } from "../../../shared/protocol/api/network.ts";
import type { MakeOffer, OfferView } from "../../../shared/protocol/api/supplier.ts";
import { areTiers } from "../../../shared/network/offers.ts";
import { currencyScale, decimalToMinor, minorToDecimal } from "../../parts/format.ts";

export interface TierDraft {
  qty: string;
  price: string;
}

export interface OfferDraft {
  campaign: string;
  tiers: TierDraft[];
  most: string;
  regions: string;
  conditions: string;
  /** UTC day */
  until: string;
}

export function emptyDraft(today: number): OfferDraft {
  const until = new Date(today + 60 * 86_400_000).toISOString().slice(0, 10);
  return { campaign: "", tiers: [{ qty: "", price: "" }], most: "", regions: "", conditions: "", until };
}

/** A replacement begins with what it replaces. */
export function draftOf(offer: OfferView, today: number): OfferDraft {
  const scale = currencyScale(offer.currency);
  return {
    ...emptyDraft(today),
    campaign: offer.campaign.id,
    tiers: offer.tiers.map((tier) => ({ qty: tier.min_qty, price: minorToDecimal(tier.unit_price_minor, scale) })),
    most: offer.max_qty ?? "",
    regions: offer.regions.join(" "),
    conditions: offer.conditions,
  };
}

export type DraftFault = "tiers" | "order" | "most" | "regions" | "until";

export function offerOf(
  draft: OfferDraft,
  campaign: Pick<CampaignDetail, "id" | "currency">,
  { supplier, replaces }: { supplier: string; replaces: string | null },
): { offer: MakeOffer; fault: null } | { offer: null; fault: DraftFault } {
  const { currency } = campaign;
  const tiers = draft.tiers.map(({ qty, price }) => ({
    min_qty: qty.trim(),
    unit_price_minor: decimalToMinor(price, currencyScale(currency)) ?? "",
  }));
  const max_qty = draft.most.trim() === "" ? null : draft.most.trim();
  const regions = draft.regions.split(/[\s,]+/).filter((code) => code !== "");
  const fault = (code: DraftFault) => ({ offer: null, fault: code }) as const;
  if (!tiers.every((tier) => isUnits(tier.min_qty) && isUnits(tier.unit_price_minor))) return fault("tiers");
  if (max_qty !== null && !isUnits(max_qty)) return fault("most");
  if (!areTiers(tiers, null)) return fault("order");
  if (!areTiers(tiers, max_qty)) return fault("most");
  if (!regions.every((code) => /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(code))) return fault("regions");
  if (!/^\d{4}-\d{2}-\d{2}$/.test(draft.until)) return fault("until");
  const offer: MakeOffer = {
    supplier,
    campaign: campaign.id,
    currency,
    tiers,
    max_qty,
    regions,
    conditions: draft.conditions.trim(),
    valid_until: `${draft.until}T23:59:59Z`,
    replaces,
  };
  return { offer, fault: null };
}

function isUnits(text: string): boolean {
  return /^[1-9][0-9]{0,17}$/.test(text);
}

/** What is typed into the form of an offer becomes exactly that offer, or says what is missing. */
import { describe, expect, test } from "vitest";
import { type OfferDraft, draftOf, emptyDraft, offerOf } from "../../../dashboard/hub/suppliers/offer-draft.ts";
import { makeOffer, offerView } from "../../../shared/protocol/api/supplier.ts";

const TODAY = Date.parse("2026-11-21T09:00:00Z");
const id = "A".repeat(43);
const campaign = { id, currency: "EUR" };
const whose = { supplier: "acme.example", replaces: null };

function draft(change: Partial<OfferDraft> = {}): OfferDraft {
  const tiers = [
    { qty: "500", price: "3,20" },
    { qty: "2000", price: "2.95" },
  ];
  return { ...emptyDraft(TODAY), campaign: id, tiers, ...change };
}

describe("the form of an offer", () => {
  test("reads prices with a comma or a point, in the campaign's currency, and asks for two months at first", () => {
    const { offer } = offerOf(
      draft({ most: " 9000 ", regions: "NL, ES-CT", conditions: " Ex works. " }),
      campaign,
      whose,
    );
    expect(offer).toEqual({
      supplier: "acme.example",
      campaign: id,
      currency: "EUR",
      tiers: [
        { min_qty: "500", unit_price_minor: "320" },
        { min_qty: "2000", unit_price_minor: "295" },
      ],
      max_qty: "9000",
      regions: ["NL", "ES-CT"],
      conditions: "Ex works.",
      valid_until: "2027-01-20T23:59:59Z",
      replaces: null,
    });
    expect(makeOffer.safeParse(offer).success).toBe(true);
  });

  test("has as many decimals as the currency", () => {
    const tiers = [{ qty: "500", price: "320" }];
    expect(offerOf(draft({ tiers }), { id, currency: "JPY" }, whose).offer?.tiers[0]?.unit_price_minor).toBe("320");
  });

  test.each<[string, Partial<OfferDraft>]>([
    ["tiers", { tiers: [{ qty: "", price: "3" }] }],
    ["tiers", { tiers: [{ qty: "1.5", price: "3" }] }],
    ["tiers", { tiers: [{ qty: "1", price: "0" }] }],
    ["tiers", { tiers: [{ qty: "1", price: "3.205" }] }],
    ["order", { tiers: draft().tiers.toReversed() }],
    ["most", { most: "1999" }],
    ["most", { most: "many" }],
    ["regions", { regions: "Holland" }],
    ["until", { until: "" }],
  ])("says %s when that is missing or wrong", (fault, change) => {
    expect(offerOf(draft(change), campaign, whose)).toEqual({ offer: null, fault });
  });

  test("begins, when it replaces an offer, with that one's words and prices, and a new date", () => {
    const { offer } = offerOf(draft({ most: "9000", regions: "NL", conditions: "Ex works." }), campaign, whose);
    const made = offerView.parse({
      ...offer,
      offer: id,
      supplier: { id: "acme.example", name: "Acme", domain: "acme.example", verified: "domain" },
      by: "supplier",
      campaign: { id, name: "Oat drink", unit: "litre", ended: false },
      made_at: "2026-09-01T00:00:00Z",
      state: "valid",
      ended_index: null,
      reached: null,
      entry: { index: 7, leaf: id },
    });
    const again = offerOf(draftOf(made, TODAY), campaign, { ...whose, replaces: id });
    expect(again.offer).toEqual({ ...offer, replaces: id });
  });
});

/** The rules of suppliers' offers, one by one (docs/protocol.md §5). */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_STANDING_OFFERS, areTiers, faultOfOffer, faultOfOfferEnd } from "../../../shared/network/offers.ts";
import { offer as offerSchema } from "../../../shared/protocol/statement.ts";
import { LOG, id } from "./arbitrary.ts";

const NOW = 1_700_000_000;
const campaign = { terms: { currency: "EUR", closes: NOW + 1000 }, closing: null, offers: [] };
const acme = { id: "acme", name: "Acme Ltd", domain: "acme.example", verified: "domain" as const };
const offer = {
  supplier: acme,
  currency: "EUR",
  tiers: [
    { min_qty: "50", unit_price_minor: "800" },
    { min_qty: "200", unit_price_minor: "600" },
  ],
  max_qty: null,
  valid_until: NOW + 1,
  replaces: null,
};
const first = {
  leaf: id("first"),
  supplier: { id: "acme", name: "Acme Ltd" },
  tiers: offer.tiers,
  max_qty: null,
  everywhere: true,
  valid_until: NOW,
};
const standing = { ...campaign, offers: [first] };

describe("an offer", () => {
  test("stands when the campaign is open, the currency is its own, the tiers are in order and it has time left", () => {
    expect(faultOfOffer(campaign, offer, NOW)).toBeNull();
  });

  test("is for a campaign that there is", () => {
    expect(faultOfOffer(undefined, offer, NOW)).toBe("campaign-unknown");
  });

  test("is for a campaign that is open: neither closed by the hub nor past its date", () => {
    const closing = { leaf: id("c"), index: 1, outcome: "released" as const, band: null, reason: "", iat: NOW };
    expect(faultOfOffer({ ...campaign, closing }, offer, NOW)).toBe("campaign-ended");
    expect(faultOfOffer(campaign, { ...offer, valid_until: NOW + 5000 }, NOW + 999)).toBeNull();
    expect(faultOfOffer(campaign, { ...offer, valid_until: NOW + 5000 }, NOW + 1000)).toBe("campaign-ended");
  });

  test("is in the campaign's currency", () => {
    expect(faultOfOffer(campaign, { ...offer, currency: "USD" }, NOW)).toBe("offer-currency");
  });

  test("has not expired at its own time", () => {
    expect(faultOfOffer(campaign, { ...offer, valid_until: NOW }, NOW)).toBe("offer-validity");
  });

  test("replaces the one this supplier has there, and no other", () => {
    const again = { ...offer, replaces: id("first") };
    expect(faultOfOffer(standing, again, NOW)).toBeNull();
    expect(faultOfOffer(standing, offer, NOW)).toBe("offer-replaces");
    expect(faultOfOffer(campaign, again, NOW)).toBe("offer-replaces");
    expect(faultOfOffer(standing, { ...again, supplier: { ...acme, id: "bolt" } }, NOW)).toBe("offer-replaces");
    expect(faultOfOffer(standing, { ...offer, supplier: { ...acme, id: "bolt" } }, NOW)).toBeNull();
  });

  test("has a place while fewer than fifty suppliers have one there; who has one may replace it", () => {
    const many = Array.from({ length: MAX_STANDING_OFFERS - 1 }, (_, at) => ({
      ...first,
      leaf: id(String(at)),
      supplier: { id: `s${at}`, name: "S" },
    }));
    const bolt = { ...offer, supplier: { ...acme, id: "bolt" } };
    expect(faultOfOffer({ ...campaign, offers: many }, bolt, NOW)).toBeNull();
    const full = { ...campaign, offers: [...many, first] };
    expect(faultOfOffer(full, bolt, NOW)).toBe("offers-full");
    expect(faultOfOffer(full, { ...offer, replaces: id("first") }, NOW)).toBeNull();
  });

  test("can be ended while it stands, even after its campaign, and only once", () => {
    expect(faultOfOfferEnd(standing, { offer: id("first") })).toBeNull();
    expect(faultOfOfferEnd(campaign, { offer: id("first") })).toBe("offer-unknown");
    expect(faultOfOfferEnd(undefined, { offer: id("first") })).toBe("campaign-unknown");
  });
});

const tier = fc.record({
  min_qty: fc.bigInt({ min: 1n, max: 999n }).map(String),
  unit_price_minor: fc.bigInt({ min: 1n, max: 999n }).map(String),
});

test("tiers are in order exactly when sorting by quantity leaves them, without twins, and by falling price too", () => {
  fc.assert(
    fc.property(fc.array(tier, { minLength: 1, maxLength: 4 }), (tiers) => {
      const by = (key: "min_qty" | "unit_price_minor") => [...new Set(tiers.map((one) => Number(one[key])))];
      const quantities = by("min_qty").toSorted((a, b) => a - b);
      const prices = by("unit_price_minor").toSorted((a, b) => b - a);
      const isOrdered =
        quantities.length === tiers.length &&
        prices.length === tiers.length &&
        tiers.every((one, at) => one.min_qty === String(quantities[at]) && one.unit_price_minor === String(prices[at]));
      expect(areTiers(tiers, null)).toBe(isOrdered);
    }),
  );
});

test("the largest tier can be delivered", () => {
  expect(areTiers(offer.tiers, "200")).toBe(true);
  expect(areTiers(offer.tiers, "199")).toBe(false);
});

describe("the form of an offer", () => {
  const claims = {
    iss: LOG,
    iat: NOW,
    v: 1,
    ...offer,
    by: "supplier",
    campaign: id("campaign"),
    regions: ["NL", "ES-CT"],
    conditions: "Ex works.",
    nonce: id("n").slice(0, 22),
  };

  test.each<[string, object]>([
    ["no tier", { tiers: [] }],
    ["a price of nothing", { tiers: [{ min_qty: "1", unit_price_minor: "0" }] }],
    ["a quantity with a fraction", { tiers: [{ min_qty: "1.5", unit_price_minor: "1" }] }],
    ["a domain with a port", { supplier: { ...acme, domain: "acme.example:8080" } }],
    ["a domain of one word", { supplier: { ...acme, domain: "localhost" } }],
    ["an address instead of a domain", { supplier: { ...acme, domain: "10.0.0.1" } }],
    ["nobody who verified it", { supplier: { ...acme, verified: null } }],
    ["an e-mail address beside the domain", { supplier: { ...acme, email: "ana@acme.example" } }],
  ])("has not %s", (_, change) => {
    expect(offerSchema.safeParse(claims).success).toBe(true);
    expect(offerSchema.safeParse({ ...claims, ...change }).success).toBe(false);
  });
});

/** Offers in targeting: for each tier the least subsidy, the best one taken and named; and the tier that demand reaches by itself. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TargetingInput } from "../../../shared/protocol/api/targeting.ts";
import { reachedTier } from "../../../shared/targeting/ask.ts";
import { demandAt, leastSubsidy } from "../../../shared/targeting/subsidy.ts";
import { answer } from "../../../shared/targeting/target.ts";

const tier = (min_qty: string, unit_price_minor: string) => ({ min_qty, unit_price_minor });
const acme = { offer: "acme", supplier: "Acme", tiers: [tier("500", "320")], max_qty: null };

/** 400 units at 3.50 or less, 200 more at 3.00, 300 more at 2.50. */
function input(change: Partial<TargetingInput> = {}): TargetingInput {
  return {
    id: "A",
    name: "Oat drink",
    unit: "litre",
    currency: "EUR",
    closes: "2026-12-01T00:00:00Z",
    state: "open",
    bands_minor: ["250", "300", "350"],
    units_by_band: ["300", "200", "400"],
    accounts: 90,
    communities: 2,
    offers: [acme],
    supplier_price_minor: "400",
    minimum_units: "1000",
    price_source: "estimate",
    fixed_cost_minor: "0",
    market_development_minor: "0",
    committed_minor: "0",
    fulfilled_units: "0",
    locked_units: "0",
    network_fulfilled_units: "0",
    network_locked_units: "0",
    ...change,
  };
}
const targetOf = (change?: Partial<TargetingInput>) => answer([input(change)], null).targets[0]!;

describe("an offer", () => {
  test("takes the place of what was expected, and is named with its price and quantity", () => {
    const { least_subsidy, need_minor, explanation, asks, ask } = targetOf();
    // 3.20 from 500: 400 would pay 3.20; at 3.00 there are 600, so 0.20 for each of 600
    expect(least_subsidy).toEqual({
      buyer_price_minor: "300",
      per_unit_minor: "20",
      units: "600",
      cost_minor: "12000",
    });
    expect(need_minor).toBe("12000");
    expect(explanation[0]).toEqual({
      step: "offer",
      values: { supplier: "Acme", price_minor: "320", minimum: "500" },
    });
    expect(asks[ask]).toMatchObject({ source: "offer", offer: { offer: "acme", supplier: "Acme", tier: 0 } });
  });

  test("is not there: the estimate stands, and says so", () => {
    const { asks, least_subsidy, shortfall_units, explanation } = targetOf({ offers: [] });
    expect(asks).toEqual([
      {
        source: "estimate",
        offer: null,
        price_minor: "400",
        minimum_units: "1000",
        max_units: null,
        least_subsidy: null,
      },
    ]);
    expect({ least_subsidy, shortfall_units }).toEqual({ least_subsidy: null, shortfall_units: "100" });
    expect(explanation.map(({ step }) => step)).not.toContain("offer");
  });

  test("has a line for each tier, and the one with the least subsidy is taken", () => {
    const tiers = [tier("300", "380"), tier("600", "310"), tier("900", "260")];
    const { asks, ask } = targetOf({ offers: [{ ...acme, tiers }] });
    expect(asks.map(({ least_subsidy }) => least_subsidy?.cost_minor)).toEqual(["12000", "6000", "9000"]);
    expect(ask).toBe(1);
  });

  test("that needs nothing wins, at the lowest price members can have", () => {
    const tiers = [tier("100", "350"), tier("400", "330"), tier("600", "300"), tier("5000", "200")];
    const { asks, ask, least_subsidy } = targetOf({ offers: [{ ...acme, tiers }] });
    expect(asks[ask]?.offer?.tier).toBe(2);
    expect(least_subsidy).toMatchObject({ per_unit_minor: "0", units: "600" });
    expect(asks[3]?.least_subsidy).toBeNull();
  });

  test("of another supplier is taken when it costs less; an equal one does not take the first one's place", () => {
    const bolt = { ...acme, offer: "bolt", supplier: "Bolt", tiers: [tier("500", "310")] };
    const best = (...offers: TargetingInput["offers"]) => {
      const { asks, ask } = targetOf({ offers });
      return asks[ask]?.offer?.offer;
    };
    expect(best(acme, bolt)).toBe("bolt");
    expect(best(bolt, acme)).toBe("bolt");
    expect(best(acme, { ...acme, offer: "twin" })).toBe("acme");
  });

  test("is counted up to what can be delivered: no more units are lowered, and no more is unlocked", () => {
    const { least_subsidy, unlocked_minor, asks, ask } = targetOf({ offers: [{ ...acme, max_qty: "550" }] });
    expect(least_subsidy).toMatchObject({ units: "550", cost_minor: "11000" });
    expect(unlocked_minor).toBe(String(550 * 300));
    expect(asks[ask]?.max_units).toBe("550");
  });

  test("moves with the price slider, every tier of it", () => {
    const [moved] = answer([input()], null, { price_percent: 10 }).targets;
    expect(moved?.asks[0]?.price_minor).toBe("352");
  });

  test("that nothing reaches shows what the smallest order is short of", () => {
    const tiers = [tier("950", "320"), tier("2000", "300")];
    expect(targetOf({ offers: [{ ...acme, tiers }] })).toMatchObject({
      least_subsidy: null,
      shortfall_units: "50",
      ask: 0,
    });
  });
});

const tiersOf = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 900 })), {
    minLength: 1,
    maxLength: 5,
    comparator: (a, b) => a[0] === b[0] || a[1] === b[1],
  })
  .map((pairs) => {
    const prices = pairs.map(([, price]) => price).toSorted((a, b) => b - a);
    return pairs
      .map(([quantity]) => quantity)
      .toSorted((a, b) => a - b)
      .map((quantity, at) => tier(String(quantity), String(prices[at])));
  });
const demandOf = fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 0, max: 900 })), {
  minLength: 1,
  maxLength: 6,
});
function bandsOf(pairs: readonly [number, number][]) {
  const sorted = pairs.toSorted(([a], [b]) => a - b);
  return {
    bands_minor: sorted.map(([price]) => BigInt(price)),
    units_by_band: sorted.map(([, units]) => BigInt(units)),
  };
}

test("no tier of any offer takes less subsidy than the one that is taken", () => {
  fc.assert(
    fc.property(fc.array(tiersOf, { minLength: 1, maxLength: 3 }), demandOf, (lists, pairs) => {
      const demand = bandsOf(pairs);
      const offers = lists.map((tiers, at) => ({ ...acme, offer: String(at), tiers }));
      const { least_subsidy } = targetOf({
        offers,
        bands_minor: demand.bands_minor.map(String),
        units_by_band: demand.units_by_band.map(String),
      });
      const costs = lists.flat().flatMap(({ min_qty, unit_price_minor }) => {
        const line = leastSubsidy(demand, BigInt(unit_price_minor), BigInt(min_qty));
        return line === null ? [] : [line.cost_minor];
      });
      const least = costs.reduce<bigint | null>((low, cost) => (low === null || cost < low ? cost : low), null);
      expect(least_subsidy === null ? null : BigInt(least_subsidy.cost_minor)).toBe(least);
    }),
  );
});

test("the tier that demand reaches has its quantity at its price, and no cheaper one has", () => {
  fc.assert(
    fc.property(tiersOf, demandOf, (tiers, pairs) => {
      const demand = bandsOf(pairs);
      const reaches = tiers.map((one) => demandAt(demand, BigInt(one.unit_price_minor)) >= BigInt(one.min_qty));
      const { tier: found, units } = reachedTier(demand, tiers);
      expect(found).toBe(reaches.includes(true) ? reaches.lastIndexOf(true) : null);
      expect(units).toBe(demandAt(demand, BigInt(tiers[found ?? 0]!.unit_price_minor)));
    }),
  );
});

test("the worked ladder of the design: 210 units at 6.00 reach the third tier, and with 20 fewer only the second", () => {
  const tiers = [tier("1", "1000"), tier("50", "800"), tier("200", "600")];
  const demand = (cheap: bigint) => ({ bands_minor: [600n, 800n, 1000n], units_by_band: [cheap, 60n, 30n] });
  expect(reachedTier(demand(120n), tiers)).toEqual({ tier: 2, units: 210n });
  expect(reachedTier(demand(100n), tiers)).toEqual({ tier: 1, units: 90n });
});

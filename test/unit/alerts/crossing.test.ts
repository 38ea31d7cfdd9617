/** When an alert on demand fires, over any course that demand may take. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossing, type Demand, fits, isAbove, measure } from "../../../shared/alerts/crossing.ts";

const K = 5;
const ANY = { campaign: null, category: null, region: null, at_price_minor: null, currency: null } as const;
const threshold = (min_units: string) => ({ ...ANY, min_units });

const demand: fc.Arbitrary<Demand> = fc
  .record({
    campaign: fc.constantFrom("oats", "rice"),
    currency: fc.constantFrom("EUR", "USD"),
    categories: fc.subarray(["drinks", "grains"]),
    region: fc.constantFrom("PT", "PT-11", "ES-MD"),
    prices: fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 4 }),
    units: fc.array(fc.bigInt(0n, 10n ** 20n), { minLength: 4, maxLength: 4 }),
    accounts: fc.nat(20),
  })
  .map(({ prices, units, accounts, ...rest }) => ({
    ...rest,
    curve: prices
      .toSorted((a, b) => a - b)
      .map((price, at) => ({
        price_minor: String(price),
        units: units.slice(at, prices.length).reduce((a, b) => a + b, 0n),
        accounts,
      })),
  }));
const whole = (parts: readonly Demand[]): Demand[] => parts.map((part) => ({ ...part, region: null }));

describe("a crossing", () => {
  it("fires as often as the threshold is passed on the way up, whatever happens in between", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), fc.boolean(), (course, start) => {
        let above = start;
        let fired = 0;
        for (const now of course) {
          const next = crossing(above, now);
          above = next.above;
          fired += next.fires ? 1 : 0;
        }
        const ups = course.filter((now, at) => now && !(at === 0 ? start : course[at - 1]));
        expect(fired).toBe(ups.length);
        expect(above).toBe(course.at(-1) ?? start);
      }),
    );
  });

  it("is the same however often it is looked at", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), (before, now) => {
        const once = crossing(before, now);
        expect(crossing(once.above, now)).toEqual({ above: once.above, fires: false });
      }),
    );
  });
});

describe("what is above a threshold", () => {
  it("is nothing that fewer than k accounts make up, however many units there are", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 30n), fc.nat(20), fc.bigInt(1n, 10n ** 17n), (units, accounts, least) => {
        expect(isAbove(threshold(String(least)), { units, accounts }, K)).toBe(accounts >= K && units >= least);
      }),
    );
  });

  it("never grows with the price that members must accept", () => {
    fc.assert(
      fc.property(fc.array(demand), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (parts, a, b) => {
        const at = (price: number) =>
          measure({ ...threshold("1"), at_price_minor: String(price), currency: "EUR" }, whole(parts)).units;
        expect(at(Math.max(a, b)) <= at(Math.min(a, b))).toBe(true);
      }),
    );
  });

  it("adds up: campaigns to all, currencies to all, countries of their subdivisions", () => {
    fc.assert(
      fc.property(fc.array(demand), (parts) => {
        const all = measure(threshold("1"), whole(parts));
        const sum = (alerts: object[], of: readonly Demand[]) =>
          alerts.map((change) => measure({ ...threshold("1"), ...change }, of).units).reduce((a, b) => a + b, 0n);
        expect(sum([{ campaign: "oats" }, { campaign: "rice" }], whole(parts))).toBe(all.units);
        expect(sum([{ currency: "EUR" }, { currency: "USD" }], whole(parts))).toBe(all.units);
        expect(sum([{ region: "PT" }, { region: "ES" }], parts)).toBe(all.units);
        expect(sum([{ region: "PT-11" }], parts) <= sum([{ region: "PT" }], parts)).toBe(true);
      }),
    );
  });

  it("does not count a campaign twice that stands there whole and in its parts", () => {
    fc.assert(
      fc.property(fc.array(demand), (parts) => {
        const both = [...whole(parts), ...parts];
        expect(measure(threshold("1"), both)).toEqual(measure(threshold("1"), whole(parts)));
        expect(measure({ ...threshold("1"), region: "PT" }, both)).toEqual(
          measure({ ...threshold("1"), region: "PT" }, parts),
        );
      }),
    );
  });

  it("counts a price between two bands as the higher of them, and nothing above the last", () => {
    const one: Demand = {
      campaign: "oats",
      currency: "EUR",
      categories: [],
      region: null,
      curve: [
        { price_minor: "600", units: 111n, accounts: 9 },
        { price_minor: "700", units: 110n, accounts: 8 },
        { price_minor: "800", units: 100n, accounts: 7 },
      ],
    };
    const at = (price: string) => measure({ ...threshold("1"), at_price_minor: price, currency: "EUR" }, [one]).units;
    expect([at("1"), at("600"), at("601"), at("700"), at("800"), at("801")]).toEqual([
      111n,
      111n,
      110n,
      110n,
      100n,
      0n,
    ]);
  });

  it("takes no place for a region that only begins like it", () => {
    const at = (region: string) =>
      fits({ ...ANY, region: "PT" }, { campaign: "oats", currency: "EUR", categories: [], region });
    expect(["PT", "PT-11", "PTX", "P"].map(at)).toEqual([true, true, false, false]);
  });
});

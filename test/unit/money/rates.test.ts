import * as fc from "fast-check";
import { expect, test } from "vitest";
import { convertSum, roundHalfEven } from "../../../shared/money/rates.ts";

const reference = { base: "EUR", rates: { USD: "1.1684", JPY: "186.75", KWD: "0.35900", BAD: "0.0" } };

test("half goes to the even neighbour, everything else to the nearest", () => {
  expect([-5n, -3n, -1n, 1n, 3n, 5n, 7n].map((n) => roundHalfEven(n, 2n))).toEqual([-2n, -2n, 0n, 0n, 2n, 2n, 4n]);
  expect([4n, 5n, 6n].map((n) => roundHalfEven(n, 10n))).toEqual([0n, 0n, 1n]);
});

test("rounding is off by at most a half, and by exactly a half only at an even result", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      fc.bigInt({ min: 1n, max: 10n ** 12n }),
      (over, under) => {
        const rounded = roundHalfEven(over, under);
        const distance = 2n * (over - rounded * under);
        const off = distance < 0n ? -distance : distance;
        expect(off <= under).toBe(true);
        if (off === under) expect(rounded % 2n).toBe(0n);
      },
    ),
  );
});

test("minor units of zero, two and three decimals convert at the published rates", () => {
  // 1168.40 USD = 1000.00 EUR; 18675 JPY = 100.00 EUR; 0.359 KWD = 1.00 EUR
  expect(convertSum(new Map([["USD", 116_840n]]), "EUR", reference)).toEqual({ minor: 100_000n, unconverted: [] });
  expect(convertSum(new Map([["JPY", 18_675n]]), "EUR", reference)).toEqual({ minor: 10_000n, unconverted: [] });
  expect(convertSum(new Map([["KWD", 359n]]), "EUR", reference)).toEqual({ minor: 100n, unconverted: [] });
  expect(convertSum(new Map([["EUR", 100n]]), "JPY", reference)).toEqual({ minor: 187n, unconverted: [] });
});

test("the sum is exact and rounded once: parts of half a cent add up before they are rounded", () => {
  const halves = { base: "EUR", rates: { USD: "2", GBP: "2" } };
  const each = new Map([["USD", 1n]]);
  expect(convertSum(each, "EUR", halves).minor).toBe(0n);
  expect(
    convertSum(
      new Map([
        ["USD", 1n],
        ["GBP", 1n],
      ]),
      "EUR",
      halves,
    ).minor,
  ).toBe(1n);
});

test("a currency without a usable rate is left out and listed; the target needs none", () => {
  const sums = new Map([
    ["EUR", 5n],
    ["CHF", 7n],
    ["BAD", 9n],
    ["USD", 0n],
  ]);
  expect(convertSum(sums, "EUR", reference)).toEqual({ minor: 5n, unconverted: ["BAD", "CHF"] });
  expect(convertSum(sums, "EUR", null)).toEqual({ minor: 5n, unconverted: ["BAD", "CHF", "USD"] });
});

test("the order of currencies makes no difference", () => {
  const amounts = fc.array(
    fc.tuple(fc.constantFrom("EUR", "USD", "JPY", "KWD"), fc.bigInt({ min: 0n, max: 10n ** 20n })),
  );
  fc.assert(
    fc.property(amounts, fc.constantFrom("EUR", "USD", "JPY"), (entries, target) => {
      const sums = new Map(entries);
      const backwards = new Map([...sums].toReversed());
      expect(convertSum(backwards, target, reference)).toEqual(convertSum(sums, target, reference));
    }),
  );
});

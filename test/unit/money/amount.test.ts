import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatAmountPlain, parseAmount } from "../../../shared/money/amount.ts";
import { currencyCodes, scaleOf } from "../../../shared/money/currency.ts";

test("the table of currencies is the published list of active codes with a minor unit", () => {
  const csv = readFileSync(new URL("../../data/iso4217/codes-all.csv", import.meta.url), "utf8");
  const expected = new Map<string, number>();
  for (const row of csv.trim().split(/\r?\n/).slice(1)) {
    // from the right: the country's name may hold quoted commas
    const [withdrawn, minor, , code] = row.split(",").toReversed();
    if (withdrawn === "" && code !== "" && minor !== "-") expected.set(code!, Number(minor));
  }
  expect(expected.size).toBe(165);
  expect(new Map(currencyCodes.map((code) => [code, scaleOf(code)]))).toEqual(
    new Map([...expected].sort(([a], [b]) => (a < b ? -1 : 1))),
  );
});

test.each([
  ["8", "USD", 800n],
  ["8.5", "USD", 850n],
  ["8.00", "USD", 800n],
  ["1500", "JPY", 1500n],
  ["1.234", "KWD", 1234n],
  ["0.1234", "CLF", 1234n],
  ["0", "EUR", 0n],
])("%s %s is %s minor units", (text, currency, minor) => {
  expect(parseAmount(text, currency)).toEqual({ ok: true, value: minor });
});

test.each([
  ["8.001", "USD", "amount-too-precise"],
  ["8.0", "JPY", "amount-too-precise"],
  ["-1", "USD", "amount-malformed"],
  ["1e3", "USD", "amount-malformed"],
  ["1,5", "EUR", "amount-malformed"],
  [".5", "EUR", "amount-malformed"],
  ["", "EUR", "amount-malformed"],
  ["1", "XXX", "currency-unknown"],
  ["1", "HRK", "currency-unknown"],
  ["10000000000000000.00", "USD", "amount-too-large"],
])("%s %s is refused as %3$s", (text, currency, error) => {
  expect(parseAmount(text, currency)).toEqual({ ok: false, error });
});

test("what is formatted parses back to the same amount, in every currency", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), fc.constantFrom(...currencyCodes), (minor, currency) => {
      expect(parseAmount(formatAmountPlain(minor, currency), currency)).toEqual({ ok: true, value: minor });
    }),
  );
});

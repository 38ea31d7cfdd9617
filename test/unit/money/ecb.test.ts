import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseEcbRates } from "../../../shared/money/ecb.ts";

function read(name: string) {
  return readFileSync(new URL(`../../data/ecb/${name}`, import.meta.url), "utf8");
}

function parsed(csv: string) {
  const result = parseEcbRates(csv);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

test("the real daily file is one day with its thirty rates or so", () => {
  const [day, ...others] = parsed(read("eurofxref-daily-sample.csv"));
  expect(others).toEqual([]);
  expect(day).toMatchObject({
    base: "EUR",
    date: "2026-04-13",
    rates: { USD: "1.1684", JPY: "186.75", IDR: "20082.05" },
  });
  expect(Object.keys(day!.rates).length).toBe(29);
});

test("the real history has a row for each working day, newest first, without the currencies of the past", () => {
  const days = parsed(read("eurofxref-hist-2024-on.csv"));
  expect(days[0]).toMatchObject({ date: "2026-04-13", rates: { USD: "1.1684" } });
  expect(days.at(-1)).toMatchObject({ date: "2024-01-02", rates: { USD: "1.0956", BGN: "1.9558" } });
  expect(days.map(({ date }) => date)).toEqual(
    days
      .map(({ date }) => date)
      .sort()
      .toReversed(),
  );
  expect(days[0]!.rates).not.toHaveProperty("HRK");
});

test.each([
  ["nothing", ""],
  ["a header alone", "Date,USD\n"],
  ["another table", "Day,USD\n2026-04-13,1.1\n"],
  ["a day that does not exist", "Date,USD\n2026-02-30,1.1\n"],
  ["a rate of zero", "Date,USD\n2026-04-13,0.00\n"],
  ["a negative rate", "Date,USD\n2026-04-13,-1\n"],
  ["a cell without a currency", "Date,USD\n2026-04-13,1.1,2.2\n"],
  ["a currency twice", "Date,USD,USD\n2026-04-13,1.1,1.2\n"],
  ["no rate on a day", "Date,USD\n2026-04-13,N/A\n"],
  ["a page of HTML", "<!doctype html><p>Date,USD"],
])("%s is refused", (_, csv) => {
  expect(parseEcbRates(csv)).toEqual({ ok: false, error: "rates-invalid" });
});

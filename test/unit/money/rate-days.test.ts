/** Which day's rates hold: weekends and holidays fall back, at most a week, and currencies that left have none. */
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseEcbRates, parseEcbXml } from "../../../shared/money/ecb.ts";
import { ratePortions } from "../../../shared/money/ecb-portions.ts";
import { dayNumber, ratesByDay } from "../../../shared/money/rate-days.ts";
import { convertMinor, crossRate } from "../../../shared/money/rates.ts";

const hist = readFileSync(new URL("../../data/ecb/eurofxref-hist-2024-on.csv", import.meta.url), "utf8");
const parsed = parseEcbRates(hist);
if (!parsed.ok) throw new Error(parsed.error);
const published = parsed.value.map((day) => ({ ...day, source: "ECB" }));
const on = ratesByDay(published);

function dateOf(day: string): string {
  const found = on(day);
  return found.ok ? found.value.date : found.error;
}

describe("the rates of a day", () => {
  test.each([
    ["a working day has its own", "2026-04-13", "2026-04-13"],
    ["a Sunday has Friday's", "2026-03-15", "2026-03-13"],
    ["Christmas Day has Christmas Eve's", "2025-12-25", "2025-12-24"],
    ["Easter Monday has Thursday's before Good Friday", "2026-04-06", "2026-04-02"],
    ["a week after the last one is the longest", "2026-04-20", "2026-04-13"],
    ["more than a week after it there is none", "2026-04-21", "rate-missing"],
    ["before the first day there is none", "2024-01-01", "rate-missing"],
  ])("%s", (_, day, date) => {
    expect(dateOf(day)).toBe(date);
  });

  test("leave out a currency from the day on which it became another", () => {
    const rates = (day: string) => {
      const found = on(day);
      return found.ok ? found.value.rates : {};
    };
    expect(rates("2025-12-31")["BGN"]).toBe("1.9558");
    expect(rates("2026-01-02")["BGN"]).toBeUndefined();
    expect(rates("2024-01-02")["RUB"]).toBeUndefined();
  });

  test("count days as the calendar does", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("1999-01-01"), max: new Date("2099-12-31"), noInvalidDate: true }),
        (date) => {
          expect(dayNumber(date.toISOString().slice(0, 10))).toBe(Math.floor(date.getTime() / 86_400_000));
        },
      ),
    );
  });
});

describe("cross rates", () => {
  const [day] = published;
  if (day === undefined) throw new Error("no day");

  test("are quotients of the published decimals, exactly", () => {
    expect(crossRate("EUR", "EUR", day)).toEqual({ over: 1n, under: 1n });
    expect(crossRate("EUR", "USD", day)).toEqual({ over: 11_684n, under: 10_000n });
    // 0.86925 GBP and 1.1684 USD for a euro
    const cross = crossRate("GBP", "USD", { base: "EUR", rates: { GBP: "0.86925", USD: "1.1684" } });
    expect(cross).toEqual({ over: 11_684n * 100_000n, under: 10_000n * 86_925n });
    expect(crossRate("XAU", "USD", day)).toBeNull();
  });

  test("there and back differ by rounding only", () => {
    const codes = fc.constantFrom("EUR", "USD", "GBP", "CHF");
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), codes, codes, (minor, from, to) => {
        const there = convertMinor(minor, from, to, day) ?? 0n;
        const back = convertMinor(there, to, from, day) ?? 0n;
        const off = back > minor ? back - minor : minor - back;
        // half a unit there, worth at most two units back between these currencies
        expect(off <= 2n).toBe(true);
      }),
    );
  });
});

describe("the daily XML", () => {
  const xml = (cubes: string) =>
    `<?xml version="1.0" encoding="UTF-8"?><gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><gesmes:subject>Reference rates</gesmes:subject><Cube>${cubes}</Cube></gesmes:Envelope>`;

  test("says the same as the CSV, as text", () => {
    const [day] = published;
    const quotes = Object.entries(day?.rates ?? {}).map(([code, rate]) => `<Cube currency='${code}' rate='${rate}'/>`);
    const read = parseEcbXml(xml(`<Cube time='${day?.date ?? ""}'>${quotes.join("")}</Cube>`));
    expect(read).toEqual({ ok: true, value: [{ base: "EUR", date: day?.date, rates: day?.rates }] });
  });

  test("may have more days, and days with one currency", () => {
    const read = parseEcbXml(
      xml(
        "<Cube time='2026-04-10'><Cube currency='USD' rate='1.10'/></Cube><Cube time='2026-04-13'><Cube currency='USD' rate='1.1684'/></Cube>",
      ),
    );
    expect(read.ok && read.value.map(({ date, rates }) => [date, rates["USD"]])).toEqual([
      ["2026-04-13", "1.1684"],
      ["2026-04-10", "1.10"],
    ]);
  });

  test.each([
    ["nothing", ""],
    ["a page of HTML", "<!doctype html><p>no"],
    ["no day", xml("")],
    ["a rate of zero", xml("<Cube time='2026-04-13'><Cube currency='USD' rate='0'/></Cube>")],
    ["a rate that is a word", xml("<Cube time='2026-04-13'><Cube currency='USD' rate='N/A'/></Cube>")],
    ["a code with a comma", xml("<Cube time='2026-04-13'><Cube currency='USD,GBP' rate='1,2'/></Cube>")],
    ["a day that does not exist", xml("<Cube time='2026-02-30'><Cube currency='USD' rate='1.1'/></Cube>")],
  ])("%s is refused", (_, text) => {
    expect(parseEcbXml(text)).toEqual({ ok: false, error: "rates-invalid" });
  });
});

test("a history goes in portions that together are the whole, newest first", () => {
  const days = ratePortions(hist, 100).flatMap((portion) => {
    const read = parseEcbRates(portion);
    if (!read.ok) throw new Error(read.error);
    expect(read.value.length).toBeLessThanOrEqual(100);
    return read.value;
  });
  expect(days).toEqual(parsed.value);
});

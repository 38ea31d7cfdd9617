/**
 * Reference rates as the European Central Bank publishes them: `eurofxref.csv` (one day, "13 April 2026"),
 * `eurofxref-hist.csv` (a row a day, "2026-04-13") and `eurofxref-daily.xml`. Units of each currency for one euro, as
 * text. The CSV form has no quoting. docs/standards.md says what the rates may be used for.
 */
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { day } from "../protocol/primitives.ts";
import { type Result, fail, ok } from "../result.ts";

export interface DayRates {
  base: "EUR";
  /** UTC day */
  date: string;
  rates: Record<string, string>;
}

const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const MAX_ROWS = 20_000;

/** Currencies that the ECB published rates for and that have become the euro or another currency since. */
export const formerCurrencies: ReadonlySet<string> = new Set("BGN CYP EEK HRK LTL LVL MTL ROL SIT SKK TRL".split(" "));

const list = <T extends z.ZodType>(item: T) => z.union([item.transform((one) => [one]), z.array(item)]);
const quote = z.looseObject({ "@currency": z.string().length(3), "@rate": z.string().regex(/^[0-9.]+$/) });
const envelope = z.looseObject({
  Envelope: z.looseObject({
    Cube: z.looseObject({ Cube: list(z.looseObject({ "@time": z.string(), Cube: list(quote) })) }),
  }),
});

/** `Cube[time] > Cube[currency, rate]` of the daily and the 90-day file. */
export function parseEcbXml(xml: string): Result<DayRates[], "rates-invalid"> {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    parseAttributeValue: false,
    removeNSPrefix: true,
    processEntities: false,
  });
  let parsed: ReturnType<typeof envelope.safeParse>;
  try {
    parsed = envelope.safeParse(parser.parse(xml, true));
  } catch {
    return fail("rates-invalid");
  }
  if (!parsed.success) return fail("rates-invalid");
  // The same table as in the CSV, so that the same rules judge it.
  const days = parsed.data.Envelope.Cube.Cube.map(({ "@time": date, Cube: quotes }) => {
    const codes = quotes.map((one) => one["@currency"]);
    return parseEcbRates(`Date,${codes.join(",")}\n${date},${quotes.map((one) => one["@rate"]).join(",")}\n`);
  });
  const good = days.flatMap((one) => (one.ok && one.value.length === 1 ? one.value : []));
  if (good.length !== days.length || good.length === 0) return fail("rates-invalid");
  return ok(good.sort((a, b) => (a.date < b.date ? 1 : -1)));
}

/** Newest day first. A currency without a rate on a day ("N/A") is left out of that day. */
export function parseEcbRates(csv: string): Result<DayRates[], "rates-invalid"> {
  const rows = csv
    .split(/\r?\n/)
    .map((row) => row.split(",").map((cell) => cell.trim()))
    .filter((cells) => cells.some((cell) => cell !== ""));
  const [header, ...body] = rows;
  const currencies = header?.slice(1).filter((code) => code !== "") ?? [];
  if (header?.[0] !== "Date" || body.length === 0 || body.length > MAX_ROWS) return fail("rates-invalid");
  if (currencies.length === 0 || new Set(currencies).size !== currencies.length) return fail("rates-invalid");
  if (!currencies.every((code) => /^[A-Z]{3}$/.test(code) && code !== "EUR")) return fail("rates-invalid");
  const days: DayRates[] = [];
  for (const [first = "", ...cells] of body) {
    const date = dayOf(first);
    const rates = ratesOf(currencies, cells);
    if (date === null || rates === null) return fail("rates-invalid");
    days.push({ base: "EUR", date, rates });
  }
  return ok(days.sort((a, b) => (a.date < b.date ? 1 : -1)));
}

function ratesOf(currencies: readonly string[], cells: readonly string[]): Record<string, string> | null {
  const rates: Record<string, string> = {};
  if (cells.slice(currencies.length).some((cell) => cell !== "")) return null;
  for (const [at, currency] of currencies.entries()) {
    const cell = cells[at] ?? "";
    if (cell === "N/A" || cell === "") continue;
    if (!/^[0-9]{1,12}(\.[0-9]{1,10})?$/.test(cell) || /^[0.]+$/.test(cell)) return null;
    rates[currency] = cell;
  }
  return Object.keys(rates).length === 0 ? null : rates;
}

function dayOf(text: string): string | null {
  const [, dayOfMonth, name, year] = /^([0-9]{1,2}) ([A-Za-z]+) ([0-9]{4})$/.exec(text) ?? [];
  const month = MONTHS.indexOf((name ?? "").toLowerCase()) + 1;
  const written = month > 0 ? `${year}-${String(month).padStart(2, "0")}-${(dayOfMonth ?? "").padStart(2, "0")}` : text;
  return day.safeParse(written).success ? written : null;
}

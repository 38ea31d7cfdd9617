/** Reference rates: those in force, from the view of the log, and those of a day, by primary key. */
import { formerCurrencies } from "../../../shared/money/ecb.ts";
import { isCurrency } from "../../../shared/money/currency.ts";
import { decimalOf } from "../../../shared/money/fraction.ts";
import { type PublishedDay, MAX_RATE_AGE_DAYS, ratesByDay } from "../../../shared/money/rate-days.ts";
import { crossRate } from "../../../shared/money/rates.ts";
import type { NetworkState } from "../../../shared/network/state.ts";
import type { RatesView } from "../../../shared/protocol/api/network.ts";
import { Refused } from "../../lib/problem.ts";

const BASE = "EUR";
const CROSS_PLACES = 8;

export interface RatesQuestion {
  /** absent: the rates in force */
  date?: string | undefined;
  currency?: string | undefined;
  to: string;
}

interface DayRow {
  day: string;
  source: string;
  rates: string;
}

export function publishedDay({ day, source, rates }: DayRow): PublishedDay {
  return { base: BASE, date: day, source, rates: JSON.parse(rates) as Record<string, string> };
}

/** The days whose rates a period needs: its own, and those before it that its first days fall back to. */
export function ratesQuery(db: D1Database, from: string, to: string): D1PreparedStatement {
  return db
    .prepare(`SELECT day, source, rates FROM rate_day WHERE day BETWEEN date(?1, '-${MAX_RATE_AGE_DAYS} days') AND ?2`)
    .bind(from, to);
}

export async function ratesOf(db: D1Database, { date, currency, to }: RatesQuestion): Promise<RatesView> {
  const found = date === undefined ? await newestRates(db) : { ...(await ratesOn(db, date)), index: null };
  if (found === null) return null;
  const { source, base, index } = found;
  const view = { source, base, date: found.date, index, note: "for information only" as const };
  if (currency === undefined) return { ...view, rates: { ...found.rates }, cross: null };
  refuseUnquoted(found, currency);
  refuseUnquoted(found, to);
  const rate = crossRate(currency, to, found);
  if (rate === null) throw new Error("a rate that was there is gone");
  const rates = Object.fromEntries(
    [currency, to].filter((code) => code !== base).map((code) => [code, found.rates[code] ?? ""]),
  );
  const cross = {
    over: String(rate.over),
    under: String(rate.under),
    decimal: decimalOf(rate.over, rate.under, CROSS_PLACES),
  };
  return { ...view, rates, cross };
}

async function newestRates(db: D1Database) {
  const text = await db.prepare("SELECT rates FROM network WHERE id = 1").first<string>("rates");
  if (text === null) return null;
  const { index, claims } = JSON.parse(text) as NonNullable<NetworkState["rates"]>;
  return { source: claims.source, base: claims.base, date: claims.date, rates: claims.rates, index };
}

async function ratesOn(db: D1Database, date: string): Promise<PublishedDay> {
  const { results } = await db
    .prepare("SELECT day, source, rates FROM rate_day WHERE day <= ? ORDER BY day DESC LIMIT 1")
    .bind(date)
    .all<DayRow>();
  const day = ratesByDay(results.map(publishedDay))(date);
  if (!day.ok) throw new Refused(day.error, { detail: date });
  return day.value;
}

/** The last published day decides: a currency that it leaves out has no rate, however recent an older one is. */
export function refuseUnquoted(
  { base, rates, date }: PublishedDay | { base: string; rates: object; date: string },
  code: string,
): void {
  if (code === base || Object.hasOwn(rates, code)) return;
  const isKnown = isCurrency(code) || formerCurrencies.has(code);
  throw new Refused(isKnown ? "currency-not-quoted" : "currency-unknown", { detail: `${code} on ${date}` });
}

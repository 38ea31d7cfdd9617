/** Money, quantities, dates and regions as text, by locale. Exact: amounts are decimal strings or bigint, never floats. */
import { scaleOf } from "../../shared/money/currency.ts";
import { formatLocale } from "./i18n.ts";

type Whole = string | number | bigint;

/** Digits of the minor unit: 2 for USD, 0 for JPY. ISO 4217's, which is not always what the browser shows. */
export function currencyScale(currency: string): number {
  return scaleOf(currency) ?? 2;
}

/** 800 with scale 2 -> "8.00", the form inputs and Intl take without loss. */
export function minorToDecimal(minor: Whole, scale: number): string {
  const value = BigInt(minor);
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const sign = value < 0n ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** "8", "8,00" or "8.00" -> "800"; null for anything else. Grouping marks are refused rather than guessed. */
export function decimalToMinor(text: string, scale: number): string | null {
  const match = /^\s*(\d{1,15})(?:[.,](\d*))?\s*$/.exec(text);
  if (!match?.[1]) return null;
  const fraction = match[2] ?? "";
  if (fraction.length > scale) return null;
  return BigInt(match[1] + fraction.padEnd(scale, "0")).toString();
}

export function formatMoney(
  minor: Whole,
  currency: string,
  options: { compact?: boolean; whole?: boolean } = {},
): string {
  const scale = currencyScale(currency);
  const digits = options.whole || options.compact ? 0 : scale;
  const format = new Intl.NumberFormat(formatLocale(), {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    ...(options.compact
      ? { notation: "compact", maximumFractionDigits: 1, minimumFractionDigits: 0 }
      : { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  });
  // a decimal string is formatted exactly; a number would be rounded to 53 bits first
  return format.format(minorToDecimal(minor, scale) as `${number}`);
}

export function formatQuantity(value: Whole, options: { compact?: boolean } = {}): string {
  return new Intl.NumberFormat(
    formatLocale(),
    options.compact ? { notation: "compact", maximumFractionDigits: 1 } : {},
  ).format(BigInt(value));
}

export function formatDate(iso: string, style: "date" | "time" | "short" | "moment" = "date"): string {
  const dateOnly = /^\d{4}-\d\d-\d\d$/.test(iso);
  return new Intl.DateTimeFormat(formatLocale(), {
    ...(style === "short" ? { day: "numeric", month: "short" } : { dateStyle: "medium" }),
    ...(style === "time" && !dateOnly ? { timeStyle: "short" } : {}),
    ...(style === "moment" && !dateOnly ? { timeStyle: "medium" } : {}),
    // a bare day means that UTC day everywhere
    ...(dateOnly ? { timeZone: "UTC" } : {}),
  }).format(new Date(iso));
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function formatRelative(iso: string, now: number): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  const format = new Intl.RelativeTimeFormat(formatLocale(), { numeric: "auto" });
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, "minute");
}

/** "2026-11" -> "November 2026" */
export function formatMonth(month: string): string {
  return new Intl.DateTimeFormat(formatLocale(), { month: "long", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${month}-01T00:00:00Z`),
  );
}

export function formatRegion(region: string): string {
  const [country = region, subdivision] = region.split("-");
  const name = new Intl.DisplayNames(formatLocale(), { type: "region" }).of(country) ?? country;
  return subdivision ? `${name}, ${subdivision}` : name;
}

export function formatLanguage(tag: string): string {
  return new Intl.DisplayNames(formatLocale(), { type: "language" }).of(tag) ?? tag;
}

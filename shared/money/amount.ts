/** Amounts of money: bigint minor units inside, plain decimal text at the edge. No floating point, no locale. */
import { type Result, fail, ok } from "../result.ts";
import { scaleOf } from "./currency.ts";

export type AmountProblem = "currency-unknown" | "amount-malformed" | "amount-too-precise" | "amount-too-large";

/** Amounts travel as decimal strings of at most 18 digits (protocol/primitives.ts). */
const LIMIT = 10n ** 18n;

/** "8", "8.5" and "8.00" in USD are 800n, 850n and 800n minor units; more decimals than the currency has are refused. */
export function parseAmount(text: string, currency: string): Result<bigint, AmountProblem> {
  const scale = scaleOf(currency);
  if (scale === undefined) return fail("currency-unknown");
  const [, whole, fraction = ""] = /^([0-9]{1,24})(?:\.([0-9]{1,24}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined) return fail("amount-malformed");
  if (fraction.length > scale) return fail("amount-too-precise");
  const minor = BigInt(whole + fraction.padEnd(scale, "0"));
  return minor < LIMIT ? ok(minor) : fail("amount-too-large");
}

/** 800n minor units of USD are "8.00". Throws for a currency that is not in the table: storing one is a bug. */
export function formatAmountPlain(minor: bigint, currency: string): string {
  const scale = scaleOf(currency);
  if (scale === undefined) throw new RangeError(`not an active currency: ${currency}`);
  const sign = minor < 0n ? "-" : "";
  const digits = String(minor < 0n ? -minor : minor).padStart(scale + 1, "0");
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

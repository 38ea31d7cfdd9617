/** GS1 trade item numbers: GTIN-8, -12, -13 and -14 are one number space, padded with zeros on the left. */
import { type Result, fail, ok } from "../result.ts";

/** The last digit of a GTIN, from the digits before it (GS1 General Specifications §7.9). */
export function checkDigit(digits: string): number {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const weight = (digits.length - at) % 2 === 1 ? 3 : 1;
    sum += weight * Number(digits[at]);
  }
  return (10 - (sum % 10)) % 10;
}

/**
 * The form the catalogue keys by: 13 digits, or 14 where the first is not zero (a trade unit of several items).
 * So a product scanned as EAN-8, UPC-A or EAN-13 is one product.
 */
export function normaliseGtin(text: string): Result<string, "gtin-invalid"> {
  const digits = text.trim();
  if (!/^(?:[0-9]{8}|[0-9]{12,14})$/.test(digits) || /^0+$/.test(digits)) return fail("gtin-invalid");
  if (checkDigit(digits.slice(0, -1)) !== Number(digits.slice(-1))) return fail("gtin-invalid");
  const padded = digits.padStart(14, "0");
  return ok(padded.startsWith("0") ? padded.slice(1) : padded);
}

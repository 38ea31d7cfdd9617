/** Exact fractions of integers: compared by cross-multiplication, written as decimals only for reading. */
import { roundHalfEven } from "./rates.ts";

export interface Fraction {
  over: bigint;
  /** above zero */
  under: bigint;
}

/** Below zero, zero or above it, as a is less than, equal to or more than b. */
export function compareFractions(a: Fraction, b: Fraction): number {
  const left = a.over * b.under;
  const right = b.over * a.under;
  return left === right ? 0 : left < right ? -1 : 1;
}

/** "1.0857" for 15200/14000 with four places, half to even. */
export function decimalOf(over: bigint, under: bigint, places: number): string {
  const scaled = roundHalfEven(over * 10n ** BigInt(places), under);
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(places + 1, "0");
  return `${scaled < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

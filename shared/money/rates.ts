/**
 * Conversion at reference rates (docs/protocol.md §6): exact rationals, rounded half to even once, at the very end.
 * A rate is "units of the currency for one unit of the base", a decimal string as published.
 */
import { scaleOf } from "./currency.ts";

export interface ReferenceRates {
  base: string;
  rates: Readonly<Record<string, string>>;
}

interface Rational {
  over: bigint;
  under: bigint;
}

/** The nearest integer; a tie goes to the even one. `under` must be positive. */
export function roundHalfEven(over: bigint, under: bigint): bigint {
  if (under <= 0n) throw new RangeError("the divisor must be positive");
  let quotient = over / under;
  let rest = over % under;
  if (rest < 0n) {
    quotient -= 1n;
    rest += under;
  }
  const twice = rest * 2n;
  const up = twice > under || (twice === under && quotient % 2n !== 0n);
  return up ? quotient + 1n : quotient;
}

/**
 * Sums minor units of several currencies into minor units of `target`. A currency without a rate (or without a
 * known minor unit) is left out and listed; the target itself needs no rate.
 */
export function convertSum(
  minorByCurrency: ReadonlyMap<string, bigint>,
  target: string,
  reference: ReferenceRates | null,
): { minor: bigint; unconverted: string[] } {
  const unconverted: string[] = [];
  let sum: Rational = { over: 0n, under: 1n };
  for (const [currency, minor] of [...minorByCurrency].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const factor = minorFactor(currency, target, reference);
    if (factor === null) {
      unconverted.push(currency);
      continue;
    }
    sum = {
      over: sum.over * factor.under + minor * factor.over * sum.under,
      under: sum.under * factor.under,
    };
  }
  return { minor: roundHalfEven(sum.over, sum.under), unconverted };
}

/** Minor units of one currency in minor units of another, rounded half to even; null without a rate for both. */
export function convertMinor(
  minor: bigint,
  currency: string,
  target: string,
  reference: ReferenceRates | null,
): bigint | null {
  const factor = minorFactor(currency, target, reference);
  return factor === null ? null : roundHalfEven(minor * factor.over, factor.under);
}

/** Units of `target` for one unit of `currency`, exactly: the quotient of two published decimals. */
export function crossRate(
  currency: string,
  target: string,
  reference: ReferenceRates,
): { over: bigint; under: bigint } | null {
  const from = rateOf(currency, reference);
  const to = rateOf(target, reference);
  return from === null || to === null ? null : { over: to.over * from.under, under: to.under * from.over };
}

/** Minor units of `target` for one minor unit of `currency`: for whoever converts many at the rates of one day. */
export function minorFactor(currency: string, target: string, reference: ReferenceRates | null): Rational | null {
  if (currency === target) return { over: 1n, under: 1n };
  const from = rateOf(currency, reference);
  const to = rateOf(target, reference);
  const fromScale = scaleOf(currency);
  const toScale = scaleOf(target);
  if (from === null || to === null || fromScale === undefined || toScale === undefined) return null;
  return {
    over: to.over * from.under * 10n ** BigInt(toScale),
    under: to.under * from.over * 10n ** BigInt(fromScale),
  };
}

function rateOf(currency: string, reference: ReferenceRates | null): Rational | null {
  if (reference === null) return null;
  if (currency === reference.base) return { over: 1n, under: 1n };
  const text = Object.hasOwn(reference.rates, currency) ? reference.rates[currency] : undefined;
  const [, whole, fraction = ""] = /^([0-9]+)(?:\.([0-9]+))?$/.exec(text ?? "") ?? [];
  if (whole === undefined) return null;
  const over = BigInt(whole + fraction);
  return over === 0n ? null : { over, under: 10n ** BigInt(fraction.length) };
}

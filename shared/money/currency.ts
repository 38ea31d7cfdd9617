/**
 * Active ISO 4217 currencies with the number of decimals of their minor unit. Generated from the list in
 * test/data/iso4217 (a test compares them); codes without a minor unit (metals, testing) are no money here.
 */
const CODES_BY_SCALE: Readonly<Record<number, string>> = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  2:
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF " +
    "CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL " +
    "HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU " +
    "MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR " +
    "SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED " +
    "VES WST XAD XCD XCG YER ZAR ZMW ZWG",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};

const scales: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES_BY_SCALE).flatMap(([scale, codes]) =>
    codes.split(" ").map((code) => [code, Number(scale)] as const),
  ),
);

export const currencyCodes: readonly string[] = [...scales.keys()].sort();

/** Decimals of the minor unit, or undefined for what is not an active currency. */
export function scaleOf(currency: string): number | undefined {
  return scales.get(currency);
}

export function isCurrency(code: string): boolean {
  return scales.has(code);
}

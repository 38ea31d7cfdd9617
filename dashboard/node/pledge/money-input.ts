/** How the reader's locale writes money in a field: symbol and decimal mark. */
import { formatLocale } from "../../parts/i18n.ts";

export function currencySymbol(currency: string): string {
  const format = new Intl.NumberFormat(formatLocale(), {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  });
  return format.formatToParts(0).find((part) => part.type === "currency")?.value ?? currency;
}

export function decimalMark(): string {
  return new Intl.NumberFormat(formatLocale()).formatToParts(0.5).find((part) => part.type === "decimal")?.value === ","
    ? ","
    : ".";
}

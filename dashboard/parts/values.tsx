/** Money, Quantity, When, Region: locale-aware for people, machine-readable for machines. */
import {
  formatDate,
  formatMoney,
  formatQuantity,
  formatRegion,
  formatRelative,
  minorToDecimal,
  currencyScale,
} from "./format.ts";

type Whole = string | number | bigint;

export function Money({
  minor,
  currency,
  compact = false,
  whole = false,
}: {
  minor: Whole;
  currency: string;
  compact?: boolean;
  whole?: boolean;
}) {
  return (
    <data class="num" value={`${minorToDecimal(minor, currencyScale(currency))} ${currency}`}>
      {formatMoney(minor, currency, { compact, whole })}
    </data>
  );
}

export function Quantity({ value, unit, compact = false }: { value: Whole; unit?: string; compact?: boolean }) {
  return (
    <data class="num" value={String(value)}>
      {formatQuantity(value, { compact })}
      {unit ? ` ${unit}` : ""}
    </data>
  );
}

export function When({ at, show = "date" }: { at: string; show?: "date" | "time" | "short" | "relative" }) {
  const text = show === "relative" ? formatRelative(at, Date.now()) : formatDate(at, show);
  return (
    <time dateTime={at} title={show === "relative" ? formatDate(at, "time") : at}>
      {text}
    </time>
  );
}

export function Region({ code }: { code: string }) {
  return <data value={code}>{formatRegion(code)}</data>;
}

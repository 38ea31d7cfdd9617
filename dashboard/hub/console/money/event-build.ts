/** From what was typed to an event, or to the names of the fields that are missing or wrong. The schema has the last word. */
import { fundEvents, type FundEvent } from "../../../../shared/protocol/fund.ts";
import { currencyScale, decimalToMinor } from "../../../parts/format.ts";
import type { EventSpec, FieldSpec } from "./event-fields.ts";

export type Values = Readonly<Record<string, string>>;

export interface Built {
  event: FundEvent | null;
  /** names of fields that are missing or wrong */
  wrong: string[];
}

/** `currencyOf` says the currency of what was picked in a field, once something was. */
export function buildEvent(spec: EventSpec, values: Values, currencyOf: (field: string) => string | null): Built {
  const event: Record<string, unknown> = { event: spec.event };
  const wrong: string[] = [];
  for (const field of spec.fields) {
    const text = (values[field.name] ?? "").trim();
    if (text === "") {
      if (!field.optional) wrong.push(field.name);
      else if (!field.omit) event[field.name] = field.kind === "prose" ? "" : null;
      continue;
    }
    const value = valueOf(field, text, currencyOf);
    if (value === undefined) wrong.push(field.name);
    else event[field.name] = value;
  }
  if (spec.named !== undefined) event["id"] = values["id"] ?? "";
  if (wrong.length > 0) return { event: null, wrong };
  return judged(event);
}

export function judged(event: Record<string, unknown>): Built {
  const parsed = fundEvents.safeParse(event);
  if (parsed.success) return { event: parsed.data, wrong: [] };
  return { event: null, wrong: [...new Set(parsed.error.issues.map(({ path }) => String(path[0] ?? "")))] };
}

function valueOf(field: FieldSpec, text: string, currencyOf: (field: string) => string | null): unknown {
  switch (field.kind) {
    case "money":
      return moneyOf(text, currencyOf(field.of), field.zero === true);
    case "units":
      return /^[1-9][0-9]{0,15}$/.test(text) ? text : undefined;
    case "percent":
      return basisPoints(text);
    case "number":
      return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
    case "country":
      return text.toUpperCase();
    case "line":
      return field.name === "provider" ? slugOf(text) : text;
    case "prose":
    case "choice":
    case "day":
    case "evidence":
    case "org-id":
    case "pick":
    case "url":
      return text;
  }
}

export function moneyOf(text: string, currency: string | null, zero: boolean): string | undefined {
  if (currency === null) return undefined;
  const minor = decimalToMinor(text, currencyScale(currency));
  if (minor === null || (minor === "0" && !zero)) return undefined;
  return minor;
}

/** "1" or "1,5" percent in basis points. */
function basisPoints(text: string): number | undefined {
  const minor = decimalToMinor(text, 2);
  if (minor === null) return undefined;
  const bps = Number(minor);
  return bps >= 1 && bps <= 10_000 ? bps : undefined;
}

/** 128 random bits: the same form sent twice is one proposal. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const SUFFIX = 5;

/** A few random characters that make an id of words one that nobody else has. */
export function newSuffix(): string {
  const random = crypto.getRandomValues(new Uint8Array(SUFFIX));
  return Array.from(random, (byte) => (byte % 36).toString(36)).join("");
}

export function slugOf(words: string): string {
  const plain = words
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
  return plain.replaceAll(/^-+|-+$/g, "") || "item";
}

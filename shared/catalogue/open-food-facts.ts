/**
 * One line of an Open Food Facts JSONL export -> a catalogue product. Reads both forms in the wild (plain strings,
 * and texts by language). What is not stated stays unknown: a missing weight is null, never zero.
 */
import { z } from "zod";
import type { Product } from "../protocol/api/network.ts";
import { type Result, fail, ok } from "../result.ts";
import { isoTime } from "../time.ts";
import { normaliseGtin } from "./gtin.ts";

export type ProductProblem = "malformed-json" | "product-malformed" | "gtin-invalid";
export interface ProductRefusal {
  code: ProductProblem;
  detail: string;
}

const MAX_NAME = 160;
const MAX_BRAND = 80;
const MAX_LISTED = 50;
const SOURCE = "Open Food Facts";

const text = z.string().max(4000).nullish();
const tag = z.union([z.string().max(200), z.object({ id: z.string().max(200) })]).nullish();
/** Grams; some exports write numbers as text. */
const grams = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^[0-9]+(\.[0-9]+)?$/)
      .transform(Number),
  ])
  .nullish();
const component = z.object({
  shape: tag,
  material: tag,
  recycling: tag,
  number_of_units: z
    .union([
      z.number(),
      z
        .string()
        .regex(/^[0-9]+$/)
        .transform(Number),
    ])
    .nullish(),
  weight_measured: grams,
  weight_specified: grams,
});
const line = z.object({
  code: z.string().max(40),
  product_name: z.union([text, z.array(z.object({ lang: z.string(), text: z.string().max(4000) })).max(200)]),
  brands: text,
  quantity: text,
  categories_tags: z.array(z.string().max(200)).max(500).nullish(),
  packagings: z.array(component).max(200).nullish(),
  packagings_complete: z.union([z.boolean(), z.number()]).nullish(),
  last_modified_t: z.number().int().min(0).max(253_402_300_799).nullish(),
});
type Line = z.infer<typeof line>;

export function parseProductLine(jsonLine: string): Result<Product, ProductRefusal> {
  let value: unknown;
  try {
    value = JSON.parse(jsonLine);
  } catch {
    return fail({ code: "malformed-json", detail: "not a line of JSON" });
  }
  const parsed = line.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return fail({ code: "product-malformed", detail: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}` });
  }
  const gtin = normaliseGtin(parsed.data.code);
  if (!gtin.ok) return fail({ code: "gtin-invalid", detail: `code ${parsed.data.code}` });
  return ok(productOf(gtin.value, parsed.data));
}

function productOf(gtin: string, source: Line): Product {
  const brand = oneLine(source.brands?.split(",")[0], MAX_BRAND);
  return {
    gtin,
    // A product nobody has named yet is still a product that can be scanned.
    name: nameOf(source.product_name) ?? brand ?? gtin,
    brand,
    quantity: oneLine(source.quantity, MAX_BRAND),
    categories: (source.categories_tags ?? []).slice(0, MAX_LISTED),
    packagings: (source.packagings ?? []).slice(0, MAX_LISTED).map((each) => ({
      shape: tagOf(each.shape),
      material: tagOf(each.material),
      recycling: tagOf(each.recycling),
      number_of_units: wholeNumber(each.number_of_units),
      weight_milligrams: milligrams(each.weight_measured ?? each.weight_specified),
    })),
    packagings_complete: source.packagings_complete === true || source.packagings_complete === 1,
    source: SOURCE,
    updated_at: isoTime(source.last_modified_t ?? 0),
  };
}

function nameOf(names: Line["product_name"]): string | null {
  if (!Array.isArray(names)) return oneLine(names, MAX_NAME);
  const main = names.find((name) => name.lang === "main") ?? names[0];
  return oneLine(main?.text, MAX_NAME);
}

function oneLine(words: string | null | undefined, max: number): string | null {
  const flat = (words ?? "").replaceAll(/[\s\u0000-\u001f\u007f]+/gu, " ").trim();
  if (flat === "") return null;
  if (flat.length <= max) return flat;
  // a cut may halve a character outside the basic plane
  const cut = flat.slice(0, max - 1).replace(/[\ud800-\udbff]$/, "");
  return `${cut.trimEnd()}…`;
}

function tagOf(value: z.infer<typeof tag>): string | null {
  const id = typeof value === "object" && value !== null ? value.id : value;
  return id === undefined || id === null || id === "" ? null : id;
}

function wholeNumber(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** A weight of zero grams is a form left empty, not a measurement. */
function milligrams(weight: number | null | undefined): number | null {
  if (weight === null || weight === undefined || !(weight > 0) || weight > 1e9) return null;
  return Math.round(weight * 1000);
}

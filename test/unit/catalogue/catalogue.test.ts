import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { checkDigit, normaliseGtin } from "../../../shared/catalogue/gtin.ts";
import { parseProductLine } from "../../../shared/catalogue/open-food-facts.ts";
import { product } from "../../../shared/protocol/api/network.ts";

function read(name: string) {
  return readFileSync(new URL(`../../data/openfoodfacts/${name}`, import.meta.url), "utf8");
}

test("EAN-8, UPC-A and EAN-13 of one product are one number; a trade unit keeps its fourteen digits", () => {
  expect(normaliseGtin("96385074")).toEqual({ ok: true, value: "0000096385074" });
  expect(normaliseGtin("036000291452")).toEqual({ ok: true, value: "0036000291452" });
  expect(normaliseGtin("4006381333931")).toEqual({ ok: true, value: "4006381333931" });
  expect(normaliseGtin("04006381333931")).toEqual({ ok: true, value: "4006381333931" });
  expect(normaliseGtin("14006381333938")).toEqual({ ok: true, value: "14006381333938" });
});

test.each([
  "4006381333932",
  "400638133393",
  "",
  "0000000000000",
  "40063813339311",
  "4006381 333931",
  "４００６３８１３３３９３１",
])("%j is not a GTIN", (text) => {
  expect(normaliseGtin(text)).toEqual({ ok: false, error: "gtin-invalid" });
});

test("changing any one digit breaks the check digit", () => {
  const digits = fc.stringMatching(/^[1-9][0-9]{11}$/);
  fc.assert(
    fc.property(digits, fc.nat(12), fc.integer({ min: 1, max: 9 }), (body, at, by) => {
      const gtin = body + String(checkDigit(body));
      const changed = gtin.slice(0, at) + String((Number(gtin[at]) + by) % 10) + gtin.slice(at + 1);
      expect(normaliseGtin(gtin).ok).toBe(true);
      expect(normaliseGtin(changed).ok).toBe(false);
    }),
  );
});

test("of 1,000 real products 996 have a valid GTIN, 66 list packaging, and no weight is ever made up", () => {
  const lines = read("products_1000_min.jsonl").trim().split("\n");
  const results = lines.map((line) => parseProductLine(line));
  const products = results.flatMap((result) => (result.ok ? [result.value] : []));
  expect(lines.length).toBe(1000);
  expect(results.flatMap((result) => (result.ok ? [] : [result.error.code]))).toEqual(Array(4).fill("gtin-invalid"));
  expect(new Set(products.map(({ gtin }) => gtin)).size).toBe(996);
  const listed = lines.filter((line) => (JSON.parse(line) as { packagings: unknown[] }).packagings.length > 0);
  expect(listed.length).toBe(66);
  // three of the four with a wrong number list packaging too
  expect(products.filter(({ packagings }) => packagings.length > 0).length).toBe(63);
  expect(products.filter(({ packagings_complete }) => packagings_complete).length).toBe(10);
  expect(
    products
      .flatMap(({ packagings }) => packagings.map((each) => each.weight_milligrams))
      .every((weight) => weight === null),
  ).toBe(true);
  for (const each of products) expect(product.safeParse(each).error).toBeUndefined();
  expect(products[0]).toMatchObject({
    gtin: "0000101209159",
    name: "Véritable pâte à tartiner noisettes chocolat noir",
    brand: "Bovetti",
    quantity: "350 g",
    packagings: [
      { shape: "en:jar", material: "en:glass", number_of_units: 1, weight_milligrams: null },
      { shape: "en:lid" },
    ],
  });
});

test("the server's own form with names as text and tags as objects gives weights in milligrams", () => {
  const source = JSON.parse(read("packaging_quantity_and_weight.json")) as object;
  const parsed = parseProductLine(JSON.stringify({ ...source, code: "4006381333931", product_name: "Marker" }));
  expect(parsed).toMatchObject({
    ok: true,
    value: {
      name: "Marker",
      packagings: [
        {
          material: "en:pet-1-polyethylene-terephthalate",
          shape: "en:bottle",
          number_of_units: 6,
          weight_milligrams: 10_000,
        },
        { material: "en:wood", shape: "en:box", number_of_units: 1, weight_milligrams: 25_500 },
      ],
    },
  });
});

test("a weight of zero is unknown, a long name is cut between characters, a nameless product shows its number", () => {
  const line = (more: object) => {
    const result = parseProductLine(JSON.stringify({ code: "4006381333931", product_name: "", ...more }));
    if (!result.ok) throw new Error(result.error.code);
    return result.value;
  };
  expect(line({ packagings: [{ weight_measured: 0 }] }).packagings[0]?.weight_milligrams).toBeNull();
  expect(line({}).name).toBe("4006381333931");
  expect(line({ brands: "A, B" }).name).toBe("A");
  const long = line({ product_name: `${"x".repeat(158)}🧼🧼` }).name;
  expect(long.isWellFormed() && long.length <= 160).toBe(true);
  expect(line({ product_name: " a\u0000\n b " }).name).toBe("a b");
});

test.each([
  ["{", "malformed-json"],
  ["[]", "product-malformed"],
  ['{"code":5}', "product-malformed"],
  ['{"code":"4006381333932","product_name":"x"}', "gtin-invalid"],
])("%s is refused as %s", (line, code) => {
  expect(parseProductLine(line)).toMatchObject({ ok: false, error: { code } });
});

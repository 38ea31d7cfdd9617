/** Real products and real rates into a hub: nothing is lost silently, nothing unknown becomes zero. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import daily from "../../data/ecb/eurofxref-daily-sample.csv?raw";
import hist from "../../data/ecb/eurofxref-hist-2024-on.csv?raw";
import products from "../../data/openfoodfacts/products_1000_min.jsonl?raw";
import { ratePortions } from "../../../shared/money/ecb-portions.ts";
import { type ImportResult, MAX_RATE_DAYS, type Product } from "../../../shared/protocol/api/network.ts";
import type { Answer } from "../person.ts";
import { type City, city, codeOf, expectReplayEqualsTables } from "./city.ts";

const lines = products.split("\n").filter((line) => line !== "");

let world: City;

beforeEach(async () => {
  world = await city();
});

async function post(path: string, body: string, type: string): Promise<Answer> {
  // the operator's cookie, with a body that is not JSON
  const cookie = [...world.operator.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const response = await world.fetch(path, { method: "POST", body, headers: { "content-type": type, cookie } });
  const parsed = await response.clone().json<Record<string, unknown>>();
  return { status: response.status, code: codeOf(parsed), body: parsed, response };
}

async function importChunks(all: string[]): Promise<ImportResult> {
  const sum: ImportResult = { read: 0, added: 0, updated: 0, unchanged: 0, skipped: [] };
  for (let at = 0; at < all.length; at += 400) {
    const { status, body } = await post(
      "/api/products/import",
      all.slice(at, at + 400).join("\n"),
      "application/x-ndjson",
    );
    expect(status).toBe(200);
    const part = body as unknown as ImportResult;
    sum.read += part.read;
    sum.added += part.added;
    sum.updated += part.updated;
    sum.unchanged += part.unchanged;
    sum.skipped.push(...part.skipped);
  }
  return sum;
}

async function product(gtin: string): Promise<Product> {
  return await (await world.fetch(`/api/products/${gtin}`)).json();
}

describe("importing products", () => {
  it("takes a thousand real ones, tells what it skipped and why, and is idempotent", async () => {
    const first = await importChunks(lines);
    expect(first.read).toBe(lines.length);
    expect(first.added + first.updated + first.unchanged + first.skipped.length).toBe(first.read);
    expect(first.added).toBeGreaterThan(900);
    expect(new Set(first.skipped.map(({ code }) => code))).toEqual(
      new Set(first.skipped.length > 0 ? ["gtin-invalid"] : []),
    );
    const stored = await env.DB.prepare("SELECT count(*) AS n FROM product").first<number>("n");
    expect(stored).toBe(first.added);
    const again = await importChunks(lines);
    expect(again).toMatchObject({ added: 0, skipped: first.skipped });
    expect(await env.DB.prepare("SELECT count(*) AS n FROM product").first<number>("n")).toBe(stored);
  });

  it("keeps packaging as it is known: a missing weight stays unknown", async () => {
    await importChunks(lines.slice(0, 100));
    const jar = await product("0000101209159");
    expect(jar).toMatchObject({ brand: "Bovetti", quantity: "350 g", packagings_complete: true });
    expect(jar.packagings).toContainEqual({
      shape: "en:jar",
      material: "en:glass",
      recycling: "en:recycle-in-sorting-bin",
      number_of_units: 1,
      weight_milligrams: null,
    });
  });

  it("skips a bad line with its number and code, and keeps the rest", async () => {
    const body = [lines[0], "{", '{"code":"4006381333932","product_name":"Pen"}', '{"code":7}', lines[1]].join("\n");
    const { body: result } = await post("/api/products/import", body, "application/x-ndjson");
    expect(result).toMatchObject({
      read: 5,
      added: 2,
      skipped: [
        { line: 2, code: "malformed-json" },
        { line: 3, code: "gtin-invalid" },
        { line: 4, code: "product-malformed" },
      ],
    });
  });

  it("updates what has changed and nothing else", async () => {
    await importChunks(lines.slice(0, 50));
    const changed = JSON.stringify({ ...(JSON.parse(lines[0] ?? "") as object), quantity: "351 g" });
    const { body } = await post(
      "/api/products/import",
      [changed, ...lines.slice(1, 50)].join("\n"),
      "application/x-ndjson",
    );
    expect(body).toMatchObject({ updated: 1, unchanged: 49, added: 0 });
    expect(await product("0000101209159")).toMatchObject({ quantity: "351 g" });
  });

  it("refuses too many lines, too many bytes and another type", async () => {
    const many = Array.from({ length: 501 }, () => "{}").join("\n");
    expect((await post("/api/products/import", many, "application/x-ndjson")).code).toBe("body-too-large");
    expect((await post("/api/products/import", "x".repeat(1024 * 1024 + 1), "application/x-ndjson")).code).toBe(
      "body-too-large",
    );
    expect((await post("/api/products/import", "{}", "application/json")).code).toBe("unsupported-media-type");
  });

  it("finds by words, by GTIN in any of its lengths, and page by page", async () => {
    await importChunks(lines.slice(0, 200));
    type Page = { products: Product[]; next: string | null; total: number };
    const find = async (query: string): Promise<Page> => await (await world.fetch(`/api/products?${query}`)).json();
    const tea = await find("q=herbal%20TEA");
    expect(tea.products.length).toBe(tea.total);
    expect(tea.products.every(({ name, brand }) => /herbal/i.test(`${name} ${brand ?? ""}`))).toBe(true);
    expect((await find("q=101209159")).total).toBe(0);
    expect((await find("q=0000101209159")).products.map(({ gtin }) => gtin)).toEqual(["0000101209159"]);
    expect((await find("q=000101209159")).products.map(({ gtin }) => gtin)).toEqual(["0000101209159"]);
    const seen: string[] = [];
    for (let next: string | null = ""; next !== null;) {
      const page: Page = await find(`limit=70${next === "" ? "" : `&after=${next}`}`);
      seen.push(...page.products.map(({ gtin }) => gtin));
      next = page.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe((await find("")).total);
    expect((await world.fetch("/api/products/4006381333931")).status).toBe(404);
  });
});

describe("importing rates", () => {
  it("logs the newest day of the file, once", async () => {
    const [newest = "", ...older] = ratePortions(hist, MAX_RATE_DAYS);
    const first = await post("/api/rates/import", newest, "text/csv");
    expect({ status: first.status, days: first.body["days"] }).toEqual({ status: 201, days: MAX_RATE_DAYS });
    for (const portion of older) {
      const { status, body, response } = await post("/api/rates/import", portion, "text/csv");
      expect(status).toBe(200);
      const [, written] = /written=(\d+)/.exec(response.headers.get("x-cocoon-db") ?? "") ?? [];
      // a row a day, and the time of the session
      expect(Number(written)).toBeLessThanOrEqual(Number(body["days"]) + 1);
    }
    const rates = await (await world.fetch("/api/rates")).json<Record<string, unknown>>();
    expect(rates).toMatchObject({
      source: "European Central Bank",
      base: "EUR",
      date: "2026-04-13",
      index: first.body["index"],
    });
    const again = await post("/api/rates/import", daily, "text/csv");
    expect({ status: again.status, body: again.body }).toEqual({ status: 200, body: { ...first.body, days: 0 } });
    expect((await world.network()).rates_date).toBe("2026-04-13");
    await expectReplayEqualsTables();
  });

  it("takes at most a hundred days at once, and the daily XML like the CSV", async () => {
    expect((await post("/api/rates/import", hist, "text/csv")).code).toBe("rates-too-many");
    const xml = `<e:Envelope xmlns:e="x"><Cube><Cube time='2026-04-13'><Cube currency='USD' rate='1.1684'/></Cube></Cube></e:Envelope>`;
    expect((await post("/api/rates/import", xml, "application/xml")).status).toBe(201);
    expect((await post("/api/rates/import", "<e/>", "application/xml")).code).toBe("rates-invalid");
    expect((await post("/api/rates/import", daily, "text/plain")).code).toBe("unsupported-media-type");
  });

  it("answers for a day with the last published one before it, at most a week back", async () => {
    for (const portion of ratePortions(hist, MAX_RATE_DAYS)) await post("/api/rates/import", portion, "text/csv");
    const ask = async (query: string) => {
      const response = await world.fetch(`/api/rates?${query}`);
      const body = await response.json<Record<string, unknown>>();
      return { status: response.status, code: codeOf(body), date: body["date"], body };
    };
    // Easter: 2026-04-02 was the last working day
    const easter = await ask("date=2026-04-06&currency=USD&to=GBP");
    expect(easter).toMatchObject({ status: 200, date: "2026-04-02" });
    const { rates, cross, note } = easter.body as {
      rates: Record<string, string>;
      cross: { over: string; under: string; decimal: string };
      note: string;
    };
    expect(Object.keys(rates).toSorted()).toEqual(["GBP", "USD"]);
    expect(Number(cross.decimal)).toBeCloseTo(Number(rates["GBP"]) / Number(rates["USD"]), 7);
    expect(note).toBe("for information only");
    expect(await ask("date=2026-06-01&currency=USD")).toMatchObject({ status: 404, code: "rate-missing" });
    expect(await ask("date=2023-12-31")).toMatchObject({ status: 404, code: "rate-missing" });
    expect(await ask("date=2025-12-30&currency=BGN")).toMatchObject({ status: 200, date: "2025-12-30" });
    expect(await ask("date=2026-01-05&currency=BGN")).toMatchObject({ status: 404, code: "currency-not-quoted" });
    expect(await ask("date=2026-01-05&currency=RUB")).toMatchObject({ status: 404, code: "currency-not-quoted" });
    expect(await ask("date=2026-01-05&currency=QQQ")).toMatchObject({ status: 400, code: "currency-unknown" });
    expect(await ask("date=2026-02-30")).toMatchObject({ status: 400, code: "malformed-request" });
    expect(await ask("currency=EUR")).toMatchObject({ status: 200, body: { cross: { decimal: "1.00000000" } } });
  });

  it("refuses what is not such a file", async () => {
    for (const body of ["", "Date,USD\n", "Date,USD\n2026-04-13,abc\n", "<html>"]) {
      expect((await post("/api/rates/import", body, "text/csv")).code).toBe("rates-invalid");
    }
  });

  it("converts other currencies into the reference currency, and lists one without a rate", async () => {
    const node = await world.admitted("a.example.org");
    const euro = await world.publish({ name: "Soap", currency: "EUR" });
    node.pledge(euro, "10", 0);
    await world.report(node);
    expect(await world.network()).toMatchObject({
      purchasing_power_minor: "0",
      unconverted: ["EUR"],
      by_currency: { EUR: "6000" },
    });
    await post("/api/rates/import", daily, "text/csv");
    // 60.00 EUR × 1.1684 = 70.104 USD
    expect(await world.network()).toMatchObject({ purchasing_power_minor: "7010", unconverted: [] });
  });
});

/** Open data as files, from a ledger with each kind of award in it. */
import { XMLParser } from "fast-xml-parser";
import { beforeEach, describe, expect, it } from "vitest";
import { type Treasury, treasury } from "./treasury.ts";

let world: Treasury;

async function text(path: string): Promise<string> {
  const response = await world.fetch(path);
  expect({ path, status: response.status }).toEqual({ path, status: 200 });
  expect(response.headers.get("link")).toContain('rel="license"');
  return await response.text();
}

beforeEach(async () => {
  world = await treasury();
  const on = world.today;
  const plan = [{ due_on: on, principal_minor: "200000", interest_minor: "0" }];
  await world.record([
    world.award("trial", "305", { title: "=cmd|' /C calc'!A0" }),
    world.award("line", "200000", { instrument: "loan", use: "market_development", schedule: plan, is_pri: true }),
    { event: "disbursement", award: "line", amount_minor: "200000", on, evidence_sha256: null },
    { event: "repayment", award: "line", principal_minor: "50000", interest_minor: "100", on, evidence_sha256: null },
  ]);
});

describe("the files", () => {
  it("hold grants for 360Giving, with exact amounts, and no loans", async () => {
    const body = JSON.parse(await text("/exports/360giving.json")) as { grants: Record<string, unknown>[] };
    expect(body.grants.map(({ id, amountAwarded, currency }) => ({ id, amountAwarded, currency }))).toEqual([
      { id: "360G-hub_example_org-trial", amountAwarded: 3.05, currency: "EUR" },
    ]);
  });

  it("disarm what a spreadsheet would run", async () => {
    for (const path of ["/exports/360giving.csv", "/exports/awards.csv"]) {
      expect(await text(path)).toContain("'=cmd|");
    }
  });

  it("hold loans for IATI: commitment, payment, interest, repayment, with their days and currency", async () => {
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "@", parseTagValue: false });
    const { "iati-activities": root } = parser.parse(await text("/exports/iati.xml")) as {
      "iati-activities": { "iati-activity": Record<string, unknown> };
    };
    const activity = root["iati-activity"];
    expect(activity["default-finance-type"]).toEqual({ "@code": "421" });
    const transactions = activity["transaction"] as Record<string, Record<string, string>>[];
    expect(transactions.map((one) => [one["transaction-type"]?.["@code"], one["value"]?.["#text"]])).toEqual([
      ["2", "2000.00"],
      ["3", "2000.00"],
      ["6", "500.00"],
      ["5", "1.00"],
    ]);
  });

  it("list the newest awards as a feed that a reader can parse", async () => {
    const { feed } = new XMLParser().parse(await text("/exports/awards.atom")) as {
      feed: { entry: unknown[]; id: string };
    };
    expect(feed.entry).toHaveLength(2);
  });

  it("have exactly the columns that the data dictionary explains", async () => {
    const { files } = JSON.parse(await text("/exports/data-dictionary.json")) as {
      files: Record<string, Record<string, string>>;
    };
    for (const name of ["awards.csv", "transfers.csv"]) {
      const [header = "", first = ""] = (await text(`/exports/${name}`)).split("\n");
      expect(header.split(",")).toEqual(Object.keys(files[name] ?? {}));
      expect(first.split(",").length).toBeGreaterThanOrEqual(header.split(",").length);
    }
  });
});

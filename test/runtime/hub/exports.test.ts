/** Open data as files, from a ledger with each kind of award in it. */
import { XMLParser } from "fast-xml-parser";
import { beforeEach, describe, expect, it } from "vitest";
import { codeOf } from "./city.ts";
import { type NodeDouble, random } from "./node-double.ts";
import { type Treasury, treasury } from "./treasury.ts";

let world: Treasury;
let campaign: string;
let community: NodeDouble;

async function text(path: string): Promise<string> {
  const response = await world.fetch(path);
  expect({ path, status: response.status }).toEqual({ path, status: 200 });
  expect(response.headers.get("link")).toContain('rel="license"');
  return await response.text();
}

beforeEach(async () => {
  world = await treasury();
  campaign = await world.publish({ name: "=cmd|' /C calc'!A0", currency: "EUR" });
  community = await world.admitted("a.example.org");
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

  it("hold campaigns, communities and funds, with what a stranger's name would run disarmed", async () => {
    expect(await text("/exports/campaigns.csv")).toContain("'=cmd|");
    expect(await text("/exports/communities.csv")).toContain(`${community.origin},Community at ${community.origin}`);
    expect(await text("/exports/funds.csv")).toContain("basics,Basics,,EUR,open,Less plastic,0.00,10000.00,");
  });

  it("have exactly the columns that the data dictionary explains", async () => {
    const { files } = JSON.parse(await text("/exports/data-dictionary.json")) as {
      files: Record<string, Record<string, string>>;
    };
    for (const name of ["awards.csv", "transfers.csv", "campaigns.csv", "communities.csv", "funds.csv"]) {
      const [header = "", first = ""] = (await text(`/exports/${name}`)).split("\n");
      expect(header.split(",")).toEqual(Object.keys(files[name] ?? {}));
      expect({ name, cells: first.split(",").length >= header.split(",").length }).toEqual({ name, cells: true });
    }
  });
});

describe("a hypercert", () => {
  const DAY = "2026-09-21";
  const refused = async (id: string): Promise<unknown> => {
    const response = await world.fetch(`/exports/hypercert/${id}.json`);
    return { status: response.status, code: codeOf(await response.json()) };
  };

  it("is of a fulfilled campaign only, and names communities and funders, no person", async () => {
    expect(await refused("A".repeat(43))).toEqual({ status: 404, code: "campaign-unknown" });
    expect(await refused(campaign)).toEqual({ status: 409, code: "campaign-not-fulfilled" });
    community.pledge(campaign, "3", 2);
    await world.report(community);
    const { body } = await world.operator.call("POST", `/api/campaigns/${campaign}/close`, {
      outcome: "locked",
      band: 1,
      reason: "reached",
    });
    const leaf = String(body["leaf"]);
    expect(await refused(campaign)).toEqual({ status: 409, code: "campaign-not-fulfilled" });
    world.rules.set(campaign, { bands: 3, max_qty: 20n, closing: { leaf, outcome: "locked", band: 1 } });
    const bought = { q: "3", m: "2100", k: "receipt", w: "2026-W39" } as const;
    community.append(
      { t: "lock", c: campaign, b: 1, x: leaf, n: random(), d: DAY },
      { t: "purchase", c: campaign, ...bought, cm: random(32), d: DAY },
    );
    world.later(61);
    await world.report(community);
    const funder = (id: string, name: string, kind: string) => ({
      event: "funder",
      id,
      name,
      org_id: null,
      kind,
      country: null,
      url: null,
    });
    const fund = (id: string) => ({
      event: "fund",
      id: `${id}-fund`,
      name: id,
      funder: id,
      currency: "EUR",
      restriction: { purpose: "" },
      status: "open",
    });
    const paid = { amount_minor: "500", on: world.today, evidence_sha256: null };
    const given = (id: string) => [
      { event: "receipt", funder: id, fund: `${id}-fund`, commitment: null, ...paid },
      world.award(`${id}-award`, "500", { fund: `${id}-fund`, campaign }),
      { event: "disbursement", award: `${id}-award`, ...paid },
    ];
    await world.record([
      funder("harbour", "Harbour Bank", "company"),
      funder("jane", "Individual giver", "individual"),
      fund("harbour"),
      fund("jane"),
    ]);
    await world.record([...given("harbour"), ...given("jane")]);
    const certificate = await text(`/exports/hypercert/${campaign}.json`);
    expect(certificate).not.toContain("Individual");
    const { hypercert } = JSON.parse(certificate) as { hypercert: Record<string, { value: unknown }> };
    expect(hypercert["contributors"]?.value).toEqual(["Community at a.example.org (a.example.org)", "Harbour Bank"]);
    const closed = Math.floor(world.clock.now / 1000) - 61;
    expect(hypercert["work_timeframe"]?.value).toEqual([expect.any(Number), closed]);
    expect(hypercert["impact_timeframe"]?.value).toEqual([closed, 0]);
  });
});

/** The life of campaigns and communities as the numbers see it: docs/protocol.md §6. */
import { beforeEach, describe, expect, it } from "vitest";
import type { CampaignDetail, History } from "../../../shared/protocol/api/network.ts";
import { type City, START, campaignTerms, city, expectReplayEqualsTables } from "./city.ts";
import { DAY, type NodeDouble, random } from "./node-double.ts";

const DAY_S = 86_400;

let world: City;
let node: NodeDouble;
let campaign: string;

beforeEach(async () => {
  world = await city({ REPORT_INTERVAL_S: "0" });
  node = await world.admitted("a.example.org");
  campaign = await world.publish();
});

async function campaignNow(): Promise<CampaignDetail> {
  return await (await world.fetch(`/api/campaigns/${campaign}`)).json();
}

async function close(body: Record<string, unknown>): Promise<{ status: number; code: string; leaf: string }> {
  const answer = await world.operator.call("POST", `/api/campaigns/${campaign}/close`, body);
  return { status: answer.status, code: answer.code, leaf: answer.body["leaf"] as string };
}

describe("publishing", () => {
  it.each([
    ["campaign-bands", { bands_minor: ["700", "700"] }],
    ["campaign-bands", { bands_minor: ["800", "700"] }],
    ["currency-unknown", { currency: "XXQ" }],
    ["campaign-closing-date", { closes: new Date(START - 1000).toISOString() }],
    ["gtin-invalid", { product: { gtin: "4006381333932", name: "Pen", brand: null } }],
    ["malformed-request", { max_qty: "0" }],
    ["malformed-request", { price: "1" }],
  ])("refuses with %s", async (code, change) => {
    const before = await world.network();
    const answer = await world.operator.call("POST", "/api/campaigns", { ...campaignTerms(), ...change });
    expect(answer.code).toBe(code);
    expect(await world.network()).toEqual(before);
  });

  it("shows the terms under the leaf of the entry, at the size of the log", async () => {
    const shown = await campaignNow();
    expect(shown).toMatchObject({
      id: campaign,
      state: "open",
      bands_minor: ["600", "700", "800"],
      units_by_band: ["0", "0", "0"],
    });
    expect(shown.log.size).toBe((await world.network()).log.size);
  });

  it("pages newest first", async () => {
    const second = await world.publish({ name: "Soap" });
    const one = await (
      await world.fetch("/api/campaigns?limit=1")
    ).json<{ campaigns: { id: string }[]; next: string }>();
    expect(one.campaigns.map(({ id }) => id)).toEqual([second]);
    const two = await (await world.fetch(`/api/campaigns?limit=1&after=${one.next}`)).json<typeof one>();
    expect(two).toMatchObject({ campaigns: [{ id: campaign }], next: null });
  });
});

describe("amending", () => {
  it("changes text and closing date, and nothing once the campaign is closed", async () => {
    const closes = new Date(START + 60 * DAY_S * 1000).toISOString();
    const body = { text: "Longer", closes, reason: "the supplier asked" };
    expect((await world.operator.call("POST", `/api/campaigns/${campaign}/amend`, body)).status).toBe(201);
    expect(await campaignNow()).toMatchObject({ text: "Longer", closes: closes.replace(".000Z", "Z") });
    expect((await close({ outcome: "released", band: null, reason: "no offer" })).status).toBe(201);
    expect((await world.operator.call("POST", `/api/campaigns/${campaign}/amend`, body)).code).toBe("campaign-closed");
    await expectReplayEqualsTables();
  });

  it("refuses a date in the past and a campaign it does not know", async () => {
    const past = { closes: new Date(START - 1000).toISOString(), reason: "" };
    expect((await world.operator.call("POST", `/api/campaigns/${campaign}/amend`, past)).code).toBe(
      "campaign-closing-date",
    );
    expect((await world.operator.call("POST", `/api/campaigns/${random(32)}/amend`, { reason: "" })).code).toBe(
      "campaign-unknown",
    );
  });
});

describe("closing", () => {
  it("locks pledges from the band reached, once the community's book says so", async () => {
    node.pledge(campaign, "3", 2);
    node.pledge(campaign, "5", 0);
    await world.report(node);
    expect((await world.network()).purchasing_power_minor).toBe("5400");
    const { leaf } = await close({ outcome: "locked", band: 1, reason: "700 reached" });
    // pledged leaves at once, committed comes with the community's next report
    expect(await world.network()).toMatchObject({ purchasing_power_minor: "0", pledges: 0 });
    world.rules.set(campaign, { bands: 3, max_qty: 20n, closing: { leaf, outcome: "locked", band: 1 } });
    node.append({ t: "lock", c: campaign, b: 1, x: leaf, n: random(), d: DAY });
    await world.report(node);
    expect(await world.network()).toMatchObject({
      purchasing_power_minor: "2400",
      pledges: 1,
      stages: { pledged: "0", committed: "3" },
    });
    expect(await campaignNow()).toMatchObject({
      state: "locked",
      closing: { band: 1, reason: "700 reached", leaf },
      by_community: [{ origin: node.origin, pledges: 1, committed: "3", pledged: "0" }],
    });
    await expectReplayEqualsTables();
  });

  it("refuses a second closing and a band that does not fit", async () => {
    expect((await close({ outcome: "locked", band: 3, reason: "" })).code).toBe("campaign-bands");
    expect((await close({ outcome: "released", band: 1, reason: "" })).code).toBe("campaign-bands");
    expect((await close({ outcome: "released", band: null, reason: "" })).status).toBe(201);
    expect((await close({ outcome: "released", band: null, reason: "" })).code).toBe("campaign-closed");
  });

  it("happens by date when log time reaches it, without a request", async () => {
    node.pledge(campaign, "3", 2);
    world.later(29 * DAY_S);
    await world.report(node);
    expect((await world.network()).pledges).toBe(1);
    world.later(DAY_S);
    await world.settle();
    expect(await world.network()).toMatchObject({ pledges: 0, purchasing_power_minor: "0" });
    expect(await campaignNow()).toMatchObject({ state: "ended" });
    await world.operator.signIn(); // thirty days on, the session has ended
    const { body } = await world.operator.call("GET", "/api/console");
    expect(body["todos"]).toContainEqual(expect.objectContaining({ kind: "campaign-past-closing", subject: campaign }));
    await expectReplayEqualsTables();
  });
});

describe("communities", () => {
  it("leave the numbers when suspended and come back when resumed", async () => {
    node.pledge(campaign, "3", 2);
    await world.report(node);
    expect((await world.operator.call("GET", `/api/communities/${node.origin}`)).body).toMatchObject({
      quota: { report_interval_s: 0, entries: 32 },
    });
    const suspend = `/api/communities/${node.origin}/suspend`;
    expect((await world.operator.call("POST", suspend, { reason: "to be explained" })).status).toBe(201);
    expect((await world.network()).pledges).toBe(0);
    expect(await world.community(node.origin)).toMatchObject({
      status: "suspended",
      reason: "to be explained",
      pledges: 0,
    });
    expect((await world.operator.call("POST", suspend, { reason: "once more" })).code).toBe("status-conflict");
    expect(
      (await world.operator.call("POST", `/api/communities/${node.origin}/resume`, { reason: "fine" })).status,
    ).toBe(201);
    expect((await world.network()).pledges).toBe(1);
    await expectReplayEqualsTables();
  });

  it("leave the live numbers fourteen days after their last report", async () => {
    await world.operator.call("POST", `/api/campaigns/${campaign}/amend`, {
      closes: new Date(START + 90 * DAY_S * 1000).toISOString(),
      reason: "",
    });
    node.pledge(campaign, "3", 2);
    await world.report(node);
    world.later(14 * DAY_S);
    await world.settle();
    expect((await world.network()).pledges).toBe(1);
    world.later(1);
    await world.settle();
    expect(await world.network()).toMatchObject({ pledges: 0, communities: 0 });
    expect(await world.community(node.origin)).toMatchObject({ fresh: false });
    await world.report(node);
    expect((await world.network()).pledges).toBe(1);
    await expectReplayEqualsTables();
  });

  it("are listed by origin, page by page", async () => {
    await world.admitted("b.example.org");
    type Page = { communities: { origin: string }[]; next: string | null };
    const one = await (await world.fetch("/api/communities?limit=1")).json<Page>();
    expect(one.communities.map(({ origin }) => origin)).toEqual(["a.example.org"]);
    const two = await (await world.fetch(`/api/communities?limit=1&after=${String(one.next)}`)).json<Page>();
    expect(two).toMatchObject({ communities: [{ origin: "b.example.org" }], next: null });
  });
});

describe("history", () => {
  it("has one point a day, the last totals logged on it, and one per statement", async () => {
    for (const qty of ["1", "2"]) {
      node.pledge(campaign, qty, 0);
      await world.report(node);
      world.later(DAY_S);
    }
    await world.settle();
    await world.publish({ name: "Soap" });
    const days = await (await world.fetch("/api/history")).json<History>();
    expect(days.points.map(({ date, pledged }) => [date, pledged])).toEqual([
      ["2026-09-21", "1"],
      ["2026-09-22", "3"],
      ["2026-09-23", "3"],
    ]);
    const statements = await (await world.fetch("/api/history?resolution=statement")).json<History>();
    expect(statements.points.length).toBeGreaterThan(3);
    expect(statements.points.map(({ size }) => size)).toEqual(
      statements.points.map(({ size }) => size).toSorted((a, b) => a - b),
    );
  });
});

/** Alerts at a real hub: what fires and what does not, by mail and by signed webhook, and an outbox that loses nothing. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import products from "../../data/openfoodfacts/products_1000_min.jsonl?raw";
import { toBase64url } from "../../../shared/bytes.ts";
import { deliver } from "../../../workers/hub/jobs/deliver.ts";
import { fireAlerts } from "../../../workers/hub/jobs/fire-alerts.ts";
import { meter } from "../../../workers/lib/d1.ts";
import { type Person, person } from "../person.ts";
import { PAGE } from "./city.ts";
import type { NodeDouble } from "./node-double.ts";
import { codeFor, freshAddress, mailsTo, WITH_MAIL } from "./post.ts";
import { type Treasury, treasury } from "./treasury.ts";

const HOOK = "https://hooks.example.org/cocoon";
const NOTHING = {
  campaign: null,
  category: null,
  region: null,
  min_units: null,
  at_price_minor: null,
  currency: null,
  webhook: HOOK,
};

interface Post {
  url: string;
  headers: Headers;
  body: string;
}

let world: Treasury;
let funder: Person;
let node: NodeDouble;
let campaign: string;
let posts: Post[];
/** what the other side answers */
let answer: () => Response | Promise<Response>;

beforeEach(async () => {
  world = await treasury(WITH_MAIL);
  funder = await world.account("funder", "meridian");
  node = await world.admitted("oak.example.org");
  campaign = await world.publish();
  posts = [];
  answer = () => new Response(null, { status: 204 });
  const nodes = vi.mocked(globalThis.fetch).getMockImplementation();
  vi.mocked(globalThis.fetch).mockImplementation(async (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    if (!url.startsWith("https://hooks.")) return await (nodes?.(input, init) ?? Promise.reject(new Error("no nodes")));
    posts.push({ url, headers: new Headers(init?.headers), body: typeof init?.body === "string" ? init.body : "" });
    return await answer();
  });
});

async function make(change: Record<string, unknown>, who = funder) {
  return await who.call("POST", "/api/alerts", { ...NOTHING, ...change });
}
const units = { kind: "units_at_price", min_units: "10" };

/** As many accounts with two units each, at a band, and a verdict on the report. */
async function demand(accounts: number, band = 1): Promise<string[]> {
  const leaves = Array.from({ length: accounts }, () => node.pledge(campaign, "2", band));
  await reported();
  return leaves;
}
async function reported(): Promise<void> {
  world.later(3600);
  await world.report(node);
  await world.settle();
}
async function withdrawn(leaves: readonly string[]): Promise<void> {
  for (const r of leaves) {
    const n = toBase64url(crypto.getRandomValues(new Uint8Array(16)));
    node.append({ t: "withdraw", r, why: "left", d: "2026-09-21", n });
  }
  await reported();
}
async function run(): Promise<void> {
  await fireAlerts(world.hub);
  await deliver(world.hub);
}
async function alerts(who = funder): Promise<Record<string, unknown>[]> {
  return (await who.call("GET", "/api/alerts")).body["alerts"] as Record<string, unknown>[];
}
const types = () => posts.map(({ body }) => (JSON.parse(body) as { type: string }).type);

describe("an alert on demand", () => {
  it("fires once when the threshold is passed, again only after demand has fallen below it, and says what the log says", async () => {
    await make({ ...units, campaign });
    await run();
    expect(posts).toEqual([]);
    const leaves = await demand(6);
    await run();
    await run();
    expect(types()).toEqual(["demand.threshold"]);
    expect(JSON.parse(posts[0]!.body)).toMatchObject({
      data: {
        campaign: { id: campaign },
        units: "12",
        accounts: 6,
        min_units: "10",
        url: `${PAGE}/campaigns/${campaign}`,
      },
    });
    expect((await alerts())[0]).toMatchObject({ above: true, status: "delivered", paused: false });
    await withdrawn(leaves.slice(2));
    await run();
    expect((await alerts())[0]).toMatchObject({ above: false });
    await demand(4);
    await run();
    expect(types()).toEqual(["demand.threshold", "demand.threshold"]);
  });

  it("does not fire on fewer than five accounts, whatever they ask for", async () => {
    await make({ ...units, campaign, min_units: "1" });
    for (let turn = 0; turn < 4; turn += 1) node.pledge(campaign, "20", 1);
    await reported();
    await run();
    expect(posts).toEqual([]);
    await demand(1);
    await run();
    expect(types()).toEqual(["demand.threshold"]);
  });

  it("counts units at its price, in its currency, of its region, and of campaigns it is about", async () => {
    const other = await world.publish({ name: "Rice" });
    const about = [
      { campaign },
      { campaign, at_price_minor: "700", currency: "USD" },
      { campaign, at_price_minor: "800", currency: "USD" },
      { campaign: null, at_price_minor: "700", currency: "EUR" },
      { campaign, region: "TW" },
      { campaign, region: "PT" },
      { campaign: other },
      { campaign: null, category: "en:rice" },
    ];
    const ids: unknown[] = [];
    for (const change of about) {
      const made = await make({ ...units, ...change });
      expect(made.status).toBe(201);
      ids.push((made.body["alert"] as { id: string }).id);
    }
    await demand(5, 1);
    await run();
    const told = posts.map(({ body }) => (JSON.parse(body) as { data: { alert: string } }).data.alert);
    expect(told.map((id) => ids.indexOf(id)).toSorted((a, b) => a - b)).toEqual([0, 1, 4]);
  });

  it("knows a category by the catalogue, also of a campaign that opens later", async () => {
    const lines = products.split("\n");
    const cookie = [...world.operator.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { "content-type": "application/x-ndjson", cookie };
    const imported = await world.fetch("/api/products/import", {
      method: "POST",
      body: lines.slice(0, 50).join("\n"),
      headers,
    });
    expect(imported.status).toBe(200);
    const { products: known } = await (
      await world.fetch("/api/products?limit=50")
    ).json<{
      products: { gtin: string; categories: string[] }[];
    }>();
    const one = known.find(({ categories }) => categories.length > 0)!;
    await make({ ...units, category: one.categories[0] });
    await make({ kind: "new_campaign", category: one.categories[0] });
    const product = { gtin: one.gtin, name: "From the catalogue", brand: null };
    campaign = await world.publish({ name: "Catalogued", product });
    await demand(6);
    await run();
    expect(types().toSorted()).toEqual(["campaign.opened", "demand.threshold"]);
  });

  it("begins with how things stand: what is there already is no crossing", async () => {
    await demand(6);
    const made = await make({ ...units, campaign });
    expect(made.body["alert"]).toMatchObject({ above: true });
    await run();
    expect(posts).toEqual([]);
  });

  it("is told by one of two runs at the same instant", async () => {
    await make({ ...units, campaign });
    await demand(6);
    await Promise.all([fireAlerts(world.hub), fireAlerts(world.hub)]);
    await Promise.all([deliver(world.hub), deliver(world.hub)]);
    expect(types()).toEqual(["demand.threshold"]);
  });

  it("is silent while it is paused, forgets what waited, and begins anew afterwards", async () => {
    const made = await make({ ...units, campaign });
    const { id } = made.body["alert"] as { id: string };
    await demand(6);
    await fireAlerts(world.hub);
    expect((await funder.call("PATCH", `/api/alerts/${id}`, { paused: true })).status).toBe(204);
    await run();
    expect(posts).toEqual([]);
    await funder.call("PATCH", `/api/alerts/${id}`, { paused: false });
    await run();
    expect(posts).toEqual([]);
    expect((await alerts())[0]).toMatchObject({ paused: false, above: true });
  });
});

describe("an alert on news", () => {
  it("tells of each campaign that opens after it was made, once", async () => {
    await make({ kind: "new_campaign" });
    await run();
    const rice = await world.publish({ name: "Rice" });
    await world.publish({ name: "Beans", currency: "EUR" });
    await run();
    await run();
    expect(types()).toEqual(["campaign.opened", "campaign.opened"]);
    expect(posts.some(({ body }) => body.includes(rice))).toBe(true);
    await make({ kind: "new_campaign", category: "en:oats" });
    await world.publish({ name: "Lentils" });
    posts.length = 0;
    await run();
    expect(posts).toHaveLength(1);
  });

  it("tells a funder of its own awards whose conditions are met, and a supplier of a campaign's", async () => {
    await world.operator.call("POST", "/api/suppliers", { name: "Sail", domain: "sail.example", country: null });
    const supplier = await world.account("supplier", "sail.example");
    await make({ kind: "condition_met" });
    await make({ kind: "condition_met" }, supplier);
    const conditions = [{ kind: "date", on: world.today }];
    await world.record([
      {
        event: "fund",
        id: "own",
        name: "Own",
        funder: "meridian",
        currency: "EUR",
        restriction: { purpose: "" },
        status: "open",
      },
      {
        event: "receipt",
        funder: "meridian",
        fund: "own",
        commitment: null,
        amount_minor: "5000",
        on: world.today,
        evidence_sha256: null,
      },
    ]);
    await world.record([world.award("bags", "1000", { conditions })]);
    await world.record([world.award("cups", "1000", { conditions, fund: "own" })]);
    await world.settle();
    await run();
    await run();
    const told = posts.map(({ body }) => JSON.parse(body) as { type: string; data: { award: { id: string } } });
    expect(told.map(({ type, data }) => `${type} ${data.award.id}`).toSorted()).toEqual([
      "award.condition-met bags",
      "award.condition-met cups",
      "award.condition-met cups",
    ]);
    expect(posts.every(({ body }) => body.includes(`"url":"${PAGE}/awards/`))).toBe(true);
  });
});

describe("a webhook", () => {
  it("is signed under Standard Webhooks with the secret that was shown once", async () => {
    const made = await make({ ...units, campaign });
    const secret = String(made.body["secret"]);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    expect(JSON.stringify(await alerts())).not.toContain("whsec_");
    await demand(6);
    await run();
    const { headers, body } = posts[0]!;
    const key = await crypto.subtle.importKey(
      "raw",
      Uint8Array.from(atob(secret.slice("whsec_".length)), (c) => c.charCodeAt(0)),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    const signed = `${headers.get("webhook-id")}.${headers.get("webhook-timestamp")}.${body}`;
    const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(signed)));
    expect(headers.get("webhook-signature")).toBe(`v1,${btoa(String.fromCharCode(...mac))}`);
    expect(headers.get("content-type")).toBe("application/json");
  });

  it("goes to no address that may not be fetched", async () => {
    for (const webhook of [
      "http://hooks.example.org/",
      "https://127.0.0.1/",
      "https://0x7f000001/",
      "https://[::1]/",
      "https://localhost/",
      "https://metadata.internal/",
      "https://user:pass@hooks.example.org/",
    ]) {
      expect((await make({ ...units, campaign, webhook })).code).toBe("peer-forbidden");
    }
    expect((await make({ ...units, campaign, webhook: "ftp://hooks.example.org/" })).code).toBe("malformed-request");
  });

  it("follows no redirect and is tried again with the same id until it arrives", async () => {
    await make({ ...units, campaign });
    await demand(6);
    answer = () => Response.redirect("https://elsewhere.example.org/", 302);
    await run();
    expect((await alerts())[0]).toMatchObject({ status: "failing" });
    await run();
    expect(posts).toHaveLength(1);
    answer = () => Promise.reject(new TypeError("connection refused"));
    world.later(61);
    await run();
    answer = () => new Response("thanks");
    world.later(5 * 60 + 1);
    await run();
    expect(posts.map(({ headers }) => headers.get("webhook-id"))).toEqual(
      Array(3).fill(posts[0]!.headers.get("webhook-id")),
    );
    expect((await alerts())[0]).toMatchObject({ status: "delivered" });
    expect(await env.DB.prepare("SELECT count(*) AS left FROM delivery WHERE alert_id IS NOT NULL").first("left")).toBe(
      0,
    );
  });

  it("is given up after eight tries, and paused at once when the other side says it is gone", async () => {
    await make({ ...units, campaign });
    await demand(6);
    answer = () => new Response(null, { status: 500 });
    for (let turn = 0; turn < 12; turn += 1) {
      await run();
      world.later(25 * 3600);
    }
    expect(posts).toHaveLength(8);
    expect((await alerts())[0]).toMatchObject({ status: "failing", paused: false });
    await make({ ...units, campaign, min_units: "13" });
    await demand(6);
    answer = () => new Response(null, { status: 410 });
    await run();
    world.later(25 * 3600);
    await run();
    expect(posts).toHaveLength(9);
    expect((await alerts())[0]).toMatchObject({ status: "failing", paused: true });
  });

  it("can be tried out, and the answer says whether it arrived", async () => {
    const { id } = (await make({ ...units, campaign })).body["alert"] as { id: string };
    expect((await funder.call("POST", `/api/alerts/${id}/test`)).body).toEqual({ delivered: true });
    expect(types()).toEqual(["test"]);
    answer = () => new Response(null, { status: 503 });
    expect((await funder.call("POST", `/api/alerts/${id}/test`)).body).toEqual({ delivered: false });
  });

  it("is sent by the tens in runs of a few queries", async () => {
    for (let turn = 0; turn < 15; turn += 1) await make({ ...units, campaign, min_units: String(1 + turn) });
    await demand(9);
    await fireAlerts(world.hub);
    await deliver(world.hub);
    expect(posts).toHaveLength(6);
    await deliver(world.hub);
    await deliver(world.hub);
    expect(posts).toHaveLength(15);
  });
});

describe("an alert by mail", () => {
  it("reaches the account's address in the language it was asked in", async () => {
    const email = freshAddress();
    await world.operator.call("POST", "/api/parties", { role: "funder", party: "meridian", name: "Ana", email });
    const ana = person({ fetch: world.fetch }, PAGE);
    await ana.call("POST", "/api/email-code", { email });
    await ana.call("POST", "/api/email-code/sign-in", { email, code: await codeFor(email, 2) });
    expect((await ana.call("GET", "/api/alerts")).body).toEqual({ alerts: [], email: true });
    await make({ ...units, campaign, webhook: null, language: "es" }, ana);
    await demand(6);
    await run();
    const mails = await mailsTo(email);
    expect(mails.at(-1)?.text).toContain("La demanda ha pasado tu umbral");
    expect(mails.at(-1)?.text).toContain("12 litre");
    expect(JSON.stringify((await env.DB.prepare("SELECT * FROM delivery").all()).results)).not.toContain(email);
  });

  it("needs an address", async () => {
    expect((await make({ ...units, campaign, webhook: null })).code).toBe("alert-channel");
  });
});

describe("alerts", () => {
  it("belong to their account: another one's is unknown", async () => {
    const { id } = (await make({ ...units, campaign })).body["alert"] as { id: string };
    const other = await world.account("funder", "meridian");
    expect(await alerts(other)).toEqual([]);
    for (const [method, path, body] of [
      ["PATCH", `/api/alerts/${id}`, { paused: true }],
      ["DELETE", `/api/alerts/${id}`, undefined],
      ["POST", `/api/alerts/${id}/test`, undefined],
    ] as const) {
      expect((await other.call(method, path, body)).code).toBe("alert-unknown");
    }
    expect((await funder.call("DELETE", `/api/alerts/${id}`)).status).toBe(204);
    expect(await alerts()).toEqual([]);
  });

  it("are twenty for one account, also when the last two are made at the same instant", async () => {
    for (let turn = 0; turn < 19; turn += 1) await make({ ...units, campaign });
    const answers = await Promise.all([make({ ...units, campaign }), make({ ...units, campaign })]);
    expect(answers.map(({ code }) => code).toSorted()).toEqual(["", "alert-limit"]);
  });

  it("that mean nothing are refused", async () => {
    for (const change of [
      { kind: "units_at_price", min_units: null },
      { kind: "units_at_price", min_units: "0" },
      { ...units, at_price_minor: "700" },
      { ...units, currency: "USD" },
      { kind: "new_campaign", campaign },
      { kind: "new_campaign", region: "PT" },
      { kind: "condition_met", category: "en:oats" },
      { ...units, region: "Portugal" },
    ]) {
      expect((await make({ ...change })).code).toBe("malformed-request");
    }
    expect((await make({ ...units, campaign: "A".repeat(43) })).code).toBe("campaign-unknown");
  });

  it("go with the account that is withdrawn", async () => {
    await make({ ...units, campaign });
    await demand(6);
    await fireAlerts(world.hub);
    const { accounts } = (await world.operator.call("GET", "/api/parties")).body as { accounts: { id: string }[] };
    await world.operator.call("DELETE", `/api/parties/${accounts[0]!.id}`);
    await run();
    expect(posts).toEqual([]);
    expect(await env.DB.prepare("SELECT count(*) AS left FROM alert").first("left")).toBe(0);
  });

  it("are looked at in ten queries, and write nothing while nothing happens", async () => {
    for (let turn = 0; turn < 10; turn += 1) await make({ ...units, campaign, region: turn % 2 === 0 ? null : "TW" });
    await run();
    const counts = { queries: 0, rowsRead: 0, rowsWritten: 0 };
    await fireAlerts({ ...world.hub, db: meter(env.DB, counts) });
    expect(counts.queries).toBeLessThanOrEqual(10);
    expect(counts.rowsWritten).toBe(0);
  });
});

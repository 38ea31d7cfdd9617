/** Suppliers show who they are, and post offers that the log keeps (docs/protocol.md §5): what works, and what is refused. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { OfferPage, OfferView, SupplierDesk, SupplierDetail } from "../../../shared/protocol/api/supplier.ts";
import { dataDictionary } from "../../../shared/standards/dictionary.ts";
import { type Answer, type Person, person } from "../person.ts";
import { type City, PAGE, START, city, expectReplayEqualsTables } from "./city.ts";

const ACME = "acme.example";
const DAY_MS = 86_400_000;

let world: City;
let campaign: string;
/** what https://acme.example/.well-known/cocoon-supplier.txt answers */
let file: { status: number; body: string } | null;
const asked: string[] = [];

beforeEach(async () => {
  world = await city();
  file = null;
  asked.length = 0;
  vi.spyOn(globalThis, "fetch").mockImplementation((input) => {
    const url = input instanceof Request ? input.url : String(input);
    asked.push(url);
    const node = world.nodes.get(new URL(url).host);
    if (node !== undefined) return Promise.resolve(node.answer(new URL(url).pathname + new URL(url).search));
    if (file === null) return Promise.reject(new TypeError("connection refused"));
    return Promise.resolve(new Response(file.body, { status: file.status }));
  });
  campaign = await world.publish();
});

async function register(domain = ACME, name = "Acme Ltd"): Promise<Answer> {
  return await world.operator.call("POST", "/api/suppliers", { name, domain, country: "NL" });
}

async function verified(domain = ACME, name = "Acme Ltd"): Promise<void> {
  expect((await register(domain, name)).status).toBe(201);
  const note = "Wrote to us from the domain.";
  const answer = await world.operator.call("POST", `/api/suppliers/${domain}/verification`, {
    verified: "email",
    note,
  });
  expect(answer.status).toBe(200);
}

function offer(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    supplier: ACME,
    campaign,
    currency: "USD",
    tiers: [
      { min_qty: "3", unit_price_minor: "750" },
      { min_qty: "10", unit_price_minor: "640" },
    ],
    max_qty: null,
    regions: [],
    conditions: "Delivered in one go.",
    valid_until: new Date(START + 7 * DAY_MS).toISOString(),
    replaces: null,
    ...change,
  };
}

async function post(change: Record<string, unknown> = {}, who: Person = world.operator): Promise<Answer> {
  return await who.call("POST", "/api/offers", offer(change));
}

async function offers(query = ""): Promise<OfferView[]> {
  return (await (await world.fetch(`/api/offers${query}`)).json<OfferPage>()).offers;
}

async function supplier(id = ACME): Promise<SupplierDetail> {
  return await (await world.fetch(`/api/suppliers/${id}`)).json();
}

/** Somebody who signs in for a supplier. */
async function accountOf(id: string, name: string): Promise<Person> {
  const invite = await world.operator.call("POST", "/api/invites", { role: "auditor" });
  const one = person({ fetch: world.fetch }, PAGE);
  await one.join(new URL(String(invite.body["url"])).hash.slice(1), name);
  const me = await one.me();
  await env.DB.batch([
    env.DB.prepare("UPDATE member SET role = 'supplier' WHERE id = ?").bind(me?.id ?? ""),
    env.DB.prepare("INSERT INTO party (member_id, kind, party) VALUES (?, 'supplier', ?)").bind(me?.id ?? "", id),
  ]);
  return one;
}

describe("a supplier", () => {
  it("is registered by an operator under its domain, once, and is public without its secret line", async () => {
    const answer = await register();
    expect(answer.body).toMatchObject({ id: ACME, name: "Acme Ltd", verified: null, offers: 0, country: "NL" });
    expect(answer.body["file"]).toMatchObject({ url: "https://acme.example/.well-known/cocoon-supplier.txt" });
    expect((await register()).code).toBe("supplier-exists");
    expect(await supplier()).not.toHaveProperty("file");
    const page = await (await world.fetch("/api/suppliers")).json<{ suppliers: unknown[] }>();
    expect(page.suppliers).toMatchObject([{ id: ACME }]);
    expect((await world.fetch("/api/suppliers/bolt.example")).status).toBe(404);
  });

  it.each(["localhost", "10.0.0.1", "acme", "ACME.example/x", "acme.example:8080", "-a.example"])(
    "has a domain that is one: %s is not",
    async (domain) => {
      expect((await register(domain)).code).toBe("malformed-request");
    },
  );

  it("is verified by its own line in the file on its domain, among the lines of other hubs", async () => {
    const { line } = (await register()).body["file"] as { line: string };
    file = { status: 200, body: `other.example abc\n  ${line}\r\n` };
    const answer = await world.operator.call("POST", `/api/suppliers/${ACME}/verify-domain`);
    expect(answer.body).toMatchObject({ verified: { kind: "domain", by: "hub", note: "" } });
    expect(asked).toEqual(["https://acme.example/.well-known/cocoon-supplier.txt"]);
    expect((await supplier()).verified).toMatchObject({ kind: "domain", by: "hub" });
  });

  it.each<[string, { status: number; body: string } | null]>([
    ["peer-unreachable", null],
    ["peer-unreachable", { status: 503, body: "" }],
    ["domain-unproven", { status: 404, body: "" }],
    ["domain-unproven", { status: 200, body: "hub.example.org AAAAAAAAAAAAAAAAAAAAAA" }],
    ["peer-invalid", { status: 302, body: "" }],
    ["peer-invalid", { status: 200, body: "x".repeat(9000) }],
  ])("is not verified, with %s, by any other answer", async (code, answered) => {
    await register();
    file = answered;
    expect((await world.operator.call("POST", `/api/suppliers/${ACME}/verify-domain`)).code).toBe(code);
    expect((await supplier()).verified).toBeNull();
  });

  it("is not verified by a line that is only part of another, or that is longer", async () => {
    const { line } = (await register()).body["file"] as { line: string };
    for (const body of [`${line}x`, `x${line}`, line.slice(0, -1), line.toUpperCase()]) {
      file = { status: 200, body };
      expect((await world.operator.call("POST", `/api/suppliers/${ACME}/verify-domain`)).code).toBe("domain-unproven");
      world.later(61);
    }
  });

  it("is looked at once a minute at most, whoever asks", async () => {
    await register();
    file = { status: 404, body: "" };
    await world.operator.call("POST", `/api/suppliers/${ACME}/verify-domain`);
    world.later(30);
    const again = await world.operator.call("POST", `/api/suppliers/${ACME}/verify-domain`);
    expect({ code: again.code, after: again.response.headers.get("retry-after") }).toEqual({
      code: "rate-limited",
      after: "30",
    });
    expect(asked).toHaveLength(1);
  });

  it("is verified or unverified by an operator's word, which everybody can read", async () => {
    await verified();
    expect((await supplier()).verified).toMatchObject({
      kind: "email",
      by: "operator",
      note: "Wrote to us from the domain.",
    });
    const taken = { verified: null, note: "The domain has another owner now." };
    await world.operator.call("POST", `/api/suppliers/${ACME}/verification`, taken);
    expect((await supplier()).verified).toBeNull();
    expect((await post()).code).toBe("supplier-unverified");
  });

  it("has no person's address in its name, in what the staff say, or in why an offer ended", async () => {
    expect((await register("bolt.example", "Ask ana@bolt.example")).code).toBe("email-in-text");
    await verified();
    const note = "Ana (ana@acme.example) wrote to us.";
    const path = `/api/suppliers/${ACME}/verification`;
    expect((await world.operator.call("POST", path, { verified: "email", note })).code).toBe("email-in-text");
    const leaf = String((await post()).body["leaf"]);
    const reason = "Says ana@acme.example";
    expect((await world.operator.call("POST", `/api/offers/${leaf}/withdraw`, { reason })).code).toBe("email-in-text");
  });
});

describe("an offer", () => {
  beforeEach(async () => await verified());

  it("is a log entry that a replay agrees with, and shows the tier that open demand reaches", async () => {
    const answer = await post();
    expect(answer.status).toBe(201);
    expect((await offers())[0]).toMatchObject({
      offer: answer.body["leaf"],
      supplier: { id: ACME, verified: "operator" },
      by: "hub",
      campaign: { id: campaign, name: "Oat drink" },
      state: "valid",
      reached: { tier: null, units: "0" },
      entry: { index: answer.body["index"] },
    });
    const node = await world.admitted("a.example.org");
    const wants = (band: number, ...qtys: string[]) => qtys.forEach((qty) => node.pledge(campaign, qty, band));
    wants(2, "1", "1", "1", "1");
    await world.report(node);
    await world.settle();
    // four accounts are too few to say what they would pay
    expect((await offers())[0]?.reached).toBeNull();
    wants(2, "1");
    world.later(61);
    await world.report(node);
    await world.settle();
    // five units at 8.00 or less: the first tier's three are wanted at 7.50, not yet ten at 6.40
    expect((await offers())[0]?.reached).toEqual({ tier: 0, units: "5" });
    wants(1, "2", "1", "1", "1", "1");
    world.later(61);
    await world.report(node);
    await world.settle();
    expect((await offers())[0]?.reached).toEqual({ tier: 1, units: "11" });
    await expectReplayEqualsTables();
  });

  it("replaces the supplier's standing one, and only by its name", async () => {
    const first = String((await post()).body["leaf"]);
    expect((await post()).code).toBe("offer-replaces");
    const second = await post({ replaces: first, conditions: "Delivered twice." });
    expect(second.status).toBe(201);
    expect((await post({ replaces: first })).code).toBe("offer-replaces");
    expect((await offers()).map(({ state }) => state)).toEqual(["valid", "replaced"]);
    expect((await offers("?state=valid")).map(({ offer: leaf }) => leaf)).toEqual([second.body["leaf"]]);
    expect((await offers("?state=replaced"))[0]?.ended_index).toBe(second.body["index"]);
    await expectReplayEqualsTables();
  });

  it("is made once when the same is sent twice at the same instant", async () => {
    const both = await Promise.all([post(), post()]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    await expectReplayEqualsTables();
  });

  it("can be withdrawn once, and made again", async () => {
    const leaf = String((await post()).body["leaf"]);
    const end = async () =>
      await world.operator.call("POST", `/api/offers/${leaf}/withdraw`, { reason: "The supplier asked us to." });
    expect((await end()).status).toBe(201);
    expect((await end()).code).toBe("offer-ended");
    expect((await offers())[0]?.state).toBe("ended");
    expect((await world.operator.call("POST", `/api/offers/${campaign}/withdraw`, { reason: "" })).code).toBe(
      "offer-unknown",
    );
    expect((await post()).status).toBe(201);
    await expectReplayEqualsTables();
  });

  it("expires by the clock, without an entry, and can still be replaced", async () => {
    const { body } = await post();
    world.later(7 * 86_400);
    expect((await offers())[0]?.state).toBe("valid");
    world.later(1);
    expect((await offers())[0]?.state).toBe("expired");
    expect(await offers("?state=valid")).toEqual([]);
    expect((await supplier()).offers).toBe(0);
    const valid_until = new Date(world.clock.now + DAY_MS).toISOString();
    expect((await post({ replaces: body["leaf"], valid_until })).status).toBe(201);
    await expectReplayEqualsTables();
  });

  it.each<[string, Record<string, unknown>]>([
    ["currency-mismatch", { currency: "EUR" }],
    ["offer-validity", { valid_until: new Date(START).toISOString() }],
    ["offer-tiers", { tiers: [1, 2].map((n) => ({ min_qty: String(n), unit_price_minor: "640" })) }],
    ["offer-tiers", { max_qty: "9" }],
    ["email-in-text", { conditions: "Ask ana@acme.example." }],
    ["malformed-request", { tiers: [] }],
    ["malformed-request", { tiers: [{ min_qty: "1", unit_price_minor: "6.40" }] }],
    ["malformed-request", { valid_until: "soon" }],
    ["malformed-request", { regions: ["Holland"] }],
    ["malformed-request", { verified: "domain" }],
    ["campaign-unknown", { campaign: "A".repeat(43) }],
    ["supplier-unknown", { supplier: "bolt.example" }],
    ["supplier-unknown", { supplier: undefined }],
    ["offer-replaces", { replaces: "A".repeat(43) }],
  ])("is refused with %s for %j, and logs nothing", async (code, change) => {
    const { size } = (await world.network()).log;
    expect((await post(change)).code).toBe(code);
    expect((await world.network()).log.size).toBe(size);
  });

  it("is refused for a campaign that was closed or has reached its date", async () => {
    const ended = await world.publish({ closes: new Date(START + 60_000).toISOString() });
    await world.operator.call("POST", `/api/campaigns/${campaign}/close`, {
      outcome: "released",
      band: null,
      reason: "",
    });
    world.later(61);
    expect((await post()).code).toBe("campaign-closed");
    expect((await post({ campaign: ended })).code).toBe("campaign-closed");
  });

  it("is refused before the supplier is verified", async () => {
    await register("bolt.example", "Bolt");
    expect((await post({ supplier: "bolt.example" })).code).toBe("supplier-unverified");
  });

  it("is on the staff's list while it ends within two weeks, and not once it has", async () => {
    const todos = async () => (await world.operator.call("GET", "/api/desk")).body["todos"];
    await post({ valid_until: new Date(START + 20 * DAY_MS).toISOString() });
    expect(await todos()).toEqual([]);
    world.later(7 * 86_400);
    const due = new Date(START + 20 * DAY_MS).toISOString().slice(0, 10);
    const label = "Acme Ltd, Oat drink";
    expect(await todos()).toMatchObject([{ kind: "offer-expiring", subject: ACME, label, due }]);
    world.later(14 * 86_400);
    expect(await todos()).toEqual([]);
  });

  it("is in the file of offers, a row for each tier, its words disarmed for spreadsheets", async () => {
    await post({ conditions: "=1+1" });
    const response = await world.fetch("/exports/offers.csv");
    expect(response.headers.get("link")).toContain('rel="license"');
    const [header = "", ...rows] = (await response.text()).trim().split("\n");
    expect(header.split(",")).toEqual(Object.keys(dataDictionary.files["offers.csv"]));
    expect(rows).toHaveLength(2);
    expect(rows[1]).toContain(",2,10,USD,6.40,,,'=1+1,");
  });

  it("costs 22 rows to replace, with the totals before it", async () => {
    await post();
    await world.settle();
    const [{ offer: first } = { offer: "" }] = await offers();
    const { response } = await post({ replaces: first });
    const [, queries, read, written] =
      /queries=(\d+);read=(\d+);written=(\d+)/.exec(response.headers.get("x-cocoon-db") ?? "") ?? [];
    expect({ queries, written, isFew: Number(read) <= 40 }).toEqual({ queries: "16", written: "22", isFew: true });
  });

  it("is listed in few queries and rows, page by page", async () => {
    for (const n of [1, 2, 3]) {
      await verified(`s${String(n)}.example`, `S${String(n)}`);
      expect((await post({ supplier: `s${String(n)}.example` })).status).toBe(201);
    }
    const response = await world.fetch(`/api/offers?campaign=${campaign}&limit=2`);
    const page = await response.json<OfferPage>();
    expect(page.offers).toHaveLength(2);
    const [, queries, read] = /queries=(\d+);read=(\d+)/.exec(response.headers.get("x-cocoon-db") ?? "") ?? [];
    expect({ queries, isFew: Number(read) <= 16 }).toEqual({ queries: "3", isFew: true });
    const rest = await offers(`?campaign=${campaign}&limit=2&after=${page.next ?? ""}`);
    expect([...page.offers, ...rest].map((one) => one.supplier.id)).toEqual(["s3.example", "s2.example", "s1.example"]);
  });

  it.each(["", "campaign", "supplier"])(
    "finds few among 5,000 expired ones without reading those (by %s)",
    async (by) => {
      await post();
      const until = Math.floor(world.clock.now / 1000);
      // what a page reads does not depend on how rows came there
      await env.DB.prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000), one AS (SELECT * FROM offer LIMIT 1)
       INSERT INTO offer (idx, supplier, campaign, valid_until, data)
       SELECT 1000 + i, supplier, campaign, ? - i, data FROM n, one`,
      )
        .bind(until)
        .run();
      await env.DB.prepare(
        `INSERT INTO log_entry (idx, leaf, kind, data) SELECT idx, 'leaf ' || idx, 'offer', '' FROM offer WHERE idx > 1000`,
      ).run();
      const value = { "": "", campaign: `&campaign=${campaign}`, supplier: `&supplier=${ACME}` }[by] ?? "";
      for (const [state, found] of [
        ["valid", 1],
        ["expired", 50],
      ] as const) {
        const response = await world.fetch(`/api/offers?state=${state}&limit=50${value}`);
        const page = await response.json<OfferPage>();
        expect(page.offers).toHaveLength(found);
        const [, read] = /read=(\d+)/.exec(response.headers.get("x-cocoon-db") ?? "") ?? [];
        expect(Number(read)).toBeLessThanOrEqual(500);
        if (state !== "expired") continue;
        const next = await offers(`?state=expired&limit=50${value}&after=${page.next ?? ""}`);
        expect([page.offers.at(-1)?.entry.index, next[0]?.entry.index]).toEqual([1050, 1051]);
      }
    },
  );
});

describe("somebody who signs in for a supplier", () => {
  let ana: Person;
  beforeEach(async () => {
    await verified();
    await verified("bolt.example", "Bolt");
    ana = await accountOf(ACME, "Ana");
  });

  it("sees its own desk and speaks for itself, without naming itself", async () => {
    const desk = (await ana.call("GET", "/api/supplier")).body as unknown as SupplierDesk;
    expect(desk).toMatchObject({ id: ACME, file: { url: `https://${ACME}/.well-known/cocoon-supplier.txt` } });
    const made = await post({ supplier: undefined }, ana);
    expect(made.status).toBe(201);
    expect((await offers())[0]).toMatchObject({ by: "supplier", supplier: { id: ACME } });
    const ended = await ana.call("POST", `/api/offers/${String(made.body["leaf"])}/withdraw`, { reason: "Sold out." });
    expect(ended.status).toBe(201);
    expect((await offers())[0]?.state).toBe("withdrawn");
    await expectReplayEqualsTables();
  });

  it("verifies its own domain, and cannot vouch for itself", async () => {
    file = { status: 404, body: "" };
    expect((await ana.call("POST", `/api/suppliers/${ACME}/verify-domain`)).code).toBe("domain-unproven");
    const vouch = { verified: "email", note: "It is really us." };
    expect((await ana.call("POST", `/api/suppliers/${ACME}/verification`, vouch)).code).toBe("not-allowed");
  });

  it("has nothing to say for another supplier", async () => {
    const theirs = await post({ supplier: "bolt.example" });
    expect((await post({ supplier: "bolt.example" }, ana)).code).toBe("not-allowed");
    const leaf = String(theirs.body["leaf"]);
    expect((await ana.call("POST", `/api/offers/${leaf}/withdraw`, { reason: "" })).code).toBe("not-allowed");
    expect((await ana.call("GET", "/api/suppliers/bolt.example/desk")).code).toBe("not-allowed");
    expect((await ana.call("POST", "/api/suppliers/bolt.example/verify-domain")).code).toBe("not-allowed");
    expect((await post({ replaces: leaf, supplier: undefined }, ana)).code).toBe("offer-replaces");
  });

  it("leaves no name in the log and no token in any public answer", async () => {
    await post({ supplier: undefined }, ana);
    const { results } = await env.DB.prepare("SELECT data FROM log_entry").all<{ data: string }>();
    const payloads = results.map(({ data }) =>
      atob(data.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/") ?? ""),
    );
    expect(payloads.join("\n")).not.toContain("Ana");
    const { domain_token } =
      (await env.DB.prepare("SELECT domain_token FROM supplier").first<{ domain_token: string }>()) ?? {};
    const open = await Promise.all(
      ["/api/suppliers", `/api/suppliers/${ACME}`, "/api/offers"].map(
        async (path) => await (await world.fetch(path)).text(),
      ),
    );
    expect(open.join("\n")).not.toContain(String(domain_token));
  });
});

/** What a member takes along and what stays when they go; and who may do what. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { fromBase64url, toBase64url, utf8 } from "../../../shared/bytes.ts";
import { leafHash } from "../../../shared/log/merkle.ts";
import { verifyProof } from "../../../shared/log/proof.ts";
import { receipt as receiptFile } from "../../../shared/protocol/document.ts";
import { commitDocument, commitKey } from "../../../shared/signing/document.ts";
import { verifyAssertion } from "../../../shared/signing/webauthn.ts";
import { nodeApp } from "../../../workers/node/app.ts";
import { endCampaign } from "../../../workers/node/jobs/end-campaign.ts";
import { type Person, person } from "../person.ts";
import {
  draft,
  expectReplayEqualsTables,
  leafNamed,
  pledge,
  pledgeOf,
  putCampaign,
  sign,
  type Village,
  village,
} from "./village.ts";

let world: Village;
let ana: Person;

beforeEach(async () => {
  world = await village();
  ana = await world.newMember("Ana Anonymous");
});

async function countOf(sql: string, ...values: unknown[]): Promise<number> {
  return (
    (await env.DB.prepare(`SELECT count(*) AS n FROM ${sql}`)
      .bind(...values)
      .first<number>("n")) ?? 0
  );
}
async function idOf(who: Person): Promise<string> {
  return (await who.me())?.id ?? "";
}
async function withdrawals(): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "SELECT data ->> 'why' AS why FROM log_entry WHERE kind = 'withdraw' ORDER BY idx",
  ).all<{ why: string }>();
  return results.map(({ why }) => why);
}

describe("a receipt", () => {
  it("lets a third party check the whole way from the passkey to the book, offline", async () => {
    const { body } = await pledge(ana, world.campaign);
    await pledge(world.steward, world.campaign, "4", "800");
    const { status, response } = await ana.call("GET", `/api/receipts/${String(body["leaf"])}`);
    expect(status).toBe(200);
    expect(response.headers.get("content-disposition")).toMatch(/^attachment; filename="cocoon-receipt-/);
    const file = receiptFile.parse(await response.json());

    const { document, signature, key, entry, salt, node } = file;
    expect(await verifyAssertion({ document, signature, jwk: key.jwk, webOrigins: file.web_origins })).toMatchObject({
      ok: true,
    });
    const cm = commitDocument({ document, suite: "webauthn", signature, key_leaf: key.leaf }, fromBase64url(salt));
    expect(JSON.parse(entry.json)).toMatchObject({ t: "pledge", c: world.campaign, q: "2", b: 1, cm });
    expect(toBase64url(leafHash(utf8(entry.json)))).toBe(entry.leaf);
    for (const { proof, leaf, index } of [entry, key]) {
      const claim = { proofText: proof, leaf: fromBase64url(leaf), vkey: node.vkey, origin: `${node.origin}/book` };
      expect(await verifyProof(claim)).toMatchObject({ ok: true, value: { index } });
    }
    const keyEntry = await env.DB.prepare("SELECT data FROM log_entry WHERE idx = ?")
      .bind(key.index)
      .first<string>("data");
    expect(JSON.parse(keyEntry ?? "")).toMatchObject({
      t: "key",
      cm: commitKey({ account: document.account, jwk: key.jwk }, fromBase64url(key.salt)),
    });
    expect(key.index).toBeLessThan(entry.index);
  });

  it("is its owner's alone, and still complete after the passkey was removed", async () => {
    const { body } = await pledge(ana, world.campaign);
    const path = `/api/receipts/${String(body["leaf"])}`;
    expect((await world.steward.call("GET", path)).code).toBe("entry-unknown");
    expect((await ana.call("GET", `/api/receipts/${leafNamed("nothing")}`)).code).toBe("entry-unknown");
    const { passkeys } = (await ana.call("GET", "/api/passkeys")).body as { passkeys: { id: string }[] };
    await ana.call("POST", "/api/recovery-codes");
    expect((await ana.call("DELETE", `/api/passkeys/${passkeys[0]?.id ?? ""}`)).status).toBe(204);
    expect((await ana.call("GET", path)).status).toBe(200);
    expect((await ana.call("POST", "/api/pledges/draft", pledgeOf(world.campaign))).code).toBe("passkey-unknown");
    expect(await countOf("log_entry WHERE kind = 'key_end'")).toBe(1);
    await expectReplayEqualsTables();
  });

  it("list goes on page by page", async () => {
    for (const qty of ["1", "2", "3"]) await pledge(ana, world.campaign, qty);
    const first = (await ana.call("GET", "/api/receipts?limit=2")).body as {
      receipts: { qty: string }[];
      next: string;
    };
    expect(first.receipts.map(({ qty }) => qty)).toEqual(["3", "2"]);
    const rest = (await ana.call("GET", `/api/receipts?limit=2&after=${first.next}`)).body;
    expect(rest).toMatchObject({ receipts: [{ qty: "1" }], next: null });
    expect((await ana.call("GET", "/api/receipts?limit=500")).code).toBe("malformed-request");
  });
});

describe("a passkey", () => {
  it("is a leaf of the book before it signs, and a draft for one that ended is worth nothing", async () => {
    expect(await countOf("log_entry WHERE kind = 'key'")).toBe(2);
    const drafted = await draft(ana, pledgeOf(world.campaign));
    await ana.call("POST", "/api/recovery-codes");
    const { passkeys } = (await ana.call("GET", "/api/passkeys")).body as { passkeys: { id: string }[] };
    await ana.call("DELETE", `/api/passkeys/${passkeys[0]?.id ?? ""}`);
    expect((await sign(ana, drafted)).code).toBe("passkey-unknown");
    expect(await countOf("log_entry WHERE kind = 'pledge'")).toBe(0);
  });

  it("is asked for where its session began, whichever other one was used since", async () => {
    const laptop = person(world);
    const ceremony = (await ana.call("POST", "/api/passkeys/options")).body as {
      challenge_id: string;
      options: object;
    };
    const response = await laptop.authenticator.create(ceremony.options, "https://community.example.org");
    const added = { challenge_id: ceremony.challenge_id, response, label: "Laptop" };
    expect((await ana.call("POST", "/api/passkeys", added)).status).toBe(201);
    expect((await ana.signIn()).status).toBe(200);
    world.clock.now += 1000;
    expect((await laptop.signIn()).status).toBe(200);
    expect((await pledge(ana, world.campaign, "2")).status).toBe(201);
    expect((await pledge(laptop, world.campaign, "3")).status).toBe(201);
    expect((await pledge(ana, world.campaign, "4")).status).toBe(201);
    await expectReplayEqualsTables();
  });

  it("of newcomers who register at the same time all reach the book", async () => {
    const links = await Promise.all(Array.from({ length: 6 }, () => world.steward.invite()));
    const people = await Promise.all(links.map(async (token) => await world.join(token)));
    expect(people.every(({ status }) => status === 201)).toBe(true);
    expect(await countOf("log_entry WHERE kind = 'key'")).toBe(8);
    await expectReplayEqualsTables();
  });
});

describe("going", () => {
  it("withdraws what is live, ends the keys and erases the person", async () => {
    const second = await putCampaign("Soap");
    await pledge(ana, world.campaign, "3", "800");
    await pledge(ana, second, "2", "600");
    await pledge(world.steward, world.campaign, "1", "600");
    const id = await idOf(ana);
    expect((await ana.call("POST", "/api/me/leave", { confirm: "leave" })).status).toBe(204);
    expect(await withdrawals()).toEqual(["left", "left"]);
    for (const table of [
      "receipt WHERE member",
      "pledge WHERE member",
      "credential WHERE member_id",
      "session WHERE member_id",
      "recovery_code WHERE member_id",
    ]) {
      expect(await countOf(`${table} = ?`, id)).toBe(0);
    }
    expect(await env.DB.prepare("SELECT name, state, user_handle FROM member WHERE id = ?").bind(id).first()).toEqual({
      name: "",
      state: "left",
      user_handle: "",
    });
    const dump = await everything();
    expect(dump).not.toContain("Ana Anonymous");
    expect(await ana.me()).toBeNull();
    expect((await ana.signIn()).code).toBe("passkey-unknown");
    expect((await world.steward.call("GET", `/api/campaigns/${world.campaign}`)).body).toMatchObject({
      here: { pledges: 1, pledged: "1" },
    });
    expect((await world.steward.call("GET", "/api/community")).body).toMatchObject({ members: 1, pledges: 1 });
    await expectReplayEqualsTables();
  });

  it("takes back a commitment too, but not what the closing let go", async () => {
    await pledge(ana, world.campaign, "3", "800");
    const low = await putCampaign("Soap");
    await pledge(ana, low, "2", "600");
    for (const campaign of [world.campaign, low]) {
      await env.DB.prepare(
        "UPDATE campaign SET close_leaf = ?, close_outcome = 'locked', close_band = 2, close_reason = '', closed_at = ? WHERE id = ?",
      )
        .bind(leafNamed(`close of ${campaign}`), world.clock.now, campaign)
        .run();
      await endCampaign(world.context, campaign);
    }
    expect((await ana.call("POST", "/api/me/leave", { confirm: "leave" })).status).toBe(204);
    expect(await withdrawals()).toEqual(["left"]);
    expect((await world.steward.call("GET", `/api/campaigns/${world.campaign}`)).body).toMatchObject({
      here: { committed: "0" },
    });
    expect(
      await env.DB.prepare("SELECT locked FROM tally WHERE campaign = ?").bind(world.campaign).first("locked"),
    ).toBe("3");
  });

  it("happens to a member whom the steward removes, once", async () => {
    await pledge(ana, world.campaign);
    const id = await idOf(ana);
    const answers = await Promise.all(
      [1, 2].map(async () => await world.steward.call("POST", `/api/members/${id}/remove`)),
    );
    expect(answers.map(({ code }) => code).toSorted()).toEqual(["", "member-gone"]);
    expect(await withdrawals()).toEqual(["removed"]);
    expect((await ana.call("GET", "/api/pledges")).code).toBe("not-signed-in");
    expect((await world.steward.call("POST", "/api/members/nobody/remove")).code).toBe("member-gone");
    const { body } = await world.steward.call("GET", "/api/members");
    expect(body).toMatchObject({
      total: 2,
      next: null,
      members: [
        { name: "Siddhi", state: "active", pledges: 0 },
        { name: "", state: "removed" },
      ],
    });
    await expectReplayEqualsTables();
  });

  it("is refused to the last steward, also when two go at once", async () => {
    expect((await world.steward.call("POST", "/api/me/leave", { confirm: "leave" })).code).toBe("last-steward");
    const second = await world.newSteward();
    const answers = await Promise.all(
      [world.steward, second].map(async (who) => await who.call("POST", "/api/me/leave", { confirm: "leave" })),
    );
    expect(answers.map(({ code }) => code).toSorted()).toEqual(["", "last-steward"]);
    expect(await countOf("member WHERE role = 'steward' AND state = 'active'")).toBe(1);
  });
});

it("my data is everything about me and nothing about anyone else", async () => {
  await pledge(ana, world.campaign);
  await pledge(world.steward, world.campaign, "9", "800");
  const { body, response } = await ana.call("GET", "/api/me/data");
  expect(response.headers.get("content-disposition")).toContain("attachment");
  expect(body).toMatchObject({
    member: { id: await idOf(ana), name: "Ana Anonymous", role: "member" },
    passkeys: [
      { label: "Phone", cose_key_hex: expect.stringMatching(/^A5/) as string, key_salt: expect.any(String) as string },
    ],
    pledges: [{ qty: "2" }],
    receipts: [{ document: { qty: "2" }, signature: { signature: expect.any(String) as string } }],
  });
  const text = JSON.stringify(body);
  expect(text).not.toContain("Siddhi");
  expect(text).not.toContain(await idOf(world.steward));
});

describe("every route", () => {
  const PUBLIC = new Set([
    "GET /book/checkpoint",
    "GET /book/head",
    "GET /book/tile/:path{.+}",
    "GET /book/entries/:file",
    "GET /book/:generation{[1-9][0-9]?}/checkpoint",
    "GET /book/:generation{[1-9][0-9]?}/head",
    "GET /book/:generation{[1-9][0-9]?}/tile/:path{.+}",
    "GET /book/:generation{[1-9][0-9]?}/entries/:file",
    "POST /witness/add-checkpoint",
    "GET /witness/:origin/checkpoint",
    "GET /.well-known/cocoon.json",
    "GET /openapi.json",
    "GET /reports",
    "GET /api/community",
    "GET /api/campaigns",
    "GET /api/campaigns/:id",
    "GET /api/session",
    "GET /api/track/:code",
    "POST /audit",
    "POST /witness/beacon",
    "POST /evidence",
    "GET /evidence",
    "GET /api/evidence",
    "GET /api/evidence/:sha256",
    "POST /api/invites/inspect",
    "POST /api/invites/accept",
    "POST /api/passkeys",
    "POST /api/sign-in/options",
    "POST /api/sign-in",
    "POST /api/sign-out",
    "POST /api/recover",
  ]);
  const STEWARD = new Set([
    "PUT /api/community",
    "GET /api/members",
    "POST /api/members/:id/remove",
    "GET /api/campaigns/offered",
    "POST /api/campaigns/:id/adopt",
    "GET /api/keys",
    "POST /api/keys/object",
    "GET /api/witnessing",
    "POST /api/witnessing/logs",
    "POST /api/book/new",
    "DELETE /api/witnessing/logs",
    "POST /api/hubs/preview",
    "POST /api/hubs",
    "POST /api/hubs/refresh",
    "GET /api/invites",
    "POST /api/invites",
    "DELETE /api/invites/:id",
  ]);
  /** Bodies that reach the check of the role: those that pass the schema. */
  const BODIES: Record<string, unknown> = {
    "POST /api/pledges/draft": { kind: "interest", campaign: leafNamed("nothing"), qty: "1" },
    "PUT /api/campaigns/:id/feedback": { theme: "price" },
    "PUT /api/community": { name: "Taken over", about: "", region: "TW", languages: ["en"] },
    "POST /api/witnessing/logs": { vkey: `log.example.org+00000000+AQ${"A".repeat(41)}=` },
    "POST /api/book/new": { confirm: "community.example.org", reason: "Lost" },
    "POST /api/keys/object": { hub: "hub.example.org/log", recovery: leafNamed("nothing") },
    "POST /api/hubs/preview": { url: "https://hub.example.org" },
    "POST /api/hubs": { url: "https://hub.example.org", vkey: "key" },
    "POST /api/invites": { role: "member" },
    "PATCH /api/passkeys/:id": { label: "Mine" },
    "POST /api/me/leave": { confirm: "leave" },
  };

  function routes(): string[] {
    const all = nodeApp().routes.filter(({ method }) => method !== "ALL");
    return [...new Set(all.map(({ method, path }) => `${method} ${path}`))];
  }

  async function ask(who: Person, route: string) {
    const [method = "", path = ""] = route.split(" ");
    const address = path
      .replace(":path{.+}", "entries/000.p/1")
      .replace(":generation{[1-9][0-9]?}", "2")
      .replace(":file", `${leafNamed("nothing")}.tlog-proof`)
      .replace("/campaigns/:id", `/campaigns/${leafNamed("nothing")}`)
      .replace(":leaf", leafNamed("nothing"))
      .replace(":id", "nobody")
      .replace(/witnessing\/logs$/, "witnessing/logs?origin=x");
    const assertion = await ana.authenticator.get({ challenge: leafNamed("x") }, "https://community.example.org");
    const body =
      BODIES[route] ?? (route === "POST /api/pledges" ? { challenge_id: "none", response: assertion } : undefined);
    return await who.call(method, address, body);
  }

  it("is open to exactly the roles it is for", async () => {
    const stranger = person(world);
    const known = routes();
    for (const listed of [...PUBLIC, ...STEWARD]) expect(known).toContain(listed);
    for (const route of known) {
      const asStranger = (await ask(stranger, route)).code;
      if (PUBLIC.has(route)) expect(`${route} ${asStranger}`).not.toMatch(/not-signed-in|not-allowed/);
      else expect(`${route} ${asStranger}`).toBe(`${route} not-signed-in`);
    }
    for (const route of known) {
      if (route === "POST /api/me/leave" || route === "POST /api/sign-out") continue;
      const asMember = (await ask(ana, route)).code;
      if (STEWARD.has(route)) expect(`${route} ${asMember}`).toBe(`${route} not-allowed`);
      else expect(`${route} ${asMember}`).not.toMatch(/not-signed-in|not-allowed/);
    }
    expect((await world.steward.call("GET", "/api/community")).body).toMatchObject({ name: "Green Street" });
  });

  it("is described in the OpenAPI document", async () => {
    const document = await (
      await world.fetch("/openapi.json")
    ).json<{
      paths: Record<string, Record<string, unknown>>;
    }>();
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    for (const route of routes()) {
      if (route === "GET /openapi.json" || route.startsWith("GET /book/")) continue;
      expect(described).toContain(route.replaceAll(/:(\w+)/g, "{$1}"));
    }
  });
});

it("the community's public page and descriptor say who it is and where its book is", async () => {
  const page = await (await world.fetch("/api/community")).json<Record<string, unknown>>();
  expect(page).toMatchObject({ named: true, name: "Green Street", members: 2, region: "TW-TPE", languages: ["en"] });
  expect(JSON.stringify(page)).not.toContain("Ana");
  const response = await world.fetch("/.well-known/cocoon.json");
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(await response.json()).toMatchObject({
    kind: "node",
    origin: "community.example.org",
    book: { origin: "community.example.org/book", url: "https://community.example.org/book" },
    hubs: [{ origin: "hub.example.org/log" }],
    protocol: ["cocoon/1"],
  });
});

/** Every row of every table, as text. */
async function everything(): Promise<string> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
  ).all<{ name: string }>();
  const rows = await env.DB.batch(results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`)));
  return JSON.stringify(rows.map((result) => result.results));
}

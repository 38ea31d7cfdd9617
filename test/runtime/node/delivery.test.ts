/** What a node tells its hub: stored before it is sent, in order, once each, whatever happens on the way. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { fromBase64url, fromUtf8 } from "../../../shared/bytes.ts";
import { ok } from "../../../shared/result.ts";
import type { Ed25519Jwk } from "../../../shared/protocol/primitives.ts";
import { openPromise } from "../../../shared/signing/entry-receipt.ts";
import { joinHub } from "../../../workers/node/actions/join-hub.ts";
import type { NodeContext } from "../../../workers/node/context.ts";
import { attendHubs } from "../../../workers/node/jobs/attend-hubs.ts";
import { retryDelayMs, unitMs } from "../../../workers/node/jobs/backoff.ts";
import { deliverReports } from "../../../workers/node/jobs/deliver-reports.ts";
import { signReport } from "../../../workers/node/jobs/sign-report.ts";
import { readHub } from "../../../workers/node/queries/hub.ts";
import type { Person } from "../person.ts";
import { type FakeHub, fakeHub, HUB_LOG, HUB_URL } from "./fake-hub.ts";
import { expectReplayEqualsTables, pledge, putCampaign, type Village, village } from "./village.ts";

const MINUTE = 60_000;
let world: Village;
let hub: FakeHub;
let context: NodeContext;
let ana: Person;

beforeEach(async () => {
  world = await village({ hub: false });
  hub = await fakeHub();
  context = { ...world.context, peer: hub.peer, random: () => 0.5 };
  ana = await world.newMember();
});

async function join(): Promise<void> {
  await joinHub(context, { url: HUB_URL, vkey: hub.vkey });
}
/** Joined, admitted, first report delivered and counted. */
async function settle(): Promise<void> {
  await join();
  hub.status = "admitted";
  await attendHubs(context);
  hub.count("ok");
  world.clock.now += 2 * MINUTE;
  await attendHubs(context);
}
async function link() {
  const row = await readHub(env.DB, HUB_LOG);
  if (row === null) throw new Error("no hub");
  return row;
}
async function stored(): Promise<{ seq: number; delivered_at: number | null }[]> {
  return (
    await env.DB.prepare("SELECT seq, delivered_at FROM report ORDER BY seq").all<{
      seq: number;
      delivered_at: number | null;
    }>()
  ).results;
}

describe("joining", () => {
  it("shows the hub's key, signs the request, and reports once admitted", async () => {
    expect((await world.steward.call("POST", "/api/hubs/preview", { url: "http://hub.example.org" })).code).toBe(
      "peer-forbidden",
    );
    await join();
    expect(await link()).toMatchObject({ status: "requested", name: "Hub" });
    expect(await deliverReports(context, HUB_LOG)).toBe("nothing-to-say");
    hub.status = "admitted";
    await attendHubs(context);
    expect(await link()).toMatchObject({ status: "admitted", reason: "", last_seq: 1, dirty_since: null });
    expect(hub.reports[0]?.claims).toMatchObject({
      iss: "community.example.org",
      aud: HUB_LOG,
      seq: 1,
      prev: hub.join,
      profile: { members: 2 },
    });
  });

  it("refuses a hub whose key is not the one confirmed, and one that asks twice", async () => {
    await expect(joinHub(context, { url: HUB_URL, vkey: "other+00000000+AAAA" })).rejects.toMatchObject({
      code: "peer-invalid",
    });
    await join();
    await expect(join()).rejects.toMatchObject({ code: "join-exists" });
  });

  it("asks again by itself when the hub did not answer", async () => {
    hub.loseAnswers = 1;
    await join();
    expect(await link()).toMatchObject({ status: "unreachable", reason: "peer-unreachable" });
    const first = hub.join;
    await attendHubs(context);
    expect(await link()).toMatchObject({ status: "requested" });
    expect(hub.join).toBe(first);
  });

  it("needs a community with a name", async () => {
    await env.DB.prepare("DELETE FROM community").run();
    await expect(join()).rejects.toMatchObject({ code: "status-conflict" });
  });
});

describe("the hub's signed receipt", () => {
  it("is kept with the report and shown to the steward", async () => {
    await settle();
    const row = await link();
    const index = 99 + hub.reports.length;
    const opened = await openPromise(
      "entry-receipt+jwt",
      row.receipt ?? "",
      JSON.parse(row.statement_jwk) as Ed25519Jwk,
    );
    expect(opened).toMatchObject({ value: { leaf: hub.reports.at(-1)?.leaf, index, seq: hub.reports.length } });
    const shown = (await world.steward.call("GET", "/api/community")).body["hubs"];
    expect(shown).toMatchObject([{ delivery: { receipt: { jws: row.receipt, index } } }]);
    const held = await env.DB.prepare("SELECT hub, leaf FROM promise WHERE receipt = ?").bind(row.receipt).all();
    expect(held.results).toEqual([{ hub: HUB_LOG, leaf: hub.reports.at(-1)?.leaf }]);
  });

  it("counts for nothing under another key: the report has arrived all the same, without a promise", async () => {
    hub.signsReceipts = "stranger";
    await settle();
    expect(await link()).toMatchObject({ receipt: null, undelivered: 0, last_error: null });
  });
});

describe("campaigns", () => {
  it("are taken from the hub's log, adopted, locked by its closing, and their numbers follow the book", async () => {
    await settle();
    const id = await hub.publish("Oat drink");
    await attendHubs(context);
    const offered = (await world.steward.call("GET", "/api/campaigns/offered")).body["campaigns"];
    expect(offered).toMatchObject([{ id, adopted: false, network: { pledged: "11", communities: 2 } }]);
    expect((await ana.call("POST", "/api/pledges/draft", { kind: "interest", campaign: id, qty: "1" })).code).toBe(
      "campaign-not-adopted",
    );
    expect((await world.steward.call("POST", `/api/campaigns/${id}/adopt`)).status).toBe(200);
    await pledge(ana, id, "3", "800");
    await pledge(world.steward, id, "2", "650");
    await hub.close(id, "locked", 2);
    await attendHubs(context);
    await attendHubs(context);
    expect((await ana.call("GET", `/api/campaigns/${id}`)).body).toMatchObject({
      state: "locked",
      closing: { band: 2 },
      here: { pledges: 1, pledged: "0", committed: "3", units_by_band: null },
    });
    expect((await ana.call("GET", "/api/pledges")).body["pledges"]).toMatchObject([
      { stage: "committed", ticks: { live: true } },
    ]);
    expect((await world.steward.call("GET", "/api/pledges")).body["pledges"]).toEqual([]);
    expect((await ana.call("POST", "/api/pledges/draft", { kind: "withdraw", campaign: id })).code).toBe(
      "campaign-closed",
    );
    await expectReplayEqualsTables();
    expect(await env.DB.prepare("SELECT count(*) AS n FROM log_entry WHERE kind = 'lock'").first("n")).toBe(1);
    world.clock.now += 2 * MINUTE;
    await attendHubs(context);
    expect(hub.reports.at(-1)?.claims.totals).toEqual([
      {
        c: id,
        pledges: 1,
        accounts: [0, 0, 1],
        interest: "0",
        pledged: ["0", "0", "0"],
        committed: ["0", "0", "3"],
        purchased: "0",
        locked: "3",
      },
    ]);
  });

  it("that are not in the log, or not signed by the hub's statement key, do not exist here", async () => {
    await settle();
    const id = await hub.publish(
      "Forged terms",
      await import("../../../shared/signing/ed25519.ts").then(async (m) => await m.signer(await m.generateEd25519())),
    );
    const unlogged = await hub.publish("Not logged");
    hub.entries.pop();
    await attendHubs(context);
    for (const campaign of [id, unlogged]) {
      expect((await world.steward.call("POST", `/api/campaigns/${campaign}/adopt`)).code).toBe("campaign-unknown");
    }
  });
});

describe("reports", () => {
  let campaign: string;
  beforeEach(async () => {
    await settle();
    campaign = await putCampaign();
  });

  it("follow a pledge, coalesce, and come no more often than agreed", async () => {
    await pledge(ana, campaign, "3", "800");
    expect((await link()).dirty_since).toBe(world.clock.now);
    expect(await deliverReports(context, HUB_LOG)).toBe("delivered");
    await pledge(ana, campaign, "4", "800");
    await pledge(ana, campaign, "5", "800");
    expect(await deliverReports(context, HUB_LOG)).toBe("not-yet");
    world.clock.now += MINUTE;
    expect(await deliverReports(context, HUB_LOG)).toBe("delivered");
    expect(await deliverReports(context, HUB_LOG)).toBe("nothing-to-say");
    expect(hub.reports.map(({ claims }) => [claims.seq, claims.totals[0]?.pledged[2]])).toEqual([
      [1, undefined],
      [2, "3"],
      [3, "5"],
    ]);
    expect(hub.reports[2]?.claims.prev).toBe(hub.reports[1]?.leaf);
  });

  it("say nothing new at least once a day", async () => {
    world.clock.now += 23 * 60 * MINUTE;
    expect(await deliverReports(context, HUB_LOG)).toBe("nothing-to-say");
    world.clock.now += 2 * 60 * MINUTE;
    expect(await deliverReports(context, HUB_LOG)).toBe("delivered");
  });

  it("show each member how far their pledge has come", async () => {
    const { body } = await pledge(ana, campaign);
    const ticks = async (): Promise<unknown> =>
      ((await ana.call("GET", "/api/receipts")).body["receipts"] as { ticks: unknown }[])[0]?.ticks;
    expect(await ticks()).toMatchObject({ logged: null, counted: null });
    await deliverReports(context, HUB_LOG);
    expect(await ticks()).toMatchObject({ logged: { seq: 2 }, counted: null });
    await attendHubs(context);
    expect(await ticks()).toMatchObject({ counted: null });
    hub.count("ok");
    await attendHubs(context);
    expect(await ticks()).toMatchObject({
      logged: { seq: 2 },
      counted: { at: expect.any(String) as string },
      live: true,
    });
    expect(body["leaf"]).toBeTypeOf("string");
    await pledge(ana, campaign, "9", "800");
    const { receipts } = (await ana.call("GET", "/api/receipts")).body as { receipts: { ticks: object }[] };
    expect(receipts.map((one) => one.ticks)).toMatchObject([
      { logged: null, live: true },
      { logged: { seq: 2 }, live: false },
    ]);
  });

  it("tell the steward when the hub did not count one", async () => {
    await pledge(ana, campaign);
    await deliverReports(context, HUB_LOG);
    hub.count("failed");
    await attendHubs(context);
    expect((await link()).failed_code).toBe("totals-mismatch");
    const { hubs } = await (await world.fetch("/api/community")).json<{ hubs: unknown[] }>();
    expect(hubs).toMatchObject([{ failed_code: "totals-mismatch", counted_book_size: expect.any(Number) as number }]);
  });

  it("survive a hub that is down for a day", async () => {
    hub.down = true;
    await pledge(ana, campaign);
    const began = world.clock.now;
    const attempts: number[] = [];
    while (world.clock.now < began + 24 * 60 * MINUTE) {
      expect(await deliverReports(context, HUB_LOG)).toBe("failed");
      attempts.push((world.clock.now - began) / MINUTE);
      if (attempts.length === 3) await pledge(ana, campaign, "7", "800");
      world.clock.now = (await link()).next_at ?? 0;
    }
    expect(attempts.slice(0, 9)).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
    expect(attempts.length).toBeLessThan(32);
    expect(await link()).toMatchObject({ last_error: "hub-unreachable", dirty_since: expect.any(Number) as number });
    hub.down = false;
    world.clock.now += 61 * MINUTE;
    expect(await deliverReports(context, HUB_LOG)).toBe("delivered");
    expect(hub.reports.at(-1)?.claims.totals[0]?.pledged[2]).toBe("7");
    expect(await link()).toMatchObject({ attempts: 0, last_error: null, dirty_since: null });
  });

  it("stored but not sent when the power fails are sent as they were", async () => {
    await pledge(ana, campaign);
    const signed = await signReport(context, await link());
    expect(signed.ok).toBe(true);
    expect(await stored()).toMatchObject([{ seq: 1 }, { seq: 2, delivered_at: null }]);
    expect(await deliverReports(context, HUB_LOG)).toBe("delivered");
    expect(hub.reports.map(({ jws }) => jws)[1]).toBe(signed.ok ? signed.value.jws : "");
    expect(await stored()).toMatchObject([{ seq: 1 }, { seq: 2, delivered_at: world.clock.now }]);
  });

  it("whose answer was lost are sent again, byte for byte, and counted once", async () => {
    await pledge(ana, campaign);
    hub.loseAnswers = 1;
    expect(await deliverReports(context, HUB_LOG)).toBe("failed");
    expect(hub.reports).toHaveLength(2);
    world.clock.now += 2 * MINUTE;
    expect(await deliverReports(context, HUB_LOG)).toBe("delivered");
    expect(hub.reports).toHaveLength(2);
  });

  it("are signed once when two invocations want to", async () => {
    await pledge(ana, campaign);
    await Promise.all([deliverReports(context, HUB_LOG), deliverReports(context, HUB_LOG)]);
    expect(await stored()).toHaveLength(2);
    expect(hub.reports).toHaveLength(2);
  });

  it("carry a change that happens while one is being signed with the next one", async () => {
    await pledge(ana, campaign, "3", "800");
    const { peer } = hub;
    let meanwhile: Promise<unknown> | null = null;
    const racing: NodeContext = {
      ...context,
      peer: {
        ...peer,
        async post(url, body, type) {
          meanwhile ??= pledge(ana, campaign, "8", "800");
          await meanwhile;
          return await peer.post(url, body, type);
        },
      },
    };
    expect(await deliverReports(racing, HUB_LOG)).toBe("delivered");
    expect((await link()).dirty_since).not.toBeNull();
    world.clock.now += MINUTE;
    expect(await deliverReports(context, HUB_LOG)).toBe("delivered");
    expect(hub.reports.map(({ claims }) => claims.totals[0]?.pledged[2])).toEqual([undefined, "3", "8"]);
  });

  it("wait as long as the hub asks, and say why", async () => {
    await pledge(ana, campaign);
    hub.answers.push({ status: 429, body: { type: "t", title: "t", status: 429, code: "too-often" }, retryAfterS: 30 });
    expect(await deliverReports(context, HUB_LOG)).toBe("failed");
    expect(await link()).toMatchObject({ last_error: "too-often", next_at: world.clock.now + 30_000 });
    expect(await deliverReports(context, HUB_LOG)).toBe("not-yet");
    world.clock.now += 30_000;
    expect(await deliverReports(context, HUB_LOG)).toBe("delivered");
  });

  it("of a restored node continue after the hub's last, and never say one number twice", async () => {
    const backup = await env.DB.batch([env.DB.prepare("SELECT * FROM outbox"), env.DB.prepare("SELECT * FROM report")]);
    await pledge(ana, campaign);
    await deliverReports(context, HUB_LOG);
    const outbox = backup[0]?.results[0] as { last_seq: number; last_leaf: string } | undefined;
    await env.DB.batch([
      env.DB.prepare("DELETE FROM report WHERE seq > 1"),
      env.DB.prepare("UPDATE outbox SET last_seq = ?, last_leaf = ?").bind(
        outbox?.last_seq ?? 0,
        outbox?.last_leaf ?? "",
      ),
    ]);
    world.clock.now += 2 * MINUTE;
    await pledge(ana, campaign, "6", "800");
    expect(await deliverReports(context, HUB_LOG)).toBe("delivered");
    expect(hub.reports.map(({ claims }) => claims.seq)).toEqual([1, 2, 3]);
    expect(await link()).toMatchObject({ last_seq: 3 });
  });

  it.each([
    ["a number that is not free yet", { code: "seq-gap", expected_seq: 3 }],
    ["an equivocation that never was", { code: "equivocation" }],
  ])("are not signed twice for a hub that claims %s", async (_, claim) => {
    const sent: string[] = [];
    const { peer } = hub;
    const watched: NodeContext = {
      ...context,
      peer: {
        ...peer,
        async post(url, body, type) {
          if (typeof body === "string") sent.push(body);
          return await peer.post(url, body, type);
        },
      },
    };
    await pledge(ana, campaign);
    hub.answers.push({ status: 409, body: { type: "t", title: "t", status: 409, ...claim } });
    for (let i = 0; i < 6; i += 1) {
      await deliverReports(watched, HUB_LOG);
      world.clock.now += 2 * MINUTE;
      await pledge(ana, campaign, String(3 + i), "800");
    }
    const said = new Map<number, Set<string>>();
    for (const jws of sent) {
      const payload = jws.split(".")[1] ?? "";
      const { seq } = JSON.parse(fromUtf8(fromBase64url(payload))) as { seq: number };
      said.set(seq, (said.get(seq) ?? new Set()).add(payload));
    }
    expect([...said.values()].map(({ size }) => size)).toEqual([...said].map(() => 1));
    expect(hub.reports.length).toBeGreaterThan(2);
  });

  it("are not signed over a book that is shorter than the hub has seen", async () => {
    await pledge(ana, campaign);
    await deliverReports(context, HUB_LOG);
    await env.DB.prepare("UPDATE log_head SET size = size - 1").run();
    await env.DB.prepare("UPDATE outbox SET dirty_since = 1").run();
    world.clock.now += 2 * MINUTE;
    expect(await deliverReports(context, HUB_LOG)).toBe("failed");
    expect((await link()).last_error).toBe("book-behind");
    expect(hub.reports).toHaveLength(2);
  });

  it("are sent again to a hub that lost them", async () => {
    await pledge(ana, campaign);
    await deliverReports(context, HUB_LOG);
    hub.reports.length = 0;
    world.clock.now += 2 * MINUTE;
    await pledge(ana, campaign, "6", "800");
    for (let i = 0; i < 6 && hub.reports.length < 3; i += 1) await deliverReports(context, HUB_LOG);
    expect(hub.reports.map(({ claims }) => claims.seq)).toEqual([1, 2, 3]);
  });

  it("wait, and say why, where the hub lost one that is not here either, and go on when it is back", async () => {
    await pledge(ana, campaign);
    await deliverReports(context, HUB_LOG);
    world.clock.now += 2 * MINUTE;
    await pledge(ana, campaign, "5", "800");
    await deliverReports(context, HUB_LOG);
    // this database has lost the second, and then the hub the second and third
    await env.DB.prepare("DELETE FROM report WHERE seq = 2").run();
    const lost = hub.reports.splice(1, 2);
    world.clock.now += 2 * MINUTE;
    await pledge(ana, campaign, "6", "800");
    for (let at = 0; at < 4; at += 1) {
      await deliverReports(context, HUB_LOG);
      world.clock.now += 2 * MINUTE;
    }
    expect(await link()).toMatchObject({ last_error: "seq-gap" });
    expect(hub.reports).toHaveLength(1);
    // nothing is stored that could be sent, and the number is not free
    await env.DB.prepare("UPDATE report SET delivered_at = 1").run();
    world.clock.now += 61 * MINUTE;
    expect(await deliverReports(context, HUB_LOG)).toBe("failed");
    expect(await link()).toMatchObject({ last_error: "report-lost" });
    hub.reports.push(...lost);
    world.clock.now += 61 * MINUTE;
    expect(await deliverReports(context, HUB_LOG)).toBe("delivered");
    expect(hub.reports.map(({ claims }) => claims.seq)).toEqual([1, 2, 3, 4]);
    expect(await link()).toMatchObject({ last_error: null });
  });

  it("do not follow one that the hub invents, and go on when it names the right one", async () => {
    await pledge(ana, campaign);
    const { peer } = hub;
    const inventing: NodeContext = {
      ...context,
      peer: {
        ...peer,
        async getJson(url, schema) {
          const found = await peer.getJson(url, schema);
          if (!found.ok || !url.includes("/api/communities/")) return found;
          const { last_report: last } = found.value as { last_report: object };
          return ok(schema.parse({ ...found.value, last_report: { ...last, seq: 100, leaf: "I".repeat(42) + "A" } }));
        },
      },
    };
    expect(await deliverReports(inventing, HUB_LOG)).toBe("failed");
    expect(await link()).toMatchObject({ last_error: "report-unproven" });
    world.clock.now += 2 * MINUTE;
    expect(await deliverReports(context, HUB_LOG)).toBe("delivered");
    expect(hub.reports.at(-1)?.claims.seq).toBe(2);
  });

  it("can be fetched by whoever missed some", async () => {
    await pledge(ana, campaign);
    await deliverReports(context, HUB_LOG);
    const all = await (await world.fetch("/reports?after=0")).json<{ reports: string[]; next: number | null }>();
    expect(all).toEqual({ reports: hub.reports.map(({ jws }) => jws), next: null });
    const rest = await (await world.fetch(`/reports?after=1&hub=${HUB_LOG}`)).json<{ reports: string[] }>();
    expect(rest.reports).toEqual([hub.reports[1]?.jws]);
    expect(await (await world.fetch("/reports?after=0&hub=other.example.org/log")).json()).toEqual({
      reports: [],
      next: null,
    });
  });

  it("say why members would not take more, once five of them say the same, and never who", async () => {
    const members = [ana];
    for (let at = 0; at < 5; at += 1) members.push(await world.newMember(`Member ${String(at)}`));
    const say = async (who: Person, theme: string | null) =>
      await who.call("PUT", `/api/campaigns/${campaign}/feedback`, { theme });
    expect((await say(ana, "price")).code).toBe("pledge-unknown");
    for (const who of members) await pledge(who, campaign);
    expect((await say(ana, "colour")).code).toBe("malformed-request");
    for (const [at, who] of members.entries()) expect((await say(who, at === 5 ? "size" : "price")).status).toBe(204);
    const mine = await ana.call("GET", "/api/pledges");
    expect(mine.body).toMatchObject({ pledges: [{ campaign, theme: "price" }] });
    await deliverReports(context, HUB_LOG);
    expect(hub.reports.at(-1)?.claims.totals[0]).toMatchObject({ pledges: 6, feedback: { price: 5 } });
    world.clock.now += 2 * MINUTE;
    await say(ana, null);
    await pledge(ana, campaign, "3");
    await deliverReports(context, HUB_LOG);
    expect(hub.reports.at(-1)?.claims.totals[0]?.feedback).toBeUndefined();
    await expectReplayEqualsTables();
  });

  it("carry a new profile", async () => {
    const profile = { name: "Blue Street", about: "", region: "TW-TPE", languages: ["en", "zh-TW"] };
    await world.steward.call("PUT", "/api/community", profile);
    expect(await deliverReports(context, HUB_LOG)).toBe("delivered");
    expect(hub.reports.at(-1)?.claims.profile).toEqual({
      name: "Blue Street",
      region: "TW-TPE",
      languages: ["en", "zh-TW"],
      members: 2,
    });
  });
});

describe("back-off", () => {
  it("doubles to an hour, within a fifth, and stays there", () => {
    const middle = [1, 2, 3, 4, 5, 6, 7, 8, 50].map((attempts) => retryDelayMs(attempts, unitMs(60), 0.5) / MINUTE);
    expect(middle).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(retryDelayMs(3, MINUTE, 0)).toBe(3.2 * MINUTE);
    expect(retryDelayMs(3, MINUTE, 0.999_999)).toBeCloseTo(4.8 * MINUTE, -2);
    expect([unitMs(0), unitMs(2), unitMs(600)]).toEqual([1000, 2000, 60_000]);
  });
});

/** Signed documents that gather and enter the book together, in random order: against a promise, and losing none. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { MyPledges, WaitingPledge } from "../../../shared/protocol/api/community.ts";
import { BOOK_PROMISE, bookPromise } from "../../../shared/protocol/promise.ts";
import { parseJws, verifyJws } from "../../../shared/signing/jws.ts";
import { meter, noCounts } from "../../../workers/lib/d1.ts";
import { endCampaign } from "../../../workers/node/jobs/end-campaign.ts";
import { bookWaiting } from "../../../workers/node/jobs/book-waiting.ts";
import type { Person } from "../person.ts";
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

const GATHER_S = 600;
let world: Village;
let ana: Person;

beforeEach(async () => {
  world = await village({ hub: true, gather: GATHER_S });
  ana = await world.newMember();
});

async function mine(who = ana): Promise<MyPledges> {
  return (await who.call("GET", "/api/pledges")).body as MyPledges;
}

async function pledgesInBook(): Promise<{ idx: number; cm: string }[]> {
  const sql = `SELECT idx, data ->> 'cm' AS cm FROM log_entry WHERE kind IN ('pledge', 'revise', 'interest', 'withdraw')
    ORDER BY idx`;
  return (await env.DB.prepare(sql).all<{ idx: number; cm: string }>()).results;
}

async function later(seconds = GATHER_S): Promise<number> {
  world.clock.now += seconds * 1000;
  return await bookWaiting(world.context);
}

describe("a signed pledge", () => {
  it("waits for others against a promise that anyone can verify, and nothing of it is published", async () => {
    const answer = await pledge(ana, world.campaign);
    expect(answer.status).toBe(202);
    const waiting = answer.body as unknown as WaitingPledge;
    const parsed = parseJws(waiting.promise);
    if (!parsed.ok) throw new Error(parsed.error);
    expect(parsed.value.typ).toBe(BOOK_PROMISE);
    expect(await verifyJws(parsed.value, world.context.config.reportJwk)).toBe(true);
    const { cm, received, include_by } = bookPromise.parse(parsed.value.claims);
    expect(include_by - received).toBe(2 * GATHER_S + 600);
    expect(await mine()).toEqual({ pledges: [], waiting: [waiting] });
    expect(await pledgesInBook()).toEqual([]);
    expect(await later(GATHER_S - 1)).toBe(0);
    expect(await later(1)).toBe(1);
    expect(await pledgesInBook()).toMatchObject([{ cm }]);
    expect(await mine()).toMatchObject({ pledges: [{ qty: "2" }], waiting: [] });
    expect(await later()).toBe(0);
    await expectReplayEqualsTables();
  });

  it("is followed by its receipt, with the time at which it was signed", async () => {
    const { body } = await pledge(ana, world.campaign);
    await later();
    const receipts = (await ana.call("GET", "/api/receipts")).body["receipts"];
    expect(receipts).toMatchObject([{ ticks: { signed_at: body["signed_at"] } }]);
  });

  it("takes the place of one that still waits, and revises one that is in the book", async () => {
    await pledge(ana, world.campaign, "2");
    await pledge(ana, world.campaign, "5");
    expect((await mine()).waiting).toMatchObject([{ qty: "5" }]);
    expect(await later()).toBe(1);
    await pledge(ana, world.campaign, "7");
    expect(await mine()).toMatchObject({ pledges: [{ qty: "5" }], waiting: [{ qty: "7" }] });
    await later();
    expect(await mine()).toMatchObject({ pledges: [{ qty: "7" }], waiting: [] });
    const goodbye = await sign(ana, await draft(ana, { kind: "withdraw", campaign: world.campaign }));
    expect(goodbye.body).toMatchObject({ kind: "withdraw", qty: null });
    await later();
    expect(await mine()).toEqual({ pledges: [], waiting: [] });
    await expectReplayEqualsTables();
  });

  it("can be taken back while it waits, by its own member only", async () => {
    const ben = await world.newMember("Ben");
    await pledge(ana, world.campaign);
    const path = `/api/pledges/waiting/${world.campaign}`;
    expect((await ben.call("DELETE", path)).code).toBe("pledge-unknown");
    expect((await ana.call("DELETE", path)).status).toBe(204);
    expect((await ana.call("DELETE", path)).code).toBe("pledge-unknown");
    expect(await later()).toBe(0);
    expect(await pledgesInBook()).toEqual([]);
  });

  it("is refused when its draft was used, or when another device was quicker", async () => {
    const other = await putCampaign("Soap");
    const first = await draft(ana, pledgeOf(world.campaign));
    const second = await draft(ana, pledgeOf(other));
    expect((await sign(ana, first)).status).toBe(202);
    expect((await sign(ana, first)).status).toBe(409);
    expect((await sign(ana, second)).code).toBe("pledge-changed");
    const [one, two] = await Promise.all([draft(ana, pledgeOf(other)), draft(ana, pledgeOf(world.campaign, "4"))]);
    const answers = await Promise.all([sign(ana, one), sign(ana, two)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409]);
    await later();
    await expectReplayEqualsTables();
  });

  it("goes with its member, and is in what the member may take along", async () => {
    await pledge(ana, world.campaign);
    const data = (await ana.call("GET", "/api/me/data")).body;
    expect(data["waiting"]).toMatchObject([{ qty: "2" }]);
    expect((await ana.call("POST", "/api/me/leave", { confirm: "Ana" })).status).toBeLessThan(300);
    expect(await later()).toBe(0);
    expect((await env.DB.prepare("SELECT count(*) AS n FROM waiting").first<{ n: number }>())?.n).toBe(0);
  });
});

describe("a free plan's fifty queries", () => {
  it("are enough to book as much as one run does", async () => {
    for (let i = 0; i < 3; i += 1) await pledge(await world.newMember(`P${String(i)}`), world.campaign);
    world.clock.now += GATHER_S * 1000;
    const counts = noCounts();
    expect(await bookWaiting({ ...world.context, db: meter(env.DB, counts) })).toBe(3);
    // The query for the oldest, and per portion what one portion took: the number of statements does not grow with it.
    expect(1 + 3 * (counts.queries - 1)).toBeLessThanOrEqual(48);
  });
});

describe("many", () => {
  it("enter together, in another order than they were signed, each member's own in theirs", async () => {
    const soap = await putCampaign("Soap");
    const people = [ana];
    for (let i = 0; i < 9; i += 1) people.push(await world.newMember(`P${String(i)}`));
    const signed: string[] = [];
    for (const campaign of [world.campaign, soap]) {
      for (const who of people) {
        const { body } = await pledge(who, campaign, "1", "800");
        signed.push(claimsOf(String(body["promise"])).cm);
      }
    }
    expect(await later()).toBe(20);
    const booked = (await pledgesInBook()).map(({ cm }) => cm);
    expect(booked.toSorted()).toEqual(signed.toSorted());
    // One order in 20! is the one they were signed in.
    expect(booked).not.toEqual(signed);
    const { results } = await env.DB.prepare("SELECT member, idx, seq FROM receipt ORDER BY member, idx").all<{
      member: string;
      seq: number;
    }>();
    for (const [at, row] of results.entries()) {
      const before = results[at - 1];
      if (before?.member === row.member) expect(row.seq).toBeGreaterThan(before.seq);
    }
    await expectReplayEqualsTables();
  });

  it("are all in the book before their campaign's lock", async () => {
    await pledge(ana, world.campaign, "3", "800");
    await env.DB.prepare(
      "UPDATE campaign SET close_leaf = ?, close_outcome = 'locked', close_band = 0, close_reason = '', closed_at = 0",
    )
      .bind(leafNamed("close"))
      .run();
    await endCampaign(world.context, world.campaign);
    const kinds = await env.DB.prepare("SELECT kind FROM log_entry ORDER BY idx DESC LIMIT 2").all<{ kind: string }>();
    expect(kinds.results.map(({ kind }) => kind)).toEqual(["lock", "pledge"]);
    await expectReplayEqualsTables();
  });

  it("are booked once when two schedules run at the same time, whatever is signed meanwhile", async () => {
    const ben = await world.newMember("Ben");
    await pledge(ana, world.campaign, "2");
    await pledge(ben, world.campaign, "3");
    world.clock.now += (GATHER_S - 1) * 1000;
    const again = await draft(ana, pledgeOf(world.campaign, "6"));
    world.clock.now += 1000;
    const [answer] = await Promise.all([
      sign(ana, again),
      bookWaiting(world.context),
      bookWaiting(world.context),
      ben.call("DELETE", `/api/pledges/waiting/${world.campaign}`),
    ]);
    expect([202, 409]).toContain(answer.status);
    await later();
    const seen = await mine();
    expect(seen).toMatchObject({ pledges: [{ qty: answer.status === 202 ? "6" : "2" }], waiting: [] });
    await expectReplayEqualsTables();
  });

  it("cost two rows each to hold, and a bounded number of statements to book", async () => {
    const { response } = await pledge(ana, world.campaign);
    expect(response.headers.get("x-cocoon-db")).toMatch(/^queries=3;read=\d+;written=2$/);
  });
});

function claimsOf(jws: string) {
  const parsed = parseJws(jws);
  if (!parsed.ok) throw new Error(parsed.error);
  return bookPromise.parse(parsed.value.claims);
}

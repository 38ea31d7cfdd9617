/** What the clock does has the 50 queries of one invocation: with many hubs each waits for its turn. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { fail } from "../../../shared/result.ts";
import { meter, noCounts } from "../../../workers/lib/d1.ts";
import { joinHub } from "../../../workers/node/actions/join-hub.ts";
import { attendNextHub } from "../../../workers/node/jobs/attend-hubs.ts";
import { watchHubs } from "../../../workers/node/jobs/watch-hub.ts";
import type { NodeContext } from "../../../workers/node/context.ts";
import { fakeHub, HUB_URL } from "./fake-hub.ts";
import { pledge, putCampaign, type Village, village } from "./village.ts";

const MINUTE = 60_000;
let world: Village;

beforeEach(async () => {
  world = await village({ hub: false });
});

/** Eight in all, none of which answers. */
async function silentHubs(): Promise<NodeContext["peer"]> {
  const hub = await fakeHub();
  await joinHub({ ...world.context, peer: hub.peer }, { url: HUB_URL, vkey: hub.vkey });
  await env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 7)
     INSERT INTO hub (origin, url, name, vkey, statement_jwk, status, reason, join_jws, join_leaf, requested_at,
       counted_seq, counted_book_size)
     SELECT 'h' || n.i || '.example/log', url, name, vkey, statement_jwk, status, reason, join_jws, join_leaf,
       requested_at, 0, 0 FROM hub, n`,
  ).run();
  await env.DB.prepare("UPDATE hub SET status = 'admitted'").run();
  await env.DB.prepare(
    `INSERT INTO outbox (hub, rev, attempts, last_seq, last_leaf) SELECT origin, 0, 0, 0, join_leaf FROM hub
     WHERE true ON CONFLICT (hub) DO NOTHING`,
  ).run();
  const nothing = () => Promise.resolve(fail("peer-unreachable" as const));
  return { get: nothing, post: nothing, getJson: nothing };
}

/** Five minutes later: how many queries the work took. */
async function run(peer: NodeContext["peer"], work: (context: NodeContext) => Promise<void>): Promise<number> {
  world.clock.now += 5 * MINUTE;
  const counts = noCounts();
  await work({ ...world.context, peer, db: meter(env.DB, counts) });
  return counts.queries;
}

it("watches three hubs a run, each in its turn", async () => {
  const peer = await silentHubs();
  const seen: (number | null)[] = [];
  for (let at = 0; at < 3; at += 1) {
    const queries = await run(peer, (context) => watchHubs(context, () => undefined));
    expect(queries).toBeLessThanOrEqual(25);
    seen.push(await env.DB.prepare("SELECT count(*) AS n FROM hub_watch").first<number>("n"));
  }
  expect(seen).toEqual([3, 6, 8]);
});

it("attends to one hub a run, each in its turn, also when one of them fails", async () => {
  const peer = await silentHubs();
  for (let at = 1; at <= 8; at += 1) {
    expect(await run(peer, attendNextHub)).toBeLessThanOrEqual(25);
    const attended = await env.DB.prepare("SELECT count(*) AS n FROM hub WHERE attended_at > 0").first<number>("n");
    expect(attended).toBe(at);
  }
});

it("attends to a hub that has admitted it, published campaigns and counted reports", async () => {
  const hub = await fakeHub();
  await joinHub({ ...world.context, peer: hub.peer }, { url: HUB_URL, vkey: hub.vkey });
  hub.status = "admitted";
  for (const name of ["Soap", "Rice", "Oats"]) await hub.publish(name);
  const spent = [await run(hub.peer, attendNextHub)];
  hub.count("ok");
  const member = await world.newMember();
  await pledge(member, await putCampaign("Soap"));
  spent.push(await run(hub.peer, attendNextHub), await run(hub.peer, attendNextHub));
  expect(hub.reports.length).toBeGreaterThan(1);
  expect(Math.max(...spent)).toBeLessThanOrEqual(45);
});

/** A node with many hubs watches those in turn that have waited longest: a run has the 50 queries of one invocation. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { fail } from "../../../shared/result.ts";
import { meter, noCounts } from "../../../workers/lib/d1.ts";
import { watchHubs } from "../../../workers/node/jobs/watch-hub.ts";
import type { NodeContext } from "../../../workers/node/context.ts";
import { village } from "./village.ts";

it("watches three hubs a run, each in its turn, in less than 50 queries", async () => {
  const world = await village();
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
  const peer: NodeContext["peer"] = { get: nothing, post: nothing, getJson: nothing };
  const seen: (number | null)[] = [];
  for (let run = 0; run < 3; run += 1) {
    world.clock.now += 300_000;
    const counts = noCounts();
    await watchHubs({ ...world.context, peer, db: meter(env.DB, counts) }, () => undefined);
    expect(counts.queries).toBeLessThanOrEqual(25);
    seen.push(await env.DB.prepare("SELECT count(*) AS n FROM hub_watch").first<number>("n"));
  }
  expect(seen).toEqual([3, 6, 8]);
});

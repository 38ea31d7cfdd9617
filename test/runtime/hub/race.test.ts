/** Several writers at once: no fork, no loss, no double count. The primary keys of the log decide. */
import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { fromBase64url, toBase64 } from "../../../shared/bytes.ts";
import { openCheckpoint } from "../../../shared/log/checkpoint.ts";
import { rootOf } from "../../../shared/log/merkle.ts";
import { openHub } from "../../../workers/hub/hub.ts";
import { openLog } from "../../../workers/hub/jobs/open-log.ts";
import { signTotals } from "../../../workers/hub/jobs/sign-totals.ts";
import { type City, city, expectReplayEqualsTables } from "./city.ts";

async function expectOneLog(world: City): Promise<void> {
  const { results } = await env.DB.prepare("SELECT idx, leaf FROM log_entry ORDER BY idx").all<{
    idx: number;
    leaf: string;
  }>();
  expect(results.map(({ idx }) => idx)).toEqual(results.map((_, at) => at));
  const note = await (await world.fetch("/log/checkpoint")).text();
  const head = await openCheckpoint(note, world.hub.keys.log.vkey, "hub.example.org/log");
  if (!head.ok) throw new Error(head.error);
  expect(head.value.size).toBe(results.length);
  expect(toBase64(head.value.root)).toBe(toBase64(rootOf(results.map(({ leaf }) => fromBase64url(leaf)))));
  await expectReplayEqualsTables();
}

describe("racing writers", () => {
  it("logs one policy, however many requests are the first", async () => {
    await reset();
    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
    const hubs = await Promise.all(Array.from({ length: 5 }, async () => await openHub({ ...env }, env.DB, Date.now)));
    await Promise.all(hubs.map(openLog));
    const { results } = await env.DB.prepare("SELECT kind FROM log_entry").all<{ kind: string }>();
    expect(results).toEqual([{ kind: "hub-policy+jwt" }]);
    const signed = await env.DB.prepare("SELECT size FROM totals").all<{ size: number }>();
    expect(signed.results).toEqual([{ size: 1 }]);
  });

  it("logs the reports of many communities that arrive at the same instant, each once", async () => {
    const world = await city();
    const campaign = await world.publish();
    const nodes = [];
    for (const name of ["a", "b", "c", "d"]) nodes.push(await world.admitted(`${name}.example.org`));
    const reports = await Promise.all(
      nodes.map(async (node) => {
        node.pledge(campaign, "2", 1);
        return await node.report(world.rules);
      }),
    );
    // each twice, as a push and a retry that crossed
    const answers = await Promise.all([...reports, ...reports].map(async (jws) => await world.submit(jws)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 200, 200, 202, 202, 202, 202,
    ]);
    await world.settle();
    expect(await world.network()).toMatchObject({ pledges: 4, communities: 4, purchasing_power_minor: "5600" });
    await expectOneLog(world);
  });

  it("accepts one of two different reports with one number, and calls the other equivocation", async () => {
    const world = await city();
    const node = await world.admitted("a.example.org");
    const campaign = await world.publish();
    node.pledge(campaign, "2", 1);
    const one = await node.report(world.rules);
    const other = await node.report(world.rules, { iat: Math.floor(world.clock.now / 1000) - 5 });
    const answers = await Promise.all([world.submit(one), world.submit(other)]);
    expect(answers.map(({ status, code }) => `${String(status)} ${code}`).toSorted()).toEqual([
      "202 ",
      "409 equivocation",
    ]);
    await expectOneLog(world);
  });

  it("gives one verdict when several invocations check the same report", async () => {
    const world = await city();
    const node = await world.admitted("a.example.org");
    const campaign = await world.publish();
    node.pledge(campaign, "2", 1);
    node.reachable = false;
    await world.submit(await node.report(world.rules));
    node.reachable = true;
    world.later(61);
    await Promise.all([world.settle(), world.settle(), world.settle()]);
    await world.settle();
    const verdicts = await env.DB.prepare("SELECT count(*) AS n FROM log_entry WHERE kind = 'report-check+jwt'").first(
      "n",
    );
    expect(verdicts).toBe(1);
    expect((await world.network()).pledges).toBe(1);
    await expectOneLog(world);
  });

  it("keeps the operator's entries apart when they are written at once", async () => {
    const world = await city();
    const ids = await Promise.all(
      Array.from({ length: 4 }, async (_, i) => await world.publish({ name: `Campaign ${String(i)}` })),
    );
    expect(new Set(ids).size).toBe(4);
    await expectOneLog(world);
  });
});

describe("signed totals", () => {
  it("are signed once per log size, and the log stands still when nothing happens", async () => {
    const world = await city();
    await world.settle();
    const before = await (await world.fetch("/log/totals")).text();
    const { size } = (await world.network()).log;
    world.later(600);
    await Promise.all([signTotals(world.hub), signTotals(world.hub)]);
    expect(await (await world.fetch("/log/totals")).text()).toBe(before);
    expect((await world.network()).log.size).toBe(size);
  });

  it("are signed anew after six hours, at the price of one entry", async () => {
    const world = await city();
    await world.settle();
    const { size } = (await world.network()).log;
    world.later(6 * 3600);
    await world.settle();
    await world.settle();
    const after = await world.network();
    expect(after.log.size).toBe(size + 1);
    expect(after.as_of).toBe(new Date(world.clock.now).toISOString().replace(".000Z", "Z"));
    await expectReplayEqualsTables();
  });

  it("are signed after a restart for what was committed before it", async () => {
    const world = await city();
    await world.publish();
    await env.DB.prepare("DELETE FROM totals").run();
    await world.settle();
    expect((await world.network()).log.size).toBe(
      await env.DB.prepare("SELECT count(*) AS n FROM log_entry").first("n"),
    );
    await expectReplayEqualsTables();
  });
});

/** From a signed report to the published number, and what becomes of books that lie: docs/protocol.md §3. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { canonicalBytes } from "../../../shared/signing/canonical.ts";
import { checkReports } from "../../../workers/hub/jobs/check-reports.ts";
import { replayNightly } from "../../../workers/hub/jobs/replay.ts";
import { type City, city, expectReplayEqualsTables } from "./city.ts";
import { DAY, type NodeDouble, random } from "./node-double.ts";

let world: City;
let node: NodeDouble;
let campaign: string;

beforeEach(async () => {
  world = await city({ REPORT_INTERVAL_S: "0" });
  node = await world.admitted("a.example.org");
  campaign = await world.publish();
});

async function lastReport() {
  const { last_report, counted } = await world.community(node.origin);
  return { last: last_report, counted };
}

async function expectFailed(code: string, countedSeq: number | null): Promise<void> {
  const { last, counted } = await lastReport();
  expect(last).toMatchObject({ verdict: "failed", code });
  expect(counted?.seq ?? null).toBe(countedSeq);
  await expectReplayEqualsTables();
}

describe("a true report", () => {
  it("moves the published number by what its book holds", async () => {
    node.pledge(campaign, "3", 2);
    node.pledge(campaign, "2", 0);
    await world.report(node);
    const network = await world.network();
    // 3 × min(900, 800) + 2 × 600
    expect(network.purchasing_power_minor).toBe("3600");
    expect(network).toMatchObject({ pledges: 2, communities: 1, members_declared: 20 });
    expect((await lastReport()).counted).toMatchObject({ seq: 1, verdict: "ok", book_size: 3 });
    await expectReplayEqualsTables();
  });

  it("follows revisions, withdrawals and interest from report to report, reading only what is new", async () => {
    const first = node.pledge(campaign, "3", 2);
    const second = node.pledge(campaign, "2", 0);
    await world.report(node);
    node.requests.length = 0;
    node.append(
      { t: "revise", r: first, q: "5", b: 1, cm: random(32), d: DAY },
      { t: "withdraw", r: second, why: "left", n: random(), d: DAY },
      { t: "interest", c: campaign, q: "4", cm: random(32), a: "weak", d: DAY },
    );
    await world.report(node);
    expect(node.requests).toEqual(["/book/tile/entries/000.p/6"]);
    expect(await world.network()).toMatchObject({
      purchasing_power_minor: "3500",
      pledges: 1,
      stages: { interest: "4", pledged: "5" },
    });
    await expectReplayEqualsTables();
  });

  it("reads a long book in slices, one invocation after the other", async () => {
    for (let i = 0; i < 1300; i += 1) node.pledge(campaign, "1", 0);
    const jws = await node.report(world.rules);
    // the first three slices belong to the request's own invocation
    expect((await world.submit(jws)).status).toBe(202);
    node.accepted(jws);
    await world.settle();
    expect((await lastReport()).counted).toMatchObject({ book_size: 1301 });
    expect((await world.network()).pledges).toBe(1300);
    const mirrored = await env.DB.prepare("SELECT count(*) AS n FROM mirror_chain").first<number>("n");
    expect(mirrored).toBe(1300);
  });
});

describe("long books", () => {
  it("keep nobody waiting: whoever came meanwhile is looked at before the next slice", async () => {
    const giants: NodeDouble[] = [];
    for (let i = 0; i < 6; i += 1) {
      const giant = await world.admitted(`giant${String(i)}.example.org`);
      for (let n = 0; n < 600; n += 1) giant.pledge(campaign, "1", 0);
      giant.reachable = false;
      const jws = await giant.report(world.rules);
      await world.submit(jws);
      giant.reachable = true;
      giants.push(giant);
    }
    node.reachable = false;
    node.pledge(campaign, "2", 1);
    await world.submit(await node.report(world.rules));
    node.reachable = true;
    world.later(61);
    expect(await checkReports(world.hub)).toBe("more");
    world.later(1);
    expect(await checkReports(world.hub)).toBe("more");
    expect((await lastReport()).last).toMatchObject({ verdict: "ok" });
    expect((await world.community(giants[0]?.origin ?? "")).last_report).toMatchObject({ verdict: "pending" });
  });
});

describe("the nightly replay", () => {
  it("names every row that is not what the log folds to, and raises an alarm", async () => {
    node.pledge(campaign, "3", 2);
    await world.report(node);
    await replayNightly(world.hub);
    expect(world.lines.filter(({ alarm }) => alarm !== undefined)).toEqual([]);
    await env.DB.prepare("UPDATE campaign SET sums = replace(sums, '\"3\"', '\"4\"')").run();
    await env.DB.prepare("DELETE FROM verdict").run();
    await replayNightly(world.hub);
    expect(world.lines.filter(({ alarm }) => alarm !== undefined)).toMatchObject([
      {
        level: "error",
        alarm: "view-differs",
        differences: [`campaign ${campaign}`, expect.stringMatching(/^verdict /)],
      },
    ]);
  });
});

describe("a false report", () => {
  it("fails when its totals are not those of the book, and the one before goes on counting", async () => {
    node.pledge(campaign, "3", 2);
    await world.report(node);
    node.pledge(campaign, "1", 0);
    const [totals] = (await decoded(await node.report(world.rules)))["totals"] as { pledges: number }[];
    const lie = await node.report(world.rules, { totals: [{ ...totals, pledges: 200 }] as never });
    expect((await world.submit(lie)).status).toBe(202);
    node.accepted(lie);
    await expectFailed("totals-mismatch", 1);
    expect((await world.network()).pledges).toBe(1);
    // honest again: the book itself was fine
    await world.report(node);
    expect((await lastReport()).counted).toMatchObject({ seq: 3 });
    expect((await world.network()).pledges).toBe(2);
  });

  it("fails when the book was rewritten, and counts again once the true book is back", async () => {
    node.pledge(campaign, "3", 2);
    await world.report(node);
    const honest = [...node.entries];
    node.entries.pop();
    node.pledge(campaign, "9", 2);
    node.pledge(campaign, "9", 2);
    await world.report(node);
    await expectFailed("book-fork", 1);
    expect((await world.network()).purchasing_power_minor).toBe("2400");
    node.entries.splice(0, node.entries.length, ...honest);
    node.pledge(campaign, "1", 0);
    await world.report(node);
    expect((await lastReport()).counted).toMatchObject({ seq: 3 });
    expect((await world.network()).purchasing_power_minor).toBe("3000");
    await expectReplayEqualsTables();
  });

  it("fails when the entries served are not those of the signed checkpoint", async () => {
    node.pledge(campaign, "3", 2);
    const jws = await node.report(world.rules);
    node.entries.pop();
    node.pledge(campaign, "1", 2);
    expect((await world.submit(jws)).status).toBe(202);
    node.accepted(jws);
    await expectFailed("book-fork", null);
    expect((await world.network()).pledges).toBe(0);
  });

  it("fails when the book has shrunk", async () => {
    node.pledge(campaign, "3", 2);
    node.pledge(campaign, "1", 2);
    await world.report(node);
    node.entries.pop();
    await world.report(node);
    await expectFailed("book-shrunk", 1);
    expect((await world.network()).pledges).toBe(2);
  });

  it("fails at the first entry that is not well formed, and ever after", async () => {
    node.pledge(campaign, "3", 2);
    node.entries.push(canonicalBytes({ t: "pledge", c: campaign, q: "0", b: 0, cm: random(32), a: "strong", d: DAY }));
    node.pledge(campaign, "1", 2);
    await world.report(node);
    await expectFailed("book-entry-invalid", null);
    const { bad_index } = (await env.DB.prepare("SELECT bad_index FROM verdict").first<{ bad_index: number }>()) ?? {};
    expect(bad_index).toBe(2);
    node.pledge(campaign, "1", 2);
    await world.report(node);
    await expectFailed("book-entry-invalid", null);
  });

  it("fails when the book is another community's", async () => {
    const other = await world.admitted("b.example.org");
    node.entries.splice(0, 1, ...other.entries);
    await world.report(node);
    await expectFailed("book-genesis", null);
  });

  it("counts what breaks a rule of the book as nothing", async () => {
    node.pledge(campaign, "21", 2); // above max_qty
    node.pledge(campaign, "1", 7); // no such band
    node.pledge(random(32), "1", 0); // no campaign of this hub
    node.pledge(campaign, "1", 0);
    await world.report(node);
    expect((await lastReport()).last).toMatchObject({ verdict: "ok" });
    expect(await world.network()).toMatchObject({ pledges: 1, purchasing_power_minor: "600" });
  });
});

describe("a book that cannot be read", () => {
  it("is tried again with growing pauses, and counts when it answers", async () => {
    node.pledge(campaign, "3", 2);
    const jws = await node.report(world.rules);
    node.reachable = false;
    expect((await world.submit(jws)).status).toBe(202);
    node.accepted(jws);
    expect((await lastReport()).last).toMatchObject({ verdict: "pending" });
    node.reachable = true;
    await world.settle();
    expect((await lastReport()).last).toMatchObject({ verdict: "pending" });
    world.later(61);
    await world.settle();
    expect((await lastReport()).last).toMatchObject({ verdict: "ok" });
    expect((await world.network()).pledges).toBe(1);
    await expectReplayEqualsTables();
  });

  it("fails after a day", async () => {
    const jws = await node.report(world.rules);
    node.reachable = false;
    await world.submit(jws);
    for (let hour = 0; hour < 23; hour += 1) {
      world.later(3600);
      await world.settle();
    }
    expect((await lastReport()).last).toMatchObject({ verdict: "pending" });
    world.later(3600);
    await world.settle();
    expect((await lastReport()).last).toMatchObject({ verdict: "failed", code: "book-unavailable" });
    await expectReplayEqualsTables();
  });
});

describe("a crash between two steps", () => {
  it("repeats work and nothing else, wherever the job is cut off", async () => {
    for (let i = 0; i < 4; i += 1) node.pledge(campaign, "2", 1);
    const real = world.hub.db;
    const jws = await node.report(world.rules);
    node.reachable = false;
    await world.submit(jws);
    node.reachable = true;
    world.later(61);
    // The job is killed right after each of its writes, and before the next, until there is nothing left to do.
    let killed = 0;
    for (let isDone = false; !isDone;) {
      const dying = new Proxy(real, {
        get(target, name) {
          if (name !== "batch")
            return (...args: unknown[]) =>
              (Reflect.get(target, name) as (...all: unknown[]) => unknown).apply(target, args);
          return async (statements: D1PreparedStatement[]) => {
            const results = await target.batch(statements);
            if (results.some(({ meta }) => meta.rows_written > 0)) throw new Error("the process was killed");
            return results;
          };
        },
      });
      try {
        isDone = (await checkReports({ ...world.hub, db: dying })) !== "more";
      } catch {
        killed += 1;
      }
    }
    expect(killed).toBe(2);
    await world.settle();
    const { n } = (await env.DB.prepare("SELECT count(*) AS n FROM log_entry WHERE kind = 'report-check+jwt'").first<{
      n: number;
    }>()) ?? { n: 0 };
    expect(n).toBe(1);
    expect((await world.network()).pledges).toBe(4);
    await expectReplayEqualsTables();
  });
});

async function decoded(jws: string): Promise<Record<string, unknown>> {
  const payload = (jws.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(atob(payload)) as Record<string, unknown>;
}

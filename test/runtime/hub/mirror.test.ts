/** The hub's copy of each community's book: a log anyone can read to the end, under the community's own signature. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Bytes } from "../../../shared/bytes.ts";
import type { Source } from "../../../shared/verify/source.ts";
import { fetchCheckpoint, type Log, readLog } from "../../../shared/verify/tlog.ts";
import { type City, city, expectReplayEqualsTables } from "./city.ts";
import { type NodeDouble, random } from "./node-double.ts";

let world: City;
let node: NodeDouble;
let campaign: string;

beforeEach(async () => {
  world = await city({ REPORT_INTERVAL_S: "0" });
  node = await world.admitted("a.example.org");
  campaign = await world.publish();
});

function source(): Source {
  return {
    name: "hub",
    async get(path) {
      const response = await world.fetch(path);
      return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
    },
  };
}

/** Every entry, with every tile above it recomputed and compared. */
async function readMirror(): Promise<Bytes[]> {
  const { vkey, origin } = node;
  const log: Log = {
    source: source(),
    prefix: `/mirror/${origin}`,
    vkey,
    origin: `${origin}/book`,
    maxEntryBytes: 65_535,
  };
  const entries: Bytes[] = [];
  for await (const chunk of readLog(log, await fetchCheckpoint(log))) entries.push(...chunk.entries);
  return entries;
}

async function reported(): Promise<void> {
  await world.report(node);
  for (let i = 0; i < 5; i += 1) await world.settle();
}

async function rows(): Promise<{ generation: number; idx: number }[]> {
  const { results } = await env.DB.prepare(
    "SELECT generation, idx FROM mirror_bundle WHERE origin = ? ORDER BY generation, idx",
  )
    .bind(node.origin)
    .all<{ generation: number; idx: number }>();
  return results;
}

describe("the mirror of a book", () => {
  it(
    "holds exactly the entries that were read, through bundles that fill and begin, in one row each",
    { timeout: 30_000 },
    async () => {
      for (const pledges of [3, 252, 3, 260]) {
        for (let i = 0; i < pledges; i += 1) node.pledge(campaign, "1", i % 3);
        await reported();
        expect((await world.community(node.origin)).last_report).toMatchObject({ verdict: "ok" });
        expect(await readMirror()).toEqual(node.entries);
      }
      expect((await rows()).map(({ idx }) => idx)).toEqual([0, 1, 2]);
      await expectReplayEqualsTables();
    },
  );

  it("stays when the community is gone, and ends where the newest readable report does", async () => {
    node.pledge(campaign, "3", 2);
    await reported();
    const kept = [...node.entries];
    node.reachable = false;
    node.pledge(campaign, "1", 0);
    await reported();
    expect(await readMirror()).toEqual(kept);
  });

  it("keeps what was verified when the book is rewritten, and what it serves never changes by it", async () => {
    node.pledge(campaign, "3", 2);
    await reported();
    const kept = [...node.entries];
    node.entries.pop();
    node.pledge(campaign, "20", 2);
    node.pledge(campaign, "20", 2);
    await reported();
    expect((await world.community(node.origin)).last_report).toMatchObject({ code: "book-fork" });
    expect(await readMirror()).toEqual(kept);
    await reported();
    expect(await readMirror()).toEqual(kept);
    // the first reading and the newest one: none of the others is left behind
    expect(new Set((await rows()).map(({ generation }) => generation)).size).toBeLessThanOrEqual(2);
    node.entries.splice(0, node.entries.length, ...kept);
    node.pledge(campaign, "1", 0);
    await reported();
    expect((await world.community(node.origin)).last_report).toMatchObject({ verdict: "ok" });
    expect(await readMirror()).toEqual(node.entries);
    expect(new Set((await rows()).map(({ generation }) => generation)).size).toBe(1);
  });

  it("holds a book that is no valid one too, so that the verdict on it can be repeated", async () => {
    node.pledge(campaign, "3", 2);
    node.entries.push(new Uint8Array([0xff, 0x0a, 0x00]));
    await reported();
    expect((await world.community(node.origin)).last_report).toMatchObject({ code: "book-entry-invalid" });
    expect(await readMirror()).toEqual(node.entries);
  });

  it("is made up for a book that was read before entries were kept", async () => {
    node.pledge(campaign, "3", 2);
    await reported();
    await env.DB.batch([
      env.DB.prepare("DELETE FROM mirror_bundle"),
      env.DB.prepare("UPDATE mirror SET bundled = 0, kept_generation = NULL, kept_size = 0, kept_note = NULL"),
    ]);
    expect((await world.fetch(`/mirror/${node.origin}/checkpoint`)).status).toBe(404);
    node.pledge(campaign, "1", 0);
    await reported();
    expect((await world.community(node.origin)).last_report).toMatchObject({ verdict: "ok" });
    expect(await readMirror()).toEqual(node.entries);
  });

  it("costs one row more with each verdict, and one query of two rows to serve a bundle", async () => {
    node.pledge(campaign, "3", 2);
    await reported();
    node.append({ t: "interest", c: campaign, q: "1", cm: random(32), a: "weak", d: "2026-09-21" });
    await reported();
    expect((await rows()).length).toBe(1);
    const bundle = await world.fetch(`/mirror/${node.origin}/tile/entries/000.p/3`);
    expect(bundle.headers.get("x-cocoon-db")).toMatch(/^queries=1;read=[12];written=0$/);
    expect(bundle.headers.get("cache-control")).toContain("immutable");
  });

  it("is not there for strangers, beyond its end, or under a path with two spellings", async () => {
    node.pledge(campaign, "3", 2);
    await reported();
    const status = async (path: string) => (await world.fetch(path)).status;
    expect(await status("/mirror/b.example.org/checkpoint")).toBe(404);
    expect(await status("/mirror/b.example.org/tile/0/000.p/1")).toBe(404);
    expect(await status(`/mirror/${node.origin}/tile/entries/000.p/3`)).toBe(404);
    expect(await status(`/mirror/${node.origin}/tile/entries/000.p/02`)).toBe(404);
    expect(await status(`/mirror/${node.origin}/tile/1/000.p/1`)).toBe(404);
    expect(await status(`/mirror/${node.origin}/tile/9/000`)).toBe(404);
  });
});

/** A verification that meets a lie leaves the document that proves it to a stranger; an honest hub leaves it nothing to write. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBase64url } from "../../../shared/bytes.ts";
import { verifyEvidence } from "../../../shared/evidence/verify.ts";
import { emptyFrontier, extendFrontier, leafHash } from "../../../shared/log/merkle.ts";
import type { Evidence } from "../../../shared/protocol/evidence.ts";
import { type Remembered, verifyHub } from "../../../shared/verify/hub.ts";
import type { Source } from "../../../shared/verify/source.ts";
import { TestLog, makeWorld } from "../verify/world.ts";
import * as make from "./makers.ts";

const HUB = "hub hub.example/log";
type World = make.World & { books: (node: { origin: string }) => Source };

async function left({ hub, books }: World, remembered?: Remembered) {
  const options = { now: hub.now, vkey: hub.vkey, books, remembered: () => remembered };
  return await verifyHub(hub.served.source, options);
}

async function says({ hub, books }: World, document: Evidence | undefined, offline = false): Promise<string> {
  if (document === undefined) return "nothing";
  const elsewhere = offline ? null : { hub: hub.served.source, bookOf: books };
  const found = await verifyEvidence(structuredClone(document), [hub.vkey], elsewhere);
  return found.ok ? `${found.value.party} ${found.value.accused}` : found.error.fault;
}

/** More entries than a worker takes one by one. */
async function lengthen({ hub }: World): Promise<void> {
  while (hub.log.size < 70) await hub.publishTotals();
}

function frontierOf(log: TestLog): string[] {
  const leaves = log.entries.map((entry) => leafHash(entry));
  return extendFrontier(emptyFrontier(), leaves).hashes.map(toBase64url);
}

describe("a verification leaves a proof", () => {
  test("of totals that are served and not those of the log, which anybody can check offline while the log is short", async () => {
    const world = await makeWorld();
    const { totals } = await make.inflatedTotals(world);
    world.hub.totals = totals;
    const { evidence, exit } = await left(world);
    expect([exit, evidence.map(({ kind }) => kind)]).toEqual([1, ["wrong-totals"]]);
    expect(await says(world, evidence[0], true)).toBe(HUB);
  });

  test("of totals that stand in the log, and of totals with another root than the log's", async () => {
    const logged = await makeWorld();
    logged.hub.append((await make.inflatedTotals(logged)).totals);
    await logged.hub.publishTotals();
    expect(await says(logged, (await left(logged)).evidence[0], true)).toBe(HUB);
    const rooted = await makeWorld();
    await rooted.hub.publishTotals({ logged: false });
    rooted.hub.totals = await make.totalsJws(rooted.hub, { root: Buffer.alloc(32, 7).toString("base64") });
    expect(await says(rooted, (await left(rooted)).evidence[0])).toBe(HUB);
  });

  test("of an entry that may not stand in the log, once the hub has signed totals over it", async () => {
    const world = await makeWorld();
    const { hub, a } = world;
    hub.append(await make.reportJws(hub, a, { seq: a.seq + 5 }));
    await hub.publishTotals();
    const { evidence } = await left(world);
    expect(await says(world, evidence[0], true)).toBe(HUB);
  });

  test("of a false verdict, with log and book in it", async () => {
    const world = await makeWorld();
    await make.falseVerdict(world, false);
    await world.hub.publishTotals();
    const { evidence } = await left(world);
    expect(evidence.map(({ kind }) => kind)).toEqual(["wrong-verdict"]);
    expect(await says(world, evidence[0], true)).toBe(HUB);
  });

  test("that only names the entries of a longer log: whoever reads them sees it, and nobody believes it unread", async () => {
    const world = await makeWorld();
    await make.falseVerdict(world, true);
    await lengthen(world);
    world.hub.totals = (await make.inflatedTotals(world)).totals;
    const { evidence } = await left(world);
    expect(evidence.map(({ kind }) => kind).toSorted()).toEqual(["wrong-totals", "wrong-verdict"]);
    for (const document of evidence) {
      expect(JSON.stringify(document).length).toBeLessThan(16_000);
      expect(await says(world, document, true)).toBe("unread");
      expect(await says(world, document)).toBe(HUB);
    }
    // a copy that serves other entries than the signed ones proves nothing, against nobody
    const [document] = evidence;
    world.hub.log.entries.splice(20, 1, world.hub.log.entries[21]!);
    expect(await says(world, document)).toBe("unread");
  });

  test("names nothing that is right: the same documents about an honest hub prove nothing", async () => {
    const world = await makeWorld();
    await lengthen(world);
    const { hub } = world;
    expect((await left(world)).evidence).toEqual([]);
    const about = make.about(hub, [await make.policyOf(hub)]);
    const note = await hub.log.checkpoint();
    const totals: Evidence = { ...about, kind: "wrong-totals", totals: hub.totals, shown: { by: "log", note } };
    expect(await says(world, totals)).toBe("no-contradiction");
    const early = await hub.log.checkpoint(10);
    expect(await says(world, { ...totals, shown: { by: "log", note: early } })).toBe("no-contradiction");
    const verdict = hub.log.entries.findIndex((entry) => make.kindOf(entry) === "report-check+jwt");
    expect(await says(world, { ...about, kind: "wrong-verdict", verdict, note })).toBe("no-contradiction");
    expect(await says(world, { ...about, kind: "wrong-verdict", verdict: 0, note })).toBe("no-contradiction");
    // what comes later in the log has no part in the question
    hub.append(await make.reportJws(hub, world.a, { seq: 99 }));
    const later = await hub.log.checkpoint();
    expect(await says(world, { ...about, kind: "wrong-verdict", verdict, note: later })).toBe("no-contradiction");
    expect(await says(world, { ...totals, shown: { by: "log", note: later } })).toBe("no-contradiction");
  });

  test("of a history that was rewritten and went on, from what was remembered of it: whatever its sizes", async () => {
    const first = await makeWorld();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 12 }),
        fc.nat(11),
        fc.integer({ min: 1, max: 9 }),
        async (size, at, more) => {
          const other = new TestLog(first.hub.log.origin, first.hub.log.signers[0]!);
          other.entries.push(...first.hub.log.entries.slice(0, size));
          other.entries[at % size] = new TextEncoder().encode("another");
          const remembered = { vkey: first.hub.vkey, note: await other.checkpoint(), frontier: frontierOf(other) };
          while (first.hub.log.size < size + more) await first.hub.publishTotals();
          const report = await left(first, remembered);
          expect(await says(first, report.evidence[0], true)).toBe(HUB);
          expect(report.exit).toBe(4);
        },
      ),
      { numRuns: 12 },
    );
    const { hub } = first;
    const grown = { vkey: hub.vkey, note: await hub.log.checkpoint(), frontier: frontierOf(hub.log) };
    await hub.publishTotals();
    const report = await left(first, grown);
    expect([report.exit, report.evidence]).toEqual([0, []]);
    expect(report.frontier).toEqual(frontierOf(hub.log));
  });

  test("of a book that was rewritten: at one size, and later ones if the hub has kept the old one", async () => {
    const world = await makeWorld();
    const { hub, a, campaign } = world;
    const old = a.book.entries.slice();
    a.book.entries.splice(2, 1);
    a.pledge(campaign, "9", 1);
    expect(await says(world, (await left(world)).evidence[0], true)).toBe("node a.example");
    a.pledge(campaign, "9", 1);
    expect((await left(world)).evidence).toEqual([]);
    const mirror = new TestLog(a.book.origin, a.book.signers[0]!);
    mirror.entries.push(...old);
    const served = hub.served.source;
    const get = served.get.bind(served);
    served.get = async (path, max) =>
      path.startsWith("/mirror/a.example/")
        ? { status: 200, bytes: (await mirror.serve(path.slice("/mirror/a.example".length)))! }
        : await get(path, max);
    expect(await says(world, (await left(world)).evidence[0], true)).toBe("node a.example");
  });
});

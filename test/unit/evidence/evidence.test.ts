/** Each misdeed gives a document that proves it offline; nothing else does. docs/protocol.md §9. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { evidenceHash, parseEvidence, verifyEvidence } from "../../../shared/evidence/verify.ts";
import type { Evidence, EvidenceOf } from "../../../shared/protocol/evidence.ts";
import { signRefusal } from "../../../shared/signing/entry-receipt.ts";
import { statementLeaf } from "../../../shared/signing/statement.ts";
import { verifyHub } from "../../../shared/verify/hub.ts";
import { makeWorld } from "../verify/world.ts";
import * as make from "./makers.ts";

async function found(document: Evidence, vkeys: string[] | null = [document.hub.vkey]) {
  const parsed = parseEvidence(JSON.parse(JSON.stringify(document)));
  if (parsed === null) return "malformed";
  const result = await verifyEvidence(parsed, vkeys);
  return result.ok ? `${result.value.party} ${result.value.accused}` : result.error.fault;
}
const A = "node a.example";
const HUB = "hub hub.example/log";

const proofs: [string, string, (world: make.World) => Promise<Evidence>][] = [
  ["two checkpoints of one size with different roots", A, make.forkedBook],
  ["two trees with different leaves at one index", A, (world) => make.forkedPlace(world, 0)],
  ["two trees with different subtrees at one place", A, (world) => make.forkedPlace(world, 1)],
  ["the same, two levels up", A, (world) => make.forkedPlace(world, 2)],
  ["two reports under one number", A, make.equivocation],
  ["a receipt, and another entry at its place", HUB, make.droppedReport],
  ["a receipt, and a later log that ends before it", HUB, (world) => make.missingReport(world)],
  ["totals that the entries do not come to", HUB, make.inflatedTotals],
  ["a verdict against right totals", HUB, (world) => make.falseVerdict(world, false)],
  ["a verdict for wrong totals", HUB, (world) => make.falseVerdict(world, true)],
  ["a pledge that was altered", A, make.alteredPledge],
  ["a pledge that was dropped", A, (world) => make.droppedPledge(world)],
];

describe("evidence", () => {
  test.each(proofs)("is %s: against %s", async (_, accused, made) => {
    const world = await makeWorld();
    const document = await made(world);
    expect(await found(document)).toBe(accused);
    expect(await found(document, null)).toBe(accused);
    expect(evidenceHash(document)).toBe(evidenceHash(structuredClone(document)));
  });

  test("is a fork of the hub's own log, which needs no anchor", async () => {
    const { hub } = await makeWorld();
    const notes: [string, string] = [await hub.log.checkpoint(), await hub.log.forge(hub.log.size, hub.log.root(1))];
    const document = { ...make.about(hub, []), kind: "fork" as const, log: hub.log.origin, notes, place: null };
    expect(await found(document)).toBe(HUB);
  });

  test("is two different totals for one size, and a root that is not the checkpoint's", async () => {
    const { hub } = await makeWorld();
    const anchors = [await make.policyOf(hub)];
    const root = Buffer.from(hub.log.root(2)).toString("base64");
    const forged = await make.totalsJws(hub, { root });
    const twice: Evidence = {
      ...make.about(hub, anchors),
      kind: "wrong-totals",
      totals: hub.totals,
      shown: { by: "totals", totals: forged },
    };
    expect(await found(twice)).toBe(HUB);
    const againstNote: Evidence = {
      ...make.about(hub, anchors),
      kind: "wrong-totals",
      totals: forged,
      shown: { by: "note", note: await hub.log.checkpoint(hub.log.size - 1) },
    };
    expect(await found(againstNote)).toBe(HUB);
  });

  test("is a refusal, after its deadline, of an entry that has a receipt", async () => {
    const { hub, a } = await makeWorld();
    const receipt = await make.receiptAt(hub, a, 5);
    const leaf = statementLeaf(Buffer.from(hub.log.entries[5]!).toString());
    const refusalAt = async (at: number): Promise<EvidenceOf<"broken-promise">> => ({
      ...make.about(hub, [await make.policyOf(hub)]),
      kind: "broken-promise",
      receipt,
      shown: {
        by: "refusal",
        refusal: await signRefusal(hub.signer, { iss: hub.log.origin, leaf, code: "issuer-unknown", at }),
      },
    });
    expect(await found(await refusalAt(hub.now + 601))).toBe(HUB);
    expect(await found(await refusalAt(hub.now + 600))).toBe("no-contradiction");
  });
});

describe("no evidence", () => {
  test.each(proofs)("is %s with a signature of somebody else", async (_, __, made) => {
    const world = await makeWorld();
    const document = await made(world);
    const other = await makeWorld();
    const foreign = structuredClone(document);
    foreign.hub.vkey = other.hub.vkey;
    expect(await found(foreign, null)).toMatch(/^(anchor-invalid|signature-invalid|proof-invalid)$/);
    expect(await found(foreign, [world.hub.vkey])).toBe("hub-unknown");
    if (document.anchors.length > 0) {
      const unanchored = { ...structuredClone(document), anchors: [] };
      expect(await found(unanchored)).toMatch(/^(key-unknown|signature-invalid)$/);
    }
  });

  test("is what an honest party signs: growing trees, one report, kept receipts, right totals and verdicts", async () => {
    const world = await makeWorld();
    const { hub, a, campaign } = world;
    const join = [await make.joinOf(hub, a)];
    const policy = [await make.policyOf(hub)];
    const first = await a.book.checkpoint();
    const before = make.placeIn(a.book, 0, 1);
    a.pledge(campaign, "1", 0);
    const after = make.placeIn(a.book, 0, 1);
    const fork = { ...make.about(hub, join), kind: "fork" as const, log: `${a.origin}/book` };
    const notes: [string, string] = [first, await a.book.checkpoint()];
    expect(await found({ ...fork, notes, place: null })).toBe("no-contradiction");
    expect(await found({ ...fork, notes: [first, first], place: null })).toBe("no-contradiction");
    const place = { level: 0, index: 1, hashes: [before.hash, after.hash], proofs: [before.proof, after.proof] };
    expect(await found({ ...fork, notes, place: place as never })).toBe("no-contradiction");
    const jws = await make.reportJws(hub, a);
    const next = await make.reportJws(hub, a, { seq: a.seq + 2 });
    const equivocation = { ...make.about(hub, join), kind: "equivocation" as const };
    expect(await found({ ...equivocation, statements: [jws, jws] })).toBe("no-contradiction");
    expect(await found({ ...equivocation, statements: [jws, next] })).toBe("no-contradiction");

    const index = hub.log.size - 1;
    const kept = await make.receiptAt(hub, a, index);
    const { hash, proof } = make.placeIn(hub.log, 0, index);
    const shown = { by: "other" as const, note: await hub.log.checkpoint(), leaf: hash, proof };
    const promise = { ...make.about(hub, policy), kind: "broken-promise" as const };
    expect(await found({ ...promise, receipt: kept, shown })).toBe("no-contradiction");
    const inflated = await make.inflatedTotals(world);
    expect(await found({ ...inflated, totals: hub.totals })).toBe("no-contradiction");
    await hub.report(a);
    const right: Evidence = {
      ...make.about(hub, []),
      kind: "wrong-verdict",
      verdict: hub.log.size - 1,
      note: await hub.log.checkpoint(),
      entries: hub.log.entries.map((entry) => Buffer.from(entry).toString()),
      book: a.book.entries.map((entry) => Buffer.from(entry).toString("base64url")),
    };
    expect(await found(right)).toBe("no-contradiction");
    expect(await found({ ...right, verdict: 0 })).toBe("no-contradiction");
  });

  test("is a log that is not yet past the deadline, or an entry two days before the report", async () => {
    // the entry that shows the time is signed one second after the clock is moved
    expect(await found(await make.missingReport(await makeWorld(), 599))).toBe("no-contradiction");
    expect(await found(await make.missingReport(await makeWorld(), 600))).toBe(HUB);
    expect(await found(await make.droppedPledge(await makeWorld(), 1))).toBe("no-contradiction");
    expect(await found(await make.droppedPledge(await makeWorld(), 2))).toBe(A);
  });

  test("is a document about things that were made up", async () => {
    const world = await makeWorld();
    const altered = await make.alteredPledge(world);
    const invented = { ...altered, entry: altered.entry.replace('"q":"', '"q":"9') };
    expect(await found(invented)).toBe("proof-invalid");
    const verdict = await make.falseVerdict(await makeWorld(), false);
    expect(await found({ ...verdict, book: verdict.book!.slice(0, -1) })).toBe("proof-invalid");
    expect(await found({ ...verdict, entries: verdict.entries!.slice(0, -1) })).toBe("proof-invalid");
    const totals = await make.inflatedTotals(await makeWorld());
    if (totals.shown.by !== "entries") throw new Error("made of entries");
    const shorter = { ...totals, shown: { by: "entries" as const, entries: totals.shown.entries.slice(1) } };
    expect(await found(shorter)).toBe("proof-invalid");
  });

  test("is a subtree that one of the trees does not hold whole", async () => {
    const document = await make.forkedPlace(await makeWorld(), 2);
    expect(await found({ ...document, place: { ...document.place!, level: 3 } })).toBe("proof-invalid");
    expect(await found({ ...document, place: { ...document.place!, index: 1 } })).toBe("proof-invalid");
    expect(await found({ ...document, place: { ...document.place!, level: 52 } })).toBe("proof-invalid");
  });

  test("is anything in another form", () => {
    for (const value of [null, 1, "x", [], {}, { kind: "fork" }, { v: 1, kind: "unknown" }])
      expect(parseEvidence(value)).toBe(null);
  });
});

test("a verifier that was shown two trees of one size leaves the proof of it", async () => {
  const { hub } = await makeWorld();
  const forged = await hub.log.forge(hub.log.size, hub.log.root(6));
  const report = await verifyHub(hub.served.source, {
    now: hub.now,
    remembered: () => ({ vkey: hub.vkey, note: forged }),
  });
  expect(report.evidence.length).toBe(1);
  expect(await found(report.evidence[0]!, [hub.vkey])).toBe(HUB);
  expect((await verifyHub(hub.served.source, { now: hub.now })).evidence).toEqual([]);
});

describe("npm run verify -- evidence", () => {
  const run = async (document: unknown, ...args: string[]) => {
    const folder = await mkdtemp(join(tmpdir(), "cocoon-evidence-"));
    const file = join(folder, "evidence.json");
    await writeFile(file, JSON.stringify(document));
    const script = join(import.meta.dirname, "../../../scripts/verify.ts");
    const ran = spawnSync(process.execPath, [script, "evidence", file, ...args], { encoding: "utf8" });
    await rm(folder, { recursive: true });
    return { exit: ran.status, text: ran.stdout };
  };

  test("ends with 0 for what proves something and with 1 for what does not, and says whose word the key is", async () => {
    const document = await make.equivocation(await makeWorld());
    const proven = await run(document);
    expect(proven.exit).toBe(0);
    expect(proven.text).toContain("against  a.example");
    expect(proven.text).toContain("by the document's own word");
    const pinned = await run(document, "--vkey", document.hub.vkey, "--json");
    expect(JSON.parse(pinned.text)).toMatchObject({ ok: true, pinned: true, accused: "a.example", party: "node" });
    const [first] = document.statements;
    const nothing = await run({ ...document, statements: [first, first] });
    expect(nothing).toMatchObject({ exit: 1 });
    expect(nothing.text).toContain("proves nothing (no-contradiction");
    const { hub: other } = await makeWorld();
    expect((await run(document, "--vkey", other.vkey)).exit).toBe(1);
    expect((await run({ hello: "world" })).exit).toBe(1);
  }, 60_000);
});

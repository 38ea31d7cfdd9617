import { beforeEach, describe, expect, test } from "vitest";
import { concat, sha256, toHex, utf8 } from "../../../shared/bytes.ts";
import { type Cosigner, cosigner } from "../../../shared/log/cosignature.ts";
import { leafHash } from "../../../shared/log/merkle.ts";
import { COSIGNATURE, generateNoteKey, parseNote } from "../../../shared/log/note.ts";
import type { Bytes } from "../../../shared/bytes.ts";
import { verifyEvidence } from "../../../shared/evidence/verify.ts";
import { EXIT } from "../../../shared/verify/report.ts";
import { type VerifyOptions, verifyHub } from "../../../shared/verify/hub.ts";
import { type Source, Unreachable } from "../../../shared/verify/source.ts";
import { POLICY_WAIT_S } from "../../../shared/witness/change.ts";
import { formatPolicy } from "../../../shared/witness/policy.ts";
import { TestHub } from "./world.ts";

let hub: TestHub;
let ws: Cosigner[];

beforeEach(async () => {
  hub = await TestHub.create();
  ws = [];
  for (const name of ["a", "b", "c"]) {
    const { skey } = await generateNoteKey(`${name}.example/witness`, sha256(utf8(name)), COSIGNATURE);
    ws.push(await cosigner(skey));
  }
});

function policyOf(k: number, ...at: number[]): string {
  return formatPolicy(
    at.map((i) => ({ name: ws[i]!.name, vkey: ws[i]!.vkey, url: `https://${ws[i]!.name}` })),
    k,
  );
}
async function require(k: number, ...at: number[]): Promise<void> {
  await hub.say("witness-policy+jwt", { policy: policyOf(k, ...at), effective: hub.now + 1, reason: "" });
  await hub.publishTotals();
}
async function noteOf(size: number, at: readonly number[], time = hub.now): Promise<string> {
  const note = await hub.log.checkpoint(size);
  const { text } = parseNote(note)!;
  return note + (await Promise.all(at.map((i) => ws[i]!.cosign(text, time)))).join("");
}
async function check(options: Partial<VerifyOptions> = {}) {
  const report = await verifyHub(hub.served.source, { now: hub.now, ...options });
  const failed = report.checks.filter(({ ok }) => !ok).map(({ id, code }) => `${id}: ${code}`);
  const found = report.checks.find(({ id }) => id === "witnesses");
  return { exit: report.exit, failed, facts: found?.facts, detail: found?.detail, evidence: report.evidence };
}

describe("the quorum of the logged rule", () => {
  test("two of three that have cosigned are reported as such", async () => {
    await require(2, 0, 1, 2);
    hub.cosigned = await noteOf(hub.log.size, [0, 2]);
    const report = await check();
    expect(report).toMatchObject({ exit: 0, failed: [], facts: { k: 2, n: 3, cosigned: 2 } });
    expect(report.detail).toMatch(/^2 of 3 witnesses have cosigned \d+ entries, 2 must, by the logged rule/);
  });

  test("one of three is not enough, nor are strangers or the same one twice", async () => {
    await require(2, 0, 1);
    for (const at of [[], [0], [0, 0], [0, 2]]) {
      hub.cosigned = await noteOf(hub.log.size, at);
      expect(await check()).toMatchObject({ exit: EXIT.stale, failed: ["witnesses: quorum-missing"] });
    }
  });

  test("an altered cosignature of a known witness is invalid, not merely missing", async () => {
    await require(1, 0, 1);
    const good = await noteOf(hub.log.size, [0, 1]);
    const other = await noteOf(hub.log.size - 1, [0]);
    hub.cosigned = good.split("\n").slice(0, -3).join("\n") + "\n" + other.trimEnd().split("\n").at(-1)! + "\n";
    expect(await check()).toMatchObject({ exit: EXIT.invalid, failed: ["witnesses: cosignature-invalid"] });
  });

  test("a log that ran ahead of its witnesses is read to its end, and its checkpoint proven to be its beginning", async () => {
    await require(2, 0, 1, 2);
    hub.cosigned = await noteOf(hub.log.size, [0, 1]);
    const seen = hub.log.size;
    await hub.campaign();
    await hub.publishTotals();
    expect(await check()).toMatchObject({ exit: 0, facts: { size: seen, cosigned: 2 } });
    expect(await check({ now: hub.now + 6 * 3600 })).toMatchObject({ exit: 0 });
    expect((await check({ now: hub.now + 8 * 3600 })).failed).toEqual([
      "freshness: totals-old",
      "witnesses: witnesses-behind",
    ]);
  });

  test("a cosigned tree that is not the beginning of what is shown to this reader is an inconsistent log", async () => {
    await require(1, 0, 1);
    const elsewhere = await hub.log.forge(hub.log.size, leafHash(utf8("shown to the witnesses")));
    hub.cosigned = elsewhere + (await ws[0]!.cosign(parseNote(elsewhere)!.text, hub.now));
    await hub.campaign({ name: "Shown to this reader" });
    await hub.publishTotals();
    const { exit, failed } = await check();
    expect(failed).toContain("witnesses: not-consistent");
    expect(exit).toBe(EXIT.splitView);
  });

  test("log time ahead of every witness's clock is a fault", async () => {
    await require(1, 0);
    hub.cosigned = await noteOf(hub.log.size, [0], hub.now - 302);
    expect((await check()).failed).toEqual(["witnesses: log-time-ahead"]);
    hub.cosigned = await noteOf(hub.log.size, [0], hub.now - 299);
    expect((await check()).failed).toEqual([]);
  });

  test("a pinned policy decides, whatever the log says", async () => {
    await require(1, 0);
    hub.cosigned = await noteOf(hub.log.size, [0]);
    expect((await check({ policy: policyOf(2, 0, 1) })).failed).toEqual(["witnesses: quorum-missing"]);
    expect((await check({ policy: policyOf(1, 0, 1) })).detail).toContain("by the pinned rule");
    expect((await check({ policy: "quorum nobody\n" })).failed).toEqual(["witnesses: policy-malformed"]);
  });

  test("a log that requires nobody and has nobody says nothing of witnesses", async () => {
    await hub.publishTotals();
    const { facts, exit } = await check();
    expect([facts, exit]).toEqual([undefined, 0]);
  });
});

describe("a changed rule", () => {
  test("in the log is believed only with the old quorum's word, after the wait, about this very log", async () => {
    await require(2, 0, 1);
    const effective = hub.now + 1 + POLICY_WAIT_S;
    const { leaf } = await hub.say("witness-policy+jwt", { policy: policyOf(1, 2), effective, reason: "" });
    const size = hub.log.size;
    hub.now = effective;
    const honest = hub.log.entries.slice();
    const cases: [string, string[]][] = [
      [await noteOf(size, [0, 1], effective), []],
      [await noteOf(size, [0], effective), ["entries: witness-policy"]],
      [await noteOf(size, [0, 1], effective - 1), ["entries: witness-policy"]],
    ];
    for (const [checkpoint, failed] of cases) {
      hub.log.entries.splice(0, hub.log.entries.length, ...honest);
      hub.state.size = honest.length;
      await hub.say("witness-policy-start+jwt", { change: leaf, checkpoint });
      await hub.publishTotals();
      hub.cosigned = await noteOf(hub.log.size, [2]);
      expect([checkpoint, (await check()).failed]).toEqual([checkpoint, failed]);
      if (failed.length === 0) expect((await check()).facts).toMatchObject({ k: 1, n: 1, cosigned: 1 });
    }
  });

  test("started by a tree that is not this log's is not believed", async () => {
    await require(1, 0);
    const effective = hub.now + 1 + POLICY_WAIT_S;
    const { leaf } = await hub.say("witness-policy+jwt", { policy: policyOf(1, 2), effective, reason: "" });
    hub.now = effective;
    const elsewhere = await hub.log.forge(hub.log.size, leafHash(utf8("another tree")));
    const checkpoint = elsewhere + (await ws[0]!.cosign(parseNote(elsewhere)!.text, effective));
    await hub.say("witness-policy-start+jwt", { change: leaf, checkpoint });
    await hub.publishTotals();
    hub.cosigned = await noteOf(hub.log.size, [2]);
    expect((await check()).failed).toEqual(["witnesses: not-consistent"]);
  });
});

describe("the witnesses' own copies", () => {
  const path = `/${toHex(sha256(utf8("hub.example/log")))}/checkpoint`;
  const sourceOf = (copies: ReadonlyMap<string, string>) => ({
    policy: undefined,
    witnessSource: ({ name }: { name: string }): Source => ({
      name,
      get: (asked) => {
        const copy = copies.get(name);
        if (copy === undefined) return Promise.reject(new Unreachable(name));
        const bytes: Bytes = concat(utf8(asked === path ? copy : ""));
        return Promise.resolve({ status: asked === path ? 200 : 404, bytes });
      },
    }),
  });

  test("are compared, and those who do not answer left out", async () => {
    await require(1, 0, 1);
    hub.cosigned = await noteOf(hub.log.size, [0, 1]);
    const copies = new Map([[ws[0]!.name, await noteOf(hub.log.size - 1, [0])]]);
    expect((await check(sourceOf(copies))).detail).toContain("1 copy of their own compared");
  });

  test("of another tree of this size are a split view", async () => {
    await require(1, 0, 1);
    hub.cosigned = await noteOf(hub.log.size, [0, 1]);
    const copies = new Map([[ws[1]!.name, await hub.log.forge(hub.log.size, leafHash(utf8("x")))]]);
    const found = await check(sourceOf(copies));
    expect(found).toMatchObject({ exit: EXIT.splitView, failed: ["witnesses: split-view"] });
    expect(found.evidence).toMatchObject([{ kind: "fork", place: null }]);
    expect((await verifyEvidence(found.evidence[0]!, [hub.vkey], null)).ok).toBe(true);
  });

  test("of a smaller tree must be the beginning of this one", async () => {
    await require(1, 0, 1);
    hub.cosigned = await noteOf(hub.log.size, [0, 1]);
    const copies = new Map([[ws[1]!.name, await hub.log.forge(hub.log.size - 1, leafHash(utf8("x")))]]);
    const { exit, failed } = await check(sourceOf(copies));
    expect([exit, failed]).toEqual([EXIT.splitView, ["witnesses: not-consistent"]]);
  });

  test("of more than this log shows say that something is withheld", async () => {
    await require(1, 0, 1);
    hub.cosigned = await noteOf(hub.log.size, [0, 1]);
    const copies = new Map([[ws[1]!.name, await hub.log.forge(hub.log.size + 5, leafHash(utf8("x")))]]);
    expect((await check(sourceOf(copies))).failed).toEqual(["witnesses: older-than-witnessed"]);
  });
});

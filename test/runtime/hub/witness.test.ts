/** The hub and its witnesses: cosignatures collected and served, a quorum required and changed, books witnessed. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { openCheckpoint } from "../../../shared/log/checkpoint.ts";
import { readCosignatures } from "../../../shared/log/cosignature.ts";
import { verifyProof } from "../../../shared/log/proof.ts";
import { fromBase64url } from "../../../shared/bytes.ts";
import type { HubWitnesses, Witnessing } from "../../../shared/protocol/api/witness.ts";
import { POLICY_WAIT_S } from "../../../shared/witness/change.ts";
import { hubApp } from "../../../workers/hub/app.ts";
import { collectWitnesses } from "../../../workers/hub/jobs/collect-witnesses.ts";
import { memoryLog } from "../../../scripts/network/memory-log.ts";
import { type City, city, expectReplayEqualsTables, PAGE } from "./city.ts";
import { type WitnessDouble, witnessDouble } from "./witness-double.ts";

let hub: City;
let ws: WitnessDouble[];

beforeEach(async () => {
  hub = await city();
  ws = [];
  for (const origin of ["a.example.org", "b.example.org", "c.example.org"]) {
    ws.push((await hub.admittedWitness(origin)).witness);
  }
});

async function collect(): Promise<void> {
  await collectWitnesses(hub.hub);
}
async function witnesses(): Promise<HubWitnesses> {
  return await (await hub.fetch("/api/witnesses")).json();
}
async function served(path = "/log/checkpoint") {
  const note = await (await hub.fetch(path)).text();
  const head = await openCheckpoint(note, hub.hub.keys.log.vkey, "hub.example.org/log");
  const cosigned = await readCosignatures(
    note,
    ws.map(({ vkey }) => vkey),
  );
  if (!head.ok || !cosigned.ok) throw new Error("not a checkpoint of this hub");
  return { note, size: head.value.size, vkeys: cosigned.value.map(({ vkey }) => vkey) };
}
async function rule(vkeys: string[], k: number, reason = "we agreed") {
  return await hub.operator.call("POST", "/api/witnesses/rule", { vkeys, k, reason });
}
const keys = (...at: number[]): string[] => at.map((i) => ws[i]!.vkey);

describe("cosignatures", () => {
  it("are collected from every community that named a witness key, and served under the checkpoint", async () => {
    await collect();
    const { size, vkeys } = await served();
    expect(vkeys.toSorted()).toEqual(keys(0, 1, 2).toSorted());
    const shown = await witnesses();
    expect(shown).toMatchObject({ rule: null, pending: null, size, witnessed: null, cosigned: 3, halted: null });
    expect(shown.witnesses.map(({ name, kind, current, counted }) => ({ name, kind, current, counted }))).toEqual(
      ["a", "b", "c"].map((name) => ({
        name: `${name}.example.org`,
        kind: "community",
        current: true,
        counted: false,
      })),
    );
    await expectReplayEqualsTables();
  });

  it("follow the log by proof, and nobody is asked twice for one head", async () => {
    await collect();
    const before = ws.map(({ asked }) => asked.length);
    await collect();
    expect(ws.map(({ asked }) => asked.length)).toEqual(before);
    const old = (await served()).size;
    await hub.publish();
    await hub.settle();
    await collect();
    for (const { asked } of ws) expect(asked.at(-1)).toMatch(new RegExp(`^old ${String(old)}\n[A-Za-z0-9+/]{43}=\n`));
    expect((await served()).vkeys).toHaveLength(3);
  });

  it("are found again from the size a 409 names, when this hub has forgotten what it was sent", async () => {
    await collect();
    await env.DB.prepare("DELETE FROM cosigner").run();
    await hub.publish();
    await collect();
    expect((await served()).vkeys).toHaveLength(3);
    for (const { asked } of ws)
      expect(asked.slice(-2).map((body) => body.slice(0, 6))).toEqual(["old 0\n", asked.at(-1)!.slice(0, 6)]);
  });

  it("of a witness that is away, answers nonsense or forges are left out, and it is asked again later and later", async () => {
    ws[0]!.mode = "away";
    ws[1]!.mode = "stalls";
    ws[2]!.mode = "forges";
    await collect();
    expect((await served()).vkeys).toEqual([]);
    const errors = async () => (await witnesses()).witnesses.map(({ error }) => error);
    expect(await errors()).toEqual(["peer-unreachable", "answered-503", "peer-invalid"]);
    const asked = ws[1]!.asked.length;
    await collect();
    expect(ws[1]!.asked).toHaveLength(asked);
    for (const one of ws) one.mode = "honest";
    ws[2]!.held = { size: 0, root: null };
    hub.later(61);
    await collect();
    expect(await errors()).toEqual([null, null, null]);
    expect((await served()).vkeys).toHaveLength(3);
  });

  it("of a clock that is ahead are not taken: log time and a rule's wait are held against these times", async () => {
    ws[0]!.mode = "hurries";
    await collect();
    expect((await served()).vkeys).toEqual(keys(1, 2));
    expect((await witnesses()).witnesses[0]).toMatchObject({ error: "witness-clock", current: false });
  });

  it("never hold up a report: its answer is out before any witness has said anything", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    for (const one of ws) {
      const answer = one.answer.bind(one);
      one.answer = async (path, body) => {
        if (path.endsWith("/add-checkpoint")) await held;
        return await answer(path, body);
      };
    }
    hub.later(3600);
    const asked = ws.map(({ asked: bodies }) => bodies.length);
    const body = await hub.nodes.get("a.example.org")!.report(hub.rules);
    const init = { method: "POST", body, headers: { "content-type": "application/jose" } };
    const execution = createExecutionContext();
    const app = hubApp({ now: () => hub.clock.now, log: () => undefined });
    const response = await app.request(`${PAGE}/log/entries`, init, { ...env, SETTLE_MS: "0" }, execution);
    expect(response.status).toBe(202);
    expect(ws.map(({ asked: bodies }) => bodies.length)).toEqual(asked);
    release();
    await waitOnExecutionContext(execution);
    await collect();
    expect((await served()).vkeys).toHaveLength(3);
    const jobs = hub.lines.filter((line) => line["job"] === "settle") as unknown as { db: { queries: number } }[];
    for (const { db } of jobs) expect(db.queries).toBeLessThanOrEqual(50);
  });
});

describe("a required quorum", () => {
  it("can only be of witnesses that have signed", async () => {
    expect((await rule(keys(0, 1), 2)).code).toBe("policy-unmet");
    await collect();
    expect((await rule(keys(0, 1), 3)).code).toBe("malformed-request");
    expect((await rule([], 1)).code).toBe("malformed-request");
    expect((await rule(["w.example.org+00000000+BAAA"], 1)).code).toBe("malformed-request");
    expect((await rule(keys(0, 1), 2)).status).toBe(201);
    await expectReplayEqualsTables();
  });

  it("holds back what too few have seen: checkpoint and proofs stay at the head that has it", async () => {
    await collect();
    expect((await rule(keys(0, 1, 2), 2)).status).toBe(201);
    await collect();
    const before = await served();
    expect(before.vkeys).toHaveLength(3);

    ws[0]!.mode = "away";
    ws[1]!.mode = "away";
    const campaign = await hub.publish();
    hub.later(30);
    await collect();
    expect((await served()).note).toBe(before.note);
    expect((await served("/log/head")).size).toBeGreaterThan(before.size);
    expect((await hub.fetch(`/log/entries/${campaign}.tlog-proof`)).status).toBe(404);
    expect(await witnesses()).toMatchObject({ rule: { k: 2, n: 3 }, witnessed: { size: before.size } });

    hub.later(3600);
    const { body } = await hub.operator.call("GET", "/api/console");
    expect((body["todos"] as { kind: string }[]).map(({ kind }) => kind)).toContain("witnesses-behind");
    ws[0]!.mode = "honest";
    await collect();
    const after = await served();
    expect(after.size).toBeGreaterThan(before.size);
    expect(after.vkeys.toSorted()).toEqual(keys(0, 2).toSorted());
    const proofText = await (await hub.fetch(`/log/entries/${campaign}.tlog-proof`)).text();
    const { vkey } = hub.hub.keys.log;
    const claim = { proofText, leaf: fromBase64url(campaign), vkey, origin: "hub.example.org/log" };
    expect(await verifyProof(claim)).toMatchObject({ ok: true, value: { checkpoint: { size: after.size } } });
    expect(proofText.endsWith(after.note)).toBe(true);
    expect(await witnesses()).toMatchObject({ cosigned: 2, witnessed: { size: after.size } });
  });

  it("still counts a community whose numbers are left out: what it has seen is another matter", async () => {
    await collect();
    await rule(keys(0, 1), 2);
    await collect();
    const suspension = await hub.operator.call("POST", "/api/communities/a.example.org/suspend", { reason: "x" });
    expect(suspension.status).toBe(201);
    hub.later(60);
    await collect();
    const { size } = await witnesses();
    expect(await served()).toMatchObject({ size });
  });

  it("changes after fourteen days and by the word of the old one", async () => {
    await collect();
    await rule(keys(0, 1), 2);
    await collect();
    hub.later(60);
    expect((await rule(keys(2), 1, "b is closing")).status).toBe(201);
    await collect();
    expect(await witnesses()).toMatchObject({ rule: { k: 2, n: 2 }, pending: { k: 1, n: 1 } });

    hub.later(POLICY_WAIT_S - 10);
    await hub.settle();
    await collect();
    expect(await witnesses()).toMatchObject({ rule: { k: 2, n: 2 }, pending: { k: 1, n: 1 } });

    hub.later(3600 * 7);
    ws[0]!.mode = "away";
    await hub.settle();
    await collect();
    expect(await witnesses()).toMatchObject({ rule: { k: 2, n: 2 }, pending: { k: 1, n: 1 } });

    ws[0]!.mode = "honest";
    hub.later(3600);
    await hub.settle();
    await collect();
    expect(await witnesses()).toMatchObject({ rule: { k: 1, n: 1 }, pending: null });
    await collect();
    expect((await served()).vkeys).toContain(ws[2]!.vkey);
    await expectReplayEqualsTables();
  });

  it("is met by an outside witness that the console added, which stays while the rule counts it", async () => {
    const log = { vkey: hub.hub.keys.log.vkey, origin: "hub.example.org/log" };
    const outside = await witnessDouble("witness.example.net", log, hub.clock);
    hub.witnesses.set("witness.example.net", outside);
    const { vkey } = outside;
    for (const url of ["http://witness.example.net/", "https://10.0.0.1/", "https://localhost/w"]) {
      expect((await hub.operator.call("POST", "/api/witnesses", { vkey, url })).code).toBe("peer-forbidden");
    }
    for (const url of [`${outside.url}?a=b`, `${outside.url}#a`]) {
      expect((await hub.operator.call("POST", "/api/witnesses", { vkey, url })).code).toBe("malformed-request");
    }
    expect(
      (await hub.operator.call("POST", "/api/witnesses", { vkey: hub.hub.keys.log.vkey, url: outside.url })).status,
    ).toBe(400);
    const added = await hub.operator.call("POST", "/api/witnesses", { vkey, url: outside.url });
    expect((added.body as unknown as HubWitnesses).witnesses.at(-1)).toMatchObject({
      name: "witness.example.net/witness",
      kind: "outside",
      current: true,
    });
    expect((await rule([vkey], 1)).status).toBe(201);
    const path = `/api/witnesses?vkey=${encodeURIComponent(vkey)}`;
    expect((await hub.operator.call("DELETE", path)).code).toBe("status-conflict");
  });

  it("and its page cost few queries, and few rows", async () => {
    await collect();
    await rule(keys(0, 1, 2), 2);
    await collect();
    for (const path of ["/log/checkpoint", "/api/witnesses"]) {
      const header = (await hub.fetch(path)).headers.get("x-cocoon-db") ?? "";
      const [, queries, read] = /queries=(\d+);read=(\d+)/.exec(header) ?? [];
      expect(Number(queries)).toBeLessThanOrEqual(5);
      expect(Number(read)).toBeLessThanOrEqual(100);
    }
  });
});

describe("the books of its communities", () => {
  it("are witnessed by the key they joined with, and by no other", async () => {
    const node = hub.nodes.get("a.example.org")!;
    const submit = async (body: string): Promise<Response> =>
      await hub.fetch("/witness/add-checkpoint", { method: "POST", body });
    const answer = await submit(`old 0\n\n${await node.checkpoint()}`);
    expect(answer.status).toBe(200);
    const line = await answer.text();
    const { vkey } = hub.hub.keys.witness!;
    const note = (await node.checkpoint()) + line;
    expect(await readCosignatures(note, [vkey])).toMatchObject({ ok: true, value: [{ vkey }] });

    const impostor = await memoryLog("a.example.org/book");
    impostor.grow(2);
    expect((await submit(await impostor.request(0))).status).toBe(403);
    const stranger = await memoryLog("stranger.example.org/book");
    expect((await submit(await stranger.request(0))).status).toBe(404);
    const own = await memoryLog("hub.example.org/log");
    expect((await submit(await own.request(0))).status).toBe(404);
    for (const refused of [answer, await submit(await impostor.request(0)), await submit("old 0")]) {
      const [, queries] = /queries=(\d+)/.exec(refused.headers.get("x-cocoon-db") ?? "") ?? [];
      expect(Number(queries ?? Number.NaN)).toBeLessThanOrEqual(8);
    }

    const { body } = await hub.operator.call("GET", "/api/witnessing");
    const { logs } = body as unknown as Witnessing;
    expect(logs.map(({ origin, size }) => [origin, size])).toEqual([
      ["a.example.org/book", 1],
      ["b.example.org/book", null],
      ["c.example.org/book", null],
    ]);
  });

  it("are named in entry 0 by the key the hub cosigns them with", async () => {
    const descriptor = await (await hub.fetch("/.well-known/cocoon.json")).json<{ witness: { vkey: string } }>();
    expect(descriptor.witness.vkey).toBe(hub.hub.keys.witness!.vkey);
    const entry = await env.DB.prepare("SELECT data FROM log_entry WHERE idx = 0").first<string>("data");
    const claims = JSON.parse(new TextDecoder().decode(fromBase64url(entry!.split(".")[1]!))) as object;
    expect(claims).toMatchObject({ witness_vkey: descriptor.witness.vkey });
  });
});

describe("a join that names a witness key", () => {
  it("proves it, and keeps it to one community", async () => {
    const node = await hub.newNode("d.example.org");
    const post = async (jws: string) =>
      await hub.fetch("/api/joins", { method: "POST", body: jws, headers: { "content-type": "application/jose" } });
    node.witness = null;
    expect((await post(await node.join({ witness: ws[0]!.vkey }))).status).toBe(400);
    node.witness = ws[0]!.key;
    expect((await post(await node.join())).status).toBe(400);
    const log = { vkey: hub.hub.keys.log.vkey, origin: "hub.example.org/log" };
    node.witness = (await witnessDouble("d.example.org", log, hub.clock)).key;
    expect((await post(await node.join())).status).toBe(202);
  });
});

/** A node as witness of other logs: C2SP tlog-witness over HTTP, one tree for ever, and what the steward sees of it. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { readCosignatureLines, readCosignatures } from "../../../shared/log/cosignature.ts";
import { COSIGNATURE, generateNoteKey, parseNote } from "../../../shared/log/note.ts";
import type { Witnessing } from "../../../shared/protocol/api/witness.ts";
import { formatAddCheckpoint } from "../../../shared/witness/request.ts";
import { nodeApp } from "../../../workers/node/app.ts";
import { hashOf } from "../../../workers/lib/witness/witness.ts";
import { type MemoryLog, memoryLog } from "../../../scripts/network/memory-log.ts";
import { PAGE, type Village, village } from "./village.ts";

let world: Village;
let log: MemoryLog;

beforeEach(async () => {
  world = await village();
  log = await memoryLog("other-hub.example.net/log");
  log.grow(5);
});

async function add(body: string | Uint8Array<ArrayBuffer>): Promise<Response> {
  return await world.fetch("/witness/add-checkpoint", { method: "POST", body });
}
async function codeOf(response: Response): Promise<unknown> {
  return (await response.json<{ code: string }>()).code;
}
async function monitored(origin = log.origin): Promise<Response> {
  return await world.fetch(`/witness/${hashOf(origin)}/checkpoint`);
}
async function witnessing(): Promise<Witnessing> {
  return (await world.steward.call("GET", "/api/witnessing")).body as unknown as Witnessing;
}
async function know(one: MemoryLog): Promise<void> {
  expect((await world.steward.call("POST", "/api/witnessing/logs", { vkey: one.vkey })).status).toBe(201);
}
async function vkeyOf(): Promise<string> {
  return (await witnessing()).vkey ?? "";
}

describe("a log the steward added", () => {
  beforeEach(async () => {
    await know(log);
  });

  it("is cosigned, stored, and shown to monitors with both signatures", async () => {
    const note = await log.checkpoint();
    const answer = await add(await log.request(0));
    expect(answer.status).toBe(200);
    const vkey = await vkeyOf();
    const line = await answer.text();
    const at = world.clock.now / 1000;
    expect(await readCosignatureLines(line, parseNote(note)!.text, vkey)).toMatchObject({ at });
    expect(vkey).toMatch(/^community\.example\.org\/witness\+/);

    const shown = await monitored();
    expect(shown.headers.get("access-control-allow-origin")).toBe("*");
    expect(await shown.text()).toBe(note + line);
    expect((await witnessing()).logs.find(({ origin }) => origin === log.origin)).toMatchObject({
      source: "steward",
      size: 5,
      refusals: [],
    });
  });

  it("grows by proof from the size that a 409 named, as clients begin", async () => {
    expect((await add(await log.request(0))).status).toBe(200);
    log.grow(300);
    const first = await add(await log.request(0));
    expect([first.status, first.headers.get("content-type"), await first.text()]).toEqual([
      409,
      "text/x.tlog.size",
      "5\n",
    ]);
    expect((await add(await log.request(5))).status).toBe(200);
    expect((await witnessing()).logs.at(-1)).toMatchObject({ size: 305 });
    // the same size again is signed again, with the time of today
    world.clock.now += 3600_000;
    const again = await add(await log.request(305));
    expect(again.status).toBe(200);
    const cosigned = await readCosignatures(await (await monitored()).text(), [await vkeyOf()]);
    expect(cosigned).toMatchObject({ ok: true, value: [{ at: world.clock.now / 1000 }] });
  });

  it("is refused by the code of each fault, and keeps what it had", async () => {
    expect((await add(await log.request(0))).status).toBe(200);
    const before = await (await monitored()).text();
    const impostor = await memoryLog(log.origin, "another key");
    impostor.grow(6);
    const fork = log.fork(4, 4);
    const answers = [
      await add("old 5"),
      await add(Uint8Array.of(0xff, 0xfe)),
      await add(await impostor.request(5)),
      await add(await log.request(5, 4)),
      await add(formatAddCheckpoint({ old: 5, proof: fork.proof(4), note: await fork.checkpoint() })),
    ];
    const codes = await Promise.all(answers.map(async (one) => [one.status, await codeOf(one)]));
    expect(codes).toEqual([
      [400, "witness-malformed"],
      [400, "witness-malformed"],
      [403, "witness-signature"],
      [400, "witness-malformed"],
      [422, "witness-proof"],
    ]);
    expect(await (await monitored()).text()).toBe(before);
  });

  it("shows a fork with both notes kept, however often it is repeated", async () => {
    expect((await add(await log.request(0))).status).toBe(200);
    const fork = log.fork(3, 2);
    const answer = await add(await fork.request(5));
    expect([answer.status, await answer.text()]).toEqual([409, "5\n"]);
    await add(await fork.request(5));
    expect((await witnessing()).logs.at(-1)?.refusals).toMatchObject([{ code: "witness-fork", count: 1 }]);
    world.clock.now += 3600_000;
    await add(await fork.request(5));
    expect((await witnessing()).logs.at(-1)?.refusals).toMatchObject([{ code: "witness-fork", count: 2 }]);
    const kept = await env.DB.prepare("SELECT held, refused FROM witness_refusal").first();
    expect(kept).toEqual({ held: await log.checkpoint(), refused: await fork.checkpoint() });
  });

  it("never gets two answers that contradict each other, however many ask at once", async () => {
    expect((await add(await log.request(0))).status).toBe(200);
    const branches = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => await log.fork(5, 1 + (i % 4)).request(5)),
    );
    const statuses = await Promise.all(branches.map(async (body) => (await add(body)).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(7);
  });

  it("and one that is asked for the first time by many at once is cosigned in one tree", async () => {
    const other = await memoryLog("third.example.net/log");
    other.grow(2);
    await know(other);
    const bodies = await Promise.all(
      [other, other.fork(1, 1), other.fork(0, 2)].map(async (one) => await one.request(0)),
    );
    const statuses = await Promise.all(bodies.map(async (body) => (await add(body)).status));
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
  });

  it("is not cosigned any more once removed, and what was cosigned is not forgotten", async () => {
    expect((await add(await log.request(0))).status).toBe(200);
    const path = `/api/witnessing/logs?origin=${encodeURIComponent(log.origin)}`;
    expect((await world.steward.call("DELETE", path)).status).toBe(200);
    expect((await add(await log.request(5))).status).toBe(404);
    await know(log);
    expect((await add(await log.fork(2, 3).request(0))).status).toBe(409);
  });

  it("costs few queries, also when it is refused", async () => {
    const queries = (response: Response): number =>
      Number(/queries=(\d+)/.exec(response.headers.get("x-cocoon-db") ?? "")?.[1]);
    const impostor = await memoryLog(log.origin, "another key");
    impostor.grow(6);
    const stranger = await memoryLog("stranger.example.net/log");
    const fork = log.fork(4, 4);
    const answers = [
      await add(await log.request(0)),
      await add(await log.request(0)),
      await add(await log.fork(1, 4).request(5)),
      await add("old 0"),
      await add(await log.request(5)),
      await add(await log.request(5, 4)),
      await add(await impostor.request(5)),
      await add(await stranger.request(0)),
      await add(formatAddCheckpoint({ old: 5, proof: fork.proof(4), note: await fork.checkpoint() })),
      await monitored(),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 409, 400, 200, 400, 403, 404, 422, 200]);
    for (const answer of answers) expect(queries(answer)).toBeLessThanOrEqual(8);
    expect(queries(answers[0]!)).toBe(3);
    // those that were overtaken look again, and once more for the size they answer with
    const branches = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => await log.fork(5, 1 + (i % 4)).request(5)),
    );
    const overtaken = await Promise.all(branches.map(async (body) => await add(body)));
    expect(new Set(overtaken.map(({ status }) => status))).toEqual(new Set([200, 409]));
    for (const answer of overtaken) expect(queries(answer)).toBeLessThanOrEqual(8);
  });
});

describe("which logs are known", () => {
  it("nobody else's: 404 before anything is verified or written", async () => {
    const answer = await add(await log.request(0));
    expect([answer.status, await codeOf(answer)]).toEqual([404, "witness-log-unknown"]);
    expect((await monitored()).status).toBe(404);
    expect((await world.fetch("/witness/not-a-hash/checkpoint")).status).toBe(404);
    expect(await env.DB.prepare("SELECT count(*) AS n FROM witnessed").first("n")).toBe(0);
  });

  it("a hub this community asked to join, by itself", async () => {
    const hub = await memoryLog("hub.example.org/log");
    hub.grow(3);
    await env.DB.prepare("UPDATE hub SET vkey = ?").bind(hub.vkey).run();
    expect((await add(await hub.request(0))).status).toBe(200);
    expect((await witnessing()).logs).toMatchObject([{ origin: "hub.example.org/log", source: "hub", size: 3 }]);
  });

  it("by the hub's own key and no other, whatever a steward was talked into", async () => {
    const hub = await memoryLog("hub.example.org/log");
    const thief = await memoryLog("hub.example.org/log", "thief");
    for (const one of [hub, thief]) one.grow(3);
    const insert = env.DB.prepare("INSERT INTO witness_log (origin, vkey, added_at) VALUES (?, ?, 0)");
    await insert.bind(thief.origin, thief.vkey).run();
    expect((await add(await thief.request(0))).status).toBe(403);
    await env.DB.prepare("UPDATE hub SET vkey = ?").bind(hub.vkey).run();
    expect((await add(await thief.request(0))).status).toBe(403);
    expect((await add(await hub.request(0))).status).toBe(200);
    const book = await memoryLog("community.example.org/book");
    for (const { vkey } of [thief, hub, book]) {
      const { code } = await world.steward.call("POST", "/api/witnessing/logs", { vkey });
      expect(code).toBe("witness-log-known");
    }
  });

  it("may be told of by a page of another site: what counts is who signed", async () => {
    await know(log);
    const headers = { origin: "https://log.example.net", "content-type": "text/plain" };
    const body = await log.request(0);
    const answer = await world.fetch("/witness/add-checkpoint", { method: "POST", body, headers });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
  });

  it("those of WITNESS_LOGS, one key a line; a line that is no key stops the worker", async () => {
    const other = await memoryLog("rome.example.net");
    other.grow(2);
    const lines: Record<string, unknown>[] = [];
    const ask = async (logs: string, body: string): Promise<number> => {
      const bindings = { ...env, WITNESS_LOGS: logs };
      return (
        await nodeApp({ log: (line) => void lines.push(line) }).request(
          `${PAGE}/witness/add-checkpoint`,
          { method: "POST", body },
          bindings,
        )
      ).status;
    };
    expect(await ask(`# elsewhere\n${log.vkey}\n\n${other.vkey}\n`, await other.request(0))).toBe(200);
    expect(await ask(log.vkey, await other.request(2))).toBe(404);
    lines.length = 0;
    expect(await ask(`${log.vkey}\nnot a key`, await other.request(2))).toBe(500);
    expect(lines).toEqual([
      expect.objectContaining({
        level: "error",
        code: "misconfigured",
        error: "WITNESS_LOGS: line 2 is no verifier key",
      }),
    ]);
  });

  it("are the steward's business", async () => {
    const ana = await world.newMember();
    const calls = [
      ["GET", "/api/witnessing", undefined],
      ["POST", "/api/witnessing/logs", { vkey: log.vkey }],
      ["DELETE", `/api/witnessing/logs?origin=x`, undefined],
    ] as const;
    for (const [method, path, body] of calls) {
      expect([path, (await ana.call(method, path, body)).status]).toEqual([path, 403]);
      const init =
        body === undefined
          ? { method }
          : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      expect((await world.fetch(path, init)).status).toBe(401);
    }
    for (const vkey of ["x", await vkeyOf(), `${log.vkey}x`]) {
      const { status } = await world.steward.call("POST", "/api/witnessing/logs", { vkey });
      expect([vkey, status]).toEqual([vkey, 400]);
    }
  });
});

describe("the witness key", () => {
  it("is in the descriptor, and without one nothing is witnessed", async () => {
    const descriptor = await (await world.fetch("/.well-known/cocoon.json")).json<Record<string, unknown>>();
    expect(descriptor["witness"]).toEqual({ vkey: await vkeyOf(), url: `${PAGE}/witness` });
    const { WITNESS_KEY: _, ...bindings } = env as unknown as Record<string, unknown>;
    const app = nodeApp({ log: () => undefined });
    const init = { method: "POST", body: await log.request(0) };
    expect((await app.request(`${PAGE}/witness/add-checkpoint`, init, bindings)).status).toBe(404);
    const bare = await (await app.request(`${PAGE}/.well-known/cocoon.json`, {}, bindings)).json<object>();
    expect(bare).not.toHaveProperty("witness");
  });

  it("and the next one sign side by side, over one memory: neither ever signs a smaller tree or another", async () => {
    await know(log);
    const next = await generateNoteKey("community.example.org/witness", undefined, COSIGNATURE);
    const { WITNESS_KEY: first, ...bindings } = env as unknown as Record<string, string>;
    const app = nodeApp({ log: () => undefined, now: () => world.clock.now });
    const submit = async (body: string, keys: Record<string, string | undefined>): Promise<Response> =>
      await app.request(`${PAGE}/witness/add-checkpoint`, { method: "POST", body }, { ...bindings, ...keys });
    const before = await vkeyOf();
    const small = await log.request(0);
    log.grow(3);
    expect((await submit(await log.request(0), { WITNESS_KEY: first })).status).toBe(200);
    log.grow(2);
    const both = await submit(await log.request(8), { WITNESS_KEY: first, WITNESS_KEY_NEXT: next.skey });
    const lines = await both.text();
    expect(lines.split("\n")).toHaveLength(3);
    const { text } = parseNote(await log.checkpoint())!;
    for (const vkey of [before, next.vkey])
      expect(await readCosignatureLines(lines, text, vkey)).toMatchObject({ vkey });
    expect(await readCosignatures(await (await monitored()).text(), [before, next.vkey])).toMatchObject({
      ok: true,
      value: [{ vkey: before }, { vkey: next.vkey }],
    });
    // the old key is gone: what it has signed binds the new one
    const alone = { WITNESS_KEY: next.skey };
    const answer = await submit(small, alone);
    expect([answer.status, await answer.text()]).toEqual([409, "10\n"]);
    const fork = log.fork(9, 11);
    const forked = formatAddCheckpoint({ old: 10, proof: fork.proof(9), note: await fork.checkpoint() });
    expect((await submit(forked, alone)).status).toBe(422);
    log.grow(1);
    expect((await submit(await log.request(10), alone)).status).toBe(200);
  });
});

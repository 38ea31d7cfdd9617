/** Keys that change at a hub: docs/protocol.md §1. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { generateNoteKey, openNote } from "../../../shared/log/note.ts";
import type { CommunityKeysView, HubKeysView } from "../../../shared/protocol/api/keys.ts";
import { type Ed25519Signer, generateEd25519, signer } from "../../../shared/signing/ed25519.ts";
import { type KeyDraft, noteHand, signKeyChange } from "../../../shared/signing/key-change.ts";
import { parseJws, signJws } from "../../../shared/signing/jws.ts";
import { statementLeaf } from "../../../shared/signing/statement.ts";
import { hubApp } from "../../../workers/hub/app.ts";
import { unwrap } from "../../../workers/lib/problem.ts";
import { openHub } from "../../../workers/hub/hub.ts";
import { openLogOnce } from "../../../workers/hub/jobs/open-log.ts";
import { settle } from "../../../workers/hub/jobs/settle.ts";
import { type City, START, city, expectReplayEqualsTables } from "./city.ts";
import { LOG, type NodeDouble } from "./node-double.ts";

const DELAY_S = 7 * 86_400;
let world: City;
let node: NodeDouble;
let campaign: string;

beforeEach(async () => {
  world = await city({ REPORT_INTERVAL_S: "0" });
  node = await world.admitted("a.example.org");
  campaign = await world.publish();
  node.pledge(campaign, "3", 2);
});

async function keysOf(origin = node.origin): Promise<CommunityKeysView> {
  return await (await world.fetch(`/api/communities/${origin}/keys`)).json();
}

interface Fresh {
  jws: string;
  /** the node goes on with the new keys */
  adopt: () => void;
}

/** New report and book key, in one statement; `change` is what a clumsy or hostile hand would make of it. */
async function change(
  act: "rotate" | "recover",
  { by, ...claims }: Partial<KeyDraft> & { by?: Ed25519Signer } = {},
): Promise<Fresh> {
  const report = await signer(await generateEd25519());
  const { skey, vkey } = await generateNoteKey(`${node.origin}/book`);
  const [oldBook, newBook] = [await noteHand("book", node.bookKey), await noteHand("book", skey)];
  const { last, last_recovery } = await keysOf();
  const draft: KeyDraft = {
    iss: node.origin,
    aud: LOG,
    iat: Math.floor(world.clock.now / 1000),
    v: 1,
    act,
    prev: act === "rotate" ? last : last_recovery,
    keys: [
      { role: "report", key: report.publicJwk.x },
      { role: "book", key: vkey },
    ],
    ...(act === "recover" && { recovery_jwk: (by ?? node.recovery).publicJwk }),
    ...claims,
  };
  const jws = await signKeyChange(by ?? (act === "rotate" ? node.signer : node.recovery), "node-key+jwt", draft, {
    report: { new: (message) => report.sign(message) },
    book: { new: newBook.sign, ...(act === "rotate" && { old: oldBook.sign }) },
  });
  return { jws, adopt: () => Object.assign(node, { signer: report, vkey, bookKey: skey }) };
}

async function object(prev: string): Promise<string> {
  const iat = Math.floor(world.clock.now / 1000);
  const draft: KeyDraft = { iss: node.origin, aud: LOG, iat, v: 1, act: "object", prev, keys: [] };
  return await signKeyChange(node.signer, "node-key+jwt", draft, {});
}

/** Time passes and the hub says something, which is what moves log time. */
async function pass(seconds: number): Promise<void> {
  world.later(seconds);
  await world.settle();
}

describe("rotation", () => {
  it("takes effect at its own index: the old key is heard no more, the new one at once, the numbers stay", async () => {
    await world.report(node);
    const early = await node.report(world.rules);
    const fresh = await change("rotate");
    const answer = await world.submit(fresh.jws);
    expect(answer.status).toBe(202);
    expect((await world.submit(early)).code).toBe("kid-unknown");
    fresh.adopt();
    await world.report(node);
    expect((await world.network()).pledges).toBe(1);
    const { keys } = await keysOf();
    const index = Number(answer.body["index"]);
    expect(keys.map(({ role, from, until }) => [role, from, until])).toEqual([
      ["report", keys[0]?.from, index],
      ["report", index + 1, null],
      ["book", keys[0]?.from, index],
      ["book", index + 1, null],
    ]);
    expect((await world.submit(fresh.jws)).status).toBe(200);
    await expectReplayEqualsTables();
  });

  it("of the book key leaves the report good that was signed before it, and only that", async () => {
    await world.report(node);
    const { claims } = unwrap(parseJws(await node.report(world.rules)));
    const { bookKey } = node;
    const fresh = await change("rotate");
    await world.submit(fresh.jws);
    fresh.adopt();
    // the same words under the new report key, with the checkpoint that the old book key signed
    const before = await signJws(node.signer, "demand-report+jwt", claims);
    Object.assign(node, { bookKey, last: { seq: node.last.seq + 1, leaf: statementLeaf(before) } });
    const after = await node.report(world.rules);
    // both in one batch: what is good for the first is not for the second
    const both = await world.fetch("/log/entries", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([before, after]),
    });
    expect(await both.json()).toMatchObject({
      results: [{ status: 202 }, { status: 400, code: "book-checkpoint-invalid" }],
    });
    expect((await world.submit(after)).code).toBe("book-checkpoint-invalid");
    await expectReplayEqualsTables();
  });

  it("is refused by its own code for each thing that is wrong with it", async () => {
    const other = await world.admitted("b.example.org");
    const stranger = await signer(await generateEd25519());
    const cases: [string, Fresh][] = [
      ["audience-wrong", await change("rotate", { aud: "other.example.org/log" })],
      ["issued-in-future", await change("rotate", { iat: START / 1000 + 301 })],
      ["issuer-unknown", await change("rotate", { iss: "c.example.org" })],
      ["kid-unknown", await change("rotate", { by: stranger })],
      ["key-chain", await change("rotate", { prev: other.last.leaf })],
      ["recovery-key-wrong", await change("recover", { by: stranger })],
      ["key-change-invalid", await change("rotate", { keys: [] })],
    ];
    const { size } = (await world.network()).log;
    for (const [code, { jws }] of cases) expect((await world.submit(jws)).code).toBe(code);
    const { jws } = await change("rotate");
    const at = jws.lastIndexOf(".") + 1;
    const forged = jws.slice(0, at) + (jws[at] === "A" ? "B" : "A") + jws.slice(at + 1);
    expect((await world.submit(forged)).code).toBe("signature-invalid");
    expect((await world.network()).log.size).toBe(size);
  });

  it("to a key that somebody has used before is refused", async () => {
    const other = await world.admitted("b.example.org");
    const { last } = await keysOf();
    const draft: KeyDraft = {
      iss: node.origin,
      aud: LOG,
      iat: START / 1000,
      v: 1,
      act: "rotate",
      prev: last,
      keys: [{ role: "report", key: other.signer.publicJwk.x }],
    };
    const jws = await signKeyChange(node.signer, "node-key+jwt", draft, {
      report: { new: (message) => other.signer.sign(message) },
    });
    expect((await world.submit(jws)).code).toBe("key-reused");
    const fresh = await change("rotate");
    await world.submit(fresh.jws);
    const old = node.signer;
    fresh.adopt();
    const back = await signKeyChange(
      node.signer,
      "node-key+jwt",
      { ...draft, prev: (await keysOf()).last, keys: [{ role: "report", key: old.publicJwk.x }] },
      { report: { new: (message) => old.sign(message) } },
    );
    expect((await world.submit(back)).code).toBe("key-reused");
  });

  it("of two at once takes one", async () => {
    const both = await Promise.all([change("rotate"), change("rotate")]);
    const answers = await Promise.all(both.map(async ({ jws }) => await world.submit(jws)));
    // the second is by a key that is not current any more
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 400]);
    await expectReplayEqualsTables();
  });
});

describe("recovery", () => {
  it("freezes at once, is seen by everybody, and takes effect after seven days of log time", async () => {
    await world.report(node);
    const fresh = await change("recover");
    const thief = node.signer;
    expect((await world.submit(fresh.jws)).status).toBe(202);
    expect((await world.submit(await node.report(world.rules))).code).toBe("issuer-frozen");
    expect((await world.submit((await change("rotate")).jws)).code).toBe("issuer-frozen");
    expect((await world.network()).pledges).toBe(1);
    const due = new Date(START + DELAY_S * 1000).toISOString().replace(".000", "");
    expect((await world.community(node.origin)).frozen).toMatchObject({
      due,
      objected: false,
      roles: ["report", "book"],
    });
    const todos = (await world.operator.call("GET", "/api/console")).body["todos"];
    expect(todos).toContainEqual(expect.objectContaining({ kind: "keys-frozen", subject: node.origin }));
    await expectReplayEqualsTables();
    await pass(DELAY_S - 1);
    expect((await world.community(node.origin)).frozen).toBeDefined();
    await pass(2);
    expect((await world.community(node.origin)).frozen).toBeUndefined();
    expect((await world.submit(await node.report(world.rules))).code).toBe("kid-unknown");
    fresh.adopt();
    await world.report(node);
    expect((await keysOf()).keys.find(({ kid }) => kid === thief.kid)?.until).toBeTypeOf("number");
    await expectReplayEqualsTables();
  });

  it("waits once more when the current key objects, and comes all the same", async () => {
    const fresh = await change("recover");
    const { body } = await world.submit(fresh.jws);
    expect((await world.submit(await object(node.last.leaf))).code).toBe("recovery-unknown");
    expect((await world.submit(await object(String(body["leaf"])))).status).toBe(202);
    expect((await world.submit(await object(String(body["leaf"])))).status).toBe(200);
    world.later(60);
    expect((await world.submit(await object(String(body["leaf"])))).code).toBe("recovery-unknown");
    await pass(DELAY_S + 1);
    expect((await world.community(node.origin)).frozen).toMatchObject({ objected: true });
    await pass(DELAY_S);
    expect((await world.community(node.origin)).frozen).toBeUndefined();
    fresh.adopt();
    await world.report(node);
    await expectReplayEqualsTables();
  });

  it("drill, stolen report key: outranks a thief who rotated first", async () => {
    const stolen = await change("rotate");
    await world.submit(stolen.jws);
    stolen.adopt();
    const fresh = await change("recover");
    expect((await world.submit(fresh.jws)).status).toBe(202);
    await pass(DELAY_S + 1);
    fresh.adopt();
    await world.report(node);
  });

  it("works for a community whose row is from before keys could change", async () => {
    await env.DB.prepare("UPDATE community SET keys = NULL").run();
    await expectReplayEqualsTables();
    expect((await world.submit((await change("recover")).jws)).status).toBe(202);
    await expectReplayEqualsTables();
  });
});

describe("the hub's own keys", () => {
  /** The hub as it runs with other secrets on the same database. */
  async function withSecrets(secrets: Record<string, string>): Promise<(path: string) => Promise<Response>> {
    const bindings = { ...env, SETTLE_MS: "0", REPORT_INTERVAL_S: "0", ...secrets };
    const hub = await openHub(bindings, env.DB, () => world.clock.now);
    await openLogOnce(hub);
    await settle(hub);
    const app = hubApp({ now: () => world.clock.now, log: () => undefined });
    return async (path) => await app.request(`https://hub.example.org${path}`, {}, bindings);
  }

  async function hubKeys(ask: (path: string) => Promise<Response>): Promise<HubKeysView> {
    return await (await ask("/api/keys")).json();
  }

  it("are rotated by setting the next ones, once, and everything goes on from there", async () => {
    await world.report(node);
    const statement = await generateEd25519();
    const log = await generateNoteKey(LOG);
    const next = { STATEMENT_JWK_NEXT: JSON.stringify(statement), LOG_KEY_NEXT: log.skey };
    const before = (await world.network()).log.size;
    const ask = await withSecrets(next);
    const keys = await hubKeys(ask);
    expect(keys.keys.map(({ role, key, until }) => [role, key, until !== null])).toEqual([
      ["statement", world.hub.keys.statement.publicJwk.x, true],
      ["statement", statement.x, false],
      ["log", world.hub.keys.log.vkey, true],
      ["log", log.vkey, false],
    ]);
    const note = await (await ask("/log/checkpoint")).text();
    for (const vkey of [world.hub.keys.log.vkey, log.vkey])
      expect(await openNote(note, [vkey])).toMatchObject({ ok: true });
    expect(before).toBeLessThan((await (await ask("/api/network")).json<{ log: { size: number } }>()).log.size);
    await expectReplayEqualsTables();
    // a second start with the same secrets, and one after they took the first ones' place, change nothing more
    for (const secrets of [
      next,
      { ...next, STATEMENT_JWK: next.STATEMENT_JWK_NEXT, LOG_KEY: log.skey },
      { STATEMENT_JWK: next.STATEMENT_JWK_NEXT, LOG_KEY: log.skey },
    ]) {
      expect((await hubKeys(await withSecrets(secrets))).last).toBe(keys.last);
      await expectReplayEqualsTables();
    }
    // whoever still has the old ones only cannot sign for this log
    await expect(withSecrets({}).then(async (old) => await old("/api/keys"))).resolves.toMatchObject({ status: 200 });
    expect((await world.operator.call("POST", "/api/campaigns", { ...termsOf() })).code).toBe("key-missing");
  });

  it("totals that were signed before a rotation and not logged with it are not logged after it", async () => {
    await world.report(node);
    // as when the signature comes from an invocation that the rotation overtook
    const stale = await env.DB.prepare("SELECT * FROM totals").first<{ size: number; jws: string }>();
    const statement = await generateEd25519();
    const ask = await withSecrets({ STATEMENT_JWK_NEXT: JSON.stringify(statement) });
    await env.DB.prepare("UPDATE totals SET jws = ?, logged = 0")
      .bind(stale?.jws ?? "")
      .run();
    world.later(7 * 3600);
    await withSecrets({ STATEMENT_JWK_NEXT: JSON.stringify(statement) });
    const { results } = await env.DB.prepare("SELECT data FROM log_entry WHERE kind = 'totals+jwt'").all<{
      data: string;
    }>();
    expect(results.filter(({ data }) => data === stale?.jws).length).toBeLessThanOrEqual(1);
    expect((await ask("/log/totals")).status).toBe(200);
    await expectReplayEqualsTables();
  });
});

function termsOf(): Record<string, unknown> {
  return {
    name: "Soap",
    text: "",
    product: { gtin: null, name: "Soap", brand: null },
    unit: "bar",
    currency: "USD",
    reference_price_minor: "900",
    bands_minor: ["600"],
    max_qty: "20",
    goal_qty: "500",
    closes: new Date(START + 30 * 86_400_000).toISOString(),
  };
}

/** What is proven against anybody: logged once, shown, passed on, and an equivocation excludes by rule. docs/protocol.md §9. */
import { beforeEach, describe, expect, it } from "vitest";
import { toBase64url } from "../../../shared/bytes.ts";
import { inclusionProof } from "../../../shared/log/tiles.ts";
import { leafHash } from "../../../shared/log/merkle.ts";
import type { Anchor, Evidence, EvidenceOf } from "../../../shared/protocol/evidence.ts";
import { verifyEvidence } from "../../../shared/evidence/verify.ts";
import { evidence } from "../../../shared/protocol/evidence.ts";
import { generateEd25519, signer } from "../../../shared/signing/ed25519.ts";
import { type KeyDraft, signKeyChange } from "../../../shared/signing/key-change.ts";
import { verifyHub } from "../../../shared/verify/hub.ts";
import type { Source } from "../../../shared/verify/source.ts";
import { passOn } from "../../../workers/hub/jobs/pass-evidence-on.ts";
import { type City, city, codeOf, expectReplayEqualsTables, send } from "./city.ts";
import { type NodeDouble, random } from "./node-double.ts";

let world: City;
let node: NodeDouble;
let campaign: string;

beforeEach(async () => {
  world = await city({ REPORT_INTERVAL_S: "0" });
  node = await world.admitted("a.example.org");
  await world.admitted("b.example.org");
  campaign = await world.publish();
  node.pledge(campaign, "3", 2);
});

const hand = async (document: unknown) =>
  await send(world.fetch, "/evidence", JSON.stringify(document), "application/json");

async function list(query = ""): Promise<Record<string, unknown>[]> {
  const body = await (await world.fetch(`/api/evidence${query}`)).json<{ evidence: Record<string, unknown>[] }>();
  return body.evidence;
}

async function sizeOfLog(): Promise<number> {
  return (await world.network()).log.size;
}

function source(): Source {
  return {
    name: "hub",
    async get(path) {
      const response = await world.fetch(path);
      return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
    },
  };
}

async function expectVerified(): Promise<void> {
  await world.settle();
  const report = await verifyHub(source(), { now: Math.floor(world.clock.now / 1000), vkey: world.hub.keys.log.vkey });
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
}

/** The community's join with its proof: anyone can fetch both. */
async function joinOf(): Promise<Anchor> {
  const { join_leaf: leaf } = await world.community(node.origin);
  const proof = await (await world.fetch(`/log/entries/${leaf ?? ""}.tlog-proof`)).text();
  return { jws: node.joinJws, proof };
}

async function about(): Promise<Pick<Evidence, "v" | "hub" | "anchors">> {
  const { config, keys } = world.hub;
  return { v: 1, hub: { origin: config.logOrigin, vkey: keys.log.vkey }, anchors: [await joinOf()] };
}

async function forkOfBook(): Promise<EvidenceOf<"fork">> {
  const first = await node.checkpoint();
  node.entries.pop();
  node.pledge(campaign, "9", 1);
  const notes: [string, string] = [first, await node.checkpoint()];
  return { ...(await about()), kind: "fork", log: `${node.origin}/book`, notes, place: null };
}

describe("two reports under one number", () => {
  async function equivocate(): Promise<void> {
    await world.report(node);
    world.later(61);
    node.pledge(campaign, "1", 0);
    const other = await node.report(world.rules, { seq: 1, prev: node.joinLeaf });
    expect((await world.submit(other)).code).toBe("equivocation");
  }

  it("are logged with the other one whole, and exclude the community by rule", async () => {
    await equivocate();
    expect(await world.community(node.origin)).toMatchObject({ status: "suspended", reason: "equivocation" });
    await world.settle();
    expect(await world.network()).toMatchObject({ pledges: 0, communities: 0 });
    expect(await list(`?accused=${node.origin}`)).toMatchObject([
      { accused: node.origin, kind: "equivocation", party: "node", index: expect.any(Number) as number },
    ]);
    const shown = await world.community(node.origin);
    expect(shown.evidence).toEqual(await list(`?accused=${node.origin}`));
    await expectReplayEqualsTables();
    await expectVerified();
  });

  it("are logged once, however often they are shown, and by whatever way", async () => {
    await equivocate();
    await world.settle();
    const [kept] = await list();
    const document = await (await world.fetch(`/api/evidence/${String(kept?.["sha256"])}`)).json();
    const size = await sizeOfLog();
    const another = await node.report(world.rules, { seq: 1, prev: node.joinLeaf, iat: 1_789_999_999 });
    await world.submit(another);
    expect((await hand(document)).status).toBe(200);
    await world.settle();
    expect(await sizeOfLog()).toBe(size);
    expect(await list()).toEqual([kept]);
  });

  it("are a document that anyone can check, and a person's decision brings the community back", async () => {
    await equivocate();
    const [kept] = await list();
    const document = evidence.parse(await (await world.fetch(`/api/evidence/${String(kept?.["sha256"])}`)).json());
    const found = await verifyEvidence(document, [world.hub.keys.log.vkey]);
    expect(found).toMatchObject({ ok: true, value: { accused: node.origin } });
    const resumed = await world.operator.call("POST", `/api/communities/${node.origin}/resume`, {
      reason: "a backup was restored by mistake",
    });
    expect(resumed.status).toBeLessThan(300);
    expect(await world.community(node.origin)).toMatchObject({ status: "admitted" });
    await expectReplayEqualsTables();
    await expectVerified();
  });
});

describe("two reports under one number by a key that has gone", () => {
  it("are no word of the community any more, and do not exclude it: whoever stole the key could write them", async () => {
    await world.report(node);
    world.later(61);
    node.pledge(campaign, "1", 0);
    const [first = ""] = node.reports;
    const other = await node.report(world.rules, { seq: 1, prev: node.joinLeaf });
    const document = { ...(await about()), kind: "equivocation", statements: [first, other] };
    const next = await signer(await generateEd25519());
    const draft: KeyDraft = {
      iss: node.origin,
      aud: world.hub.config.logOrigin,
      iat: Math.floor(world.clock.now / 1000),
      v: 1,
      act: "rotate",
      prev: node.joinLeaf,
      keys: [{ role: "report", key: next.publicJwk.x }],
    };
    const rotation = await signKeyChange(node.signer, "node-key+jwt", draft, {
      report: { new: (message) => next.sign(message) },
    });
    expect((await world.submit(rotation)).status).toBe(202);
    const size = await sizeOfLog();
    expect((await hand(document)).code).toBe("evidence-invalid");
    expect((await world.submit(other)).code).toBe("kid-unknown");
    expect(await sizeOfLog()).toBe(size);
    expect(await world.community(node.origin)).toMatchObject({ status: "admitted" });
    await expectVerified();
  });
});

describe("evidence that is handed in", () => {
  it("is checked, logged and shown; a second time it changes nothing", async () => {
    const document = await forkOfBook();
    const first = await hand(document);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ accused: node.origin, kind: "fork", index: expect.any(Number) as number });
    await world.settle();
    const size = await sizeOfLog();
    const again = await hand(document);
    expect({ status: again.status, body: again.body }).toEqual({ status: 200, body: first.body });
    node.entries.pop();
    node.pledge(campaign, "8", 1);
    const other = await forkOfBook();
    expect((await hand(other)).body).toEqual(first.body);
    await world.settle();
    expect(await sizeOfLog()).toBe(size);
    // what it proves is for people to weigh: only an equivocation excludes by itself
    expect(await world.community(node.origin)).toMatchObject({ status: "admitted" });
    await expectReplayEqualsTables();
    await expectVerified();
  });

  it("may be against the hub itself, which logs that too", async () => {
    const { keys, config } = world.hub;
    const first = await (await world.fetch("/log/checkpoint")).text();
    const [, size = ""] = first.split("\n");
    const text = `${config.logOrigin}\n${size}\n${random(32).replaceAll("-", "+").replaceAll("_", "/")}=\n`;
    const notes: [string, string] = [first, `${text}\n${await keys.log.sign(text)}`];
    const document = { ...(await about()), anchors: [], kind: "fork", log: config.logOrigin, notes, place: null };
    expect((await hand(document)).body).toMatchObject({ accused: config.logOrigin, party: "hub" });
    await expectVerified();
  });

  it("is refused when it proves nothing, is of a hub unknown here, or is no evidence at all", async () => {
    const document = await forkOfBook();
    const refused = async (change: object) => {
      const { code, body } = await hand({ ...document, ...change });
      return `${code}: ${String(body["detail"])}`;
    };
    expect(await refused({ notes: [document.notes[0], document.notes[0]] })).toBe("evidence-invalid: no-contradiction");
    expect(await refused({ anchors: [] })).toBe("evidence-invalid: key-unknown");
    expect(await refused({ hub: { origin: "x.example.org/log", vkey: document.hub.vkey } })).toBe(
      "evidence-invalid: anchor-invalid",
    );
    expect(await refused({ kind: "gossip" })).toBe("evidence-invalid: malformed");
    const place = { level: 0, index: 0, hashes: [random(32), random(32)], proofs: [[], []] };
    expect(await refused({ place })).toMatch(/^evidence-invalid: (proof-invalid|malformed)$/);
    expect((await hand("nonsense")).code).toBe("evidence-invalid");
    const large = {
      ...(await about()),
      kind: "wrong-totals",
      totals: "x",
      shown: { by: "entries", entries: Array(65).fill("x") },
    };
    expect((await hand(large)).code).toBe("evidence-too-large");
    expect((await hand({ filling: "x".repeat(140_000) })).code).toBe("body-too-large");
    expect(await list()).toEqual([]);
    await expectReplayEqualsTables();
  });

  it("comes from pages of other communities too, and from one address only so often", async () => {
    const document = await forkOfBook();
    const headers = {
      "content-type": "application/json",
      origin: "https://b.example.org",
      "cf-connecting-ip": "9.9.9.9",
    };
    const post = async () =>
      await world.fetch("/evidence", { method: "POST", headers, body: JSON.stringify(document) });
    const answer = await post();
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([201, "*"]);
    let last = answer;
    for (let i = 0; i < 20; i += 1) last = await post();
    expect(codeOf(await last.json())).toBe("rate-limited");
    const asked = await world.fetch("/evidence", {
      method: "OPTIONS",
      headers: { origin: "https://b.example.org", "access-control-request-method": "POST" },
    });
    expect([asked.status, asked.headers.get("access-control-allow-methods")]).toEqual([204, "POST"]);
  });

  it("is offered to the other communities, not to the accused, in three rounds", async () => {
    await hand(await forkOfBook());
    const other = world.nodes.get("b.example.org");
    node.requests.length = 0;
    for (let i = 0; i < 8; i += 1) {
      await passOn(world.hub);
      world.later(1801);
    }
    expect(other?.requests.filter((path) => path === "/evidence").length).toBe(3);
    expect(node.requests).not.toContain("/evidence");
  });
});

it("a place in a tree is proven with what anyone can compute from the tiles", async () => {
  const leaves = node.entries.map((entry) => leafHash(entry));
  const tile = Uint8Array.from(leaves.flatMap((leaf) => [...leaf]));
  const before = {
    note: await node.checkpoint(),
    proof: inclusionProof(1, leaves.length, () => tile).map(toBase64url),
  };
  node.entries.splice(1, 1);
  node.pledge(campaign, "7", 0);
  node.pledge(campaign, "7", 0);
  const now = node.entries.map((entry) => leafHash(entry));
  const nowTile = Uint8Array.from(now.flatMap((leaf) => [...leaf]));
  const after = inclusionProof(1, now.length, () => nowTile).map(toBase64url);
  const place = {
    level: 0,
    index: 1,
    hashes: [leaves[1], now[1]].map((hash) => toBase64url(hash ?? new Uint8Array(0))),
    proofs: [before.proof, after],
  };
  const notes = [before.note, await node.checkpoint()];
  const document = { ...(await about()), kind: "fork", log: `${node.origin}/book`, notes, place };
  expect((await hand(document)).status).toBe(201);
});

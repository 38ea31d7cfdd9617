/** A node whose keys change, and one whose hub's keys change: docs/protocol.md §1. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fromBase64url, fromUtf8 } from "../../../shared/bytes.ts";
import { COSIGNATURE, generateNoteKey, noteSigner, openNote } from "../../../shared/log/note.ts";
import { generateEd25519, signer, thumbprint } from "../../../shared/signing/ed25519.ts";
import { type KeyDraft, areProven, noteHand, signKeyChange } from "../../../shared/signing/key-change.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { parseJws, signJws } from "../../../shared/signing/jws.ts";
import { unwrap } from "../../../workers/lib/problem.ts";
import { formatAddCheckpoint } from "../../../shared/witness/request.ts";
import { joinHub } from "../../../workers/node/actions/join-hub.ts";
import type { NodeContext } from "../../../workers/node/context.ts";
import { attendHubs } from "../../../workers/node/jobs/attend-hubs.ts";
import { changeKeys, objectAt } from "../../../workers/node/jobs/change-keys.ts";
import { deliverReports } from "../../../workers/node/jobs/deliver-reports.ts";
import { signReport } from "../../../workers/node/jobs/sign-report.ts";
import { heldKeys, witnessSecret } from "../../../workers/node/keys.ts";
import { readHub } from "../../../workers/node/queries/hub.ts";
import type { Person } from "../person.ts";
import { type FakeHub, fakeHub, HUB_LOG, HUB_URL } from "./fake-hub.ts";
import { pledge, putCampaign, type Village, village } from "./village.ts";

let world: Village;
let hub: FakeHub;
let context: NodeContext;
let ana: Person;
let campaign: string;

beforeEach(async () => {
  world = await village({ hub: false });
  hub = await fakeHub();
  context = { ...world.context, peer: hub.peer, random: () => 0.5 };
  ana = await world.newMember();
  await joinHub(context, { url: HUB_URL, vkey: hub.vkey });
  hub.status = "admitted";
  await attendHubs(context);
  hub.count("ok");
  world.clock.now += 120_000;
  campaign = await putCampaign();
  const held = await heldKeys(context.config);
  hub.nodeKeys = {
    origin: context.config.origin,
    keys: held.map(({ role, key }) => ({
      role,
      key,
      kid: role === "report" ? thumbprint({ kty: "OKP", crv: "Ed25519", x: key }) : null,
      from: 1,
      until: null,
      ended_by: null,
    })),
    last: hub.join,
    last_recovery: hub.join,
    pending: null,
  };
  hub.kid = hub.nodeKeys.keys[0]?.kid ?? null;
});

async function link() {
  const row = await readHub(env.DB, HUB_LOG);
  if (row === null) throw new Error("no hub");
  return row;
}

/** The same node once its operator has set the next keys. */
async function withNextWitnessKey(): Promise<{ next: NodeContext; vkey: string }> {
  const { skey, vkey } = await generateNoteKey(`${context.config.origin}/witness`, undefined, COSIGNATURE);
  return { next: { ...context, config: { ...context.config, witnessKeyNext: skey } }, vkey };
}

async function withNextKeys(): Promise<NodeContext> {
  const { origin } = context.config;
  const reportJwkNext = await generateEd25519();
  const { skey } = await generateNoteKey(`${origin}/book`);
  return { ...context, config: { ...context.config, reportJwkNext, book: { ...context.config.book, next: skey } } };
}

describe("its own keys", () => {
  it("are rotated at the hub by setting the next ones, once, and reports go on under them", async () => {
    const next = await withNextKeys();
    const [report, newReport, book, newBook] = await heldKeys(next.config);
    await changeKeys(next, await link());
    await changeKeys(next, await link());
    expect(hub.keyChanges.length).toBe(1);
    const [claims] = hub.keyChanges;
    expect(claims).toMatchObject({
      act: "rotate",
      prev: hub.join,
      keys: [
        { role: "report", key: newReport?.key },
        { role: "book", key: newBook?.key },
      ],
    });
    expect(
      claims &&
        (await areProven(claims, ({ role }) => (role === "book" ? (book?.key ?? null) : (report?.key ?? null)))),
    ).toBe(true);
    await pledge(ana, campaign);
    expect(await deliverReports(next, HUB_LOG)).toBe("delivered");
    const note = hub.reports.at(-1)?.claims.book ?? "";
    for (const key of [book, newBook]) expect(await openNote(note, [key?.key ?? ""])).toMatchObject({ ok: true });
  });

  it("wait at a hub that has lost reports until it has them again, which follow each other by their signatures", async () => {
    for (const qty of ["3", "4"]) {
      await pledge(ana, campaign, qty, "800");
      await deliverReports(context, HUB_LOG);
      world.clock.now += 120_000;
    }
    hub.reports.splice(1);
    const next = await withNextKeys();
    await attendHubs(next);
    expect(hub.keyChanges).toEqual([]);
    await pledge(ana, campaign, "5", "800");
    for (let at = 0; at < 6; at += 1) {
      await attendHubs(next);
      world.clock.now += 120_000;
    }
    expect(hub.keyChanges).toHaveLength(1);
    expect(hub.reports.map(({ claims }) => claims.seq)).toEqual([1, 2, 3, 4]);
    expect(await link()).toMatchObject({ last_error: null });
  });

  it("name another witness key, proven by the one it takes the place of", async () => {
    const { next, vkey } = await withNextWitnessKey();
    const before = hub.nodeKeys?.keys.find(({ role }) => role === "witness")?.key ?? null;
    await changeKeys(next, await link());
    await changeKeys(next, await link());
    expect(hub.keyChanges).toMatchObject([{ act: "rotate", keys: [{ role: "witness", key: vkey }] }]);
    expect(await areProven(hub.keyChanges[0]!, () => before)).toBe(true);
    // while the log still names the old one, and after, each is signed with as it is asked for
    expect(await witnessSecret(next.config, before)).toBe(context.config.witnessKey);
    expect(await witnessSecret(next.config, vkey)).toBe(next.config.witnessKeyNext);
  });

  it("name their first witness key at a hub joined before there were any, and no other's place is taken unproven", async () => {
    const { claims } = unwrap(parseJws((await link()).join_jws));
    const { witness: _, ...bare } = claims as Record<string, unknown>;
    const join = await signJws(await signer(context.config.reportJwk), "node-join+jwt", bare);
    hub.nodeKeys!.keys = hub.nodeKeys!.keys.filter(({ role }) => role !== "witness");
    await changeKeys(context, { ...(await link()), join_jws: join });
    expect(hub.keyChanges).toHaveLength(1);
    const [change] = hub.keyChanges[0]!.keys;
    expect(change).toMatchObject({
      role: "witness",
      key: (await noteHand("witness", context.config.witnessKey!)).vkey,
    });
    expect(change).not.toHaveProperty("old_proof");
    // a log that names one which is not here gets no other
    const { next } = await withNextWitnessKey();
    const lost = await generateNoteKey("community.example.org/witness", undefined, COSIGNATURE);
    hub.nodeKeys!.keys = hub.nodeKeys!.keys.map((one) => (one.role === "witness" ? { ...one, key: lost.vkey } : one));
    await changeKeys(next, await link());
    expect(hub.keyChanges).toHaveLength(1);
  });

  it("leave no report behind that was signed and not sequenced: the same words go out under the new key", async () => {
    await pledge(ana, campaign);
    const stored = await signReport(context, await link());
    const next = await withNextKeys();
    await changeKeys(next, await link());
    expect(await deliverReports(next, HUB_LOG)).toBe("delivered");
    const sent = hub.reports.at(-1)?.jws ?? "";
    expect(stored.ok && payloadOf(stored.value.jws)).toBe(payloadOf(sent));
    const parsed = parseStatement(sent);
    expect(parsed.ok && parsed.value.kid).toBe(hub.kid);
    expect(await env.DB.prepare("SELECT count(*) AS n FROM report WHERE jws = ?").bind(sent).first("n")).toBe(1);
  });

  it("that the hub does not hold as current sign nothing", async () => {
    hub.kid = thumbprint(await generateEd25519());
    await pledge(ana, campaign);
    expect(await deliverReports(context, HUB_LOG)).toBe("failed");
    expect(await link()).toMatchObject({ last_error: "key-missing" });
    expect(hub.reports.length).toBe(1);
  });

  it("are shown to the steward with a recovery that waits, which a steward can object to", async () => {
    const recovery = "R".repeat(42) + "A";
    hub.nodeKeys!.pending = {
      leaf: recovery,
      index: 7,
      roles: ["report"],
      due: "2026-10-01T00:00:00Z",
      objected: false,
    };
    await pledge(ana, campaign);
    expect(await deliverReports(context, HUB_LOG)).toBe("failed");
    expect(await link()).toMatchObject({ last_error: "issuer-frozen" });
    await changeKeys(await withNextKeys(), await link());
    expect(hub.keyChanges).toEqual([]);
    expect(await objectAt(context, await link(), "W".repeat(42) + "A")).toBe("recovery-unknown");
    expect(await objectAt(context, await link(), recovery)).toBe(null);
    expect(hub.nodeKeys!.pending.objected).toBe(true);
    expect((await ana.call("GET", "/api/keys")).code).toBe("not-allowed");
    const { status, body } = await world.steward.call("GET", "/api/keys");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      held: [{ role: "report" }, { role: "book" }, { role: "witness" }],
      hubs: [{ origin: HUB_LOG }],
    });
    expect(JSON.stringify(body)).not.toContain("PRIVATE");
  });
});

describe("the hub's keys", () => {
  /** The hub's next statement and log key, logged; `act` says by which hand. */
  async function hubChanges(act: "rotate" | "recover", spoil: Partial<KeyDraft> = {}): Promise<void> {
    const statement = await signer(await generateEd25519());
    const fresh = await generateNoteKey(HUB_LOG);
    const policy = parseStatement(hub.entries[0] ?? "");
    if (!policy.ok) throw new Error("no policy");
    const draft: KeyDraft = {
      iss: HUB_LOG,
      iat: 1_790_000_000,
      v: 1,
      act,
      prev: policy.value.leaf,
      keys: [
        { role: "statement", key: statement.publicJwk.x },
        { role: "log", from: hub.vkey, key: fresh.vkey },
      ],
      ...(act === "recover" && { recovery_jwk: hub.recovery.publicJwk }),
      ...spoil,
    };
    const newLog = await noteHand("log", fresh.skey);
    const by = act === "rotate" ? hub.statementSigner : hub.recovery;
    const old = act === "rotate" ? oldHand : undefined;
    const jws = await signKeyChange(by, "hub-key+jwt", draft, {
      statement: { new: (message) => statement.sign(message) },
      log: { new: newLog.sign, old },
    });
    const parsed = parseStatement(jws);
    if (!parsed.ok) throw new Error("no change");
    const { leaf } = parsed.value;
    const until = hub.entries.length;
    hub.entries.push(jws);
    const before = hub.statementSigner.publicJwk.x;
    hub.ownKeys = {
      origin: HUB_LOG,
      policy: policy.value.leaf,
      keys: [
        { role: "statement", key: before, kid: null, from: 0, until, ended_by: leaf },
        { role: "statement", key: statement.publicJwk.x, kid: null, from: until + 1, until: null, ended_by: null },
        { role: "log", key: hub.vkey, kid: null, from: 0, until, ended_by: leaf },
        { role: "log", key: fresh.vkey, kid: null, from: until + 1, until: null, ended_by: null },
      ],
      last: leaf,
      last_recovery: act === "recover" ? leaf : policy.value.leaf,
      signing: act === "rotate" ? [hub.vkey, fresh.vkey] : [fresh.vkey],
    };
    hub.statementSigner = statement;
    hub.notes = act === "rotate" ? [...hub.notes, await noteSigner(fresh.skey)] : [await noteSigner(fresh.skey)];
  }
  let oldHand: (message: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;
  beforeEach(() => {
    oldHand = hub.oldLogHand;
  });

  it.each(["rotate", "recover"] as const)("are followed through its log after it had to %s them", async (act) => {
    const before = await hub.publish("Before");
    await hubChanges(act);
    const after = await hub.publish("After");
    await attendHubs(context);
    expect(await link()).toMatchObject({ vkey: hub.ownKeys?.keys.at(-1)?.key });
    for (const id of [before, after]) {
      expect((await world.steward.call("POST", `/api/campaigns/${id}/adopt`)).status).toBe(200);
    }
    const state = (await link()).key_state;
    await attendHubs(context);
    expect((await link()).key_state).toBe(state);
  });

  it("are not followed where the entry does not keep the rules, whatever the hub says is current", async () => {
    await hubChanges("rotate", { prev: "W".repeat(42) + "A" });
    const after = await hub.publish("After");
    await attendHubs(context);
    expect(await link()).toMatchObject({ vkey: hub.vkey });
    expect(JSON.parse((await link()).key_state ?? "")).toMatchObject({ log_vkey: null, past: [] });
    expect((await world.steward.call("POST", `/api/campaigns/${after}/adopt`)).code).toBe("campaign-unknown");
  });

  it("are followed at the first receipt under the new one, without waiting for the clock", async () => {
    await hubChanges("rotate");
    await pledge(ana, campaign);
    expect(await deliverReports(context, HUB_LOG)).toBe("delivered");
    const { statement_jwk, receipt } = await link();
    expect(JSON.parse(statement_jwk)).toMatchObject({ x: hub.statementSigner.publicJwk.x });
    expect(receipt).toBeTypeOf("string");
  });

  it("after a loss are followed although witnesses have seen nothing of it yet, by what this node has seen itself", async () => {
    const [before, size] = [await hub.checkpoint(), hub.entries.length];
    expect((await addCheckpoint(0, [], before)).status).toBe(200);
    await hub.publish("Before");
    await hubChanges("recover");
    // a quorum is required: what is served still ends where it was, under the key that is lost
    hub.served = before;
    const { proof, note } = await hub.growth(size);
    expect((await addCheckpoint(size, proof, note)).status).toBe(200);
    expect(await link()).toMatchObject({ vkey: hub.ownKeys?.keys.at(-1)?.key });
  });

  it("are not followed into another log than the one this node has cosigned, recovery or not", async () => {
    await hub.publish("Before");
    expect((await addCheckpoint(0, [], await hub.checkpoint())).status).toBe(200);
    hub.entries.splice(-1, 1);
    await hub.publish("Instead");
    await hubChanges("recover");
    await attendHubs(context);
    expect(await link()).toMatchObject({ vkey: hub.vkey });
  });

  it("are followed too by a node that joined before entry 0's keys were kept", async () => {
    await env.DB.prepare("UPDATE hub SET key_state = NULL").run();
    await hubChanges("recover");
    await attendHubs(context);
    expect(await link()).toMatchObject({ vkey: hub.ownKeys?.keys.at(-1)?.key });
  });

  /** As the hub asks this node to cosign; its way out leads to the hub. */
  async function addCheckpoint(old: number, proof: Uint8Array<ArrayBuffer>[], note: string): Promise<Response> {
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
      const found = await hub.peer.get(input instanceof Request ? input.url : String(input));
      if (!found.ok) throw new TypeError("connection refused");
      const { status, bytes, contentType } = found.value;
      return new Response(bytes, { status, headers: { "content-type": contentType } });
    });
    const body = formatAddCheckpoint({ old, proof, note });
    return await world.fetch("/witness/add-checkpoint", { method: "POST", body });
  }
});

function payloadOf(jws: string): string {
  return fromUtf8(fromBase64url(jws.split(".")[1] ?? ""));
}

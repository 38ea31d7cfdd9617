/** Keys that change in a log with real signatures: old entries stay verifiable, and nobody slips in. */
import { beforeEach, expect, test } from "vitest";
import { verifyEvidence } from "../../../shared/evidence/verify.ts";
import { generateNoteKey, noteSigner } from "../../../shared/log/note.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { type Ed25519Signer, generateEd25519, signer } from "../../../shared/signing/ed25519.ts";
import { type KeyDraft, type KeyHands, noteHand, signKeyChange } from "../../../shared/signing/key-change.ts";
import { signStatement } from "../../../shared/signing/statement.ts";
import { type VerifyOptions, verifyHub } from "../../../shared/verify/hub.ts";
import { followPledge } from "../../../shared/verify/pledge.ts";
import { EXIT } from "../../../shared/verify/report.ts";
import { about, anchorOf, joinOf, reportJws } from "../evidence/makers.ts";
import { makeMember } from "./member.ts";
import { type TestHub, type TestNode, makeWorld } from "./world.ts";

let hub: TestHub;
let a: TestNode;
let b: TestNode;
let campaign: string;
let books: Awaited<ReturnType<typeof makeWorld>>["books"];

beforeEach(async () => {
  ({ hub, a, b, campaign, books } = await makeWorld());
});

async function verified(options: Partial<VerifyOptions> = {}) {
  const report = await verifyHub(hub.served.source, { now: hub.now, books, ...options });
  return {
    exit: report.exit,
    failed: report.checks.filter(({ ok }) => !ok).map(({ id, code, index }) => [id, code, index]),
    report,
  };
}

async function newSigner(): Promise<Ed25519Signer> {
  return await signer(await generateEd25519());
}

interface Made {
  draft: KeyDraft;
  hands: KeyHands;
  by: Ed25519Signer;
  adopt: () => void;
}

/** Report and book key of a node, new; `adopt` is what an honest node does once the change is in force. */
async function newNodeKeys(node: TestNode, act: "rotate" | "recover" = "rotate"): Promise<Made> {
  const report = await newSigner();
  const { skey, vkey } = await generateNoteKey(`${node.origin}/book`);
  const [oldBook, newBook] = [await noteHand("book", node.made.secrets.BOOK_KEY), await noteHand("book", skey)];
  const recovery = await signer(node.made.recoveryJwk);
  const bookSigner = await noteSigner(skey);
  const chain = hub.state.communities.get(node.origin)!.keys;
  return {
    draft: {
      iss: node.origin,
      aud: hub.log.origin,
      iat: hub.now,
      v: 1,
      act,
      prev: act === "rotate" ? chain.last : chain.last_recovery,
      keys: [
        { role: "report", key: report.publicJwk.x },
        { role: "book", key: vkey },
      ],
      ...(act === "recover" && { recovery_jwk: recovery.publicJwk }),
    },
    hands: {
      report: { new: (m) => report.sign(m) },
      book: { new: newBook.sign, ...(act === "rotate" && { old: oldBook.sign }) },
    },
    by: act === "rotate" ? node.signer : recovery,
    adopt() {
      node.signer = report;
      node.vkey = vkey;
      node.book.signers = [bookSigner];
    },
  };
}

async function log({ draft, hands, by }: Made, kind: "node-key+jwt" | "hub-key+jwt" = "node-key+jwt"): Promise<number> {
  return hub.append(await signKeyChange(by, kind, draft, hands)).index;
}

async function report(node: TestNode): Promise<void> {
  node.pledge(campaign, "1", 1);
  await hub.report(node);
  await hub.publishTotals();
}

test("after a rotation of report and book key everything verifies, before and after, with every book", async () => {
  const made = await newNodeKeys(b);
  await log(made);
  made.adopt();
  await report(b);
  const { exit, failed, report: found } = await verified();
  expect({ exit, failed }).toEqual({ exit: EXIT.ok, failed: [] });
  expect(found.checks.find(({ id }) => id === "entries")).toMatchObject({
    facts: { key_changes: 1 },
    detail: expect.stringContaining("1 change of keys") as string,
  });
});

test("an entry signed by the old key after the rotation's index is not current any more", async () => {
  await log(await newNodeKeys(b));
  const index = hub.log.size;
  await report(b);
  expect((await verified()).failed[0]).toEqual(["entries", "signature-invalid", index]);
});

test("after a change of the book key the next report may still rest on the old one, and none after it", async () => {
  const made = await newNodeKeys(b);
  await log(made);
  const old = b.book.signers;
  made.adopt();
  const both = [...old, ...b.book.signers];
  b.book.signers = old;
  await report(b);
  b.book.signers = both;
  expect(await verified()).toMatchObject({ exit: EXIT.ok, failed: [] });
  b.book.signers = old;
  const index = hub.log.size;
  await report(b);
  b.book.signers = both;
  expect((await verified()).failed).toEqual([["books", "book-checkpoint-invalid", index]]);
});

test.each<[string, (made: Made) => Promise<void> | void]>([
  ["the new report key did not sign", async ({ hands }) => void (hands.report = { new: (await other()).new })],
  [
    "the new book key did not sign",
    async ({ hands }) => void (hands.book = { ...hands.book!, new: (await other()).new }),
  ],
  [
    "the old book key did not sign",
    async ({ hands }) => void (hands.book = { ...hands.book!, old: (await other()).new }),
  ],
  ["the old report key did not sign", async (made) => void (made.by = await newSigner())],
])("a rotation is refused where %s", async (_, spoil) => {
  const made = await newNodeKeys(b);
  await spoil(made);
  const index = await log(made);
  await hub.publishTotals();
  expect((await verified()).failed[0]).toEqual(["entries", "signature-invalid", index]);
});
async function other() {
  const key = await newSigner();
  return { new: (message: Uint8Array<ArrayBuffer>) => key.sign(message) };
}

test("a rotation is bound to its log: in another log, or at another place of its own, its proofs do not hold", async () => {
  const elsewhere = await newNodeKeys(b);
  const jws = await signKeyChange(
    elsewhere.by,
    "node-key+jwt",
    { ...elsewhere.draft, aud: "other.example/log" },
    elsewhere.hands,
  );
  const claims = JSON.parse(
    atob(jws.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/")),
  ) as Claims<"node-key+jwt">;
  // signed anew for this log by the same hand, but with the proofs that were made for the other
  const index = hub.append(await signStatement(b.signer, "node-key+jwt", { ...claims, aud: hub.log.origin })).index;
  await hub.publishTotals();
  expect((await verified()).failed[0]).toEqual(["entries", "signature-invalid", index]);
});

test("a rotation to a key that somebody else has is refused, even where that one helps", async () => {
  const made = await newNodeKeys(b);
  made.draft.keys[0]!.key = a.signer.publicJwk.x;
  made.hands.report = { new: (m) => a.signer.sign(m) };
  const index = await log(made);
  await hub.publishTotals();
  expect((await verified()).failed[0]).toEqual(["entries", "key-reused", index]);
});

test("a recovery freezes at once: a report after it makes the log invalid", async () => {
  await log(await newNodeKeys(b, "recover"));
  const index = hub.log.size;
  await report(b);
  expect((await verified()).failed[0]).toEqual(["entries", "frozen", index]);
});

test("a recovery by another key than the one laid down makes the log invalid", async () => {
  const made = await newNodeKeys(b, "recover");
  made.by = await newSigner();
  made.draft.recovery_jwk = made.by.publicJwk;
  const index = await log(made);
  await hub.publishTotals();
  expect((await verified()).failed[0]).toEqual(["entries", "recovery-key", index]);
});

test("after seven days of log time the recovered keys report, without any proof by the lost ones", async () => {
  const made = await newNodeKeys(b, "recover");
  await log(made);
  hub.now += 7 * 86_400;
  await hub.publishTotals();
  made.adopt();
  await report(b);
  expect(await verified()).toMatchObject({ exit: EXIT.ok, failed: [] });
});

/** The hub's statement and log key, new. */
async function newHubKeys(act: "rotate" | "recover", roles: ("statement" | "log")[]): Promise<Made> {
  const statement = await newSigner();
  const { skey, vkey } = await generateNoteKey(hub.log.origin);
  const [oldLog, newLog] = [await noteHand("log", hub.made.secrets.LOG_KEY), await noteHand("log", skey)];
  const recovery = await signer(hub.made.recoveryJwk);
  hub.now += 1;
  const logSigner = await noteSigner(skey);
  const keys = [
    { role: "statement" as const, key: statement.publicJwk.x },
    { role: "log" as const, from: hub.vkey, key: vkey },
  ].filter(({ role }) => roles.includes(role));
  return {
    draft: {
      iss: hub.log.origin,
      iat: hub.now,
      v: 1,
      act,
      prev: hub.state.policy!.leaf,
      keys,
      ...(act === "recover" && { recovery_jwk: recovery.publicJwk }),
    },
    hands: {
      statement: { new: (m) => statement.sign(m) },
      log: { new: newLog.sign, ...(act === "rotate" && { old: oldLog.sign }) },
    },
    by: act === "rotate" ? hub.signer : recovery,
    adopt() {
      if (roles.includes("statement")) hub.signer = statement;
      if (!roles.includes("log")) return;
      hub.log.signers = [...hub.log.signers, logSigner];
      hub.vkey = vkey;
    },
  };
}

test.each(["rotate", "recover"] as const)("the hub's statement key: %s takes effect at its own index", async (act) => {
  const made = await newHubKeys(act, ["statement"]);
  const index = await log(made, "hub-key+jwt");
  const old = hub.signer;
  made.adopt();
  await report(b);
  expect(await verified()).toMatchObject({ exit: EXIT.ok, failed: [] });
  hub.signer = old;
  await hub.publishTotals({ logged: false });
  expect((await verified()).failed[0]).toEqual(["totals", "signature-invalid", undefined]);
  expect(hub.state.hub_keys?.past).toMatchObject([{ role: "statement", key: old.publicJwk.x, until: index }]);
});

test("whoever pinned the log key that goes follows the one that comes, also when the old one signs no more", async () => {
  const before = hub.vkey;
  const made = await newHubKeys("rotate", ["log"]);
  await log(made, "hub-key+jwt");
  made.adopt();
  await hub.publishTotals();
  const both = await verified({ vkey: before });
  expect(both).toMatchObject({ exit: EXIT.ok, report: { vkey: hub.vkey } });
  hub.log.signers = hub.log.signers.slice(1);
  const one = await verified({ vkey: before });
  expect(one).toMatchObject({ exit: EXIT.ok, failed: [], report: { vkey: hub.vkey } });
  expect(one.report.checks.find(({ id }) => id === "log-key")).toMatchObject({ ok: true, facts: { changes: 1 } });
  const stranger = await generateNoteKey(hub.log.origin);
  expect((await verified({ vkey: stranger.vkey })).failed).toEqual([["log-key", "log-key-unknown", undefined]]);
});

test("a member's receipt from before stays good after the book's and the log's keys have changed, and signs no more", async () => {
  const member = await makeMember(b, hub, campaign);
  const receipt = await member.sign({ typ: "pledge" });
  const [node, own] = [await newNodeKeys(b), await newHubKeys("rotate", ["log", "statement"])];
  await log(node);
  await log(own, "hub-key+jwt");
  node.adopt();
  own.adopt();
  hub.log.signers = hub.log.signers.slice(1);
  await hub.report(b);
  await hub.publishTotals();
  const followed = await followPledge(receipt, {
    now: hub.now,
    hubSource: hub.served.source,
    nodeSource: b.served.source,
  });
  expect(followed.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(followed).toMatchObject({
    exit: EXIT.ok,
    ticks: { signed: true, in_book: true, logged: true, counted: true },
  });
  expect([receipt.node.vkey, receipt.hub.vkey]).not.toContain(b.vkey);
});

test("a log key that was lost is followed by those who know the log, and by nobody else", async () => {
  const before = hub.vkey;
  const note = await hub.log.checkpoint();
  const made = await newHubKeys("recover", ["log"]);
  const index = await log(made, "hub-key+jwt");
  made.adopt();
  hub.log.signers = hub.log.signers.slice(1);
  await hub.publishTotals();
  expect((await verified({ vkey: before })).failed).toEqual([["log-key", "log-key-recovered", index]]);
  const remembered = () => ({ vkey: before, note });
  expect(await verified({ remembered })).toMatchObject({ exit: EXIT.ok, report: { vkey: hub.vkey } });
  expect(await verified()).toMatchObject({ exit: EXIT.ok });
});

test("evidence under new keys rests on the join and the change, whoever signed the change", async () => {
  for (const act of ["rotate", "recover"] as const) {
    ({ hub, a, b, campaign, books } = await makeWorld());
    const before = await reportJws(hub, b);
    const made = await newNodeKeys(b, act);
    const index = await log(made);
    made.adopt();
    const statements: [string, string] = [await reportJws(hub, b), await reportJws(hub, b, { iat: hub.now - 1 })];
    const anchors = [await joinOf(hub, b), await anchorOf(hub, index)];
    const document = { ...about(hub, anchors), kind: "equivocation" as const, statements };
    expect(await verifyEvidence(document, [hub.vkey])).toMatchObject({ ok: true, value: { accused: b.origin } });
    const [join, change] = anchors;
    for (const wrong of [[join!], [change!], [change!, join!]])
      expect((await verifyEvidence({ ...document, anchors: wrong }, [hub.vkey])).ok).toBe(false);
    // a report that was not logged yet and is signed anew with the new key says nothing twice
    const anew: [string, string] = [before, statements[1]];
    expect(await verifyEvidence({ ...document, statements: anew }, [hub.vkey])).toMatchObject({
      error: { fault: "no-contradiction" },
    });
  }
});

test("a change of keys that the community did not sign anchors nothing, even where a hub has logged it", async () => {
  const thief = await newNodeKeys(b);
  const forged = await log({ ...thief, by: await newSigner() });
  thief.adopt();
  const statements: [string, string] = [await reportJws(hub, b), await reportJws(hub, b, { iat: hub.now - 1 })];
  const anchors = [await joinOf(hub, b), await anchorOf(hub, forged)];
  const document = { ...about(hub, anchors), kind: "equivocation" as const, statements };
  expect(await verifyEvidence(document, [hub.vkey])).toMatchObject({ error: { fault: "anchor-invalid" } });
});

/** A community that lost its book and began another one: what a verifier and a member are told, and every untruth about it. */
import { expect, test } from "vitest";
import { fromUtf8, toBase64url, utf8 } from "../../../shared/bytes.ts";
import { collectDropped } from "../../../shared/evidence/collect.ts";
import { verifyEvidence } from "../../../shared/evidence/verify.ts";
import { leafHash } from "../../../shared/log/merkle.ts";
import { signStatement } from "../../../shared/signing/statement.ts";
import { verifyHub } from "../../../shared/verify/hub.ts";
import { followPledge } from "../../../shared/verify/pledge.ts";
import { EXIT } from "../../../shared/verify/report.ts";
import { makeMember } from "./member.ts";
import { makeWorld } from "./world.ts";

type World = Awaited<ReturnType<typeof makeWorld>>;

async function verified({ hub, books }: World) {
  const { checks, exit } = await verifyHub(hub.served.source, { now: hub.now, books });
  const failed = checks.filter(({ ok }) => !ok).map(({ id, code, subject }) => `${subject ?? id}: ${code}`);
  return { exit, failed, books: checks.filter(({ subject }) => subject !== undefined) };
}

async function joinAnchor({ log }: World["hub"], leaf: string) {
  const entry = log.entries.find((one) => toBase64url(leafHash(one)) === leaf);
  return { jws: fromUtf8(entry!), proof: (await log.proof(leaf))! };
}

/** A world in which a.example has begun a second book with one pledge, counted and published. */
async function resetWorld() {
  const world = await makeWorld();
  const { hub, a, campaign } = world;
  await hub.newBook(a);
  a.pledge(campaign, "1", 2);
  await hub.report(a);
  await hub.publishTotals();
  return world;
}

test("from the new book on nothing of the old one counts, and both books verify, the old one from the hub's mirror", async () => {
  const world = await makeWorld();
  const { hub, a } = world;
  const before = hub.state.sums.pledged;
  await hub.newBook(a);
  await hub.publishTotals();
  expect(hub.state.sums.pledged).toBe(before - 5n);
  expect((await verified(world)).failed).toEqual([]);
  a.pledge(world.campaign, "1", 2);
  await hub.report(a);
  await hub.publishTotals();
  expect(hub.state.sums.pledged).toBe(before - 4n);
  const { exit, books } = await verified(world);
  expect(exit).toBe(0);
  expect(books.map(({ subject, facts }) => [subject, facts["source"], facts["entries"]])).toEqual([
    ["a.example/book", "mirror", 3],
    ["a.example", "book", 2],
    ["b.example", "book", 3],
  ]);
});

test("a wrong verdict on the old book is still found out, and so is a mirror that does not keep it", async () => {
  const world = await makeWorld();
  const { hub, a } = world;
  await hub.report(a, { changes: { totals: [] }, verdict: { ok: true, code: undefined } });
  await hub.newBook(a);
  await hub.publishTotals();
  expect((await verified(world)).failed).toEqual(["a.example/book: verdict-wrong"]);
  hub.mirrors.clear();
  expect((await verified(world)).failed).toEqual(["a.example/book: mirror-missing"]);
});

test("the served book begins as it was logged, or it is a fork", async () => {
  const world = await resetWorld();
  const { a, campaign } = world;
  a.book.entries.length = 0;
  a.write({ t: "genesis", iss: a.origin, v: 1, n: a.nonce().slice(0, 22) });
  a.pledge(campaign, "1", 2);
  const { failed, exit } = await verified(world);
  expect(exit).toBe(EXIT.splitView);
  expect(failed).toHaveLength(1);
});

test.each<[string, (world: World) => Promise<unknown>]>([
  ["sequence", ({ hub, a }) => hub.newBook(a, { seq: 9 })],
  ["sequence", ({ hub, a }) => hub.newBook(a, { prev: a.join })],
  ["issuer", ({ hub, a }) => hub.newBook(a, { aud: "other.example/log" })],
  [
    "status-conflict",
    async ({ hub, a }) => {
      await hub.say("node-status+jwt", { node: a.origin, status: "suspended", reason: "", join: a.join });
      await hub.newBook(a);
    },
  ],
  [
    "book-reset",
    async ({ hub, a }) => {
      await hub.newBook(a);
      a.generation = 1;
      await hub.newBook(a);
    },
  ],
  [
    "book-reset",
    async ({ hub, a, b }) => {
      const book = { origin: "b.example/book/2", generation: 2, checkpoint: await b.book.checkpoint() };
      await hub.newBook(a, { book });
    },
  ],
  [
    "signature-invalid",
    async ({ hub, a, b }) => {
      a.signer = b.signer;
      await hub.newBook(a);
    },
  ],
  [
    "verdict-unknown",
    async ({ hub, a }) => {
      const { seq, prev } = a;
      const report = {
        iss: a.origin,
        aud: hub.log.origin,
        iat: hub.now,
        v: 1 as const,
        seq: seq + 1,
        prev,
        book: await a.book.checkpoint(),
        profile: { name: "A", region: "NL", languages: ["nl"], members: 1 },
        totals: [],
      };
      const { leaf } = hub.append(await signStatement(a.signer, "demand-report+jwt", report));
      Object.assign(a, { seq: seq + 1, prev: leaf });
      await hub.newBook(a);
      await hub.say("report-check+jwt", { node: a.origin, report: leaf, seq: seq + 1, ok: true });
    },
  ],
])("a log that breaks a rule of new books is invalid: %s", async (code, breakRule) => {
  const world = await makeWorld();
  await breakRule(world);
  await world.hub.publishTotals();
  expect((await verified(world)).failed).toContain(`entries: ${code}`);
});

test("a report about the old book after the new one began was not to be accepted", async () => {
  const world = await makeWorld();
  const { hub, a } = world;
  const old = await a.book.checkpoint();
  await hub.newBook(a);
  await hub.report(a, { changes: { book: old } });
  await hub.publishTotals();
  expect((await verified(world)).failed).toEqual(["a.example: book-checkpoint-invalid"]);
});

test("a member with a receipt of the old book is told when and why it counts no more, and holds no false evidence", async () => {
  const world = await makeWorld();
  const { hub, a, campaign } = world;
  const member = await makeMember(a, hub, campaign);
  const receipt = await member.sign({ typ: "pledge" });
  await hub.report(a);
  await hub.newBook(a);
  hub.now += 3 * 86_400;
  a.pledge(campaign, "1", 1, "2026-06-02");
  await hub.report(a);
  await hub.publishTotals();
  const sources = { hubSource: hub.served.source, nodeSource: a.served.source };
  const { exit, checks, ticks } = await followPledge(receipt, { now: hub.now, ...sources });
  expect(exit).toBe(EXIT.invalid);
  expect(ticks).toMatchObject({ signed: true, counted: false });
  const failed = checks.filter(({ ok }) => !ok);
  expect(failed).toMatchObject([
    {
      id: "live",
      code: "book-given-up",
      facts: { generation: 2, reason: "The disk is gone", at: expect.any(String) as string },
    },
  ]);
  expect(failed[0]?.detail).toMatch(/began a new book on 2026-0.*does not count any more$/);
  expect(await collectDropped(receipt, hub.served.source, a.served.source)).toBeNull();
  // A report about the new book, which is smaller, is no proof that the old one shrank.
  const report = fromUtf8(hub.log.entries.at(-3)!);
  const anchors = [await joinAnchor(hub, a.join)];
  const document = {
    v: 1 as const,
    hub: { origin: hub.log.origin, vkey: hub.vkey },
    anchors,
    kind: "dropped-entry" as const,
    entry: receipt.entry.json,
    proof: receipt.entry.proof,
    shown: { by: "report" as const, report },
  };
  expect(await verifyEvidence(document, [hub.vkey])).toMatchObject({ ok: false, error: { fault: "no-contradiction" } });
});

test("a pledge that the new book took over counts there, with a document that replaces what the old one held", async () => {
  const world = await makeWorld();
  const { hub, a, campaign } = world;
  await hub.newBook(a);
  const member = await makeMember(a, hub, campaign);
  const receipt = await member.enterAgain(a.nonce());
  await hub.report(a);
  await hub.publishTotals();
  const follow = await followPledge(receipt, {
    now: hub.now,
    hubSource: hub.served.source,
    nodeSource: a.served.source,
  });
  expect(follow.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(follow.ticks).toEqual({ signed: true, in_book: true, logged: true, counted: true });
});

test("two trees of the old book, or of the new one, are a fork of their community for ever", async () => {
  const world = await resetWorld();
  const { hub, a } = world;
  const anchors = [await joinAnchor(hub, a.join)];
  for (const book of a.books) {
    const notes: [string, string] = [await book.checkpoint(2), await book.forge(2, leafHash(utf8("another")))];
    const document = {
      v: 1 as const,
      hub: { origin: hub.log.origin, vkey: hub.vkey },
      anchors,
      kind: "fork" as const,
      log: book.origin,
      notes,
      place: null,
    };
    expect(await verifyEvidence(document, [hub.vkey])).toMatchObject({ ok: true, value: { accused: "a.example" } });
  }
});

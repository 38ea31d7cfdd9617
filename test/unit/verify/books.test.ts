import { expect, test } from "vitest";
import { foldBook } from "../../../shared/book/fold.ts";
import { reportTotals } from "../../../shared/book/totals.ts";
import { rulesFrom } from "../../../shared/network/book-rules.ts";
import { utf8 } from "../../../shared/bytes.ts";
import { EXIT, type Exit } from "../../../shared/verify/report.ts";
import { type BookSource, verifyHub } from "../../../shared/verify/hub.ts";
import { type Source, Unreachable } from "../../../shared/verify/source.ts";
import { TestNode, makeWorld } from "./world.ts";

type World = Awaited<ReturnType<typeof makeWorld>>;

async function faults({ hub, books }: Pick<World, "hub"> & { books: BookSource }) {
  const { checks, exit } = await verifyHub(hub.served.source, { now: hub.now, books });
  return { exit, failed: checks.filter(({ ok }) => !ok).map(({ id, code, subject }) => `${subject ?? id}: ${code}`) };
}

/** The hub, with a mirror of the first community's book that ends with this note. */
function mirrored({ hub, a }: World, note: string): Source {
  const { source } = hub.served;
  return {
    name: source.name,
    async get(path, maxBytes) {
      const prefix = `/mirror/${a.origin}`;
      if (!path.startsWith(prefix)) return await source.get(path, maxBytes);
      const inBook = path.slice(prefix.length);
      const bytes = inBook === "/checkpoint" ? utf8(note) : await a.book.serve(inBook);
      return { status: bytes === null ? 404 : 200, bytes: bytes ?? utf8("") };
    },
  };
}

test("a verdict that says ok about totals the book does not come to is found out", async () => {
  const world = await makeWorld();
  const { hub, a, campaign } = world;
  const totals = [
    {
      c: campaign,
      pledges: 2,
      interest: "0",
      pledged: ["9", "9", "9"],
      committed: ["0", "0", "0"],
      purchased: "0",
      locked: "0",
    },
  ];
  await hub.report(a, { changes: { totals }, verdict: { ok: true, code: undefined } });
  await hub.publishTotals();
  expect(await faults(world)).toEqual({ exit: EXIT.invalid, failed: ["a.example: verdict-wrong"] });
});

test("a right verdict against a wrong report is no fault of the hub, and the next right report counts", async () => {
  const world = await makeWorld();
  const { hub, a, campaign } = world;
  a.pledge(campaign, "5", 0);
  await hub.report(a, { changes: { totals: [] } });
  a.pledge(campaign, "1", 0);
  await hub.report(a);
  await hub.publishTotals();
  expect(await faults(world)).toEqual({ exit: 0, failed: [] });
  expect(hub.state.communities.get(a.origin)?.counted?.seq).toBe(3);
});

test("a report may leave campaigns out if it says how many, and a verdict that takes its word for another number is found out", async () => {
  const world = await makeWorld();
  const { hub, a, books } = world;
  const { leaf: rice } = await hub.campaign({ name: "Rice" });
  a.pledge(rice, "7", 0);
  const totals = reportTotals(foldBook(a.parsed, rulesFrom(hub.state.campaigns)).state).filter(({ c }) => c !== rice);
  await hub.report(a, { changes: { totals, omitted: 1 } });
  await hub.publishTotals();
  expect(await faults({ hub, books })).toEqual({ exit: 0, failed: [] });
  expect(hub.state.campaigns.get(rice)?.sums.pledged).toEqual([0n, 0n, 0n]);
  await hub.report(a, { changes: { totals, omitted: 2 }, verdict: { ok: true, code: undefined } });
  await hub.publishTotals();
  expect(await faults({ hub, books })).toEqual({ exit: EXIT.invalid, failed: ["a.example: verdict-wrong"] });
});

test("a report may leave the accounts of its bands out, and say what members said, but not tell other accounts", async () => {
  const world = await makeWorld();
  const { hub, a, campaign } = world;
  a.pledge(campaign, "5", 0);
  const [told] = reportTotals(foldBook(a.parsed, rulesFrom(hub.state.campaigns)).state);
  if (told === undefined) throw new Error("no totals");
  const { accounts, ...brief } = told;
  for (const totals of [brief, { ...told, feedback: { price: 9 } }, { ...told, accounts: accounts?.toReversed() }]) {
    await hub.report(a, { changes: { totals: [totals] } });
  }
  await hub.publishTotals();
  expect(await faults(world)).toEqual({ exit: 0, failed: [] });
  expect(hub.state.communities.get(a.origin)?.counted).toMatchObject({ seq: 3, totals: [{ feedback: { price: 9 } }] });
});

test("a verdict against a right report is found out too", async () => {
  const world = await makeWorld();
  await world.hub.report(world.a, { verdict: { ok: false, code: "totals-mismatch" } });
  await world.hub.publishTotals();
  expect(await faults(world)).toEqual({ exit: EXIT.invalid, failed: ["a.example: verdict-wrong"] });
});

test("a malformed entry is a verdict with its index, and every later report gets the same", async () => {
  const world = await makeWorld();
  const { hub, a } = world;
  a.writeBytes(utf8('{"t":"pledge","q":"-1"}'));
  await hub.report(a);
  await hub.report(a);
  await hub.publishTotals();
  expect(hub.state.communities.get(a.origin)?.counted?.seq).toBe(1);
  expect(await faults(world)).toEqual({ exit: 0, failed: [] });
});

test("a lock counts from the verdict on that follows the logged closing", async () => {
  const world = await makeWorld();
  const { hub, a, campaign } = world;
  const { leaf: x } = await hub.say("campaign-close+jwt", { campaign, outcome: "locked", band: 1, reason: "reached" });
  a.write({ t: "lock", c: campaign, b: 1, x, n: a.nonce(), d: "2026-06-02" });
  await hub.report(a);
  await hub.publishTotals();
  expect(await faults(world)).toEqual({ exit: 0, failed: [] });
  // b.example has not locked: what it had pledged is over, what a.example committed stays
  expect(hub.state.sums).toMatchObject({ pledged: 0n, committed: 3n, pledges: 1 });
});

test("a book that changed behind a counted report is a fork: two signed trees for one size", async () => {
  const world = await makeWorld();
  const { a, campaign } = world;
  a.book.entries.splice(1, 1);
  a.pledge(campaign, "2", 1);
  a.pledge(campaign, "2", 1);
  expect(await faults(world)).toEqual({ exit: EXIT.splitView, failed: ["a.example: book-fork"] });
});

test("a book of the same size with another tree is a split view", async () => {
  const world = await makeWorld();
  world.a.book.entries.splice(1, 1);
  world.a.pledge(world.campaign, "9", 1);
  expect(await faults(world)).toEqual({ exit: EXIT.splitView, failed: ["a.example: split-view"] });
});

test("a book that shrank is invalid", async () => {
  const world = await makeWorld();
  world.a.book.entries.pop();
  expect(await faults(world)).toEqual({ exit: EXIT.invalid, failed: ["a.example: book-shrunk"] });
});

test("a node that does not answer is exit code 3; one that has left may be silent", async () => {
  const world = await makeWorld();
  const { hub, a } = world;
  const silent = {
    ...world,
    books: (node: { origin: string }) =>
      node.origin === a.origin
        ? { name: "gone", get: () => Promise.reject(new Unreachable("gone")) }
        : world.books(node),
  };
  expect(await faults(silent)).toEqual({ exit: EXIT.network, failed: ["a.example: unreachable"] });
  await hub.say("node-status+jwt", { node: a.origin, status: "left", reason: "", join: a.join });
  await hub.publishTotals();
  expect(await faults(silent)).toEqual({ exit: 0, failed: [] });
});

test("whatever answers where a community was, its book is read from the mirror, and nothing is held against it", async () => {
  const world = await makeWorld();
  const { hub, a } = world;
  const answers: [number, string, Exit, string][] = [
    [404, "", EXIT.network, "missing"],
    [403, "go away", EXIT.network, "unexpected-answer"],
    [200, "<html>This domain is for sale</html>\n", EXIT.invalid, "note-malformed"],
  ];
  for (const [status, page, unread, code] of answers) {
    const get = () => Promise.resolve({ status, bytes: utf8(page) });
    const books = (node: { origin: string; url: string }) =>
      node.origin === a.origin ? { name: "another", get } : world.books(node);
    expect(await faults({ ...world, books })).toEqual({ exit: unread, failed: [`a.example: ${code}`] });
    const { exit, checks } = await verifyHub(mirrored(world, await a.book.checkpoint()), { now: hub.now, books });
    expect(exit).toBe(0);
    expect(checks.find(({ subject }) => subject === a.origin)?.facts).toMatchObject({ source: "mirror" });
  }
});

test("a community that is gone before anything of it was counted hides nothing", async () => {
  const world = await makeWorld();
  const { hub } = world;
  const newcomer = await TestNode.create("newcomer.example");
  await hub.admit(newcomer);
  await hub.report(newcomer, { verdict: { ok: false, code: "book-unavailable" } });
  await hub.publishTotals();
  const gone = { name: "gone", get: () => Promise.reject(new Unreachable("gone")) };
  const books = (node: { origin: string; url: string }) => (node.origin === newcomer.origin ? gone : world.books(node));
  expect(await faults({ ...world, books })).toEqual({ exit: 0, failed: [] });
  await hub.report(newcomer, { verdict: { ok: true, code: undefined } });
  await hub.publishTotals();
  expect(await faults({ ...world, books })).toEqual({
    exit: EXIT.network,
    failed: ["newcomer.example: unreachable"],
  });
});

test("a verdict that the book could not be read is not held against anybody later", async () => {
  const world = await makeWorld();
  await world.hub.report(world.a, { verdict: { ok: false, code: "book-unavailable" } });
  await world.hub.report(world.a);
  await world.hub.publishTotals();
  expect(await faults(world)).toEqual({ exit: 0, failed: [] });
});

test("a book whose community is gone is read from the hub's mirror, and a wrong verdict is still found out", async () => {
  const world = await makeWorld();
  const { hub, a } = world;
  /** the mirror as it was after `size` entries */
  const facts = async (size: number) => {
    const books = (node: { origin: string }) =>
      node.origin === a.origin
        ? { name: "gone", get: () => Promise.reject(new Unreachable("gone")) }
        : world.books(node);
    const { checks, exit } = await verifyHub(mirrored(world, await a.book.checkpoint(size)), { now: hub.now, books });
    return { exit, of: checks.find(({ subject }) => subject === a.origin) };
  };
  expect(await facts(a.book.size)).toMatchObject({ exit: 0, of: { facts: { source: "mirror" } } });
  expect(await facts(a.book.size - 1)).toMatchObject({ exit: EXIT.invalid, of: { code: "book-shrunk" } });
  const read = a.book.size;
  a.pledge(world.campaign, "5", 0);
  await hub.report(a, { verdict: { ok: false, code: "book-unavailable" } });
  await hub.publishTotals();
  expect(await facts(read)).toMatchObject({ exit: 0 });
  await hub.report(a, { verdict: { ok: false, code: "totals-mismatch" } });
  await hub.publishTotals();
  expect(await facts(a.book.size)).toMatchObject({ exit: EXIT.invalid, of: { code: "verdict-wrong" } });
});

import { expect, test } from "vitest";
import type { Receipt } from "../../../shared/protocol/document.ts";
import { EXIT } from "../../../shared/verify/report.ts";
import { followPledge } from "../../../shared/verify/pledge.ts";
import { makeMember } from "./member.ts";
import { makeWorld } from "./world.ts";

async function start() {
  const world = await makeWorld();
  const { hub, a, campaign } = world;
  const member = await makeMember(a, hub, campaign);
  const report = async () => {
    await hub.report(a);
    await hub.publishTotals();
  };
  const follow = async (receipt: unknown) => {
    const { exit, ticks, checks } = await followPledge(receipt, {
      now: hub.now,
      hubSource: hub.served.source,
      nodeSource: a.served.source,
    });
    const failed = checks.filter(({ ok }) => !ok).map(({ id, code }) => `${id}: ${code}`);
    return { exit, ticks: Object.values(ticks).map(Number).join(""), failed };
  };
  return { ...world, member, report, follow };
}

test("a counted pledge gets its four ticks", async () => {
  const { member, report, follow } = await start();
  const receipt = await member.sign({ typ: "pledge" });
  await report();
  expect(await follow(JSON.parse(JSON.stringify(receipt)))).toEqual({ exit: 0, ticks: "1111", failed: [] });
});

test("an interest, and a revision of a pledge, are followed the same way", async () => {
  const { member, report, follow } = await start();
  const first = await member.sign({ typ: "pledge" });
  const second = await member.sign({ typ: "pledge", replaces: first.entry.leaf, qty: "5", band: 2 });
  const third = await member.sign({ typ: "interest" });
  await report();
  expect((await follow(second)).exit).toBe(0);
  expect((await follow(third)).exit).toBe(0);
});

test("a pledge no report carries yet is in the book and not in the log: stale, not invalid", async () => {
  const { member, follow } = await start();
  expect(await follow(await member.sign({ typ: "pledge" }))).toEqual({
    exit: EXIT.stale,
    ticks: "1100",
    failed: ["report: not-reported"],
  });
});

test("a pledge for a campaign that the report has no room for is logged and not counted", async () => {
  const { hub, a, member, follow } = await start();
  const receipt = await member.sign({ typ: "pledge" });
  await hub.report(a, { changes: { totals: [], omitted: 1 } });
  await hub.publishTotals();
  expect(await follow(receipt)).toEqual({ exit: EXIT.invalid, ticks: "1110", failed: ["totals: left-out"] });
});

test("a pledge that was reported after the published totals is logged and not yet counted", async () => {
  const { hub, a, member, follow } = await start();
  const receipt = await member.sign({ typ: "pledge" });
  await hub.report(a);
  expect(await follow(receipt)).toEqual({ exit: EXIT.stale, ticks: "1110", failed: ["totals: not-counted"] });
});

test("a pledge that was revised or withdrawn is not live any more, by the index of what ended it", async () => {
  const { member, report, follow } = await start();
  const first = await member.sign({ typ: "pledge" });
  const second = await member.sign({ typ: "pledge", replaces: first.entry.leaf });
  const last = await member.sign({ typ: "withdraw", replaces: second.entry.leaf });
  await report();
  for (const receipt of [first, second, last]) {
    expect(await follow(receipt)).toMatchObject({ exit: EXIT.invalid, ticks: "1110", failed: ["live: ended"] });
  }
});

test("a pledge below the locked band is let go; one above it stays, committed", async () => {
  const { hub, a, campaign, member, report, follow } = await start();
  const low = await member.sign({ typ: "pledge", band: 0 });
  const high = await member.sign({ typ: "pledge", band: 2 });
  const { leaf: x } = await hub.say("campaign-close+jwt", { campaign, outcome: "locked", band: 1, reason: "" });
  await report();
  expect(await follow(high)).toMatchObject({ exit: EXIT.invalid, failed: ["totals: campaign-ended"] });
  a.write({ t: "lock", c: campaign, b: 1, x, n: a.nonce(), d: "2026-06-02" });
  await report();
  expect(await follow(low)).toMatchObject({ failed: ["live: let-go"] });
  expect(await follow(high)).toMatchObject({ exit: 0, ticks: "1111" });
});

test("a community the hub has suspended is not inside the total", async () => {
  const { hub, a, member, report, follow } = await start();
  const receipt = await member.sign({ typ: "pledge" });
  await report();
  await hub.say("node-status+jwt", { node: a.origin, status: "suspended", reason: "", join: a.join });
  await hub.publishTotals();
  expect(await follow(receipt)).toMatchObject({ exit: EXIT.invalid, ticks: "1110", failed: ["totals: suspended"] });
});

test.each<[string, (receipt: Receipt) => unknown]>([
  ["receipt: receipt-malformed", () => ({ kind: "cocoon-receipt" })],
  ["receipt: leaf-mismatch", (r) => ({ ...r, entry: { ...r.entry, leaf: r.key.leaf } })],
  ["signature: assertion-challenge", (r) => ({ ...r, document: { ...r.document, qty: "9" } })],
  ["signature: assertion-origin", (r) => ({ ...r, web_origins: ["https://evil.example"] })],
  ["signature: receipt-malformed", (r) => ({ ...r, hub: { ...r.hub, origin: "other.example/log" } })],
  ["commitment: commitment-mismatch", (r) => ({ ...r, salt: r.key.salt })],
  ["key: key-mismatch", (r) => ({ ...r, key: { ...r.key, salt: r.salt } })],
  ["book: proof-invalid", (r) => ({ ...r, entry: { ...r.entry, proof: r.key.proof } })],
  ["book: proof-invalid", (r) => ({ ...r, entry: { ...r.entry, index: r.entry.index + 1 } })],
  ["book: book-key", (r) => ({ ...r, node: { ...r.node, vkey: r.hub.vkey } })],
  ["hub: hub-invalid", (r) => ({ ...r, hub: { ...r.hub, vkey: r.node.vkey } })],
])("a receipt that was changed is refused: %s", async (code, change) => {
  const { member, report, follow } = await start();
  const receipt = await member.sign({ typ: "pledge" });
  await report();
  const { exit, failed } = await follow(change(receipt));
  expect(failed).toContain(code);
  expect(exit).toBe(EXIT.invalid);
});

test("a pledge signed with a key that had ended is refused, and so is a book that dropped the pledge", async () => {
  const { a, member, report, follow, campaign } = await start();
  a.write({ t: "key_end", r: member.key.leaf, n: a.nonce(), d: "2026-06-01" });
  const receipt = await member.sign({ typ: "pledge" });
  await report();
  expect(await follow(receipt)).toMatchObject({ exit: EXIT.invalid, failed: ["key: key-ended"] });
  a.book.entries.splice(receipt.entry.index, 1);
  a.pledge(campaign, "1", 0);
  expect(await follow(receipt)).toMatchObject({ ticks: "1000", exit: EXIT.splitView, failed: ["book: split-view"] });
});

/** Communities that lie: each lie gets its code, and the totals do not move. docs/protocol.md §3, Acceptance and Verdict. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { admit } from "../../scripts/demo/client.ts";
import { commitment, openPuppets, type Puppet, type PuppetShow } from "../../scripts/network/puppet.ts";
import { CAMPAIGNS } from "../../scripts/demo/plan.ts";
import { communityDetail } from "../../shared/protocol/api/network.ts";
import type { BookEntry } from "../../shared/protocol/book-entry.ts";
import type { Problem } from "../../shared/protocol/problem.ts";
import { openBrowser } from "../../scripts/demo/http.ts";
import { eventually, openTestNetwork, publicNumbers, timePasses, type TestNetwork } from "../network.ts";
import { expectHonest } from "./honest.ts";

const PUPPETS = 8;
let net: TestNetwork;
let show: PuppetShow;
let next = 0;
/** joined and admitted, with one pledge of 3 units counted */
let puppet: Puppet;
let before: string;

beforeAll(async () => {
  net = await openTestNetwork({ nodes: 1 });
  show = await openPuppets(PUPPETS, `${net.hub.origin}/log`);
});
afterAll(async () => {
  await show.close();
  await net.close();
});

const rules = () => ({
  bands: CAMPAIGNS[0]!.bands_minor.length,
  max_qty: BigInt(CAMPAIGNS[0]!.max_qty),
  closing: null,
});
const today = () => new Date().toISOString().slice(0, 10);

function pledgeEntry(q: string, b = 2): BookEntry {
  return { t: "pledge", c: net.campaign, q, b, cm: commitment(), a: "strong", d: today() };
}

async function submit(jws: string): Promise<{ status: number; code?: string }> {
  const answer = await openBrowser(net.hub.url).raw("POST", "/log/entries", { type: "application/jose", content: jws });
  const body = (await answer.json()) as Partial<Problem>;
  return { status: answer.status, ...(body.code && { code: body.code }) };
}

async function reports(): Promise<{ seq: number; verdict: string; code: string | null }[]> {
  const path = `/api/communities/${encodeURIComponent(puppet.origin)}`;
  return (await openBrowser(net.hub.url).get(path, communityDetail)).reports;
}

async function expectVerdict(seq: number, verdict: string, code: string | null): Promise<void> {
  await eventually(async () => {
    await timePasses(net);
    expect((await reports()).find((report) => report.seq === seq)).toMatchObject({ verdict, code });
  });
}

async function numbers(): Promise<string> {
  const { stages, pledges, purchasing_power_minor } = await publicNumbers(net.hub);
  return JSON.stringify({ stages, pledges, purchasing_power_minor });
}

async function expectRefused(jws: string, code: string): Promise<void> {
  expect(await submit(jws)).toMatchObject({ code });
  await timePasses(net);
  expect(await numbers()).toBe(before);
}

async function expectFailed(jws: string, code: string): Promise<void> {
  expect(await submit(jws)).toMatchObject({ status: 202 });
  await expectVerdict(puppet.seq, "failed", code);
  expect(await numbers()).toBe(before);
  await expectHonest(net, { books: false });
}

beforeEach(async () => {
  puppet = show.puppets[next]!;
  next += 1;
  const joined = await openBrowser(net.hub.url).raw("POST", "/api/joins", {
    type: "application/jose",
    content: await puppet.join(),
  });
  expect(joined.status).toBeLessThan(300);
  await admit(net.operator, puppet.origin, "a test");
  puppet.append(pledgeEntry("3"));
  expect(await submit(await puppet.report({ totals: puppet.totals(rules) }))).toMatchObject({ status: 202 });
  await expectVerdict(1, "ok", null);
  before = await numbers();
});

test("a book checkpoint under another key is refused", async () => {
  const other = show.puppets[PUPPETS - 1]!;
  const note = await other.checkpoint();
  const forged = note.replaceAll(other.origin, puppet.origin);
  await expectRefused(await puppet.report({ book: forged, totals: puppet.totals(rules) }), "book-checkpoint-invalid");
});

test("a book that shrinks fails", async () => {
  puppet.book.pop();
  await expectFailed(await puppet.report({ totals: [] }), "book-shrunk");
});

test("a book that was rewritten under the same size fails", async () => {
  puppet.book.pop();
  puppet.append(pledgeEntry("20"));
  await expectFailed(await puppet.report({ totals: puppet.totals(rules) }), "book-fork");
});

test("a book that was rewritten and then grew fails", async () => {
  puppet.book.pop();
  puppet.append(pledgeEntry("20"));
  puppet.append(pledgeEntry("5"));
  await expectFailed(await puppet.report({ totals: puppet.totals(rules) }), "book-fork");
});

test("totals that the book does not fold to fail", async () => {
  puppet.append(pledgeEntry("5"));
  const [totals] = puppet.totals(rules);
  const inflated = { ...totals!, pledged: totals!.pledged.map((units, i) => (i === 2 ? `${units}0` : units)) };
  await expectFailed(await puppet.report({ totals: [inflated] }), "totals-mismatch");
});

test("an honest report after a failed one counts again", async () => {
  await expectFailed(await puppet.report({ totals: [] }), "totals-mismatch");
  puppet.append(pledgeEntry("4"));
  expect(await submit(await puppet.report({ totals: puppet.totals(rules) }))).toMatchObject({ status: 202 });
  await expectVerdict(3, "ok", null);
  expect(await numbers()).not.toBe(before);
});

test("two reports under one number are an equivocation, and a gap is named", async () => {
  const { seq, prev } = puppet;
  await puppet.report({ totals: puppet.totals(rules) });
  const after = await puppet.report({ totals: puppet.totals(rules) });
  await expectRefused(after, "seq-gap");
  Object.assign(puppet, { seq: seq - 1, prev });
  const second = await puppet.report({ totals: [], iat: Math.floor(Date.now() / 1000) - 5 });
  expect(await submit(second)).toMatchObject({ code: "equivocation" });
  await eventually(async () => {
    await timePasses(net);
    const path = `/api/communities/${encodeURIComponent(puppet.origin)}`;
    expect(await openBrowser(net.hub.url).get(path, communityDetail)).toMatchObject({
      status: "suspended",
      reason: "equivocation",
    });
  });
  await expectHonest(net, { books: false });
});

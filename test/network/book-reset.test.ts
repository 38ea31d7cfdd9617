/** The drills of a community that lost its book (docs/operate.md), between real workers: restored to yesterday, and lost with all it held. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAuthenticator } from "../../scripts/demo/authenticator.ts";
import { describeCommunity, join, joinHub, pledge } from "../../scripts/demo/client.ts";
import { demoCommunity } from "../../scripts/demo/plan.ts";
import { communityDetail } from "../../shared/protocol/api/network.ts";
import { verifyHub } from "../../shared/verify/hub.ts";
import { eventually, newMember, openTestNetwork, publicNumbers, type TestNetwork, timePasses } from "../network.ts";
import { sourceAt } from "./honest.ts";

let net: TestNetwork;
let kept: string;

beforeAll(async () => {
  net = await openTestNetwork();
  kept = await mkdtemp(path(tmpdir(), "cocoon-kept-"));
});
afterAll(async () => {
  await net.close();
  await rm(kept, { recursive: true, force: true });
});

function lost() {
  return net.communities[0]!;
}
const wanting = (qty: string) => ({
  kind: "pledge" as const,
  campaign: net.campaign,
  qty,
  max_unit_price_minor: "1000000",
});
function database(): string {
  return path(net.data, lost().node.name, "database");
}
async function standing() {
  const answer = await fetch(`${net.hub.url}/api/communities/${encodeURIComponent(lost().node.origin)}`);
  return communityDetail.parse(await answer.json());
}
async function counted(pledges: number): Promise<void> {
  await eventually(async () => {
    await timePasses(net);
    expect((await publicNumbers(net.hub)).pledges).toBe(pledges);
  }, 40);
}
async function verified() {
  const { checks, exit } = await verifyHub(sourceAt(net.hub.url), {
    vkey: net.hub.vkey,
    now: Math.floor(Date.now() / 1000),
    books: ({ url }) => sourceAt(url),
  });
  return {
    exit,
    failed: checks.filter(({ ok }) => !ok).map(({ subject, id, code, detail }) => [subject ?? id, code, detail]),
  };
}
const begin = async (reason: string) =>
  await lost().steward.browser.raw("POST", "/api/book/new", { confirm: lost().node.origin, reason });

test("a community restored to yesterday begins a new book, into which goes what it still has and nobody ended", async () => {
  const ana = await newMember(lost(), "Ana");
  const ben = await newMember(lost(), "Ben");
  await pledge(ana, wanting("3"));
  const first = await pledge(ben, wanting("2"));
  await counted(2);
  expect((await begin("for fun")).status).toBe(409);
  await lost().node.stop();
  await cp(database(), path(kept, "yesterday"), { recursive: true });
  await lost().node.start();
  await pledge(ben, wanting("5"));
  await pledge(await newMember(lost(), "Cem"), wanting("4"));
  await counted(3);
  expect(first).toBeDefined();

  await lost().node.stop();
  await rm(database(), { recursive: true });
  await cp(path(kept, "yesterday"), database(), { recursive: true });
  await lost().node.start();
  await expect(pledge(ana, wanting("1"))).rejects.toThrow(/log-behind/);
  expect((await lost().steward.browser.raw("POST", "/api/book/new", { confirm: "another", reason: "x" })).status).toBe(
    400,
  );
  expect((await begin("The disk of Tuesday is gone")).status).toBe(201);
  // whatever it was about to say or to take over, it says and takes over after a crash
  await lost().node.stop();
  await lost().node.start();
  // Ana's pledge went over; Ben had revised his in what was lost, and Cem is not known any more
  await counted(1);
  expect((await standing()).book).toMatchObject({
    generation: 2,
    resets: [{ reason: "The disk of Tuesday is gone", lost: { pledges: 3 } }],
  });
  expect((await fetch(`${lost().node.url}/book/checkpoint`)).status).toBe(404);
  expect(await (await fetch(`${lost().node.url}/book/2/checkpoint`)).text()).toMatch(/\/book\/2\n/);
  expect(await verified()).toEqual({ exit: 0, failed: [] });

  await pledge(ben, wanting("1"));
  await pledge(ana, wanting("4"));
  await counted(2);
  expect(await verified()).toEqual({ exit: 0, failed: [] });
}, 180_000);

test("a community that lost everything but its keys comes back with its hub's word, and begins from nothing", async () => {
  await lost().node.stop();
  await rm(database(), { recursive: true });
  await lost().node.start();
  const steward = await join(lost().node.setupUrl, "Steward again", createAuthenticator());
  await describeCommunity(steward, demoCommunity(0));
  await joinHub(steward, net.hub.url);
  lost().steward = steward;
  expect((await begin("The account was deleted")).status).toBe(201);
  await counted(0);
  await eventually(async () => {
    await timePasses(net);
    expect((await standing()).counted).not.toBeNull();
  }, 40);
  expect((await standing()).book).toMatchObject({ generation: 3, resets: [{ generation: 3 }, { generation: 2 }] });
  expect(await verified()).toEqual({ exit: 0, failed: [] });
}, 120_000);

/** From a signed pledge to the hub's number, on good days and bad ones. docs/protocol.md §3, §4, §6. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { pledge, refreshHubs, type Person } from "../../scripts/demo/client.ts";
import { receiptSummary } from "../../shared/protocol/api/community.ts";
import { z } from "zod";
import { eventually, newMember, openTestNetwork, publicNumbers, timePasses, type TestNetwork } from "../network.ts";

let net: TestNetwork;
let ana: Person;
let ben: Person;

beforeAll(async () => {
  net = await openTestNetwork();
  ana = await newMember(net.communities[0]!, "Ana");
  ben = await newMember(net.communities[1]!, "Ben");
});
afterAll(async () => {
  await net.close();
});

const community = z.object({
  hubs: z.array(z.object({ status: z.string(), delivery: z.object({ waiting: z.boolean(), attempts: z.number() }) })),
});

async function delivery(index: number): Promise<{ waiting: boolean; attempts: number; status: string }> {
  const { hubs } = await net.communities[index]!.steward.browser.get("/api/community", community);
  return { ...hubs[0]!.delivery, status: hubs[0]!.status };
}

test("pledges of two communities become one number at the hub, at once and without the clock", async () => {
  await pledge(ana, { kind: "pledge", campaign: net.campaign, qty: "2", max_unit_price_minor: "230" });
  await pledge(ben, { kind: "pledge", campaign: net.campaign, qty: "3", max_unit_price_minor: "300" });
  await eventually(async () => {
    const numbers = await publicNumbers(net.hub);
    expect(numbers).toMatchObject({ pledges: 2, communities: 2, stages: { pledged: "5" } });
    // 2 at the band of 2.30, 3 at the reference price of 2.40 although Ben would pay 3.00
    expect(numbers.by_currency).toEqual({ EUR: String(2 * 230 + 3 * 240) });
  });
});

test("the member sees the pledge counted, and its receipt knows the report that carried it", async () => {
  await eventually(async () => {
    await refreshHubs(net.communities[0]!.steward);
    const { pledges } = await ana.browser.get(
      "/api/pledges",
      z.object({ pledges: z.array(receiptSummary.pick({ ticks: true })) }),
    );
    expect(pledges[0]!.ticks.logged?.seq).toBeGreaterThan(0);
    expect(pledges[0]!.ticks.counted).not.toBeNull();
  });
});

test("a revision replaces, a withdrawal ends, an interest stands beside", async () => {
  await pledge(ana, { kind: "pledge", campaign: net.campaign, qty: "7", max_unit_price_minor: "230" });
  await pledge(ben, { kind: "withdraw", campaign: net.campaign });
  await eventually(async () => {
    expect(await publicNumbers(net.hub)).toMatchObject({ pledges: 1, stages: { pledged: "7", interest: "0" } });
  });
  await pledge(ben, { kind: "interest", campaign: net.campaign, qty: "4" });
  await eventually(async () => {
    expect(await publicNumbers(net.hub)).toMatchObject({ pledges: 1, stages: { pledged: "7", interest: "4" } });
  });
});

test("a hub that is down for a day loses nothing, and the community knows that delivery waits", async () => {
  await net.hub.stop();
  await pledge(ana, { kind: "pledge", campaign: net.campaign, qty: "8", max_unit_price_minor: "280" });
  const carla = await newMember(net.communities[0]!, "Carla");
  await pledge(carla, { kind: "pledge", campaign: net.campaign, qty: "1", max_unit_price_minor: "210" });
  // attempts after 1, 2, 4 … 60 minutes, then hourly: about 29 in a day
  for (let attempt = 0; attempt < 29; attempt += 1) await timePasses(net);
  const waiting = await delivery(0);
  expect(waiting.waiting).toBe(true);
  expect(waiting.attempts).toBeGreaterThan(20);
  await net.hub.start();
  await timePasses(net);
  await eventually(async () => {
    expect(await publicNumbers(net.hub)).toMatchObject({ pledges: 2, stages: { pledged: "9", interest: "4" } });
  });
  await eventually(async () => expect(await delivery(0)).toMatchObject({ waiting: false }));
});

test("a suspended community's numbers are left out, and come back with it", async () => {
  const node = net.communities[0]!.node.origin;
  const act = async (what: string) =>
    await net.operator.browser.raw("POST", `/api/communities/${encodeURIComponent(node)}/${what}`, {
      reason: "a test",
    });
  expect((await act("suspend")).status).toBeLessThan(300);
  await eventually(async () => {
    expect(await publicNumbers(net.hub)).toMatchObject({
      communities: 1,
      pledges: 0,
      stages: { pledged: "0", interest: "4" },
    });
  });
  await pledge(ana, { kind: "pledge", campaign: net.campaign, qty: "5", max_unit_price_minor: "280" });
  expect((await act("resume")).status).toBeLessThan(300);
  await eventually(async () => {
    await timePasses(net);
    expect(await publicNumbers(net.hub)).toMatchObject({
      communities: 2,
      pledges: 2,
      stages: { pledged: "6", interest: "4" },
    });
  });
});

test("a member who leaves takes their pledge along", async () => {
  const { me } = await ana.browser.get("/api/session", z.object({ me: z.object({ name: z.string() }) }));
  const answer = await ana.browser.raw("POST", "/api/me/leave", { confirm: me.name });
  expect(answer.status).toBeLessThan(300);
  await eventually(async () => {
    expect(await publicNumbers(net.hub)).toMatchObject({ pledges: 1, stages: { pledged: "1" } });
  });
});

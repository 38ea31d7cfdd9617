/** Power cuts at any moment: no fork, no loss, no double count. Killed is workerd itself, with the database in it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { pledge, type Person } from "../../scripts/demo/client.ts";
import { Refusal } from "../../scripts/demo/http.ts";
import type { NetworkMember } from "../../scripts/network.ts";
import { eventually, newMember, openTestNetwork, publicNumbers, timePasses, type TestNetwork } from "../network.ts";
import { expectHonest } from "./honest.ts";

const KILLS = 12;
let net: TestNetwork;
let members: Person[];

beforeAll(async () => {
  net = await openTestNetwork();
  members = [];
  for (const i of [0, 1, 2, 3, 4, 5]) members.push(await newMember(net.communities[i % 2]!, `Member ${i}`));
});
afterAll(async () => {
  await net.close();
});

const page = z.object({ receipts: z.array(z.object({ leaf: z.string() })), next: z.string().nullable() });

async function receiptLeaves({ browser }: Person): Promise<string[]> {
  const leaves: string[] = [];
  for (let next: string | null = ""; next !== null;) {
    const found: z.infer<typeof page> = await browser.get(`/api/receipts?limit=50${next && `&after=${next}`}`, page);
    leaves.push(...found.receipts.map(({ leaf }) => leaf));
    next = found.next;
  }
  return leaves;
}

/** Down for a moment, then back with whatever had reached the disk. */
async function powerCut(worker: NetworkMember): Promise<void> {
  await worker.kill();
  await worker.start();
}

test(
  `${KILLS} power cuts at random moments, of hub and nodes, while members pledge`,
  { timeout: 120_000 },
  async () => {
    const acknowledged = new Map<Person, string[]>(members.map((person) => [person, []]));
    const units = new Map<Person, number>();
    const over = new AbortController();

    /** A person who tries again when nothing comes back, and looks first at what has become of it. */
    async function keepPledging(person: Person): Promise<void> {
      for (let qty = 1; !over.signal.aborted; qty = (qty % 20) + 1) {
        try {
          const { leaf } = await pledge(person, {
            kind: "pledge",
            campaign: net.campaign,
            qty: String(qty),
            max_unit_price_minor: "240",
          });
          acknowledged.get(person)!.push(leaf);
          units.set(person, qty);
        } catch (error) {
          if (error instanceof Refusal && error.status < 500 && error.code !== "pledge-changed") throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    }

    const everyone = Promise.all(members.map(keepPledging));
    for (let kill = 0; kill < KILLS; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, 40 + Math.random() * 400));
      await powerCut(net.network.all[kill % net.network.all.length]!);
      if (kill % 3 === 2) await timePasses(net).catch(() => undefined);
    }
    over.abort();
    await everyone;

    // settle with one last pledge each, so that it is known what the sum must be
    let sum = 0;
    for (const [i, person] of members.entries()) {
      const { leaf } = await pledge(person, {
        kind: "pledge",
        campaign: net.campaign,
        qty: String(10 + i),
        max_unit_price_minor: "240",
      });
      acknowledged.get(person)!.push(leaf);
      sum += 10 + i;
    }
    for (const person of members) {
      const kept = await receiptLeaves(person);
      expect(new Set(kept).size).toBe(kept.length);
      expect(kept).toEqual(expect.arrayContaining(acknowledged.get(person)!));
    }
    await eventually(async () => {
      await timePasses(net);
      expect(await publicNumbers(net.hub)).toMatchObject({ pledges: members.length, stages: { pledged: String(sum) } });
    }, 40);
    await expectHonest(net);
  },
);

test("the hub's tables equal a replay of its log after all of that", async () => {
  await powerCut(net.hub);
  const numbers = await publicNumbers(net.hub);
  expect(numbers.pledges).toBe(members.length);
  await expectHonest(net);
});

test("a second start continues with the same keys, the same numbers and the same members", async () => {
  const before = await publicNumbers(net.hub);
  await Promise.all(net.network.all.map((worker) => worker.stop()));
  await Promise.all(net.network.all.map((worker) => worker.start()));
  expect(await publicNumbers(net.hub)).toEqual(before);
  await pledge(members[0]!, { kind: "withdraw", campaign: net.campaign });
  await eventually(async () => {
    await timePasses(net);
    expect(await publicNumbers(net.hub)).toMatchObject({ pledges: members.length - 1 });
  });
});

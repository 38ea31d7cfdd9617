/** Deliveries that are lost, doubled, late, out of order or damaged: the numbers come out the same. docs/protocol.md §12. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { pledge, type Person } from "../../scripts/demo/client.ts";
import type { Answer, Message } from "../../scripts/network/worker.ts";
import { eventually, newMember, openTestNetwork, publicNumbers, timePasses, type TestNetwork } from "../network.ts";
import { expectHonest } from "./honest.ts";

let net: TestNetwork;
let members: Person[];
let round = 0;

beforeAll(async () => {
  net = await openTestNetwork();
  members = [];
  for (const i of [0, 1, 2, 3]) members.push(await newMember(net.communities[i % 2]!, `Member ${i}`));
});
afterAll(async () => {
  await net.close();
});

/** Everyone pledges anew, so that every round has something to deliver; answers the sum of units. */
async function everyonePledges(): Promise<string> {
  round += 1;
  for (const [i, person] of members.entries()) {
    await pledge(person, {
      kind: "pledge",
      campaign: net.campaign,
      qty: String(round + i),
      max_unit_price_minor: "240",
    });
  }
  return String(members.reduce((sum, _, i) => sum + round + i, 0));
}

async function converge(units: string): Promise<void> {
  net.internet.rule = null;
  await eventually(async () => {
    await timePasses(net);
    expect(await publicNumbers(net.hub)).toMatchObject({ pledges: members.length, stages: { pledged: units } });
  });
  await expectHonest(net);
}

const isReport = ({ method }: Message) => method === "POST";

test("requests that never arrive are made again", async () => {
  let lost = 0;
  net.internet.rule = async () => {
    lost += 1;
    throw new Error("lost");
  };
  const units = await everyonePledges();
  await timePasses(net);
  expect(lost).toBeGreaterThan(0);
  await converge(units);
});

test("answers that never arrive do not make a report count twice", async () => {
  let lost = 0;
  net.internet.rule = async (message, forward) => {
    const answer = await forward(message);
    if (!isReport(message)) return answer;
    lost += 1;
    throw new Error("the answer is lost");
  };
  const units = await everyonePledges();
  await timePasses(net);
  expect(lost).toBeGreaterThan(0);
  await converge(units);
});

test("everything delivered three times counts once", async () => {
  net.internet.rule = async (message, forward) => {
    await forward(message);
    await forward(message);
    return await forward(message);
  };
  const units = await everyonePledges();
  await timePasses(net);
  await converge(units);
});

test("reports that arrive late and in the wrong order are put right", async () => {
  const late: (() => Promise<unknown>)[] = [];
  net.internet.rule = async (message, forward) => {
    if (!isReport(message)) return await forward(message);
    late.unshift(async () => await forward(message));
    throw new Error("late");
  };
  await everyonePledges();
  await timePasses(net);
  const units = await everyonePledges();
  await timePasses(net);
  expect(late.length).toBeGreaterThan(1);
  net.internet.rule = null;
  for (const deliver of late) await deliver();
  await converge(units);
});

test("a damaged request is refused, a damaged answer is not believed", async () => {
  let damaged = 0;
  function flip<T extends Message | Answer>(thing: T): T {
    if (thing.body.length === 0) return thing;
    damaged += 1;
    const body = Uint8Array.from(thing.body);
    const at = (damaged * 7919) % body.length;
    body[at] = body[at]! ^ 1;
    return { ...thing, body };
  }
  net.internet.rule = async (message, forward) => flip(await forward(flip(message)));
  const units = await everyonePledges();
  await timePasses(net);
  await timePasses(net);
  expect(damaged).toBeGreaterThan(1);
  await converge(units);
});

test("whatever a bad network does in whatever order, the totals converge", async () => {
  // a small generator, so that a failure can be repeated
  let seed = 20_260_731;
  const chance = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  let units = "";
  net.internet.rule = async (message, forward) => {
    const fate = chance();
    if (fate < 0.25) throw new Error("lost");
    if (fate < 0.4) await forward(message);
    if (fate < 0.6) await new Promise((resolve) => setTimeout(resolve, 150 * chance()));
    const answer = await forward(message);
    if (fate > 0.85) throw new Error("the answer is lost");
    return answer;
  };
  for (let i = 0; i < 4; i += 1) {
    units = await everyonePledges();
    await timePasses(net);
  }
  await converge(units);
});

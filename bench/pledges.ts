/** Pledges handed in at a node over HTTP, beside one row written over HTTP. Drafts and passkey signatures are made before. */
import { drafted } from "../shared/protocol/api/community.ts";
import { createAuthenticator } from "../scripts/demo/authenticator.ts";
import { invite, join, pledge, type Person } from "../scripts/demo/client.ts";
import type { NetworkMember } from "../scripts/network.ts";
import type { EmbeddedWorker } from "../scripts/network/worker.ts";
import { canMeasureCpu, cpuMs, settle } from "./cpu.ts";
import { figure, inFlight, median, secondsOf, type Figure } from "./figures.ts";
import { meterOf } from "./meter.ts";

const MEMBERS = 100;
/** A community told of a campaign answers at once: this many requests are under way at any time, here and at the bare write. */
const IN_FLIGHT = 32;
const ROUNDS = 5;

export async function openMembers(steward: Person): Promise<Person[]> {
  const members: Person[] = [];
  const numbers = Array.from({ length: MEMBERS }, (_, i) => i);
  await inFlight(numbers, 4, async (i) => {
    members.push(await join(await invite(steward, "member"), `Member ${i}`, createAuthenticator()));
  });
  return members;
}

export async function benchPledges(
  node: NetworkMember,
  bare: EmbeddedWorker,
  members: Person[],
  campaigns: string[],
): Promise<Figure[]> {
  const ours: number[] = [];
  const limits: number[] = [];
  const ratios: number[] = [];
  const cpu: number[] = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    let count = 0;
    let seconds = 0;
    let bareSeconds = 0;
    let spent = 0;
    // a member has one number for the next document, so one draft at a time
    for (const campaign of campaigns) {
      const signed: { person: Person; body: object }[] = [];
      await inFlight(members, IN_FLIGHT, async (person) => {
        signed.push({ person, body: await draftAndSign(person, campaign, round) });
      });
      await settle(node.pid());
      const before = canMeasureCpu() ? cpuMs(node.pid()) : 0;
      seconds += await secondsOf(async () => {
        await inFlight(signed, IN_FLIGHT, async ({ person, body }) => {
          await expectOk(await person.browser.raw("POST", "/api/pledges", body));
        });
      });
      spent += canMeasureCpu() ? cpuMs(node.pid()) - before : 0;
      await settle(node.pid());
      bareSeconds += await secondsOf(async () => {
        await inFlight(signed, IN_FLIGHT, async () => {
          const body = JSON.stringify({ data: "x".repeat(400) });
          const headers = { "content-type": "application/json" };
          await expectOk(await fetch(`${bare.url}/api/write`, { method: "POST", headers, body }));
        });
      });
      count += signed.length;
    }
    // the first round warms both up
    if (round < 0) continue;
    ours.push(count / seconds);
    limits.push(count / bareSeconds);
    ratios.push((bareSeconds / seconds) * 100);
    cpu.push(spent / count);
  }
  return [
    figure(`pledges handed in at a node, ${IN_FLIGHT} at once`, median(ours), "pledges/s"),
    figure(`bare limit: one row written, ${IN_FLIGHT} at once`, median(limits), "requests/s"),
    figure("pledges against the bare write", median(ratios), "%", { atLeast: 50 }),
    figure(
      "whole pledge: draft, sign, hand in, one after the other",
      await wholePledges(members, campaigns[0]!),
      "pledges/s",
    ),
    ...(canMeasureCpu() ? [figure("CPU of a pledge handed in", median(cpu), "ms")] : []),
    ...(await rowsOfOne(members[0]!, campaigns[0]!)),
  ];
}

async function draftAndSign({ browser, device }: Person, campaign: string, round: number): Promise<object> {
  const intent = { kind: "pledge", campaign, qty: String(2 + (round & 1)), max_unit_price_minor: "250" };
  const { challenge_id, options } = await browser.send("POST", "/api/pledges/draft", intent, drafted);
  return { challenge_id, response: await device.get(options, browser.url) };
}

async function wholePledges(members: Person[], campaign: string): Promise<number> {
  const few = members.slice(0, 25);
  const seconds = await secondsOf(async () => {
    for (const person of few) await pledge(person, { kind: "pledge", campaign, qty: "4", max_unit_price_minor: "250" });
  });
  return few.length / seconds;
}

/** Alone, so that nobody else's rows are counted with it. */
async function rowsOfOne(person: Person, campaign: string): Promise<Figure[]> {
  const body = await draftAndSign(person, campaign, 1);
  const response = await person.browser.raw("POST", "/api/pledges", body);
  await expectOk(response);
  const { queries, read, written } = meterOf(response.headers.get("x-cocoon-db"));
  return [
    figure("queries of a pledge", queries, "queries"),
    figure("rows read by a pledge", read, "rows"),
    figure("rows written by a pledge", written, "rows", { atMost: 10 }),
  ];
}

async function expectOk(response: Response): Promise<void> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${text}`);
}

/** Each lie, told after some hostile schedule: somebody honest notices it by its code, and what is provable is proven offline. */
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { headlineOf } from "../../../shared/network/summary.ts";
import { auditLies } from "./audit-lies.ts";
import { type Lie, lies } from "./lies.ts";
import { ModelNetwork, offline } from "./model-network.ts";
import { play, schedules } from "./schedule.ts";

/** docs/faults.md says how to run more. */
const RUNS = Number(process.env["LIE_RUNS"] ?? "2");
const all = [...lies, ...auditLies];
const STEPS = 60;
let told = 0;
let steps = 0;

afterAll(() => {
  process.stdout.write(`${all.length} lies, ${told} times told, after ${steps} steps\n`);
});

async function expectFound(lie: Lie, world: ModelNetwork): Promise<void> {
  const { db } = world.hub;
  await lie.prepare?.(world);
  const before = headlineOf(db.state);
  const { noticed, document } = await lie.tell(world);
  for (const code of lie.codes) expect(noticed).toContain(code);
  expect(document === null).toBe(!lie.isProvable);
  // The numbers of honest communities never move by what a community lies.
  if (lie.by === "node" && !noticed.includes("ok")) expect(headlineOf(db.state).stages).toEqual(before.stages);
  if (document === null) return;
  const accused = lie.by === "hub" ? `hub ${db.log.origin}` : `node ${world.nodes[0]!.origin}`;
  const elsewhere = { hub: db.served.source, bookOf: world.books };
  expect(await offline(document, db.vkey, elsewhere)).toBe(accused);
}

test.each(all)("$name ($by)", { timeout: 600_000 }, async (lie) => {
  await fc.assert(
    fc.asyncProperty(schedules(STEPS), async (schedule) => {
      const world = await ModelNetwork.open();
      await play(world, schedule);
      await world.heal();
      expect(world.alarms).toEqual([]);
      await expectFound(lie, world);
      told += 1;
      steps += world.steps;
    }),
    { numRuns: RUNS },
  );
});

/**
 * The whole network under a hostile internet (docs/faults.md): thousands of steps by seed. When the faults stop, hub,
 * verifier, a fresh observer and the books agree, and nothing that was signed on the way convicts anybody.
 */
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { accusations } from "./accuse.ts";
import { ModelNetwork, offline } from "./model-network.ts";
import { counted, play, schedules } from "./schedule.ts";

/** docs/faults.md says how to run more. */
const RUNS = Number(process.env["FAULT_RUNS"] ?? "100");
const STEPS = 120;
let schedulesRun = 0;
let stepsRun = 0;
let accused = 0;

afterAll(() => {
  const kinds = [...counted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, n]) => `${name} ${n}`);
  process.stdout.write(`${schedulesRun} schedules, ${stepsRun} steps, ${accused} accusations: ${kinds.join(", ")}\n`);
});

test(
  "whatever the internet, crashes and restored databases do, all agree in the end and nobody honest is convicted",
  { timeout: 3_600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(schedules(STEPS), async (schedule) => {
        const world = await ModelNetwork.open();
        await play(world, schedule);
        await world.heal();
        await world.expectAgreement();
        expect(world.hub.equivocations).toEqual([]);
        for (const document of await accusations(world)) {
          expect(await offline(document, world.hub.db.vkey)).not.toMatch(/^(hub|node) /);
          accused += 1;
        }
        schedulesRun += 1;
        stepsRun += world.steps;
      }),
      { numRuns: RUNS },
    );
    expect(accused).toBeGreaterThan(RUNS);
    expect(counted.size).toBeGreaterThan(15);
  },
);

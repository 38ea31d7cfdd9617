import * as fc from "fast-check";
import { expect, test } from "vitest";
import { applyStatement, untouched } from "../../../shared/network/fold.ts";
import { StateHasher } from "../../../shared/network/state-hash.ts";
import { emptyNetwork } from "../../../shared/network/state.ts";
import { stateHash } from "../../../shared/network/summary.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { TestHub, TestNode, makeWorld } from "../verify/world.ts";
import { log } from "./arbitrary.ts";

function folded(
  hub: TestHub,
  seen: (state: ReturnType<typeof emptyNetwork>, touched: ReturnType<typeof untouched>) => void,
) {
  const state = emptyNetwork();
  const touched = untouched();
  for (const [index, entry] of hub.log.entries.entries()) {
    const parsed = parseStatement(entry);
    if (!parsed.ok) throw new Error(parsed.error);
    const { leaf, statement } = parsed.value;
    applyStatement(state, { index, leaf, statement }, touched);
    seen(state, touched);
  }
}

test("the hash that is kept up to date is the one computed anew, after every entry of a log", async () => {
  const { hub, a } = await makeWorld();
  await hub.say("node-status+jwt", { node: a.origin, status: "suspended", reason: "", join: a.join });
  await hub.publishTotals();
  const hasher = new StateHasher();
  const hashes = new Set<string>();
  folded(hub, (state, touched) => {
    const hash = hasher.hash(state, touched);
    expect(hash).toBe(stateHash(state));
    hashes.add(hash);
  });
  expect(hashes.size).toBeGreaterThan(10);
});

test("so it is of any log, whenever it is asked for: with resets, key changes, audits and suspensions", () => {
  fc.assert(
    fc.property(log, fc.integer({ min: 1, max: 5 }), (items, every) => {
      const state = emptyNetwork();
      const touched = untouched();
      const hasher = new StateHasher();
      for (const [at, item] of items.entries()) {
        applyStatement(state, item, touched);
        if (at % every === 0) expect(hasher.hash(state, touched)).toBe(stateHash(state));
      }
      expect(hasher.hash(state, touched)).toBe(stateHash(state));
    }),
    { numRuns: 100 },
  );
});

test("a report touches only the campaigns of which it says something else than the one before", async () => {
  const hub = await TestHub.create();
  const node = await TestNode.create("a.example");
  const { leaf: soap } = await hub.campaign();
  const { leaf: rice } = await hub.campaign({ name: "Rice" });
  await hub.admit(node);
  const changed: string[][] = [];
  for (const campaign of [soap, rice, rice]) {
    node.pledge(campaign, "2", 1);
    await hub.report(node);
  }
  folded(hub, (state, touched) => {
    if (state.size > 5 && touched.campaigns.size > 0) changed.push([...touched.campaigns]);
    touched.campaigns.clear();
  });
  expect(changed).toEqual([[soap], [rice], [rice]]);
});

import { expect, test } from "vitest";
import { applyStatement, untouched } from "../../../shared/network/fold.ts";
import { StateHasher } from "../../../shared/network/state-hash.ts";
import { emptyNetwork } from "../../../shared/network/state.ts";
import { stateHash } from "../../../shared/network/summary.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { TestHub, TestNode, makeWorld } from "../verify/world.ts";

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

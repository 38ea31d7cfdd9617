import { expect, test } from "vitest";
import { applyStatement, untouched } from "../../../shared/network/fold.ts";
import { StateHasher } from "../../../shared/network/state-hash.ts";
import { emptyNetwork } from "../../../shared/network/state.ts";
import { stateHash } from "../../../shared/network/summary.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { makeWorld } from "../verify/world.ts";

test("the hash that is kept up to date is the one computed anew, after every entry of a log", async () => {
  const { hub, a } = await makeWorld();
  await hub.say("node-status+jwt", { node: a.origin, status: "suspended", reason: "", join: a.join });
  await hub.publishTotals();
  const state = emptyNetwork();
  const touched = untouched();
  const hasher = new StateHasher();
  const hashes = new Set<string>();
  for (const [index, entry] of hub.log.entries.entries()) {
    const parsed = parseStatement(entry);
    if (!parsed.ok) throw new Error(parsed.error);
    const { leaf, statement } = parsed.value;
    applyStatement(state, { index, leaf, statement }, touched);
    const hash = hasher.hash(state, touched);
    expect(hash).toBe(stateHash(state));
    hashes.add(hash);
  }
  expect(hashes.size).toBeGreaterThan(10);
});

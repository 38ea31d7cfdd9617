/** The demo's witness rule: most of the communities must have signed before anything is shown as the log's checkpoint. */
import { setTimeout as pause } from "node:timers/promises";
import { logged } from "../../shared/protocol/api/console.ts";
import { hubWitnesses, type HubWitnesses } from "../../shared/protocol/api/witness.ts";
import type { Person } from "./client.ts";

const ATTEMPTS = 20;
const BETWEEN_MS = 500;

/** Logs the rule once, when every community has signed; null when one of them does not. */
export async function seedWitnesses(operator: Person, communities: number): Promise<{ k: number; n: number } | null> {
  const known = await operator.browser.get("/api/witnesses", hubWitnesses);
  if (known.rule !== null) return known.rule;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const vkeys = signers(await operator.browser.send("POST", "/api/witnesses/ask", {}, hubWitnesses));
    if (vkeys.length === communities) {
      const k = Math.floor(communities / 2) + 1;
      const rule = { vkeys, k, reason: "Most of the communities of this demo" };
      await operator.browser.send("POST", "/api/witnesses/rule", rule, logged);
      return { k, n: vkeys.length };
    }
    await pause(BETWEEN_MS);
  }
  return null;
}

function signers({ witnesses }: HubWitnesses): string[] {
  return witnesses.filter(({ size }) => size !== null).map(({ vkey }) => vkey);
}

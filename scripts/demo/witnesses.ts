/** The demo's witness rule: most of the communities must have signed before anything is shown as the log's checkpoint. */
import { setTimeout as pause } from "node:timers/promises";
import { logged } from "../../shared/protocol/api/console.ts";
import { hubWitnesses, type HubWitnesses } from "../../shared/protocol/api/witness.ts";
import type { Person } from "./client.ts";
import { Refusal } from "./http.ts";

/** Longer than a witness that was busy is left alone. */
const ATTEMPTS = 150;
const BETWEEN_MS = 500;

/** Logs the rule once, when every community has signed; null when one of them does not. */
export async function seedWitnesses(operator: Person, communities: number): Promise<{ k: number; n: number } | null> {
  const known = await operator.browser.get("/api/witnesses", hubWitnesses);
  if (known.rule !== null) return known.rule;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const vkeys = signers(await operator.browser.send("POST", "/api/witnesses/ask", {}, hubWitnesses));
    const k = Math.floor(communities / 2) + 1;
    if (vkeys.length === communities && (await isTaken(operator, vkeys, k))) return { k, n: vkeys.length };
    await pause(BETWEEN_MS);
  }
  return null;
}

/** False where a witness has meanwhile been asked in vain: the log grows beside this. */
async function isTaken(operator: Person, vkeys: string[], k: number): Promise<boolean> {
  const rule = { vkeys, k, reason: "Most of the communities of this demo" };
  try {
    await operator.browser.send("POST", "/api/witnesses/rule", rule, logged);
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === "policy-unmet") return false;
    throw error;
  }
}

/** Whose last answer was a signature, as the hub asks of those it is to rely on. */
function signers({ witnesses }: HubWitnesses): string[] {
  return witnesses.filter(({ size, error }) => size !== null && error === null).map(({ vkey }) => vkey);
}

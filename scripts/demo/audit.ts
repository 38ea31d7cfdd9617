/**
 * The demo's first audit, asked for by its operator through the public API: by the clock alone the first would come
 * within the hour, and later ones weekly, as everywhere. What follows, the hub and the community do by themselves.
 */
import { setTimeout as pause } from "node:timers/promises";
import { logged } from "../../shared/protocol/api/console.ts";
import { communityDetail } from "../../shared/protocol/api/network.ts";
import type { Person } from "./client.ts";
import { Refusal } from "./http.ts";

/** Beacons of two others. */
const LEAST_COMMUNITIES = 3;
const ATTEMPTS = 40;
const BETWEEN_MS = 500;
/** A report is being checked, or a witness is busy. */
const PASSING = new Set(["audit-nothing", "audit-witnesses"]);

/** Whether one is under way, or was before. */
export async function seedAudit(operator: Person, community: string, communities: number): Promise<boolean> {
  if (communities < LEAST_COMMUNITIES) return false;
  const address = `/api/communities/${encodeURIComponent(community)}`;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { audits } = await operator.browser.get(address, communityDetail);
    if (audits !== null) return true;
    try {
      await operator.browser.send("POST", `${address}/audit`, {}, logged.pick({ leaf: true }));
      return true;
    } catch (error) {
      if (!(error instanceof Refusal && PASSING.has(error.code))) throw error;
      await pause(BETWEEN_MS);
    }
  }
  return false;
}

/** Delivers an alarm as a Standard Webhook (https://www.standardwebhooks.com): signed, so that the receiver knows who speaks. */
import { setTimeout as pause } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import type { WatchLine } from "./alarm.ts";

const TIMEOUT_MS = 10_000;
const WAITS_MS = [0, 1_000, 5_000, 25_000];

/** True once somebody has answered with a 2xx. The same id each time, so that a receiver can drop a repetition. */
export async function deliver(line: WatchLine, options: { url: string; secret: string; id: string }): Promise<boolean> {
  const body = JSON.stringify(line);
  const sender = new Webhook(options.secret);
  for (const wait of WAITS_MS) {
    await pause(wait);
    const at = new Date();
    const headers = {
      "content-type": "application/json",
      "webhook-id": options.id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": sender.sign(options.id, at, body),
    };
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(options.url, { method: "POST", headers, body, redirect: "error", signal });
      await answer.body?.cancel();
      if (answer.ok) return true;
    } catch {
      // the next attempt says more than the error
    }
  }
  return false;
}

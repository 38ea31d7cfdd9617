/**
 * Posts one message to an address that a stranger chose, signed under Standard Webhooks (standardwebhooks.com): only where a
 * peer may be fetched (remote.ts), without redirects, within a few seconds, and nothing of the answer is kept.
 */
import { Webhook } from "standardwebhooks";
import { toBase64 } from "../../shared/bytes.ts";
import { randomBytes } from "./identity/token.ts";
import type { Peer } from "./remote.ts";

/** `gone`: there is no use in trying again. */
export type Outcome = "delivered" | "failed" | "gone";

const TIMEOUT_MS = 5_000;
const MAX_ANSWER = 65_536;
const GONE = 410;

/** 192 random bits. */
export function newSecret(): string {
  return `whsec_${toBase64(randomBytes(24))}`;
}

export async function postWebhook(
  { peer, now }: { peer: Peer; now: () => number },
  message: { id: string; url: string; secret: string; body: string },
): Promise<Outcome> {
  const { id, url, secret, body } = message;
  const at = now();
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, new Date(at), body),
  };
  const answer = await peer.post(url, body, "application/json", {
    headers,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_ANSWER,
  });
  if (!answer.ok) return "failed";
  const { status } = answer.value;
  if (status === GONE) return "gone";
  return status >= 200 && status < 300 ? "delivered" : "failed";
}

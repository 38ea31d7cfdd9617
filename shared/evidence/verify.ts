/**
 * Whether a document is evidence, and against whom (docs/protocol.md §9). Everything it rests on is in it but the key of the
 * hub's log, which whoever verifies knows from elsewhere, and entries it may name by a signed head instead of carrying them.
 */
import { sha256url } from "../bytes.ts";
import { type Evidence, evidence } from "../protocol/evidence.ts";
import { canonicalBytes } from "../signing/canonical.ts";
import { checkBrokenPromise } from "./broken-promise.ts";
import { checkDroppedEntry } from "./dropped-entry.ts";
import { checkEquivocation } from "./equivocation.ts";
import { checkFailedAudit } from "./failed-audit.ts";
import { checkFork } from "./fork.ts";
import { type Keys, keysOf } from "./keys.ts";
import type { Elsewhere } from "./entries.ts";
import { type Found, refuse } from "./refusal.ts";
import { checkWrongTotals } from "./wrong-totals.ts";
import { checkWrongVerdict } from "./wrong-verdict.ts";

/**
 * `hubKeys`: the log keys that are trusted; null takes the document's own word for it, which the caller must say. Nobody is
 * asked without `elsewhere`: then a document that only names its entries is "unread" at best.
 */
export async function verifyEvidence(
  document: Evidence,
  hubKeys: readonly string[] | null,
  elsewhere: Elsewhere | null = null,
): Promise<Found> {
  if (hubKeys !== null && !hubKeys.includes(document.hub.vkey))
    return refuse("hub-unknown", `the key of ${document.hub.origin} is not one that is known here`);
  const keys = await keysOf(document);
  return keys.ok ? await check(document, keys.value, elsewhere) : keys;
}

async function check(document: Evidence, keys: Keys, elsewhere: Elsewhere | null): Promise<Found> {
  switch (document.kind) {
    case "fork":
      return await checkFork(document, keys);
    case "equivocation":
      return await checkEquivocation(document, keys);
    case "broken-promise":
      return await checkBrokenPromise(document, keys);
    case "wrong-totals":
      return await checkWrongTotals(document, keys, elsewhere);
    case "wrong-verdict":
      return await checkWrongVerdict(document, keys, elsewhere);
    case "dropped-entry":
      return await checkDroppedEntry(document, keys);
    case "failed-audit":
      return await checkFailedAudit(document, keys);
  }
}

/** Null for what is not in the form of evidence. */
export function parseEvidence(value: unknown): Evidence | null {
  const parsed = evidence.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Under which a document is known: of its RFC 8785 form. */
export function evidenceHash(document: Evidence): string {
  return sha256url(canonicalBytes(document));
}

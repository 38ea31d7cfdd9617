/**
 * What a community sees of a hub's faithfulness without reading the whole log (docs/protocol.md §7): the head, the signed totals
 * and what the hub shows, held against each other, against the clock and against what was seen before. Pure. `npm run watch`
 * recomputes everything; this runs every few minutes within a free plan.
 */
import { type Headline, MAX_SKEW_S } from "../protocol/statement.ts";
import { canonicalJson } from "../signing/canonical.ts";
import { FRESH_S } from "../verify/published.ts";

export const watchCodes = [
  "split-view",
  "log-shrunk",
  "proven",
  "checkpoint-invalid",
  "totals-invalid",
  "totals-ahead",
  "network-mismatch",
  "clock-ahead",
  "totals-old",
  "verdict-late",
  "unreachable",
] as const;
export type WatchCode = (typeof watchCodes)[number];

export interface Head {
  size: number;
  /** padded base64 */
  root: string;
}

export interface Sight {
  /** null: it could not be read; "invalid": not signed by the log's key */
  head: Head | "invalid" | null;
  /** the newest signed totals; "invalid": not a statement under the hub's key */
  totals: { size: number; root: string; iat: number; headline: Headline } | "invalid" | null;
  /** what `/api/network` shows; null: it could not be read, or is something else */
  shown: { size: number; root: string; headline: Headline } | null;
  /** whether evidence against this hub is kept here, whoever handed it in */
  isProven: boolean;
  /** when the oldest report without a verdict was taken in, Unix seconds */
  unjudgedSince: number | null;
}

/** A verdict follows within a day (docs/protocol.md §3). */
const VERDICT_S = 24 * 3600;

/** `now` in Unix seconds; `before`: the largest head seen so far. In the order of `watchCodes`, gravest first. */
export function judge(sight: Sight, before: Head | null, now: number): WatchCode[] {
  const { head, totals, shown, isProven, unjudgedSince } = sight;
  const found = new Set<WatchCode>();
  if (head === null || totals === null) found.add("unreachable");
  if (head === "invalid") found.add("checkpoint-invalid");
  if (totals === "invalid") found.add("totals-invalid");
  const read = head === "invalid" ? null : head;
  if (read !== null && before !== null && read.size < before.size) found.add("log-shrunk");
  if (isProven) found.add("proven");
  const roots = [read, before, ...(totals === null || totals === "invalid" ? [] : [totals])];
  if (differ(roots.filter((one) => one !== null))) found.add("split-view");
  if (totals !== null && totals !== "invalid") {
    if (read !== null && totals.size > read.size) found.add("totals-ahead");
    if (totals.iat > now + MAX_SKEW_S) found.add("clock-ahead");
    if (totals.iat < now - FRESH_S) found.add("totals-old");
    if (shown === null || !isShown(totals, shown)) found.add("network-mismatch");
  }
  if (unjudgedSince !== null && unjudgedSince < now - VERDICT_S) found.add("verdict-late");
  return watchCodes.filter((code) => found.has(code));
}

/** Two roots for one size, both signed. */
function differ(heads: readonly Head[]): boolean {
  return heads.some((one) => heads.some((other) => one.size === other.size && one.root !== other.root));
}

/** What is shown may already be of newer totals than those read a moment ago; of the same size it must be the same. */
function isShown(totals: { size: number; headline: Headline }, shown: NonNullable<Sight["shown"]>): boolean {
  if (shown.size < totals.size) return false;
  return shown.size > totals.size || canonicalJson(shown.headline) === canonicalJson(totals.headline);
}

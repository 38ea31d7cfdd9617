/** What a community's signed answer says of its openings without showing any: their number, and the root over them in their order. */
import { toBase64url } from "../bytes.ts";
import { leafHash, rootOf } from "../log/merkle.ts";
import { canonicalBytes } from "../signing/canonical.ts";

export function answerTo(
  audit: string,
  openings: readonly unknown[],
): { audit: string; openings: number; root: string } {
  const root = rootOf(openings.map((opening) => leafHash(canonicalBytes(opening))));
  return { audit, openings: openings.length, root: toBase64url(root) };
}

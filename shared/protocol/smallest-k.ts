/** No view speaks of fewer accounts than this, whatever a hub's policy says (docs/signals.md, docs/privacy.md). */
export const SMALLEST_K = 5;

/** The hub's logged k, where it asks for more. */
export function kOfPolicy(logged: number | null | undefined): number {
  return Math.max(SMALLEST_K, logged ?? 0);
}

/** No view speaks of fewer accounts than this, whatever a hub's policy says (docs/signals.md, docs/privacy.md). */
export const SMALLEST_K = 5;

/** Why members who pledged would not take more: a fixed list, so that it can be counted and names nobody (docs/signals.md §5). */
import { SMALLEST_K } from "./smallest-k.ts";

export const feedbackThemes = ["price", "packaging", "quality", "delivery", "certification", "size"] as const;
export type FeedbackTheme = (typeof feedbackThemes)[number];
/** A theme that fewer accounts of a community chose is not reported. */
export const MIN_FEEDBACK_ACCOUNTS = SMALLEST_K;

/** Spanish, suppliers: signals, offers, alerts. */
import type { signalsEn } from "./signals.en.ts";

export const signalsEs: Record<keyof typeof signalsEn, string> = {};

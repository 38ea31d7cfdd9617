/** Spanish, hub pages. */
import type { hubEn } from "./hub.en.ts";

export const hubEs: Record<keyof typeof hubEn, string> = {
  "hub.tagline": "Centro",
};

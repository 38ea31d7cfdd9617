/** English, hub pages. */
export const hubEn = {
  "hub.tagline": "Hub",
} as const;

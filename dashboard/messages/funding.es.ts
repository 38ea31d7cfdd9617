/** Spanish, pages about money: funds, awards, flows, targeting. */
import type { fundingEn } from "./funding.en.ts";

export const fundingEs: Record<keyof typeof fundingEn, string> = {};

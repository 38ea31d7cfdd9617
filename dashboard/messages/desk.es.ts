/** Spanish, the desks where money and offers are handled: console, funder, supplier. */
import type { deskEn } from "./desk.en.ts";

export const deskEs: Record<keyof typeof deskEn, string> = {};

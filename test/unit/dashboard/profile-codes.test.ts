/** Codes a steward types (dashboard/node/run/profile-codes.ts): what the form accepts the server accepts too. */
import { expect, test } from "vitest";

import { isRegion, readLanguages } from "../../../dashboard/node/run/profile-codes.ts";
import { language, region } from "../../../shared/protocol/primitives.ts";

test("a region is a country the reader knows, with or without a subdivision", () => {
  for (const code of ["ES", "US-OR", "ES-CT", "GB-LDS"]) {
    expect(isRegion(code)).toBe(true);
    expect(region.safeParse(code).success).toBe(true);
  }
  for (const code of ["", "us-or", "USA", "US-", "XX-1", "US-OREGON"]) expect(isRegion(code)).toBe(false);
});

test("languages may be parted by commas or spaces, and are not said twice", () => {
  expect(readLanguages(" en, pt-BR ,en ")).toEqual(["en", "pt-BR"]);
  for (const tag of readLanguages("en zh-Hant-TW") ?? []) expect(language.safeParse(tag).success).toBe(true);
  for (const text of ["", ",", "english!", "EN", "a b c d e f g h i"]) expect(readLanguages(text)).toBe(null);
});

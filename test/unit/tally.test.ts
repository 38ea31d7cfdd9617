import { expect, test } from "vitest";
import { tally } from "../../shared/tally.ts";

test("each name comes once, where it came first, with how often it came", () => {
  expect(tally(["recipient", "award", "award", "recipient", "award", "fee"])).toEqual([
    ["recipient", 2],
    ["award", 3],
    ["fee", 1],
  ]);
  expect(tally([])).toEqual([]);
});

/** The numbers behind a campaign's ladder and price steps (dashboard/node/ladder.ts). */
import { expect, test } from "vitest";

import { bandOf, daysLeft, nextRung, rungsOf } from "../../../dashboard/node/ladder.ts";

test("the rungs are quarters of the goal in whole units, rounded up, without repeats", () => {
  expect(rungsOf(400n)).toEqual([100n, 200n, 300n, 400n]);
  expect(rungsOf(10n)).toEqual([3n, 5n, 8n, 10n]);
  expect(rungsOf(2n)).toEqual([1n, 2n]);
});

test("standing exactly on a rung asks for the next one, and above the goal for none", () => {
  expect(nextRung(99n, 400n)).toBe(100n);
  expect(nextRung(100n, 400n)).toBe(200n);
  expect(nextRung(400n, 400n)).toBe(null);
  expect(nextRung(9000n, 400n)).toBe(null);
});

test("a price counts in the highest step not above it", () => {
  const bands = ["300", "350", "1000"];
  expect(bandOf(bands, "299")).toBe(null);
  expect(bandOf(bands, "300")).toBe(0);
  expect(bandOf(bands, "999")).toBe(1);
  expect(bandOf(bands, "1000")).toBe(2);
  expect(bandOf(bands, "999999999999999999")).toBe(2);
});

test("days left are whole days and never negative", () => {
  const now = Date.parse("2026-05-01T12:00:00Z");
  expect(daysLeft("2026-05-03T11:59:00Z", now)).toBe(1);
  expect(daysLeft("2026-05-01T13:00:00Z", now)).toBe(0);
  expect(daysLeft("2026-04-01T00:00:00Z", now)).toBe(0);
});

/** Repayment plans: whole minor units, exact sums, days that exist. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Plan,
  addMonths,
  annuitySchedule,
  bulletSchedule,
  linearSchedule,
} from "../../../shared/capital/schedule.ts";

const loan: Plan = {
  principal_minor: 100_000n,
  rate_bps: 600,
  periods: 3,
  first_due_on: "2026-01-31",
  every_months: 1,
};

test("equal principal: a third each, interest on what is left, the odd unit last", () => {
  expect(linearSchedule(loan)).toEqual([
    { due_on: "2026-01-31", principal_minor: "33333", interest_minor: "500" },
    { due_on: "2026-02-28", principal_minor: "33333", interest_minor: "333" },
    { due_on: "2026-03-31", principal_minor: "33334", interest_minor: "167" },
  ]);
});

test("equal payments: 1,000.00 at half a percent a month is 336.67 three times", () => {
  expect(annuitySchedule(loan)).toEqual([
    { due_on: "2026-01-31", principal_minor: "33167", interest_minor: "500" },
    { due_on: "2026-02-28", principal_minor: "33333", interest_minor: "334" },
    { due_on: "2026-03-31", principal_minor: "33500", interest_minor: "168" },
  ]);
});

test("all at the end: interest in between", () => {
  expect(bulletSchedule(loan).map(({ principal_minor, interest_minor }) => [principal_minor, interest_minor])).toEqual([
    ["0", "500"],
    ["0", "500"],
    ["100000", "500"],
  ]);
});

test("a month later is the same day, or the last one of a shorter month", () => {
  expect(addMonths("2024-01-31", 1)).toBe("2024-02-29");
  expect(addMonths("2100-01-31", 1)).toBe("2100-02-28");
  expect(addMonths("2026-11-30", 3)).toBe("2027-02-28");
});

const plans: fc.Arbitrary<Plan> = fc.record({
  principal_minor: fc.bigInt({ min: 1n, max: 10n ** 13n }),
  rate_bps: fc.nat(5_000),
  periods: fc.integer({ min: 1, max: 120 }),
  first_due_on: fc.constantFrom("2026-01-31", "2028-02-29"),
  every_months: fc.constantFrom(1, 3, 12),
});

test.each([
  ["equal principal", linearSchedule],
  ["equal payments", annuitySchedule],
  ["all at the end", bulletSchedule],
])("%s: the principal sums to the loan, nothing is below zero, and days ascend", (_, scheduleOf) => {
  fc.assert(
    fc.property(plans, (plan) => {
      const lines = scheduleOf(plan);
      expect(lines.reduce((sum, line) => sum + BigInt(line.principal_minor), 0n)).toBe(plan.principal_minor);
      expect(lines.every((line) => BigInt(line.principal_minor) >= 0n && BigInt(line.interest_minor) >= 0n)).toBe(true);
      expect(lines.every((line, at) => at === 0 || lines[at - 1]!.due_on < line.due_on)).toBe(true);
    }),
  );
});

/** Amounts as the ledger takes them: whole, positive, at most 2^53 - 1; anything else is refused and never an exception. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { amountMinor, amountMinorOrZero } from "../../../shared/protocol/fund.ts";

describe("an amount in minor units", () => {
  test.each(["1", "9007199254740991", "999999999999999"])("may be %s", (text) => {
    expect(amountMinor.safeParse(text).success).toBe(true);
  });

  test.each([
    "0",
    "-1",
    "+1",
    "01",
    "1.5",
    "1e3",
    "0x10",
    "",
    " 1",
    "%",
    "NaN",
    "9007199254740992",
    "9999999999999999",
    "1".repeat(17),
  ])("may not be %j", (text) => {
    expect(amountMinor.safeParse(text).success).toBe(false);
  });

  test("is whatever is written as the integers from 1 to 2^53 - 1 are", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.bigInt({ min: -1n, max: 2n ** 55n }).map(String)), (text) => {
        const isAmount = /^[1-9][0-9]*$/.test(text) && BigInt(text) < 2n ** 53n;
        expect(amountMinor.safeParse(text).success).toBe(isAmount);
        expect(amountMinorOrZero.safeParse(text).success).toBe(isAmount || text === "0");
      }),
    );
  });
});

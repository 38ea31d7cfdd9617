/** The interval: a worked example, and what holds for every history. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { likelyUnits } from "../../../shared/signals/likely.ts";

test("8 of 10 accounts bought: as the formula in floating point has it", () => {
  // (x + z²/2 ± z √(x(n−x)/n + z²/4)) / (n + z²) with z = 1.644854
  const z2 = 2.705543;
  const centre = (8 + z2 / 2) / (10 + z2);
  const half = (Math.sqrt(z2) * Math.sqrt((8 * 2) / 10 + z2 / 4)) / (10 + z2);
  const { low, mid, high } = likelyUnits(1_000_000n, { fulfilled: 80n, locked: 100n, accounts: 10 });
  expect([low, mid, high]).toEqual([
    BigInt(Math.floor((centre - half) * 1e6)),
    BigInt(Math.round(centre * 1e6)),
    BigInt(Math.ceil((centre + half) * 1e6)),
  ]);
});

test("without history the answer is anything from none to all", () => {
  expect(likelyUnits(240n, { fulfilled: 0n, locked: 0n, accounts: 0 })).toEqual({ low: 0n, mid: 120n, high: 240n });
});

test("the interval holds the observed share, stays within what is open, and narrows with more accounts", () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.nat(100_000),
      fc.nat(100_000),
      fc.integer({ min: 1, max: 10_000 }),
      (units, one, other, accounts) => {
        const [fulfilled, locked] = one < other ? [one, other] : [other, one];
        if (locked === 0) return;
        const open = BigInt(units);
        const history = { fulfilled: BigInt(fulfilled), locked: BigInt(locked), accounts };
        const { low, mid, high } = likelyUnits(open, history);
        expect(0n <= low && low <= mid && mid <= high && high <= open).toBe(true);
        const observed = open * history.fulfilled;
        expect(low * history.locked <= observed && observed <= high * history.locked).toBe(true);
        const more = likelyUnits(open, { ...history, accounts: accounts * 4 });
        expect(more.high - more.low <= high - low + 2n).toBe(true);
      },
    ),
  );
});

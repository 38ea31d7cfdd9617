/** Curves never show a step of fewer than k accounts, and never more units at a price than are wanted there. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawnBands } from "../../../shared/signals/bands.ts";

const K = 5;
const bands = fc.array(fc.record({ units: fc.bigInt(1n, 30n), accounts: fc.integer({ min: 0, max: 9 }) }), {
  minLength: 1,
  maxLength: 8,
});

function atLeast(units: readonly bigint[], band: number): bigint {
  return units.slice(band).reduce((sum, one) => sum + one, 0n);
}

describe("drawn bands", () => {
  test("keep the total, show no step of fewer than k accounts, and no more at a price than is wanted there", () => {
    fc.assert(
      fc.property(bands, (input) => {
        const accounts = input.map((one) => one.accounts);
        const units = input.map((one) => (one.accounts === 0 ? 0n : one.units));
        const drawn = drawnBands(units, accounts, K);
        const all = accounts.reduce((sum, one) => sum + one, 0);
        if (drawn === null) {
          expect(all).toBeLessThan(K);
          return;
        }
        expect(atLeast(drawn, 0)).toBe(atLeast(units, 0));
        const steps = drawn.flatMap((one, band) => (one > 0n ? [band] : []));
        for (const [at, band] of steps.entries()) {
          expect(atLeast(drawn, band)).toBeLessThanOrEqual(atLeast(units, band));
          const until = steps[at + 1] ?? drawn.length;
          // Everyone from here up to the next step is in this step; the lowest also holds who is below it.
          const inside = accounts.slice(at === 0 ? 0 : band, until).reduce((sum, one) => sum + one, 0);
          expect(inside).toBeGreaterThanOrEqual(K);
        }
      }),
    );
  });

  test("of a few accounts are not drawn at all, and of none are empty", () => {
    expect(drawnBands([3n, 2n], [2, 1], K)).toBeNull();
    expect(drawnBands([0n, 0n], [0, 0], K)).toEqual([0n, 0n]);
  });
});

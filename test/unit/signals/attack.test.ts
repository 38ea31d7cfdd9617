/** Somebody who keeps every number that was ever shown, adds and subtracts: what is withheld stays withheld. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Cell, type Shown, cellsOf } from "../../../shared/signals/cells.ts";
import type { Rules } from "../../../shared/signals/region.ts";
import { noRelease } from "../../../shared/signals/release.ts";
import { history, noHistory, part, rules, step, walks } from "./world.ts";

function seen(walk: Parameters<typeof history>[0]): Map<string, Shown>[] {
  return history(walk).map((release) => {
    const cells = cellsOf(release, noHistory);
    return new Map(cells.flatMap(({ region, shown }) => (shown === null ? [] : [[region, shown]])));
  });
}

function isSafe(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) >= rules.k;
}

describe("for every history of a campaign", () => {
  test("no cell, no price and no group between two prices speaks of fewer than k accounts", () => {
    fc.assert(
      fc.property(walks, (walk) => {
        for (const cells of seen(walk)) {
          for (const [region, { accounts, units, curve }] of [...cells].map(
            ([name, shown]) => [name, { ...shown, units: shown.pledged + shown.committed }] as const,
          )) {
            expect(accounts).toBeGreaterThanOrEqual(rules.k);
            if (region === "*") continue;
            expect(curve[0]).toEqual({ band: 0, accounts, units });
            for (const [at, point] of curve.entries()) {
              expect(point.accounts).toBeGreaterThanOrEqual(rules.k);
              const below = curve[at - 1] ?? point;
              expect(isSafe(below.accounts, point.accounts)).toBe(true);
              expect(below.units >= point.units).toBe(true);
            }
          }
        }
      }),
    );
  });

  test("two values of one cell at one price, in any two months, are the same or k accounts apart", () => {
    fc.assert(
      fc.property(walks, (walk) => {
        const kept = new Map<string, Map<number, bigint>>();
        for (const cells of seen(walk)) {
          for (const [region, { curve }] of cells) {
            if (region === "*") continue;
            for (const { band, accounts, units } of curve) {
              const before = kept.get(`${region} ${band}`) ?? new Map<number, bigint>();
              for (const [other, otherUnits] of before) {
                expect(isSafe(other, accounts)).toBe(true);
                if (other === accounts) expect(units).toBe(otherUnits);
              }
              kept.set(`${region} ${band}`, before.set(accounts, units));
            }
          }
        }
      }),
    );
  });

  test("accounts between two prices, in any two months that show both, are the same or k accounts apart", () => {
    fc.assert(
      fc.property(walks, (walk) => {
        const kept = new Map<string, { accounts: number; units: bigint }[]>();
        for (const cells of seen(walk)) {
          for (const [region, { curve }] of cells) {
            if (region === "*") continue;
            for (const low of curve) {
              for (const high of curve.filter(({ band }) => band > low.band)) {
                const key = `${region} ${low.band} ${high.band}`;
                const group = { accounts: low.accounts - high.accounts, units: low.units - high.units };
                const before = kept.get(key) ?? [];
                const last = before.at(-1);
                if (last?.accounts === group.accounts && last.units === group.units) continue;
                for (const { accounts } of before) {
                  expect(Math.abs(accounts - group.accounts)).toBeGreaterThanOrEqual(rules.k);
                }
                kept.set(key, [...before, group]);
              }
            }
          }
        }
      }),
    );
  });

  test("interest and purchases move by more units than k - 1 accounts can ask for", () => {
    const least = BigInt(rules.k - 1) * rules.max_qty + 1n;
    fc.assert(
      fc.property(walks, (walk) => {
        const kept = new Map<string, bigint[]>();
        for (const cells of seen(walk)) {
          for (const [region, shown] of cells) {
            for (const name of ["interest", "purchased"] as const) {
              const units = shown[name];
              if (region === "*" || units === null) continue;
              const before = kept.get(`${region} ${name}`) ?? [0n];
              for (const other of before) {
                const apart = other > units ? other - units : units - other;
                expect(apart === 0n || apart >= least).toBe(true);
              }
              kept.set(`${region} ${name}`, [...before, units]);
            }
          }
        }
      }),
    );
  });

  test("the sum less its regions is nothing, or a group of two or more regions and k or more accounts", () => {
    fc.assert(
      fc.property(walks, (walk) => {
        for (const [at, release] of history(walk).entries()) {
          const cells = cellsOf(release, noHistory);
          const rest = restOf(cells);
          const hidden = cells.filter(({ withheld }) => withheld !== null).map(({ region }) => region);
          const state = new Map((walk[at] ?? []).map(({ region, totals }) => [region, totals.pledges]));
          if (rest.accounts === 0) expect(rest.units).toBe(0n);
          else {
            expect(rest.accounts).toBeGreaterThanOrEqual(rules.k);
            expect(release.pool?.regions.length).toBeGreaterThanOrEqual(2);
            // Who stands in the group stands in it now: nobody's own number is shown beside it.
            for (const name of release.pool?.regions ?? []) {
              expect(hidden.includes(name) || (state.get(name) ?? 0) === 0).toBe(true);
            }
          }
        }
      }),
    );
  });

  test("two sums less their regions, with what left the group meanwhile, are the same or k accounts apart", () => {
    fc.assert(
      fc.property(walks, (walk) => {
        let before: { regions: string[]; accounts: number }[] = [];
        for (const release of history(walk)) {
          const { pool } = release;
          if (pool !== null && before.at(-1)?.accounts !== pool.accounts) {
            const cells = cellsOf(release, noHistory);
            for (const earlier of before) {
              const left = cells
                .filter(({ region, shown }) => shown !== null && earlier.regions.includes(region))
                .reduce((sum, { shown }) => sum + (shown?.accounts ?? 0), 0);
              expect(isSafe(pool.accounts, earlier.accounts)).toBe(true);
              expect(Math.abs(pool.accounts + left - earlier.accounts)).toBeGreaterThanOrEqual(rules.k);
            }
            before = [...before, { regions: pool.regions, accounts: pool.accounts }];
          }
        }
      }),
    );
  });

  test("the sum's curve is made of the regions' curves and nothing else", () => {
    fc.assert(
      fc.property(walks, (walk) => {
        for (const release of history(walk)) {
          const cells = cellsOf(release, noHistory);
          const all = cells.find(({ region }) => region === "*")?.shown;
          const regions = cells.flatMap(({ region, shown }) => (region === "*" || shown === null ? [] : [shown]));
          for (const { band, accounts, units } of all?.curve ?? []) {
            const points = regions.map(({ curve }) => curve.find((point) => point.band >= band));
            const pool = band === 0 ? release.pool : null;
            expect(accounts).toBe(points.reduce((sum, point) => sum + (point?.accounts ?? 0), pool?.accounts ?? 0));
            const rest = BigInt(pool?.pledged ?? "0") + BigInt(pool?.committed ?? "0");
            expect(units).toBe(points.reduce((sum, point) => sum + (point?.units ?? 0n), rest));
          }
        }
      }),
    );
  });
});

function restOf(cells: readonly Cell[]): { accounts: number; units: bigint } {
  const rest = { accounts: 0, units: 0n };
  for (const { region, shown } of cells) {
    if (shown === null) continue;
    const sign = region === "*" ? 1 : -1;
    rest.accounts += sign * shown.accounts;
    rest.units += BigInt(sign) * (shown.pledged + shown.committed);
  }
  return rest;
}

/** Every world of three regions, and what each of them would show: whoever knows the rules learns no thin number. */
test("worlds that show the same differ in the number of every region under k", () => {
  const most = 8;
  for (const k of [3, 5]) {
    const small: Rules = { k, bands: 1, max_qty: 4n };
    const worlds = new Map<string, number[][]>();
    for (let a = 0; a <= most; a += 1) {
      for (let b = 0; b <= most; b += 1) {
        for (let c = 0; c <= most; c += 1) {
          const parts = [a, b, c].flatMap((accounts, at) => (accounts === 0 ? [] : [part(`R${at}`, [accounts])]));
          const cells = cellsOf(step(noRelease(), parts, 1, false, small), noHistory);
          const shown = JSON.stringify(cells, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
          worlds.set(shown, [...(worlds.get(shown) ?? []), [a, b, c]]);
        }
      }
    }
    for (const same of worlds.values()) {
      for (const region of [0, 1, 2]) {
        const values = new Set(same.map((world) => world[region] ?? 0));
        const thin = [...values].filter((accounts) => accounts > 0 && accounts < k);
        if (thin.length > 0) expect(values.size).toBeGreaterThan(1);
      }
    }
  }
});

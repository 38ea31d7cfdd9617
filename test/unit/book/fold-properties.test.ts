import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type BookItem, foldBook, isLive } from "../../../shared/book/fold.ts";
import type { BookState } from "../../../shared/book/state.ts";
import { reportTotals, stagesOf } from "../../../shared/book/totals.ts";
import { BookRows, batches, book, campaigns, rulesOf } from "./arbitrary.ts";

const runs = { numRuns: 400 };

test("a database that loads only what entries cite, in any batches, holds exactly the full replay", () => {
  fc.assert(
    fc.property(book, fc.array(fc.nat(100), { maxLength: 6 }), (items, cuts) => {
      const whole = foldBook(items, rulesOf);
      const database = new BookRows();
      const problems = batches(items, cuts).flatMap((batch) => database.apply(batch).problems);
      expect(sorted(database.rows)).toEqual(sorted(whole.state));
      expect(problems).toEqual(whole.effect.problems);
    }),
    runs,
  );
});

test("the incremental tally is the sum of the live chains, and nothing is ever negative", () => {
  fc.assert(
    fc.property(book, (items) => {
      const { state } = foldBook(items, rulesOf);
      for (const [campaign, tally] of state.tallies) {
        const live = [...state.chains.values()].filter(
          (chain) => chain.campaign === campaign && isLive(chain, tally.ended),
        );
        const units = tally.units.map((_, band) =>
          sum(live.filter((chain) => chain.band === band).map((chain) => chain.qty)),
        );
        expect(tally.units).toEqual(units);
        expect(tally.chains).toEqual(tally.units.map((_, band) => live.filter((chain) => chain.band === band).length));
        expect(tally.interest).toBe(sum(live.filter((chain) => chain.band === null).map((chain) => chain.qty)));
        const stages = stagesOf(tally);
        for (const value of [
          ...stages.pledged,
          ...stages.committed,
          stages.interest,
          stages.purchased,
          stages.locked,
        ]) {
          expect(value >= 0n).toBe(true);
        }
        expect(sum(stages.committed)).toBeLessThanOrEqual(stages.locked);
        expect(sum(stages.pledged) === 0n || sum(stages.committed) === 0n).toBe(true);
      }
    }),
    runs,
  );
});

test("removing the entries that broke a rule, or that are unknown, changes no number", () => {
  fc.assert(
    fc.property(book, (items) => {
      const whole = foldBook(items, rulesOf);
      const broken = new Set(whole.effect.problems.map((problem) => problem.index));
      const good = items
        .filter((item) => !broken.has(item.index) && item.entry !== null)
        .map((item, index): BookItem => ({ ...item, index }));
      expect(foldBook(good, rulesOf).effect.problems).toEqual([]);
      expect(reportTotals(foldBook(good, rulesOf).state)).toEqual(reportTotals(whole.state));
    }),
    runs,
  );
});

test("reported totals are ascending by campaign, of published campaigns only, and have one number per band", () => {
  fc.assert(
    fc.property(book, (items) => {
      const totals = reportTotals(foldBook(items, rulesOf).state);
      expect(totals.map(({ c }) => c)).toEqual(totals.map(({ c }) => c).sort());
      for (const { c, pledged, committed } of totals) {
        expect(pledged.length).toBe(campaigns.get(c)?.bands);
        expect(committed.length).toBe(pledged.length);
      }
    }),
    runs,
  );
});

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

function sorted(state: BookState) {
  const byKey = <V>(map: ReadonlyMap<string, V>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...state, chains: byKey(state.chains), keys: byKey(state.keys), tallies: byKey(state.tallies) };
}

/** What suppliers see of one campaign, worked by hand: k is 5, an account asks for at most 4 units, three prices. */
import { describe, expect, test } from "vitest";
import { type Cell, cellsOf } from "../../../shared/signals/cells.ts";
import { noRelease } from "../../../shared/signals/release.ts";
import { history, lockedPart, noHistory, part, step } from "./world.ts";

function cell(cells: readonly Cell[], region: string) {
  const { withheld, shown } = cells.find((one) => one.region === region) ?? { withheld: "absent", shown: null };
  return withheld ?? { accounts: shown?.accounts, curve: shown?.curve.map(({ band, units }) => [band, units]) };
}

function last(states: Parameters<typeof history>[0]): Cell[] {
  const release = history(states).at(-1);
  return release === undefined ? [] : cellsOf(release, noHistory);
}

test("a campaign that nobody wants has no cells", () => {
  expect(last([[]])).toEqual([]);
});

test("a region under five accounts is withheld, and so is a campaign of fewer", () => {
  const cells = last([[part("DE-BE", [4, 0, 0])]]);
  expect([cell(cells, "*"), cell(cells, "DE-BE")]).toEqual(["few", "few"]);
});

test("thin regions count together in the sum, if there are two of them and five accounts", () => {
  const cells = last([[part("DE-BE", [6, 6, 0]), part("DE-BY", [3, 0, 0]), part("NL", [0, 3, 0])]]);
  expect(cell(cells, "*")).toEqual({
    accounts: 18,
    curve: [
      [0, 36n],
      [1, 12n],
    ],
  });
  expect([cell(cells, "DE-BY"), cell(cells, "NL")]).toEqual(["few", "few"]);
});

test("one thin region is left out of the sum: the difference would be its own number", () => {
  const cells = last([[part("DE-BE", [6, 6, 0]), part("NL", [0, 3, 0])]]);
  expect(cell(cells, "*")).toEqual(cell(cells, "DE-BE"));
});

test("a price that fewer than five accounts separate from the next one counts at the lower price", () => {
  const cells = last([[part("DE-BE", [6, 4, 5])]]);
  expect(cell(cells, "DE-BE")).toEqual({
    accounts: 15,
    curve: [
      [0, 30n],
      [1, 18n],
    ],
  });
});

describe("from one time to the next", () => {
  test("a step of four accounts is not shown, one of five is", () => {
    const states = [[part("DE-BE", [10, 0, 0])], [part("DE-BE", [14, 0, 0])], [part("DE-BE", [15, 0, 0])]];
    expect(states.map((_, at) => cell(last(states.slice(0, at + 1)), "DE-BE"))).toEqual([
      { accounts: 10, curve: [[0, 20n]] },
      { accounts: 10, curve: [[0, 20n]] },
      { accounts: 15, curve: [[0, 30n]] },
    ]);
  });

  test("one account that changes its mind about the quantity moves nothing", () => {
    const releases = history([[part("DE-BE", [10, 0, 0])], [part("DE-BE", [10, 0, 0], { pledged: ["22", "0", "0"] })]]);
    expect(releases[1]).toBe(releases[0]);
  });

  test("ten, fifteen and eleven: the third is too near the first", () => {
    const cells = last([[part("NL", [10, 0, 0])], [part("NL", [15, 0, 0])], [part("NL", [11, 0, 0])]]);
    expect(cell(cells, "NL")).toEqual({ accounts: 15, curve: [[0, 30n]] });
  });

  test("a region that grew out of the thin ones stands alone once the group it leaves stays apart", () => {
    const before = [part("DE-BE", [4, 0, 0]), part("NL", [3, 0, 0]), part("DE-BY", [2, 0, 0])];
    const soon = [part("DE-BE", [6, 0, 0]), part("NL", [3, 0, 0]), part("DE-BY", [2, 0, 0])];
    const later = [part("DE-BE", [16, 0, 0]), part("NL", [3, 0, 0]), part("DE-BY", [1, 0, 0])];
    expect(cell(last([before]), "*")).toEqual({ accounts: 9, curve: [[0, 18n]] });
    expect(cell(last([before, soon]), "DE-BE")).toBe("differencing");
    expect(cell(last([before, soon, later]), "DE-BE")).toEqual({ accounts: 16, curve: [[0, 32n]] });
    expect(cell(last([before, soon, later]), "*")).toEqual({ accounts: 16, curve: [[0, 32n]] });
  });

  test("a lock that lets nobody go only changes the stage, and purchases show in steps of seventeen units", () => {
    const open = step(noRelease(), [part("NL", [10, 10, 0])], 1);
    const locked = step(open, [lockedPart("NL", [10, 10, 0], "0")], 2, true);
    const few = step(locked, [lockedPart("NL", [10, 10, 0], "16")], 3, true);
    expect(few).toBe(locked);
    const reduced = { ...lockedPart("NL", [10, 10, 0], "17") };
    reduced.totals = { ...reduced.totals, committed: ["20", "3", "0"] };
    const bought = step(few, [reduced], 4, true);
    const shown = [open, locked, bought].map((release) => cellsOf(release, noHistory).at(-1)?.shown);
    expect(shown.map((one) => [one?.pledged, one?.committed, one?.purchased])).toEqual([
      [40n, 0n, null],
      [0n, 40n, null],
      [0n, 23n, 17n],
    ]);
    expect(bought.sizes).toEqual([1, 2, 4]);
  });

  test("a campaign that was released is gone from the cells, and what was shown of it is remembered", () => {
    const open = step(noRelease(), [part("NL", [10, 0, 0])], 1);
    const released = step(open, [part("NL", [0, 0, 0])], 2, true);
    expect(cellsOf(released, noHistory)).toEqual([]);
    const again = step(released, [part("NL", [12, 0, 0])], 3);
    expect(cell(cellsOf(again, noHistory), "NL")).toBe("differencing");
  });
});

test("a report without the accounts of each band shows the whole region and no prices above", () => {
  const { totals, ...rest } = part("NL", [6, 6, 6]);
  const { accounts: _, ...brief } = totals;
  const cells = last([[{ ...rest, totals: brief }]]);
  expect(cell(cells, "NL")).toEqual({ accounts: 18, curve: [[0, 36n]] });
});

test("a stale report leaves the live stages, and its purchases stay", () => {
  const parts = [part("NL", [6, 0, 0]), { ...part("NL", [6, 0, 0], { purchased: "40" }), fresh: false }];
  const shown = cellsOf(step(noRelease(), parts, 1), noHistory).at(-1)?.shown;
  expect([shown?.accounts, shown?.purchased]).toEqual([6, 40n]);
});

test("themes are added up by region, never more of them than accounts", () => {
  const parts = [part("NL", [9, 0, 0], { feedback: { price: 7 } }), part("NL", [5, 0, 0], { feedback: { price: 99 } })];
  expect(cellsOf(step(noRelease(), parts, 1), noHistory).map(({ shown }) => shown?.feedback)).toEqual([
    { price: 12 },
    { price: 12 },
  ]);
});

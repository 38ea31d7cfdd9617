/** Tables that people take away as CSV: what strangers wrote stays text. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toCsv } from "../../../dashboard/parts/csv.ts";
import { readCsv } from "../../../shared/standards/csv-read.ts";

function cellOf(value: string): string {
  const read = readCsv(toCsv([{ header: "Name", text: (row: string) => row }], [value]));
  if (!read.ok) throw new Error(read.error);
  return read.value[1]?.[0] ?? "";
}

describe("a cell", () => {
  test.each([
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u200B=1",
    "\uFEFF=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
  ])("that a spreadsheet would run is text: %j", (value) => {
    expect(cellOf(value)).toBe(`'${value}`);
  });

  test.each(["Bread", "12.50", "-12.50", "a=b", "it's", 'x, "y"\nz'])(
    "that is only text stays as it is: %j",
    (value) => {
      expect(cellOf(value)).toBe(value);
    },
  );

  test("comes back as it was, but for a quote in front", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (value) => {
        fc.pre(value.trim() !== "");
        expect([value, `'${value}`]).toContain(cellOf(value));
      }),
    );
  });
});

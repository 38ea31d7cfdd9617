/** What a community notices of a hub by looking at head, totals and shown numbers: each fault by its code, and nothing of an honest one. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Headline } from "../../../shared/protocol/statement.ts";
import { type Head, judge, type Sight } from "../../../shared/watch/judge.ts";

const NOW = 1_800_000_000;
const headline: Headline = {
  formula: 1,
  currency: "EUR",
  purchasing_power_minor: "100",
  by_currency: { EUR: "100" },
  unconverted: [],
  rates_date: null,
  communities: 1,
  pledges: 1,
  members_declared: 2,
  stages: { interest: "0", pledged: "1", committed: "0", purchased: "0" },
};
const honest: Sight = {
  head: { size: 10, root: "r10" },
  totals: { size: 9, root: "r9", iat: NOW - 60, headline },
  shown: { size: 9, root: "r9", headline },
  isProven: false,
  unjudgedSince: null,
};
const before: Head = { size: 8, root: "r8" };

describe("watching a hub", () => {
  test("finds nothing in an honest one, however far it has grown", () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(6 * 3600), (seen, more, newer, age) => {
        const size = seen + more + 1;
        const head = { size: size + newer, root: `r${String(size + newer)}` };
        const totals = { size, root: `r${String(size)}`, iat: NOW - age, headline };
        const shown = { size: size + (newer > 0 ? 1 : 0), root: "later", headline };
        expect(judge({ ...honest, head, totals, shown }, { size: seen, root: `r${String(seen)}` }, NOW)).toEqual([]);
      }),
    );
  });

  test.each<[string, Partial<Sight>, Head | null]>([
    [
      "split-view",
      { head: { size: 8, root: "other" }, totals: { size: 8, root: "other", iat: NOW, headline } },
      before,
    ],
    ["split-view", { head: { size: 9, root: "other" } }, before],
    ["log-shrunk", { head: { size: 7, root: "r7" }, totals: { size: 7, root: "r7", iat: NOW, headline } }, before],
    ["checkpoint-invalid", { head: "invalid" }, before],
    ["proven", { isProven: true }, before],
    ["totals-invalid", { totals: "invalid" }, before],
    ["totals-ahead", { totals: { size: 11, root: "r11", iat: NOW, headline } }, null],
    ["network-mismatch", { shown: { size: 9, root: "r9", headline: { ...headline, pledges: 2 } } }, null],
    ["network-mismatch", { shown: { size: 4, root: "r4", headline } }, null],
    ["network-mismatch", { shown: null }, null],
    ["clock-ahead", { totals: { size: 9, root: "r9", iat: NOW + 301, headline } }, null],
    ["totals-old", { totals: { size: 9, root: "r9", iat: NOW - 7 * 3600 - 1, headline } }, null],
    ["verdict-late", { unjudgedSince: NOW - 24 * 3600 - 1 }, null],
    ["unreachable", { head: null }, before],
    ["unreachable", { totals: null }, before],
  ])("names it: %s", (code, change, seen) => {
    expect(judge({ ...honest, ...change }, seen, NOW)).toContain(code);
  });
});

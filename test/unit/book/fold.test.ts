import { expect, test } from "vitest";
import { type BookItem, applyBookEntry, foldBook } from "../../../shared/book/fold.ts";
import { type BookState, emptyBook } from "../../../shared/book/state.ts";
import { reportTotals } from "../../../shared/book/totals.ts";
import type { BookEntry } from "../../../shared/protocol/book-entry.ts";
import { id, rulesOf } from "./arbitrary.ts";

const d = "2026-01-01";
const soap = id("soap");
const genesis: BookEntry = { t: "genesis", iss: "a.example", v: 1, n: id("n") };
const lockSoap: BookEntry = { t: "lock", c: soap, b: 1, x: id("close soap"), n: id("lock"), d };

function pledge(q: string, b: number, changes: object = {}): BookEntry {
  return { t: "pledge", c: soap, q, b, cm: id("cm"), a: "strong", d, ...changes };
}

/** Entry i has leaf `id("entry i")`. */
function fold(...entries: (BookEntry | null)[]): { state: BookState; codes: string[] } {
  const items = [genesis, ...entries].map((entry, index): BookItem => ({ index, leaf: id(`entry ${index}`), entry }));
  const { state, effect } = foldBook(items, rulesOf);
  return { state, codes: effect.problems.map(({ index, code }) => `${index} ${code}`) };
}

function soapOf(state: BookState) {
  return reportTotals(state).find(({ c }) => c === soap);
}

test("pledges of a campaign add up by the highest band they accept", () => {
  const { state } = fold(pledge("2", 1), pledge("3", 1), pledge("4", 2), {
    t: "interest",
    c: soap,
    q: "9",
    cm: id("i"),
    a: "weak",
    d,
  });
  expect(soapOf(state)).toEqual({
    c: soap,
    pledges: 3,
    interest: "9",
    pledged: ["0", "5", "4"],
    committed: ["0", "0", "0"],
    purchased: "0",
    locked: "0",
    accounts: [0, 2, 1],
  });
});

test("a revision replaces the chain whose head it cites, and the old head is gone", () => {
  const revise = (r: number, q: string): BookEntry => ({ t: "revise", r: id(`entry ${r}`), q, b: 0, cm: id("cm"), d });
  const { state, codes } = fold(pledge("2", 1), revise(1, "5"), revise(1, "9"), revise(2, "6"));
  expect(soapOf(state)).toMatchObject({ pledges: 1, pledged: ["6", "0", "0"] });
  expect(codes).toEqual(["3 head-unknown"]);
});

test("an interest becomes a pledge by a revision with a band, and the other way round", () => {
  const interest: BookEntry = { t: "interest", c: soap, q: "2", cm: id("i"), a: "strong", d };
  const up: BookEntry = { t: "revise", r: id("entry 1"), q: "3", b: 2, cm: id("cm"), d };
  const down: BookEntry = { t: "revise", r: id("entry 2"), q: "4", cm: id("cm"), d };
  expect(soapOf(fold(interest, up).state)).toMatchObject({ pledges: 1, interest: "0", pledged: ["0", "0", "3"] });
  expect(soapOf(fold(interest, up, down).state)).toMatchObject({ pledges: 0, interest: "4", pledged: ["0", "0", "0"] });
});

test("a lock commits the pledges from its band up and lets the rest go, interest included", () => {
  const { state, codes } = fold(
    pledge("2", 0),
    pledge("3", 1),
    pledge("4", 2),
    { t: "interest", c: soap, q: "9", cm: id("i"), a: "strong", d },
    lockSoap,
  );
  expect(soapOf(state)).toEqual({
    c: soap,
    pledges: 2,
    interest: "0",
    pledged: ["0", "0", "0"],
    committed: ["0", "3", "4"],
    purchased: "0",
    locked: "7",
    accounts: [0, 1, 1],
  });
  expect(codes).toEqual([]);
});

test("after a lock nothing new is pledged or revised, what was let go cannot be withdrawn, a commitment can", () => {
  const withdraw = (r: number): BookEntry => ({ t: "withdraw", r: id(`entry ${r}`), why: "removed", n: id("w"), d });
  const { state, codes } = fold(
    pledge("2", 0),
    pledge("3", 1),
    lockSoap,
    pledge("5", 2),
    { t: "revise", r: id("entry 2"), q: "9", b: 2, cm: id("cm"), d },
    withdraw(1),
    withdraw(2),
    lockSoap,
  );
  expect(codes).toEqual(["4 campaign-ended", "5 campaign-ended", "6 campaign-ended", "8 campaign-ended"]);
  expect(soapOf(state)).toMatchObject({ pledges: 0, committed: ["0", "0", "0"], locked: "3" });
});

test("purchases use up commitments from the highest band down and never below zero; returns give them back", () => {
  const buy = (t: "purchase" | "return", q: string): BookEntry => ({
    t,
    c: soap,
    q,
    m: "1",
    k: "receipt",
    w: "2026-W01",
    cm: id("cm"),
    d,
  });
  const committed = (...more: BookEntry[]) =>
    soapOf(fold(pledge("3", 1), pledge("4", 2), lockSoap, ...more).state)?.committed;
  expect(committed(buy("purchase", "5"))).toEqual(["0", "2", "0"]);
  expect(committed(buy("purchase", "99"))).toEqual(["0", "0", "0"]);
  expect(committed(buy("purchase", "5"), buy("return", "4"))).toEqual(["0", "3", "3"]);
  expect(fold(buy("purchase", "5"), buy("return", "6")).codes).toEqual(["2 return-too-large"]);
});

test("a release lets every live pledge go", () => {
  const rice = id("rice");
  const { state } = fold(pledge("2", 0, { c: rice }), { t: "release", c: rice, x: id("close rice"), n: id("r"), d });
  expect(reportTotals(state)).toEqual([]);
});

test.each<[string, BookEntry, string]>([
  ["a quantity above the campaign's limit", pledge("101", 0), "quantity-too-large"],
  ["a band the campaign does not have", pledge("1", 3), "band-unknown"],
  ["a pledge without a strong signature", pledge("1", 0, { a: "weak" }), "assurance-weak"],
  ["a day before the newest", pledge("1", 0, { d: "2025-12-31" }), "day-decreasing"],
  ["a head that does not exist", { t: "revise", r: id("nothing"), q: "1", b: 0, cm: id("cm"), d }, "head-unknown"],
  ["a withdrawal of nothing", { t: "withdraw", r: id("nothing"), why: "member", cm: id("cm"), d }, "head-unknown"],
  ["the end of an unknown key", { t: "key_end", r: id("nothing"), n: id("n"), d }, "key-unknown"],
  ["a lock at another band than the hub closed with", { ...lockSoap, b: 0 }, "closing-unknown"],
  [
    "a release of a campaign that was locked",
    { t: "release", c: soap, x: id("close soap"), n: id("r"), d },
    "closing-unknown",
  ],
  [
    "a lock that cites no logged closing",
    { t: "lock", c: id("tea"), b: 0, x: id("x"), n: id("r"), d },
    "closing-unknown",
  ],
  ["a second genesis", genesis, "genesis-again"],
])("%s counts zero and is listed", (_, entry, code) => {
  const { state, codes } = fold(pledge("1", 1), entry);
  expect(codes).toEqual([`2 ${code}`]);
  expect(soapOf(state)).toMatchObject({ pledges: 1, pledged: ["0", "1", "0"] });
});

test("campaigns of other hubs and kinds of later versions are ignored without a word", () => {
  const { state, codes } = fold(pledge("1", 0, { c: id("of another hub") }), null);
  expect(codes).toEqual([]);
  expect(state.size).toBe(3);
  expect(reportTotals(state)).toEqual([]);
});

test("a book that does not begin with a genesis is a problem at index 0", () => {
  const state = emptyBook();
  const touched = { heads: new Set<string>(), keys: new Set<string>(), campaigns: new Set<string>() };
  const item = { index: 0, leaf: id("entry 0"), entry: pledge("1", 0) };
  expect(applyBookEntry(state, item, rulesOf, touched)).toBe("genesis-missing");
  expect(() => applyBookEntry(state, { ...item, index: 5 }, rulesOf, touched)).toThrow("size 1");
});

import { expect, test } from "vitest";
import { foldBook } from "../../../shared/book/fold.ts";
import { type BookReading, compareTotals, emptyReading, judgeReport } from "../../../shared/book/judge.ts";
import { reportTotals } from "../../../shared/book/totals.ts";
import { utf8 } from "../../../shared/bytes.ts";
import { TestNode } from "../verify/world.ts";
import { id, rulesOf } from "./arbitrary.ts";

const soap = id("soap");

async function bookOf(...pledges: string[]) {
  const node = await TestNode.create("a.example");
  for (const qty of pledges) node.pledge(soap, qty, 1);
  return node;
}

function judge(node: TestNode, reading: BookReading, changes: Partial<Parameters<typeof judgeReport>[0]> = {}) {
  return judgeReport({
    origin: node.origin,
    compare: (state) => compareTotals({ totals: reportTotals(foldBook(node.parsed, rulesOf).state) }, state),
    head: { size: node.book.size, root: node.book.root() },
    reading,
    data: node.book.entries.slice(reading.state.size),
    rulesOf,
    ...changes,
  });
}

test("a report is right when the book's new entries lead to its signed head and fold to its totals", async () => {
  const node = await bookOf("1", "2");
  const first = judge(node, emptyReading());
  expect(first.verdict).toEqual({ ok: true });
  expect([...first.effect.touched.heads].length).toBe(2);
  node.pledge(soap, "3", 0);
  const second = judge(node, first.reading);
  expect(second.verdict).toEqual({ ok: true });
  expect(second.reading.state.size).toBe(4);
});

test("wrong totals fail, and what was read stays read", async () => {
  const node = await bookOf("1", "2");
  const judged = judge(node, emptyReading(), { compare: (state) => compareTotals({ totals: [] }, state) });
  expect(judged.verdict).toEqual({ ok: false, code: "totals-mismatch" });
  expect(judged.reading.state.size).toBe(3);
  expect(judge(node, judged.reading).verdict).toEqual({ ok: true });
});

test("accounts by band are held against the book where a report tells them; what members said cannot be", async () => {
  const node = await bookOf("1", "2");
  const told = reportTotals(foldBook(node.parsed, rulesOf).state);
  const brief = told.map((totals) => {
    const { accounts: _, ...rest } = totals;
    return rest;
  });
  const said = told.map((totals) => ({ ...totals, feedback: { price: 7 } }));
  const lied = told.map((totals) => ({ ...totals, accounts: [2, 0, 0] }));
  const verdicts = [told, brief, said, lied].map(
    (totals) => judge(node, emptyReading(), { compare: (state) => compareTotals({ totals }, state) }).verdict,
  );
  expect(verdicts).toEqual([{ ok: true }, { ok: true }, { ok: true }, { ok: false, code: "totals-mismatch" }]);
});

test("a book that shrank, forked, is not served or belongs to another fails, and is not read on", async () => {
  const node = await bookOf("1", "2");
  const other = await bookOf("1", "7");
  const { reading } = judge(node, emptyReading());
  const before = reading.state.size;
  const codes = [
    judge(node, reading, { head: { size: 2, root: node.book.root(2) } }),
    judge(node, reading, { head: { size: 3, root: other.book.root() } }),
    judge(node, reading, { head: { size: 4, root: other.book.root() }, data: null }),
    judge(node, reading, { head: { size: 9, root: other.book.root() }, data: [utf8("{}")] }),
    judge(node, emptyReading(), { origin: "b.example" }),
  ].map(({ verdict }) => (verdict.ok ? "ok" : verdict.code));
  expect(codes).toEqual(["book-shrunk", "book-fork", "book-unavailable", "book-unavailable", "book-genesis"]);
  expect(reading.state.size).toBe(before);
});

test.each([
  ["not canonical JSON", '{"t": "key"}'],
  ["a known kind with a wrong field", '{"d":"2026-01-01","t":"key","x":1}'],
  ["longer than 2 KB", `{"t":"later","x":"${"x".repeat(2048)}"}`],
  ["no JSON", "hello"],
])("an entry that is %s fails with its index", async (_, text) => {
  const node = await bookOf("1");
  node.writeBytes(utf8(text));
  expect(judge(node, emptyReading()).verdict).toEqual({ ok: false, code: "book-entry-invalid", index: 2 });
});

test("an entry of a later version is kept and ignored; one that breaks a rule is listed and counts zero", async () => {
  const node = await bookOf("1");
  node.writeBytes(utf8('{"n":"x","t":"conviction"}'));
  node.pledge(soap, "101", 1);
  const { verdict, effect } = judge(node, emptyReading());
  expect(verdict).toEqual({ ok: true });
  expect(effect.problems).toEqual([{ index: 3, code: "quantity-too-large" }]);
});

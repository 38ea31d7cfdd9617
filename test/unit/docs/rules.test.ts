/** docs/protocol/rules.md and http.md know every code and every number that the rules have. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bookProblems } from "../../../shared/book/state.ts";
import { evidenceFaults } from "../../../shared/evidence/refusal.ts";
import { logFaults } from "../../../shared/network/rules.ts";
import { REPORT_LIFETIME_S } from "../../../shared/network/state.ts";
import { auditCodes } from "../../../shared/protocol/audit.ts";
import { MAX_LOGGED_BYTES, MAX_STATEMENT_BYTES, verdictCodes } from "../../../shared/protocol/statement.ts";
import { type ProblemCode, problems } from "../../../shared/protocol/problem.ts";
import { EXIT, checkIds } from "../../../shared/verify/report.ts";
import { witnessStatus } from "../../../shared/witness/judge.ts";

const read = (name: string): string => readFileSync(join(import.meta.dirname, "../../../docs", name), "utf8");
const [rules, http, messages, whole] = [
  "protocol/rules.md",
  "protocol/http.md",
  "protocol/messages.md",
  "protocol.md",
].map(read);
const unnamed = (names: readonly string[], page = ""): string[] =>
  names.filter((name) => !page.includes(`\`${name}\``));

describe("rules.md names", () => {
  test.each([
    ["why an entry of a book counts zero", bookProblems],
    ["verdict", verdictCodes],
    ["what is wrong with an opening", auditCodes],
    ["why a document is no evidence", evidenceFaults],
  ] as const)("every %s", (_, codes) => {
    expect(unnamed(codes, rules)).toEqual([]);
  });

  test("every fault of a log, here or where docs/protocol.md has its rule", () => {
    expect(unnamed(logFaults, `${rules}${whole}`)).toEqual([]);
  });
});

describe("http.md", () => {
  const table = (http ?? "").slice((http ?? "").indexOf("## 4. Errors"), (http ?? "").indexOf("## 5. Limits"));
  const rows = [...table.matchAll(/^\| (\d{3})[^|]*\|(.*)\|$/gm)].flatMap(([, status, codes]) =>
    [...(codes ?? "").matchAll(/`([a-z-]+)`/g)].map(([, code]): [string, number] => [code ?? "", Number(status)]),
  );
  test("gives each code the status it has", () => {
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.map(([code]) => [code, problems[code as ProblemCode]?.[0]])).toEqual(rows);
    for (const [code, status] of Object.entries(witnessStatus))
      if (code in problems) expect(problems[code as ProblemCode][0]).toBe(status);
  });

  test("names every check of a hub in its order, and the exit codes by their gravity", () => {
    const list = checkIds.map((id) => `\`${id}\``).join(", ");
    expect((http ?? "").replaceAll("\n", " ")).toContain(list);
    expect(EXIT).toEqual({ ok: 0, invalid: 1, stale: 2, network: 3, splitView: 4 });
  });
});

test("the numbers are those of the code", () => {
  const said = (number: number): string => number.toLocaleString("en-US");
  expect(messages).toContain(`a statement ${said(MAX_STATEMENT_BYTES)} bytes`);
  expect(messages).toContain(`\`equivocation+jwt\` ${said(MAX_LOGGED_BYTES)}`);
  expect(rules).toContain(`iat < log time − ${said(REPORT_LIFETIME_S)}`);
});

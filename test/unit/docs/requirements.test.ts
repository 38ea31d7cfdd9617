/**
 * The tables of requirements (docs/protocol.md §12 and its annex) name tests that exist: every file, and every title in
 * quotes after it.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

interface Row {
  requirement: string;
  tests: string;
}

/** Rows of the tables whose last column is headed "test". */
function rowsOf(markdown: string): Row[] {
  const rows: Row[] = [];
  let isTable = false;
  for (const line of markdown.split("\n")) {
    const cells = line.startsWith("|") ? line.slice(1, -1).split(/(?<!\\)\|/) : [];
    const last = cells.at(-1)?.trim() ?? "";
    if (cells.length === 0) isTable = false;
    else if (!isTable) isTable = last === "test";
    else if (!/^-+$/.test(last)) rows.push({ requirement: cells.slice(0, -1).join("|").trim(), tests: last });
  }
  return rows;
}

/** What a row names: paths in backquotes, each with the titles in quotes that follow it. A bare file name is beside the one before. */
function named({ tests }: Row): { path: string; titles: string[] }[] {
  const found: { path: string; titles: string[] }[] = [];
  for (const [, path, title] of tests.matchAll(/`([^`]+)`|"([^"]+)"/g)) {
    const before = found.at(-1);
    if (path !== undefined) {
      const isWhole = path.startsWith("test/") || before === undefined;
      found.push({ path: isWhole ? path : join(dirname(before.path), path), titles: [] });
    } else if (title !== undefined) before?.titles.push(title);
  }
  return found;
}

/** Test files at a path that may be a folder or a pattern; for vectors, the files that are read. */
function filesAt(path: string): string[] {
  if (path.startsWith("test/vectors/")) return globSync(`${path}**/*.json`, { cwd: root });
  return globSync(path.endsWith("/") ? `${path}**/*.test.ts` : path, { cwd: root }).filter((file) =>
    file.endsWith(".test.ts"),
  );
}

/** A title stands where a call's first argument does: behind its bracket, or on a line of its own. */
function hasTitle(source: string, title: string): boolean {
  const literal = JSON.stringify(title);
  return source.includes(`(${literal}`) || source.split("\n").some((line) => line.trim() === `${literal},`);
}

describe.each(["docs/protocol.md", "docs/protocol/conformance.md"])("%s", (page) => {
  const rows = rowsOf(read(page));

  test("has a table of requirements, none of them twice", () => {
    expect(rows.length).toBeGreaterThan(30);
    const requirements = rows.map(({ requirement }) => requirement);
    expect(requirements.filter((each, at) => requirements.indexOf(each) !== at)).toEqual([]);
  });

  test.each(rows)("$requirement", (row) => {
    const tests = named(row);
    expect(tests.length).toBeGreaterThan(0);
    for (const { path, titles } of tests) {
      const files = filesAt(path);
      expect([path, files.length > 0]).toEqual([path, true]);
      const sources = files.map(read);
      const missing = titles.filter((title) => !sources.some((source) => hasTitle(source, title)));
      expect([path, missing]).toEqual([path, []]);
    }
  });
});

test("a row that names a test which is not there is noticed", () => {
  const [row] = rowsOf(
    '| requirement | test |\n| --- | --- |\n| a | `test/unit/bytes.test.ts`: "bytes", "no such title" |\n',
  );
  expect(named(row!)).toEqual([{ path: "test/unit/bytes.test.ts", titles: ["bytes", "no such title"] }]);
  expect(filesAt("test/unit/no-such.test.ts")).toEqual([]);
  expect(["bytes", "no such title"].map((title) => hasTitle(read("test/unit/bytes.test.ts"), title))).toEqual([
    true,
    false,
  ]);
});

/** Vectors by others (test/vectors/README.md): there is none that nobody looks at. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

test("every published vector file is read by a test", () => {
  const files = globSync("test/vectors/*/*.json", { cwd: root })
    .map((path) => path.replace("test/vectors/", ""))
    .filter((path) => !path.startsWith("cocoon/"));
  expect(files.length).toBeGreaterThan(15);
  const tests = globSync("test/{unit,runtime}/**/*.test.ts", { cwd: root });
  const sources = tests.map((path) => readFileSync(join(root, path), "utf8"));
  expect(files.filter((path) => !sources.some((source) => source.includes(path)))).toEqual([]);
});

test("the README says where each folder comes from, and under which licence", () => {
  const readme = readFileSync(join(root, "test/vectors/README.md"), "utf8");
  const folders = globSync("test/vectors/*/", { cwd: root }).map((path) => path.replace(/^test\/vectors\/|\/$/g, ""));
  expect(folders.filter((folder) => !readme.includes(`${folder}/`))).toEqual([]);
});

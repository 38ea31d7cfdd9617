/** Our own vectors are what their seeds make; what else is in the folder is said in its README. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileText, makeVectors } from "../../vectors/cocoon/make.ts";
import { folder } from "./cocoon.ts";

const made = await makeVectors();

test.each(Object.entries(made))("%s is what the seeds make, to the byte", (name, value) => {
  expect(readFileSync(join(folder, name), "utf8")).toBe(fileText(value));
});

test("every file is made, and the README speaks of each", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  expect(files.sort()).toEqual(Object.keys(made).sort());
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  expect(files.filter((name) => !readme.includes(`\`${name}\``) && !name.startsWith("evidence-"))).toEqual([]);
});

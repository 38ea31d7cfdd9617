/** docs/protocol/messages.md and schemas.json say what the code says: every message, and every member of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { schemasText } from "../../../scripts/schemas.ts";

const folder = join(import.meta.dirname, "../../../docs/protocol");
const page = readFileSync(join(folder, "messages.md"), "utf8");
const file = readFileSync(join(folder, "schemas.json"), "utf8");

interface Schema {
  properties?: Record<string, { const?: unknown }>;
  anyOf?: Schema[];
  oneOf?: Schema[];
}
const { $defs } = JSON.parse(file) as { $defs: Record<string, Schema> };

test("schemas.json is what `node scripts/schemas.ts` writes", () => {
  expect(file).toBe(schemasText());
});

const membersOf = (schema: Schema): string[] => [
  ...Object.keys(schema.properties ?? {}),
  ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(membersOf),
];
/** The row of a table that begins with this name. */
const rowOf = (name: string): string => page.split("\n").find((line) => line.startsWith(`| \`${name}\` |`)) ?? "";
const isNamed = (text: string, member: string): boolean => text.includes(`\`${member}\``);

describe("every kind of JWS has a row with its claims", () => {
  const kinds = Object.keys($defs).filter((name) => name.endsWith("+jwt"));
  test.each(kinds)("%s", (typ) => {
    const said = /^(iss|aud|iat|v)$/;
    const missing = membersOf($defs[typ]!).filter((member) => !said.test(member) && !isNamed(rowOf(typ), member));
    expect([rowOf(typ) === "", missing]).toEqual([false, []]);
  });
});

/** The alternatives of a union, by the constant that tells them apart. */
function variantsOf(name: string, by: string): [string, string[]][] {
  const found = new Map<string, string[]>();
  const visit = (schema: Schema): void => {
    const kind = schema.properties?.[by]?.const;
    if (typeof kind === "string") found.set(kind, [...(found.get(kind) ?? []), ...membersOf(schema)]);
    for (const one of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) visit(one);
  };
  visit($defs[name]!);
  return [...found];
}

test.each(variantsOf("book entry", "t"))("the book's entry %s has a row with its members", (kind, members) => {
  expect(members.filter((member) => member !== "t" && !isNamed(rowOf(kind), member))).toEqual([]);
});

test.each(variantsOf("evidence", "kind"))("evidence of kind %s has a row with its members", (kind, members) => {
  const common = /^(v|kind|hub|anchors)$/;
  const rows = page.slice(page.indexOf("## 7. Evidence")).split("\n");
  const row = rows.find((line) => line.startsWith(`| \`${kind}\` |`)) ?? "";
  expect(members.filter((member) => !common.test(member) && !isNamed(row, member))).toEqual([]);
});

test.each([
  "member document",
  "receipt",
  "webauthn signature",
  "opening",
  "beacon request",
  "audit request",
  "audit answer",
])("every member of a %s is spoken of", (name) => {
  const members = membersOf($defs[name]!);
  expect(members.length).toBeGreaterThan(1);
  expect(members.filter((member) => !isNamed(page, member))).toEqual([]);
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../../../shared/bytes.ts";
import { parseStrictJson } from "../../../shared/signing/strict-json.ts";

const refused = { ok: false, error: "malformed-json" };

describe("strict JSON", () => {
  test("reads whatever JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseStrictJson(utf8(text))).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  test.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '[{"b":{"a":1,"c":[],"a":1}}]',
    '{"a":{"x":1},"b":[{"x":1}],"a":null}',
    '{"\\\\":1,"\\\\":2}',
    '{"":1,"":1}',
  ])("%s has a duplicate key", (text) => {
    expect(parseStrictJson(text)).toEqual(refused);
  });

  test.each([
    '{"a":"a","b":"a"}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"\\"a\\":1,","b":"}"}',
    '{"a":["a","a","a"],"b":{}}',
    '{"a\\\\":1,"a":2}',
  ])("%s has none", (text) => {
    expect(parseStrictJson(text).ok).toBe(true);
  });

  test("what is not JSON, not UTF-8 or nested without bound is refused", () => {
    for (const text of ["", "{", "01", "{'a':1}", "[1,]", "\ufeff{}", "NaN"])
      expect(parseStrictJson(text)).toEqual(refused);
    expect(parseStrictJson(Uint8Array.of(0x22, 0xff, 0x22))).toEqual(refused);
    expect(parseStrictJson(`${"[".repeat(32)}${"]".repeat(32)}`).ok).toBe(true);
    expect(parseStrictJson(`${"[".repeat(33)}${"]".repeat(33)}`)).toEqual(refused);
    expect(parseStrictJson(`${"[".repeat(30_000)}${"]".repeat(30_000)}`)).toEqual(refused);
  });
});

/** Entries as lines of text: exact both ways for every byte string, and growing by concatenation. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "../../../shared/bytes.ts";
import { fromLines, toLines } from "../../../shared/log/lines.ts";

const entry = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => new Uint8Array(bytes)),
  fc.json().map(utf8),
  fc.constantFrom("", "=", "\n", "a\nb", "\u0000", "\ufeff{}", "=AAAA", "\r\n", "é").map(utf8),
);

test("every list of entries comes back byte for byte, whatever it was appended in", () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1 }), fc.array(entry, { minLength: 1 }), (first, second) => {
      const joined = `${toLines(first)}\n${toLines(second)}`;
      expect(fromLines(joined).map((bytes) => [...bytes])).toEqual([...first, ...second].map((bytes) => [...bytes]));
    }),
  );
});

test("an entry of a book is its own line", () => {
  expect(toLines([utf8('{"t":"genesis"}'), utf8("{}")])).toBe('{"t":"genesis"}\n{}');
});

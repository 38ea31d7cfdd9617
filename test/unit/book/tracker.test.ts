/** Short codes of book entries: there and back, however they are typed. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leafPrefix, trackerCode } from "../../../shared/book/tracker.ts";
import { toBase64url } from "../../../shared/bytes.ts";

describe("a tracker code", () => {
  test("names the first sixty bits of a leaf, however it is typed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.boolean(), (bytes, spaced) => {
        const leaf = toBase64url(new Uint8Array(bytes));
        const code = trackerCode(leaf);
        expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
        const typed = spaced ? code.toLowerCase().replaceAll("-", " ") : code.replaceAll("-", "").replaceAll("0", "o");
        expect(leafPrefix(typed)).toBe(leaf.slice(0, 10));
      }),
    );
  });

  test("is nothing else", () => {
    for (const wrong of ["", "ABCD-EFGH", "ABCD-EFGH-JKMU", "ABCD-EFGH-JKMN-P", "ABCD.EFGH.JKMN"])
      expect(leafPrefix(wrong)).toBeNull();
  });
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  concat,
  equal,
  fromBase64,
  fromBase64url,
  fromHex,
  fromUtf8,
  sha256,
  sha256url,
  toBase64,
  toBase64url,
  toHex,
  utf8,
} from "../../shared/bytes.ts";

const anyBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes));

describe("bytes", () => {
  test("every text form decodes to the bytes it was made of", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
  });

  test("what decodes as base64url has exactly that encoding", () => {
    const alphabet = fc.constantFrom(..."AQgw_-+/=8zZ \n".split(""));
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 12 }), (text) => {
        for (const [decode, encode] of [
          [fromBase64url, toBase64url],
          [fromBase64, toBase64],
        ] as const) {
          let bytes;
          try {
            bytes = decode(text);
          } catch {
            continue;
          }
          expect(encode(bytes)).toBe(text);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test.each(["AA==", "A", "AB", "AA A", "AA\n", "A+", "A/", "AA="])("%j is not base64url", (text) => {
    expect(() => fromBase64url(text)).toThrow();
  });

  test.each(["AA", "AB==", "AAA", "AA-=", "AA==\n", "AA= =", "====", "AA==AA=="])("%j is not base64", (text) => {
    expect(() => fromBase64(text)).toThrow();
  });

  test("upper-case hex is refused", () => {
    expect(() => fromHex("AB")).toThrow();
    expect(fromHex("ab")).toEqual(Uint8Array.of(0xab));
  });

  test("ill-formed UTF-8 is refused and a byte order mark is kept", () => {
    expect(() => fromUtf8(Uint8Array.of(0xc3, 0x28))).toThrow();
    expect(() => fromUtf8(Uint8Array.of(0xed, 0xa0, 0x80))).toThrow();
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41))).toBe("\ufeffA");
  });

  test("equal compares content and length", () => {
    expect(equal(utf8("abc"), utf8("abc"))).toBe(true);
    expect(equal(utf8("abc"), utf8("abd"))).toBe(false);
    expect(equal(utf8("abc"), utf8("ab"))).toBe(false);
    expect(equal(new Uint8Array(0), new Uint8Array(0))).toBe(true);
  });

  test("concat joins in order", () => {
    expect(concat(utf8("a"), new Uint8Array(0), utf8("bc"))).toEqual(utf8("abc"));
  });

  test("sha256 is the function of FIPS 180-4", () => {
    expect(toHex(sha256(utf8("abc")))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256url(utf8("abc"))).toBe("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  });
});

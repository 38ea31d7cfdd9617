import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBase64, utf8 } from "../../../shared/bytes.ts";
import { MAX_ENTRY_BYTES, decodeBundle, encodeBundle } from "../../../shared/log/tiles.ts";
import { vectors } from "../vectors.ts";

const log = vectors("tlog-tiles/tessera-testlog.json") as { entries_utf8: string[]; files: Record<string, string> };

describe("entry bundles", () => {
  test("are byte for byte those of the tessera log at every size", () => {
    const entries = log.entries_utf8.map(utf8);
    for (let size = 1; size <= entries.length; size++) {
      const published = fromBase64(log.files[`tile/entries/000.p/${size}`]!);
      expect(encodeBundle(entries.slice(0, size))).toEqual(published);
      expect(decodeBundle(published)).toEqual(entries.slice(0, size));
    }
  });

  test("an entry of 65,535 bytes fits, one of 65,536 does not", () => {
    const largest = new Uint8Array(MAX_ENTRY_BYTES).fill(7);
    expect(decodeBundle(encodeBundle([largest, utf8("x")]))).toEqual([largest, utf8("x")]);
    expect(() => encodeBundle([new Uint8Array(MAX_ENTRY_BYTES + 1)])).toThrow(RangeError);
  });

  test("256 entries fit, 257 do not", () => {
    const entries = Array.from({ length: 257 }, (_, i) => utf8(String(i)));
    expect(decodeBundle(encodeBundle(entries.slice(1)))).toHaveLength(256);
    expect(() => encodeBundle(entries)).toThrow(RangeError);
    const joined = new Uint8Array([...encodeBundle(entries.slice(1)), 0, 1, 65]);
    expect(() => decodeBundle(joined)).toThrow(RangeError);
  });

  test("cut anywhere but between entries it is refused", () => {
    const bundle = encodeBundle([utf8("one"), utf8("three"), utf8("")]);
    const whole = new Set([0, 5, 12, 14]);
    for (let end = 0; end <= bundle.length; end++) {
      if (whole.has(end)) expect(() => decodeBundle(bundle.subarray(0, end))).not.toThrow();
      else expect(() => decodeBundle(bundle.subarray(0, end))).toThrow(RangeError);
    }
  });

  test("any entries survive the round trip", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 20 }), (entries) => {
        expect(decodeBundle(encodeBundle(entries))).toEqual(entries.map((entry) => new Uint8Array(entry)));
      }),
    );
  });
});

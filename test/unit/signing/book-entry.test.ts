import { describe, expect, test } from "vitest";
import { fromUtf8, toBase64url, utf8 } from "../../../shared/bytes.ts";
import { leafHash } from "../../../shared/log/merkle.ts";
import { type BookEntry, MAX_BOOK_ENTRY_BYTES } from "../../../shared/protocol/book-entry.ts";
import { encodeEntry, parseBookEntry } from "../../../shared/signing/book-entry.ts";

const h = "A".repeat(43);
const n = "B".repeat(22);
const d = "2026-11-21";
const entries: BookEntry[] = [
  { t: "genesis", iss: "community.example.org", v: 1, n },
  { t: "key", cm: h, d },
  { t: "key_end", r: h, n, d },
  { t: "interest", c: h, q: "2", cm: h, a: "strong", d },
  { t: "pledge", c: h, q: "2", b: 1, cm: h, a: "strong", d },
  { t: "revise", r: h, q: "3", b: 0, cm: h, d },
  { t: "revise", r: h, q: "3", cm: h, d },
  { t: "withdraw", r: h, why: "member", cm: h, d },
  { t: "withdraw", r: h, why: "left", n, d },
  { t: "lock", c: h, b: 1, x: h, n, d },
  { t: "release", c: h, x: h, n, d },
  { t: "purchase", c: h, q: "5", m: "4000", k: "receipt", w: "2026-W47", cm: h, d },
  { t: "return", c: h, q: "1", m: "800", k: "none", w: "2026-W47", cm: h, d },
];

function refusal(text: string): string {
  const parsed = parseBookEntry(utf8(text));
  return parsed.ok ? "ok" : parsed.error;
}

describe("book entries", () => {
  test.each(entries)("$t survives the round trip, and its leaf is that of its bytes", (entry) => {
    const bytes = encodeEntry(entry);
    expect(parseBookEntry(bytes)).toEqual({ ok: true, value: { entry, leaf: toBase64url(leafHash(bytes)) } });
  });

  test("are written with sorted keys and no spaces", () => {
    expect(fromUtf8(encodeEntry({ t: "key", d, cm: h }))).toBe(`{"cm":"${h}","d":"${d}","t":"key"}`);
  });

  test.each([
    ["unsorted keys", `{"t":"key","cm":"${h}","d":"${d}"}`],
    ["spaces", `{"cm":"${h}", "d":"${d}","t":"key"}`],
    ["a line feed at the end", `{"cm":"${h}","d":"${d}","t":"key"}\n`],
    ["a duplicate key", `{"cm":"${h}","cm":"${h}","d":"${d}","t":"key"}`],
    ["an escaped letter", `{"cm":"${h}","d":"${d}","t":"k\\u0065y"}`],
    ["a number in another form", '{"t":"new","x":1.0}'],
    ["a byte order mark", `\ufeff{"t":"new"}`],
    ["no JSON", "pledge"],
    ["no object", '"pledge"'],
    ["null", "null"],
  ])("with %s are not canonical", (_, text) => {
    expect(refusal(text)).toBe("entry-not-canonical");
  });

  test.each([
    ["no kind", "{}"],
    ["a kind that is no string", '{"t":1}'],
    ["an unknown field", `{"cm":"${h}","d":"${d}","t":"key","z":1}`],
    ["a missing field", `{"cm":"${h}","t":"key"}`],
    ["quantity zero", `{"a":"strong","c":"${h}","cm":"${h}","d":"${d}","q":"0","t":"interest"}`],
    ["a quantity as a number", `{"a":"strong","c":"${h}","cm":"${h}","d":"${d}","q":2,"t":"interest"}`],
    ["a day that does not exist", `{"cm":"${h}","d":"2026-02-30","t":"key"}`],
    ["an array", '["key"]'],
  ])("with %s break their schema", (_, text) => {
    expect(refusal(text)).toBe("entry-schema");
  });

  test("of a kind a later version adds are kept and not interpreted", () => {
    const bytes = utf8('{"n":"x","t":"conviction","z":[1]}');
    expect(parseBookEntry(bytes)).toEqual({ ok: true, value: { entry: null, leaf: toBase64url(leafHash(bytes)) } });
  });

  test("of 2,048 bytes are read, one byte more is too large", () => {
    const frame = '{"t":"later","x":""}';
    const largest = `{"t":"later","x":"${"x".repeat(MAX_BOOK_ENTRY_BYTES - frame.length)}"}`;
    expect(utf8(largest)).toHaveLength(2048);
    expect(refusal(largest)).toBe("ok");
    expect(refusal(largest.replace("xx", "xxx"))).toBe("entry-too-large");
  });

  test("that are not UTF-8 are refused", () => {
    expect(parseBookEntry(Uint8Array.of(0x22, 0xff, 0x22))).toEqual({ ok: false, error: "entry-not-canonical" });
  });

  test("that no reader would accept are not written", () => {
    expect(() => encodeEntry({ t: "key", cm: "short", d })).toThrow();
  });
});

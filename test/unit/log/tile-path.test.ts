import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTilePath, tilePath } from "../../../shared/log/tiles.ts";
import { vectors } from "../vectors.ts";

interface Paths {
  tile_path: [level: number, index: number, partial: number, path: string][];
  entries_path_for_log_index: [seq: number, logSize: number, path: string][];
  parse_bad: [level: string, rest: string][];
}
const published = vectors("tlog-tiles/paths.json") as Paths;

describe("tile paths", () => {
  test.each(published.tile_path)("level %d index %d partial %d is %s", (level, index, partial, path) => {
    const width = partial === 0 ? 256 : partial;
    expect(tilePath(level, index, width)).toBe(path);
    expect(parseTilePath(path)).toEqual({ level, index, width });
  });

  test.each(published.entries_path_for_log_index)("the bundle with entry %d of %d is %s", (seq, logSize, path) => {
    const index = Math.floor(seq / 256);
    expect(tilePath("entries", index, Math.min(256, logSize - index * 256))).toBe(path);
    expect(parseTilePath(path)).toMatchObject({ level: "entries", index });
  });

  test.each(published.parse_bad)("level %s, %s is no tile", (level, rest) => {
    expect(parseTilePath(`tile/${level}/${rest}`)).toBeNull();
  });

  test.each([
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/0/000.p/05",
    "tile/00/000",
    "tile/64/000",
    "tile/-1/000",
    "tile/0/00",
    "tile/0/0000",
    "tile/0/x000/001",
    "tile/0/X001/002",
    "/tile/0/000",
    "tile/0/000/",
    "tile/0/000.p/1/",
    "tile/entries/x000/000",
    "tile/0/000.p/1\n",
    "tile/entries/000.p/300",
    "tile/e/000",
    "tile/0/１23",
  ])("%j is no tile", (path) => {
    expect(parseTilePath(path)).toBeNull();
  });

  test("level 63 is the last", () => {
    expect(parseTilePath("tile/63/x999/999.p/255")).toEqual({ level: 63, index: 999_999, width: 255 });
  });

  test("an index beyond what a number counts exactly is refused", () => {
    expect(parseTilePath("tile/63/x999/x999/x999/x999/x999/999.p/255")).toBeNull();
  });

  test("each address has one path, and the path leads back to it", () => {
    const level = fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant("entries" as const));
    const index = fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.maxSafeNat());
    fc.assert(
      fc.property(level, index, fc.integer({ min: 1, max: 256 }), (level, index, width) => {
        expect(parseTilePath(tilePath(level, index, width))).toEqual({ level, index, width });
      }),
    );
  });

  test("addresses that do not exist have no path", () => {
    expect(() => tilePath(0, -1)).toThrow(RangeError);
    expect(() => tilePath(0, 0, 0)).toThrow(RangeError);
    expect(() => tilePath(0, 0, 257)).toThrow(RangeError);
    expect(() => tilePath(64, 0)).toThrow(RangeError);
  });
});

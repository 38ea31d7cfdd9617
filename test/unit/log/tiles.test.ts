import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bytes, fromBase64, toBase64, utf8 } from "../../../shared/bytes.ts";
import {
  EMPTY_ROOT,
  emptyFrontier,
  extendFrontier,
  frontierRoot,
  leafHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from "../../../shared/log/merkle.ts";
import {
  type TileReader,
  consistencyProof,
  consistencyTiles,
  edgeTiles,
  extendTiles,
  inclusionProof,
  inclusionTiles,
  rootFromTiles,
  tilePath,
  tileWidth,
} from "../../../shared/log/tiles.ts";
import { vectors } from "../vectors.ts";

/** A log that keeps its tiles as a database would, and refuses reads beyond what the functions say they need. */
class TileStore {
  size = 0;
  root: Bytes = EMPTY_ROOT;
  readonly rows = new Map<string, Bytes>();

  append(leaves: Bytes[]): void {
    const allowed = new Set(edgeTiles(this.size).map(({ level, index }) => `${level}/${index}`));
    const extended = extendTiles(this.size, this.reader(allowed), leaves);
    for (const { level, index, hashes } of extended.tiles) this.rows.set(`${level}/${index}`, hashes);
    this.size = extended.size;
    this.root = extended.root;
  }

  reader(allowed?: Set<string>): TileReader {
    return (level, index) => {
      const name = `${level}/${index}`;
      if (allowed !== undefined && !allowed.has(name)) throw new Error(`tile ${name} was not announced`);
      const hashes = this.rows.get(name);
      if (hashes === undefined) throw new Error(`there is no tile ${name}`);
      return hashes;
    };
  }

  only(tiles: { level: number; index: number }[]): TileReader {
    return this.reader(new Set(tiles.map(({ level, index }) => `${level}/${index}`)));
  }
}

const LEAVES = Array.from({ length: 70_000 }, (_, i) => leafHash(utf8(`entry ${i}`)));
const SIZES = [0, 1, 2, 255, 256, 257, 65_536, 65_537, 70_000];

function storeOf(size: number, batch = size): TileStore {
  const store = new TileStore();
  while (store.size < size) store.append(LEAVES.slice(store.size, Math.min(size, store.size + batch)));
  return store;
}
const stores = new Map(SIZES.map((size) => [size, storeOf(size)]));

describe("tiles", () => {
  const log = vectors("tlog-tiles/tessera-testlog.json") as { entries_utf8: string[]; files: Record<string, string> };
  const checkpoints = vectors("tlog-checkpoint/vectors.json") as { name: string; checkpoint: string }[];

  test("are byte for byte those of the tessera log, with its root at every size", () => {
    const store = new TileStore();
    for (const [i, entry] of log.entries_utf8.entries()) {
      store.append([leafHash(utf8(entry))]);
      expect(toBase64(store.rows.get("0/0")!)).toBe(log.files[`tile/0/000.p/${i + 1}`]);
      const published = checkpoints.find(({ name }) => name === `tessera-testdata-size-${i + 1}`)!;
      expect(published.checkpoint.split("\n")[2]).toBe(toBase64(store.root));
    }
  });

  test("of 70,000 leaves are as the specification counts them", () => {
    const counts = (vectors("tlog-tiles/paths.json") as { tree_70000: Record<string, number> }).tree_70000;
    expect(edgeTiles(70_000)).toEqual([
      { level: 0, index: 273 },
      { level: 1, index: 1 },
      { level: 2, index: 0 },
    ]);
    expect(tileWidth(0, 273, 70_000)).toBe(counts["partial_level0"]);
    expect(tileWidth(1, 1, 70_000)).toBe(counts["partial_level1"]);
    expect(tileWidth(2, 0, 70_000)).toBe(counts["partial_level2"]);
    expect(tileWidth(0, 272, 70_000)).toBe(256);
    expect(tileWidth(0, 274, 70_000)).toBe(0);
    const { rows } = stores.get(70_000)!;
    expect([...rows.keys()].filter((name) => name.startsWith("0/"))).toHaveLength(274);
    expect(rows.get("0/273")).toHaveLength(112 * 32);
    expect(rows.get("1/1")).toHaveLength(17 * 32);
    expect(rows.get("2/0")).toHaveLength(32);
  });

  test.each(SIZES)("of %d leaves have the root of the list and of the compact range", (size) => {
    const store = stores.get(size)!;
    const expected = rootOf(LEAVES.slice(0, size));
    expect(store.root).toEqual(expected);
    expect(rootFromTiles(size, store.only(edgeTiles(size)))).toEqual(expected);
    expect(frontierRoot(extendFrontier(emptyFrontier(), LEAVES.slice(0, size)))).toEqual(expected);
  });

  test("no tile of width 0 is ever written, and widths are those of the size", () => {
    for (const size of [1, 256, 257, 65_536, 65_537]) {
      for (const [name, hashes] of stores.get(size)!.rows) {
        const [level = 0, index = 0] = name.split("/").map(Number);
        expect(hashes.length).toBe(32 * tileWidth(level, index, size));
        expect(() => tilePath(level, index, hashes.length / 32)).not.toThrow();
      }
    }
  });

  test("do not depend on how entries were batched", () => {
    const expected = storeOf(1500).rows;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 12 }), (batches) => {
        const store = new TileStore();
        for (const count of batches) store.append(LEAVES.slice(store.size, Math.min(1500, store.size + count)));
        store.append(LEAVES.slice(store.size, 1500));
        expect(store.rows).toEqual(expected);
        expect(store.root).toEqual(rootOf(LEAVES.slice(0, 1500)));
      }),
      { numRuns: 20 },
    );
  });

  test("a tile shorter than the size needs is an error, not a wrong root", () => {
    const store = stores.get(257)!;
    expect(() => rootFromTiles(300, () => new Uint8Array(32))).toThrow(RangeError);
    expect(() => inclusionProof(0, 257, (level, index) => store.reader()(level, index).subarray(32))).toThrow(
      RangeError,
    );
  });
});

describe("proofs from tiles", () => {
  const size = fc.oneof(fc.constantFrom(1, 2, 255, 256, 257, 511, 512, 513), fc.integer({ min: 1, max: 70_000 }));
  const largest = stores.get(70_000)!;

  test("inclusion: what is made verifies, from a logarithmic number of announced tiles", () => {
    fc.assert(
      fc.property(size, fc.nat(), (size, seed) => {
        const index = seed % size;
        const tiles = inclusionTiles(index, size);
        expect(tiles.length).toBeLessThanOrEqual(6);
        const proof = inclusionProof(index, size, largest.only(tiles));
        const root = rootFromTiles(size, largest.reader());
        expect(verifyInclusion({ leaf: LEAVES[index]!, index, size, proof, root })).toBe(true);
        expect(verifyInclusion({ leaf: LEAVES[index]!, index: index + 1, size, proof, root })).toBe(false);
        expect(verifyInclusion({ leaf: LEAVES[index]!, index, size, proof: [...proof, root], root })).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  test("consistency: what is made verifies, from a logarithmic number of announced tiles", () => {
    fc.assert(
      fc.property(size, fc.nat(), (size2, seed) => {
        const size1 = (seed % size2) + 1;
        const tiles = consistencyTiles(size1, size2);
        expect(tiles.length).toBeLessThanOrEqual(8);
        const proof = consistencyProof(size1, size2, largest.only(tiles));
        const [root1, root2] = [size1, size2].map((each) => rootFromTiles(each, largest.reader())) as [Bytes, Bytes];
        const claim = { size1, root1, size2, root2, proof };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, root1: EMPTY_ROOT })).toBe(false);
        expect(verifyConsistency({ ...claim, root2: EMPTY_ROOT })).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  test("are those an independent implementation made over the tessera log", () => {
    const { entries_utf8 } = vectors("tlog-tiles/tessera-testlog.json") as { entries_utf8: string[] };
    const derived = vectors("derived/tessera-log-proofs.json") as {
      inclusion: { Index: number; Size: number; Proof: string[] | null }[];
      consistency: { Old: number; New: number; Proof: string[] | null }[];
    };
    const store = new TileStore();
    store.append(entries_utf8.map((entry) => leafHash(utf8(entry))));
    for (const { Index, Size, Proof } of derived.inclusion) {
      expect(inclusionProof(Index, Size, store.reader())).toEqual((Proof ?? []).map(fromBase64));
    }
    for (const { Old, New, Proof } of derived.consistency) {
      expect(consistencyProof(Old, New, store.reader())).toEqual((Proof ?? []).map(fromBase64));
    }
  });

  test("from nothing and between equal sizes there is nothing to prove", () => {
    expect(consistencyTiles(0, 70_000)).toEqual([]);
    expect(consistencyTiles(70_000, 70_000)).toEqual([]);
    expect(consistencyProof(300, 300, largest.reader())).toEqual([]);
  });

  test("leaves and sizes the log does not have are errors", () => {
    expect(() => inclusionTiles(5, 5)).toThrow(RangeError);
    expect(() => inclusionTiles(-1, 5)).toThrow(RangeError);
    expect(() => consistencyTiles(6, 5)).toThrow(RangeError);
  });
});

import { array, assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bytes, concat, toHex, utf8 } from "../../../shared/bytes.ts";
import { growLog } from "../../../shared/log/growth.ts";
import { emptyFrontier, type Frontier, leafHash, rootOf } from "../../../shared/log/merkle.ts";
import { extendTiles } from "../../../shared/log/tiles.ts";

const leaves = Array.from({ length: 70_000 }, (_, i) => leafHash(utf8(String(i))));

/** Applies growths to tiles the way a store does, checking that each begins where the tile ended. */
function store() {
  const tiles = new Map<string, Bytes>();
  let frontier: Frontier = emptyFrontier();
  return {
    tiles,
    append(some: Bytes[]): Bytes {
      const grown = growLog(frontier, some);
      for (const { level, index, from, hashes } of grown.tiles) {
        const before = tiles.get(`${level}/${index}`) ?? new Uint8Array();
        expect(before.length).toBe(from * 32);
        tiles.set(`${level}/${index}`, concat(before, hashes));
      }
      frontier = grown.frontier;
      return grown.root;
    },
  };
}

describe("growing a log from its compact range", () => {
  it("gives the root and the tiles that extending the edge gives, however the leaves are batched", () => {
    assert(
      property(array(integer({ min: 0, max: 300 }), { maxLength: 12 }), (batches) => {
        const grown = store();
        const extended = new Map<string, Bytes>();
        let size = 0;
        for (const count of batches) {
          const some = leaves.slice(size, size + count);
          const root = grown.append(some);
          const other = extendTiles(
            size,
            (level, index) => extended.get(`${level}/${index}`) ?? new Uint8Array(),
            some,
          );
          for (const tile of other.tiles) extended.set(`${tile.level}/${tile.index}`, tile.hashes);
          size += count;
          expect(toHex(root)).toBe(toHex(rootOf(leaves.slice(0, size))));
        }
        const hex = (tiles: Map<string, Bytes>) =>
          Object.fromEntries([...tiles].map(([id, hashes]) => [id, toHex(hashes)]));
        expect(hex(grown.tiles)).toEqual(hex(extended));
      }),
      { numRuns: 60 },
    );
  });

  it("fills three levels of a tree of 70,000 leaves", () => {
    const grown = store();
    const root = grown.append(leaves);
    expect(toHex(root)).toBe(toHex(rootOf(leaves)));
    const widths = [...grown.tiles]
      .filter(([id]) => /^(0\/273|1\/1|2\/0)$/.test(id))
      .map(([id, h]) => [id, h.length / 32]);
    expect(widths).toEqual([
      ["0/273", 112],
      ["1/1", 17],
      ["2/0", 1],
    ]);
    expect(grown.tiles.size).toBe(274 + 2 + 1);
  });
});

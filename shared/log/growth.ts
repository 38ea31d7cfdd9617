/**
 * Appending to a log's tiles from its compact range alone: what each tile gains, without reading any of them.
 * `extendTiles` computes the same from the tiles on the edge; this costs about two hashes an entry.
 */
import { type Bytes, concat } from "../bytes.ts";
import { type Frontier, frontierRoot, nodeHash } from "./merkle.ts";
import { TILE_WIDTH } from "./tile-path.ts";

/** A full tile's root is this many levels above its leaves. */
const TILE_HEIGHT = 8;

export interface TileGrowth {
  readonly level: number;
  readonly index: number;
  /** hashes the tile had before */
  readonly from: number;
  /** the hashes it gains, 32 bytes each */
  readonly hashes: Bytes;
}

export interface Growth {
  readonly frontier: Frontier;
  readonly root: Bytes;
  readonly tiles: readonly TileGrowth[];
}

export function growLog(before: Frontier, newLeafHashes: readonly Bytes[]): Growth {
  const peaks = [...before.hashes];
  const gained = new Map<number, Bytes[]>();
  const gain = (level: number, hash: Bytes): void => {
    const hashes = gained.get(level);
    if (hashes) hashes.push(hash);
    else gained.set(level, [hash]);
  };
  let size = before.size;
  for (const leaf of newLeafHashes) {
    gain(0, leaf);
    let hash = leaf;
    let height = 0;
    for (let trailing = size; trailing % 2 === 1; trailing = Math.floor(trailing / 2)) {
      const left = peaks.pop();
      if (left === undefined) throw new RangeError("the frontier has too few hashes for its size");
      hash = nodeHash(left, hash);
      height++;
      if (height % TILE_HEIGHT === 0) gain(height / TILE_HEIGHT, hash);
    }
    peaks.push(hash);
    size++;
  }
  const frontier = { size, hashes: peaks };
  const tiles = [...gained].flatMap(([level, hashes]) => {
    return split(level, Math.floor(before.size / TILE_WIDTH ** level), hashes);
  });
  return { frontier, root: frontierRoot(frontier), tiles };
}

/** The hashes a level gains, from position `held` on, cut at the borders of its tiles. */
function split(level: number, held: number, hashes: readonly Bytes[]): TileGrowth[] {
  const tiles: TileGrowth[] = [];
  for (let at = 0; at < hashes.length;) {
    const from = (held + at) % TILE_WIDTH;
    const part = hashes.slice(at, at + TILE_WIDTH - from);
    tiles.push({ level, index: Math.floor((held + at) / TILE_WIDTH), from, hashes: concat(...part) });
    at += part.length;
  }
  return tiles;
}

/**
 * A log's Merkle tree as C2SP tiles: append, root and proofs from the few tiles they need.
 * A stored tile is a prefix: one row per (level, index) serves every partial width up to its own.
 * Readers return at least the hashes the current size has there; where tiles are kept is the caller's business.
 */
import { type Bytes, concat } from "../bytes.ts";
import { foldPeaks, rootOf } from "./merkle.ts";
import { TILE_WIDTH } from "./tile-path.ts";

export { MAX_ENTRY_BYTES, decodeBundle, encodeBundle } from "./bundle.ts";
export { TILE_WIDTH, parseTilePath, tilePath } from "./tile-path.ts";

export interface TileId {
  readonly level: number;
  readonly index: number;
}
export interface Tile extends TileId {
  /** full prefix content: 32 bytes per hash */
  readonly hashes: Bytes;
}
export type TileReader = (level: number, index: number) => Uint8Array;

/** Leaves lo … hi-1. Every range here splits into perfect, aligned subtrees. */
type Range = readonly [lo: number, hi: number];

const HASH_BYTES = 32;

/** How many hashes the tile has in a tree of `size` leaves; 0 if it does not exist. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, hashes));
}

/** The partial tiles on the right edge, lowest level first: all that an append or the root reads. */
export function edgeTiles(size: number): TileId[] {
  const tiles: TileId[] = [];
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    if (hashes % TILE_WIDTH > 0) tiles.push({ level, index: Math.floor(hashes / TILE_WIDTH) });
  }
  return tiles;
}

/** Appends leaf hashes, reading only `edgeTiles(size)`. Returns the tiles that changed, with their whole content. */
export function extendTiles(
  size: number,
  read: TileReader,
  newLeafHashes: readonly Bytes[],
): { size: number; root: Bytes; tiles: Tile[] } {
  const newSize = size + newLeafHashes.length;
  const changed = new Map<string, Tile>();
  let arriving = newLeafHashes;
  for (let level = 0, held = size; arriving.length > 0; level++, held = Math.floor(held / TILE_WIDTH)) {
    const completed: Bytes[] = [];
    const kept = held % TILE_WIDTH;
    const first = Math.floor(held / TILE_WIDTH);
    const row = kept === 0 ? [] : rowsOf(read(level, first), 0, kept);
    row.push(...arriving);
    for (let at = 0; at < row.length; at += TILE_WIDTH) {
      const hashes = row.slice(at, at + TILE_WIDTH);
      const index = first + at / TILE_WIDTH;
      changed.set(`${level}/${index}`, { level, index, hashes: concat(...hashes) });
      if (hashes.length === TILE_WIDTH) completed.push(rootOf(hashes));
    }
    arriving = completed;
  }
  const readChanged: TileReader = (level, index) => changed.get(`${level}/${index}`)?.hashes ?? read(level, index);
  return { size: newSize, root: rootFromTiles(newSize, readChanged), tiles: [...changed.values()] };
}

export function rootFromTiles(size: number, read: TileReader): Bytes {
  return hashOf([0, size], read);
}

export function inclusionTiles(index: number, size: number): TileId[] {
  return tilesOf(inclusionRanges(index, size));
}

export function consistencyTiles(size1: number, size2: number): TileId[] {
  return tilesOf(consistencyRanges(size1, size2));
}

/** RFC 6962 §2.1.1, sibling of the leaf first. */
export function inclusionProof(index: number, size: number, read: TileReader): Bytes[] {
  return inclusionRanges(index, size).map((range) => hashOf(range, read));
}

/** RFC 6962 §2.1.2; empty from size 0 and between equal sizes. */
export function consistencyProof(size1: number, size2: number, read: TileReader): Bytes[] {
  return consistencyRanges(size1, size2).map((range) => hashOf(range, read));
}

function inclusionRanges(index: number, size: number): Range[] {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new RangeError(`leaf ${index} of ${size}`);
  }
  const siblings: Range[] = [];
  let [lo, hi] = [0, size];
  while (hi - lo > 1) {
    const middle = lo + splitOf(hi - lo);
    siblings.push(index < middle ? [middle, hi] : [lo, middle]);
    if (index < middle) hi = middle;
    else lo = middle;
  }
  return siblings.toReversed();
}

function consistencyRanges(size1: number, size2: number): Range[] {
  if (!Number.isSafeInteger(size1) || !Number.isSafeInteger(size2) || size1 < 0 || size1 > size2) {
    throw new RangeError(`from ${size1} to ${size2}`);
  }
  if (size1 === 0) return [];
  const siblings: Range[] = [];
  let [lo, hi] = [0, size2];
  while (size1 !== hi) {
    const middle = lo + splitOf(hi - lo);
    siblings.push(size1 <= middle ? [middle, hi] : [lo, middle]);
    if (size1 <= middle) hi = middle;
    else lo = middle;
  }
  // the old tree's last subtree, unless it is the whole old tree, whose root the verifier has
  if (lo > 0) siblings.push([lo, hi]);
  return siblings.toReversed();
}

function tilesOf(ranges: readonly Range[]): TileId[] {
  const tiles = new Map<string, TileId>();
  for (const range of ranges) {
    for (const perfect of perfectRanges(range)) {
      const { level, index } = locate(perfect);
      tiles.set(`${level}/${index}`, { level, index });
    }
  }
  return [...tiles.values()];
}

function hashOf(range: Range, read: TileReader): Bytes {
  const peaks = perfectRanges(range).map((perfect) => {
    const { level, index, from, count } = locate(perfect);
    return rootOf(rowsOf(read(level, index), from, count));
  });
  return foldPeaks(peaks);
}

function perfectRanges([lo, hi]: Range): Range[] {
  const ranges: Range[] = [];
  for (let at = lo; at < hi;) {
    const length = splitOf(hi - at + 1);
    ranges.push([at, at + length]);
    at += length;
  }
  return ranges;
}

/** Where the hash of a perfect subtree comes from: the root of `count` neighbouring hashes of one tile. */
function locate([lo, hi]: Range): TileId & { from: number; count: number } {
  let level = 0;
  let [position, count] = [lo, hi - lo];
  while (count >= TILE_WIDTH) {
    level++;
    position /= TILE_WIDTH;
    count /= TILE_WIDTH;
  }
  return { level, index: Math.floor(position / TILE_WIDTH), from: position % TILE_WIDTH, count };
}

function rowsOf(tile: Uint8Array, from: number, count: number): Bytes[] {
  if (tile.length < (from + count) * HASH_BYTES) throw new RangeError("the tile is shorter than the log's size needs");
  const rows: Bytes[] = [];
  for (let row = from; row < from + count; row++) {
    rows.push(new Uint8Array(tile.subarray(row * HASH_BYTES, (row + 1) * HASH_BYTES)));
  }
  return rows;
}

/** Largest power of two strictly below n. */
function splitOf(n: number): number {
  let split = 1;
  while (split * 2 < n) split *= 2;
  return split;
}

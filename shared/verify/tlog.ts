/**
 * Reads a whole C2SP tiled log: every entry bundle and every tile of every level. Tiles are recomputed from the
 * entries and compared byte for byte, and lead to the signed root. Knows nothing of what the entries say.
 */
import { type Bytes, concat, equal, fromUtf8 } from "../bytes.ts";
import { type Checkpoint, openCheckpoint } from "../log/checkpoint.ts";
import {
  type Frontier,
  emptyFrontier,
  extendFrontier,
  foldPeaks,
  leafHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from "../log/merkle.ts";
import {
  TILE_WIDTH,
  type TileId,
  type TileReader,
  consistencyProof,
  consistencyTiles,
  decodeBundle,
  inclusionProof,
  inclusionTiles,
  tilePath,
  tileWidth,
} from "../log/tiles.ts";
import type { Evidence } from "../protocol/evidence.ts";
import { EXIT, type Exit, Fault } from "./report.ts";
import { fetchIfThere, fetchText } from "./fetch.ts";
import type { Source } from "./source.ts";

export interface Log {
  source: Source;
  /** "/log" or "/book" */
  prefix: string;
  vkey: string;
  /** keys that its own entries show it was signed with at another time: what it signed then is still its own */
  others?: readonly string[];
  origin: string;
  /** longest entry the protocol allows in this log */
  maxEntryBytes: number;
}

export interface Chunk {
  /** index of the first entry */
  start: number;
  entries: Bytes[];
  leaves: Bytes[];
}

export const MAX_NOTE_BYTES = 65_536;
/** Bundles fetched ahead of the one being checked. */
const AHEAD = 4;
const HASH_BYTES = 32;
/** A log larger than this is not read to the end by one run. */
export const MAX_ENTRIES = 50_000_000;

/** `missing`: the exit code where there is none. */
export async function fetchCheckpoint(log: Log, missing?: Exit): Promise<Checkpoint & { note: string }> {
  const note = await fetchText(log.source, `${log.prefix}/checkpoint`, MAX_NOTE_BYTES, missing);
  return { ...(await openNote(log, note)), note };
}

/** The newest head, where the log shows one beside the checkpoint that its witnesses have seen. */
export async function fetchNewest(log: Log): Promise<(Checkpoint & { note: string }) | null> {
  const bytes = await fetchIfThere(log.source, `${log.prefix}/head`, MAX_NOTE_BYTES);
  if (bytes === null) return null;
  let note: string;
  try {
    note = fromUtf8(bytes);
  } catch {
    throw new Fault("not-text", `${log.source.name}${log.prefix}/head is not UTF-8 text`);
  }
  return { ...(await openNote(log, note)), note };
}

export async function openNote(log: Pick<Log, "vkey" | "others" | "origin">, note: string): Promise<Checkpoint> {
  let opened = await openCheckpoint(note, log.vkey, log.origin);
  for (const vkey of log.others ?? []) {
    if (!opened.ok && opened.error === "note-unsigned") opened = await openCheckpoint(note, vkey, log.origin);
  }
  if (!opened.ok) throw new Fault(opened.error, `the checkpoint is not one of ${log.origin} (${opened.error})`);
  if (opened.value.size > MAX_ENTRIES)
    throw new Fault("too-large", `${opened.value.size} entries are too many to read`);
  return opened.value;
}

/** Yields the entries in order; what they were worth is known when the generator ends without a fault. */
export async function* readLog(log: Log, head: Checkpoint): AsyncGenerator<Chunk> {
  const bundles = Math.ceil(head.size / TILE_WIDTH);
  const fetching: Promise<Fetched>[] = [];
  const fetchNext = (index: number) => {
    if (index >= bundles) return;
    const fetched = fetchBundle(log, index, head.size);
    fetched.catch(() => {});
    fetching.push(fetched);
  };
  for (let index = 0; index < AHEAD; index += 1) fetchNext(index);
  const tiles = new TileCheck(log, head.size);
  // of the roots of full bundles: their leaves need not be hashed together once more
  let full: Frontier = emptyFrontier();
  let last: readonly Bytes[] = [];
  for (let index = 0; index < bundles; index += 1) {
    const fetched = fetching.shift();
    fetchNext(index + AHEAD);
    if (fetched === undefined) throw new Error("a bundle was not requested");
    const { entries, tile } = await fetched;
    const leaves = entries.map((entry) => leafHash(entry));
    tiles.compare(0, index, leaves, tile);
    if (leaves.length === TILE_WIDTH) {
      const above = rootOf(leaves);
      full = extendFrontier(full, [above]);
      await tiles.raise(1, above);
    } else last = extendFrontier(emptyFrontier(), leaves).hashes;
    yield { start: index * TILE_WIDTH, entries, leaves };
  }
  await tiles.finish();
  if (!equal(foldPeaks([...full.hashes, ...last]), head.root)) {
    throw new Fault(
      "root-mismatch",
      `the ${head.size} entries of ${log.origin} do not hash to the root that was signed`,
    );
  }
}

/** The leaf that stands at `index` under `head`, and its path; a fault when what is served does not lead there. */
export async function readLeaf(log: Log, head: Checkpoint, index: number): Promise<{ leaf: Bytes; proof: Bytes[] }> {
  const { size, root } = head;
  const tile = Math.floor(index / TILE_WIDTH);
  const hashes = await fetchTile(log, 0, tile, tileWidth(0, tile, size), TILE_WIDTH * HASH_BYTES);
  const at = (index % TILE_WIDTH) * HASH_BYTES;
  const leaf = new Uint8Array(hashes.subarray(at, at + HASH_BYTES));
  const proof = await proveEntry(log, head, index);
  if (!verifyInclusion({ leaf, index, size, proof, root }))
    throw new Fault("proof-invalid", `leaf ${index} of ${log.origin} is not under its signed root`, { index });
  return { leaf, proof };
}

/** One entry with what proves it to stand at `index` under `head`; a fault when what is served does not. */
export async function readEntry(log: Log, head: Checkpoint, index: number): Promise<{ entry: Bytes; proof: Bytes[] }> {
  const { entries } = await fetchBundle(log, Math.floor(index / TILE_WIDTH), head.size);
  const entry = entries[index % TILE_WIDTH];
  const proof = await proveEntry(log, head, index);
  const { size, root } = head;
  if (entry === undefined || !verifyInclusion({ leaf: leafHash(entry), index, size, proof, root }))
    throw new Fault("proof-invalid", `entry ${index} of ${log.origin} is not under its signed root`, { index });
  return { entry, proof };
}

/** The path of a leaf, from the log's own tiles. */
export async function proveEntry(log: Log, { size }: Checkpoint, index: number): Promise<Bytes[]> {
  const tiles = await fetchTiles(log, inclusionTiles(index, size), size);
  try {
    return inclusionProof(index, size, tiles);
  } catch {
    throw new Fault("tile-mismatch", `tiles of ${log.origin} are shorter than its size needs`);
  }
}

async function fetchTiles(log: Log, wanted: readonly TileId[], size: number): Promise<TileReader> {
  const tiles = new Map<string, Bytes>();
  for (const { level, index } of wanted) {
    const width = tileWidth(level, index, size);
    tiles.set(`${level}/${index}`, await fetchTile(log, level, index, width, TILE_WIDTH * HASH_BYTES));
  }
  return (level, index) => tiles.get(`${level}/${index}`) ?? new Uint8Array(0);
}

interface Fetched {
  entries: Bytes[];
  tile: Bytes;
}

async function fetchBundle(log: Log, index: number, size: number): Promise<Fetched> {
  const width = tileWidth(0, index, size);
  const [bundle, tile] = await Promise.all([
    fetchTile(log, "entries", index, width, width * (log.maxEntryBytes + 2)),
    fetchTile(log, 0, index, width, TILE_WIDTH * HASH_BYTES),
  ]);
  let entries: Bytes[];
  try {
    entries = decodeBundle(bundle);
  } catch {
    throw new Fault("bundle-malformed", `entry bundle ${index} of ${log.origin} is malformed`, {
      index: index * TILE_WIDTH,
    });
  }
  if (entries.length !== width) {
    throw new Fault(
      "bundle-malformed",
      `entry bundle ${index} of ${log.origin} has ${entries.length} entries, not ${width}`,
      {
        index: index * TILE_WIDTH,
      },
    );
  }
  return { entries, tile };
}

/** A partial tile may be gone once the full one exists (C2SP tlog-tiles). Its prefix is the partial one. */
async function fetchTile(
  log: Log,
  level: number | "entries",
  index: number,
  width: number,
  maxBytes: number,
): Promise<Bytes> {
  const found = await fetchIfThere(log.source, `${log.prefix}/${tilePath(level, index, width)}`, maxBytes);
  if (found !== null) return found;
  const path = tilePath(level, index);
  const fullBytes = level === "entries" ? TILE_WIDTH * (log.maxEntryBytes + 2) : TILE_WIDTH * HASH_BYTES;
  const full = width === TILE_WIDTH ? null : await fetchIfThere(log.source, `${log.prefix}/${path}`, fullBytes);
  if (full === null) throw new Fault("missing", `${path} of ${log.origin} is not there`);
  if (level !== "entries") return new Uint8Array(full.subarray(0, width * HASH_BYTES));
  let end = 0;
  for (let entry = 0; entry < width; entry += 1) end += 2 + (full[end] ?? 0) * 256 + (full[end + 1] ?? 0);
  return new Uint8Array(full.subarray(0, end));
}

/** Rebuilds the levels above 0 from the roots of full tiles, comparing each tile as soon as it is complete. */
class TileCheck {
  readonly #log: Log;
  readonly #size: number;
  /** by level: index of the tile being filled, and its hashes so far */
  readonly #open: { index: number; hashes: Bytes[] }[] = [];

  constructor(log: Log, size: number) {
    this.#log = log;
    this.#size = size;
  }

  compare(level: number, index: number, hashes: readonly Bytes[], served: Bytes): void {
    if (equal(concat(...hashes), served)) return;
    throw new Fault(
      "tile-mismatch",
      `tile ${index} of level ${level} of ${this.#log.origin} is not the hash of what it covers`,
    );
  }

  async raise(level: number, hash: Bytes): Promise<void> {
    const tile = (this.#open[level] ??= { index: 0, hashes: [] });
    tile.hashes.push(hash);
    if (tile.hashes.length < TILE_WIDTH) return;
    this.#open[level] = { index: tile.index + 1, hashes: [] };
    await this.#fetchAndCompare(level, tile);
    await this.raise(level + 1, rootOf(tile.hashes));
  }

  async finish(): Promise<void> {
    for (const [level, tile] of this.#open.entries()) {
      if (tile !== undefined && tile.hashes.length > 0) await this.#fetchAndCompare(level, tile);
    }
  }

  async #fetchAndCompare(level: number, tile: { index: number; hashes: Bytes[] }): Promise<void> {
    const width = tileWidth(level, tile.index, this.#size);
    const served = await fetchTile(this.#log, level, tile.index, width, TILE_WIDTH * HASH_BYTES);
    this.compare(level, tile.index, tile.hashes, served);
  }
}

/** All signed heads of one log seen so far; two of one size must have one root. */
export class Heads {
  readonly #log: Log;
  readonly #seen = new Map<number, { root: Bytes; note: string | undefined }>();

  constructor(log: Log) {
    this.#log = log;
  }

  see({ size, root, note }: Pick<Checkpoint, "size" | "root"> & { note?: string }): void {
    const known = this.#seen.get(size);
    if (known !== undefined && !equal(known.root, root)) {
      const notes = known.note === undefined || note === undefined ? undefined : ([known.note, note] as const);
      throw splitView(this.#log, size, notes);
    }
    this.#seen.set(size, { root, note: note ?? known?.note });
  }

  /** Proves that the smaller of two signed heads is a prefix of the larger, from the log's own tiles. */
  async prove(a: Checkpoint, b: Checkpoint): Promise<void> {
    this.see(a);
    this.see(b);
    const [older, newer] = a.size <= b.size ? [a, b] : [b, a];
    if (older.size === 0 || older.size === newer.size) return;
    const tiles = await fetchTiles(this.#log, consistencyTiles(older.size, newer.size), newer.size);
    let proof: Bytes[];
    try {
      proof = consistencyProof(older.size, newer.size, tiles);
    } catch {
      throw new Fault("tile-mismatch", `tiles of ${this.#log.origin} are shorter than its size needs`);
    }
    const claim = { size1: older.size, root1: older.root, size2: newer.size, root2: newer.root, proof };
    if (!verifyConsistency(claim)) {
      throw new Fault(
        "not-consistent",
        `size ${older.size} of ${this.#log.origin} is not a prefix of size ${newer.size}`,
        { exit: EXIT.splitView },
      );
    }
  }
}

/** With both notes, and where the log's key is one that others know too, it can be shown to them. */
export function splitView(
  { prefix, origin, vkey }: Pick<Log, "prefix" | "origin" | "vkey">,
  size: number,
  notes?: readonly [string, string],
): Fault {
  const detail = `${origin} signed two different trees of size ${size}`;
  if (notes === undefined || prefix !== "/log") return new Fault("split-view", detail, { exit: EXIT.splitView });
  const evidence: Evidence = {
    v: 1,
    hub: { origin, vkey },
    anchors: [],
    kind: "fork",
    log: origin,
    notes: [...notes],
    place: null,
  };
  return new Fault("split-view", detail, { exit: EXIT.splitView, evidence });
}

/** A tiled log written into a folder, in the layout that any static server may serve (C2SP tlog-tiles). Only grows. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toBase64url, type Bytes } from "../../shared/bytes.ts";
import { formatCheckpoint } from "../../shared/log/checkpoint.ts";
import { emptyFrontier, extendFrontier, frontierRoot, leafHash, type Frontier } from "../../shared/log/merkle.ts";
import { noteSigner, signNote, type NoteSigner } from "../../shared/log/note.ts";
import { formatProof } from "../../shared/log/proof.ts";
import {
  TILE_WIDTH,
  encodeBundle,
  extendTiles,
  inclusionProof,
  tilePath,
  tileWidth,
  type Tile,
} from "../../shared/log/tiles.ts";

export interface FolderLog {
  readonly size: number;
  readonly root: Bytes;
  append(entry: Bytes): Promise<{ index: number; leaf: string }>;
  checkpoint(): Promise<string>;
  /** Writes what is not full yet, the hash tiles and the checkpoint with these signatures below it. */
  finish(cosign?: (note: string) => Promise<string>): Promise<FinishedLog>;
}
export interface FinishedLog {
  readonly note: string;
  /** a tlog-proof; null for a leaf that is not in the log */
  proof(leaf: string): string | null;
}

export async function folderLog(folder: string, origin: string, skey: string): Promise<FolderLog> {
  const signer: NoteSigner = await noteSigner(skey);
  const leaves: Bytes[] = [];
  let open: Bytes[] = [];
  let frontier: Frontier = emptyFrontier();

  async function write(path: string, content: Uint8Array | string): Promise<void> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  async function writeBundle(): Promise<void> {
    const index = Math.floor((leaves.length - 1) / TILE_WIDTH);
    const full = encodeBundle(open);
    const width = open.length;
    open = [];
    await write(tilePath("entries", index, width), full);
  }
  async function checkpoint(): Promise<string> {
    return await signNote(formatCheckpoint({ origin, size: leaves.length, root: frontierRoot(frontier) }), [signer]);
  }

  return {
    get size() {
      return leaves.length;
    },
    get root() {
      return frontierRoot(frontier);
    },
    async append(entry) {
      const hash = leafHash(entry);
      leaves.push(hash);
      open.push(entry);
      frontier = extendFrontier(frontier, [hash]);
      if (open.length === TILE_WIDTH) await writeBundle();
      return { index: leaves.length - 1, leaf: toBase64url(hash) };
    },
    checkpoint,
    async finish(cosign = (note) => Promise.resolve(note)) {
      if (open.length > 0) await writeBundle();
      const { tiles } = extendTiles(0, () => new Uint8Array(0), leaves);
      for (const { level, index, hashes } of tiles)
        await write(tilePath(level, index, tileWidth(level, index, leaves.length)), hashes);
      const note = await cosign(await checkpoint());
      await write("checkpoint", note);
      return { note, proof: prover(leaves, tiles, note) };
    },
  };
}

function prover(leaves: readonly Bytes[], tiles: readonly Tile[], checkpoint: string): FinishedLog["proof"] {
  const byPlace = new Map(tiles.map(({ level, index, hashes }) => [`${level}/${index}`, hashes]));
  const indexes = new Map(leaves.map((leaf, index) => [toBase64url(leaf), index]));
  return (leaf) => {
    const index = indexes.get(leaf);
    if (index === undefined) return null;
    const hashes = inclusionProof(
      index,
      leaves.length,
      (level, at) => byPlace.get(`${level}/${at}`) ?? new Uint8Array(0),
    );
    return formatProof({ index, hashes, checkpoint });
  };
}

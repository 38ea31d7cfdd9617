/** What signed trees say: heads under a logged key, and hashes at places in them. */
import { type Bytes, fromBase64url, toBase64url } from "../bytes.ts";
import { type Checkpoint, openCheckpoint } from "../log/checkpoint.ts";
import { verifyInclusion } from "../log/merkle.ts";
import { type Tile, extendTiles, inclusionProof } from "../log/tiles.ts";
import { type Result, ok } from "../result.ts";
import type { Keys } from "./keys.ts";
import { type NotEvidence, refuse } from "./refusal.ts";

export async function openHead(keys: Keys, log: string, note: string): Promise<Result<Checkpoint, NotEvidence>> {
  const vkeys = keys.vkeysOf(log);
  if (vkeys.length === 0) return refuse("key-unknown", `no anchor gives a key of ${log}`);
  for (const vkey of vkeys) {
    const opened = await openCheckpoint(note, vkey, log);
    if (opened.ok) return opened;
  }
  return refuse("signature-invalid", `a checkpoint is not one of ${log}`);
}

/**
 * Whether the tree has `hash` as its subtree of 2^level leaves at `index`. A tree over more leaves than that has, above
 * that level, the shape of one over as many subtrees, so a subtree is proven like a leaf. It must be complete.
 */
export function hasHash(
  { size, root }: Checkpoint,
  place: { level: number; index: number; hash: Bytes; proof: readonly string[] },
): boolean {
  const width = 2 ** place.level;
  if (!Number.isSafeInteger((place.index + 1) * width) || (place.index + 1) * width > size) return false;
  const claim = { leaf: place.hash, index: place.index, size: Math.ceil(size / width), root };
  return verifyInclusion({ ...claim, proof: place.proof.map(fromBase64url) });
}

/** The same as a refusal. */
export function requireHash(head: Checkpoint, place: Parameters<typeof hasHash>[1]): Result<null, NotEvidence> {
  return hasHash(head, place)
    ? ok(null)
    : refuse("proof-invalid", `entry ${place.index} is not proven to be what it is said to be`);
}

/** The path of a leaf among all the leaves of a tree, as documents carry it. */
export function pathAmong(leaves: readonly Bytes[], index: number): string[] {
  const { tiles } = extendTiles(0, () => new Uint8Array(0), leaves);
  const found = new Map<string, Tile>(tiles.map((tile) => [`${tile.level}/${tile.index}`, tile]));
  const read = (level: number, at: number): Bytes => found.get(`${level}/${at}`)?.hashes ?? new Uint8Array(0);
  return inclusionProof(index, leaves.length, read).map(toBase64url);
}

/**
 * A hub's newest head as a node reads it while the hub's log key changes (docs/protocol.md §1): under the key it knows or the
 * one it is told of, held against what this node has seen of the log, with entries and their place proven by the tiles.
 * What witnesses have seen may be older than the change, so /log/checkpoint and its proofs would not lead there.
 */
import { type Bytes, equal, fromBase64, fromBase64url, fromUtf8 } from "../../shared/bytes.ts";
import { type Checkpoint, openCheckpoint } from "../../shared/log/checkpoint.ts";
import { leafHash, verifyConsistency, verifyInclusion } from "../../shared/log/merkle.ts";
import {
  consistencyProof,
  consistencyTiles,
  inclusionProof,
  inclusionTiles,
  tilePath,
  tileWidth,
} from "../../shared/log/tiles.ts";
import { hashOf } from "../lib/witness/witness.ts";
import type { Peer } from "../lib/remote.ts";
import { type HubAddress, readBundle } from "./hub-client.ts";

/** The key that signed it is that of the address. */
export interface HubHead extends Checkpoint {
  at: HubAddress;
}

const MAX_NOTE_BYTES = 64 * 1024;
const TILE_BYTES = 256 * 32;

/** Under the first of these keys that has signed it; null where none has. */
export async function readNewest(
  peer: Peer,
  { url, origin }: Pick<HubAddress, "url" | "origin">,
  vkeys: readonly string[],
): Promise<HubHead | null> {
  const response = await peer.get(`${url}/log/head`, { maxBytes: MAX_NOTE_BYTES });
  if (!response.ok || response.value.status !== 200) return null;
  let note: string;
  try {
    note = fromUtf8(response.value.bytes);
  } catch {
    return null;
  }
  for (const vkey of vkeys) {
    const opened = await openCheckpoint(note, vkey, origin);
    if (opened.ok) return { ...opened.value, at: { url, origin, vkey } };
  }
  return null;
}

/** Whether this head continues the largest that this node has cosigned or watched; true where it has seen none. */
export async function extendsWhatWasSeen(db: D1Database, peer: Peer, head: HubHead): Promise<boolean> {
  const { origin } = head.at;
  const seen = await db
    .prepare(
      `SELECT size, root FROM (SELECT size, root FROM witnessed WHERE id = ?1
       UNION ALL SELECT size, root FROM hub_watch WHERE hub = ?2 AND size IS NOT NULL) ORDER BY size DESC LIMIT 1`,
    )
    .bind(hashOf(origin), origin)
    .first<{ size: number; root: string }>();
  if (seen === null || seen.size === 0) return true;
  const root = fromBase64(seen.root);
  if (seen.size >= head.size) return seen.size === head.size && equal(root, head.root);
  const read = await tilesOf(peer, head, consistencyTiles(seen.size, head.size));
  if (read === null) return false;
  const proof = consistencyProof(seen.size, head.size, read);
  return verifyConsistency({ size1: seen.size, root1: root, size2: head.size, root2: head.root, proof });
}

/** The entry at this index, if it has this leaf hash and the head proves it. */
export async function readEntryAt(peer: Peer, head: HubHead, index: number, leaf: string): Promise<string | null> {
  if (index >= head.size) return null;
  const bundle = await readBundle(peer, head.at, Math.floor(index / 256), head.size);
  const entry = bundle.ok ? bundle.value[index % 256] : undefined;
  if (entry === undefined || !equal(leafHash(entry), fromBase64url(leaf))) return null;
  const read = await tilesOf(peer, head, inclusionTiles(index, head.size));
  if (read === null) return null;
  const proof = inclusionProof(index, head.size, read);
  const isThere = verifyInclusion({ index, size: head.size, leaf: leafHash(entry), proof, root: head.root });
  return isThere ? fromUtf8(entry) : null;
}

/** All of these tiles, or null. */
async function tilesOf(
  peer: Peer,
  { at, size }: HubHead,
  ids: readonly { level: number; index: number }[],
): Promise<((level: number, index: number) => Bytes) | null> {
  const tiles = new Map<string, Bytes>();
  for (const { level, index } of ids) {
    const path = tilePath(level, index, tileWidth(level, index, size));
    const response = await peer.get(`${at.url}/log/${path}`, { maxBytes: TILE_BYTES });
    if (!response.ok || response.value.status !== 200) return null;
    if (response.value.bytes.length !== tileWidth(level, index, size) * 32) return null;
    tiles.set(`${String(level)}/${String(index)}`, response.value.bytes);
  }
  return (level, index) => tiles.get(`${String(level)}/${String(index)}`) ?? new Uint8Array();
}

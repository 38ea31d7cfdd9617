/** This worker's own log as its witnesses are shown it: the committed head, proofs from what they hold, and where they are. */
import { type Bytes, fromHex } from "../../../shared/bytes.ts";
import { consistencyProof, consistencyTiles } from "../../../shared/log/tiles.ts";
import { jsonParameter } from "../d1.ts";
import type { LogKeys } from "../log-read.ts";
import { tileKey } from "../log-schema.ts";
import type { Peer } from "../remote.ts";

export interface OwnLog {
  db: D1Database;
  keys: LogKeys;
  peer: Peer;
  /** Unix seconds */
  nowS: number;
}

/** A witness that is asked: `<url>/add-checkpoint`, `<url>/<hash>/checkpoint`. */
export interface AskedWitness {
  vkey: string;
  url: string;
}

/** The consistency proofs from several sizes to one, by size; one query however many. */
export async function consistencyProofs(
  db: D1Database,
  sizes: readonly number[],
  to: number,
): Promise<Map<number, Bytes[]>> {
  const distinct = [...new Set(sizes)].filter((size) => size <= to);
  const ids = new Set(
    distinct.flatMap((size) => consistencyTiles(size, to).map(({ level, index }) => tileKey(level, index))),
  );
  const tiles = new Map<number, Bytes>();
  if (ids.size > 0) {
    const { results } = await db
      .prepare("SELECT id, hex(hashes) AS hashes FROM log_tile WHERE id IN (SELECT value FROM json_each(?))")
      .bind(jsonParameter([...ids]))
      .all<{ id: number; hashes: string }>();
    for (const { id, hashes } of results) tiles.set(id, fromHex(hashes.toLowerCase()));
  }
  const read = (level: number, index: number): Bytes => tiles.get(tileKey(level, index)) ?? new Uint8Array();
  return new Map(distinct.map((size) => [size, consistencyProof(size, to, read)]));
}

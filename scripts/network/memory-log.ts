/** A log in memory that can be forked: its leaves, its key, and what it would send to a witness. */
import { type Bytes, concat, sha256, utf8 } from "../../shared/bytes.ts";
import { signCheckpoint } from "../../shared/log/checkpoint.ts";
import { leafHash, rootOf } from "../../shared/log/merkle.ts";
import { type NoteSigner, generateNoteKey, noteSigner } from "../../shared/log/note.ts";
import { consistencyProof } from "../../shared/log/tiles.ts";
import { formatAddCheckpoint } from "../../shared/witness/request.ts";

export interface MemoryLog {
  origin: string;
  vkey: string;
  leaves: Bytes[];
  grow(count: number): void;
  fork(at: number, count: number): MemoryLog;
  root(size?: number): Bytes;
  checkpoint(size?: number): Promise<string>;
  proof(from: number, to?: number): Bytes[];
  request(old: number, size?: number): Promise<string>;
}

let leaf = 0;

export async function memoryLog(origin = "hub.example.org/log", seed = origin): Promise<MemoryLog> {
  const { skey, vkey } = await generateNoteKey(origin, sha256(utf8(seed)));
  return logOf(origin, vkey, await noteSigner(skey), []);
}

function logOf(origin: string, vkey: string, key: NoteSigner, leaves: Bytes[]): MemoryLog {
  const log: MemoryLog = {
    origin,
    vkey,
    leaves,
    grow(count) {
      for (let i = 0; i < count; i += 1) leaves.push(leafHash(utf8(`entry ${String((leaf += 1))}`)));
    },
    fork(at, count) {
      const other = logOf(origin, vkey, key, leaves.slice(0, at));
      other.grow(count);
      return other;
    },
    root: (size = leaves.length) => rootOf(leaves.slice(0, size)),
    checkpoint: async (size = leaves.length) => await signCheckpoint({ origin, size, root: log.root(size) }, key),
    proof: (from, to = leaves.length) =>
      consistencyProof(from, to, (level, index) => {
        const span = 256 ** level;
        const hashes: Bytes[] = [];
        for (let at = index * 256; at < (index + 1) * 256 && (at + 1) * span <= leaves.length; at += 1) {
          hashes.push(rootOf(leaves.slice(at * span, (at + 1) * span)));
        }
        return concat(...hashes);
      }),
    request: async (old, size = leaves.length) =>
      formatAddCheckpoint({
        old,
        proof: old <= size ? log.proof(old, size) : [],
        note: await log.checkpoint(size),
      }),
  };
  return log;
}

/**
 * The read side of a log on D1: checkpoint, tiles, entry bundles and proofs, always as of a committed head and
 * never beyond it. The checkpoint is signed on read: Ed25519 is deterministic, so the note is a pure function
 * of durable rows. At most two D1 round trips each.
 */
import { type Bytes, fromBase64url, fromHex, toBase64, toBase64url, utf8 } from "../../shared/bytes.ts";
import { formatCheckpoint } from "../../shared/log/checkpoint.ts";
import { type NoteSigner, noteSigner, signNote } from "../../shared/log/note.ts";
import { formatProof } from "../../shared/log/proof.ts";
import { encodeBundle, inclusionProof, inclusionTiles, TILE_WIDTH, tileWidth } from "../../shared/log/tiles.ts";
import { jsonParameter, rowsOf } from "./d1.ts";
import { tileKey } from "./log-schema.ts";
import { headOf, headQuery, type LogHead, readHead } from "./log-store.ts";

/** Whose log it is: the origin of its checkpoints and the signed-note private key. */
export interface LogKeys {
  origin: string;
  skey: string;
  /** the key to come: while it is here, both sign, and readers who know either are served (docs/protocol.md §1) */
  next?: string | null;
  /** verifier keys this log was signed with before: nothing is signed with them any more, but others still hold what was */
  former?: readonly string[];
  /** where this is a copy: the newest head as it was signed, because nothing is signed here */
  newest?: string | null;
  /** at most one row `{size, note}`: the head to be relied on where that is not the newest one */
  witnessedHead?: (db: D1Database) => D1PreparedStatement;
}

/** A head with its signatures, as readers get it. */
export interface ServedHead {
  size: number;
  note: string;
}

const HASH_BYTES = 32;
/** As hex: D1 would carry a blob as a JSON array of numbers, at twice the size. */
const TILES_SQL = "SELECT id, hex(hashes) AS hashes FROM log_tile WHERE";
interface TileRow {
  id: number;
  hashes: string;
}
const signers = new Map<string, Promise<NoteSigner>>();

/** Imported once per isolate. */
export function signerOf(skey: string): Promise<NoteSigner> {
  let signer = signers.get(skey);
  if (!signer) {
    signer = noteSigner(skey);
    signers.set(skey, signer);
  }
  return signer;
}

/** Every verifier key that a note of this log may be signed with. */
export async function vkeysOf({ skey, next, former = [] }: LogKeys): Promise<string[]> {
  const held = await Promise.all((next ? [skey, next] : [skey]).map(signerOf));
  return [...held.map(({ vkey }) => vkey), ...former];
}

/** The log that this head is of: a book that is not the first has its number in its name (docs/protocol.md §2). */
export function originOfLog({ origin }: Pick<LogKeys, "origin">, { log }: Pick<LogHead, "log">): string {
  return log === 1 ? origin : `${origin}/${String(log)}`;
}

/** The signed note of a head that was read from the database, and only of such a head. */
export async function checkpointOf(head: LogHead, keys: LogKeys): Promise<string> {
  const { size, root } = head;
  const origin = originOfLog(keys, head);
  const skeys = keys.next ? [keys.skey, keys.next] : [keys.skey];
  return await signNote(formatCheckpoint({ origin, size, root }), await Promise.all(skeys.map(signerOf)));
}

/** The newest head, whoever has seen it. */
export async function readNewest(db: D1Database, keys: LogKeys, log = 1): Promise<string | null> {
  if (keys.newest) return keys.newest;
  const head = await readHead(db);
  return isOf(head, log) ? await checkpointOf(head, keys) : null;
}

/** Null: this worker is in another log. */
export async function readCheckpoint(db: D1Database, keys: LogKeys, log = 1): Promise<string | null> {
  const results = await db.batch(servedReads(db, keys));
  return isOf(headOf(rowsOf(results[0])), log) ? (await servedOf(results, keys)).note : null;
}

/** A log that nothing was written to yet is the first one. */
function isOf(head: LogHead, log: number): boolean {
  return head.log === log;
}

/** Reads whose results `servedOf` understands. */
function servedReads(db: D1Database, keys: LogKeys): D1PreparedStatement[] {
  return [
    headQuery(db),
    db.prepare(
      "SELECT line, root FROM cosigner WHERE line IS NOT NULL AND size = (SELECT size FROM log_head) LIMIT 100",
    ),
    ...(keys.witnessedHead === undefined ? [] : [keys.witnessedHead(db)]),
  ];
}

/** Once a quorum is required, nothing newer than what it has cosigned is shown or proven. */
async function servedOf(results: readonly D1Result[], keys: LogKeys): Promise<ServedHead> {
  const [heads, lines, witnessed] = results;
  const required = rowsOf<ServedHead>(witnessed)[0];
  if (required !== undefined) return required;
  const head = headOf(rowsOf(heads));
  const root = toBase64(head.root);
  const cosigned = rowsOf<{ line: string; root: string }>(lines).filter((row) => row.root === root);
  return { size: head.size, note: (await checkpointOf(head, keys)) + cosigned.map(({ line }) => line).join("") };
}

/** The first `width` hashes of a tile, or null where the committed log does not have them. */
export async function readTile(
  db: D1Database,
  { level, index, width }: { level: number; index: number; width: number },
  log = 1,
): Promise<Bytes | null> {
  const [heads, tile] = await db.batch([headQuery(db), db.prepare(`${TILES_SQL} id = ?`).bind(tileKey(level, index))]);
  const row = rowsOf<TileRow>(tile)[0];
  const head = headOf(rowsOf(heads));
  if (row === undefined || !isOf(head, log) || width > tileWidth(level, index, head.size)) return null;
  return fromHex(row.hashes.toLowerCase()).slice(0, width * HASH_BYTES);
}

/** The first `width` entries of a bundle, or null where the committed log does not have them. */
export async function readBundle(
  db: D1Database,
  { index, width }: { index: number; width: number },
  log = 1,
): Promise<Bytes | null> {
  const first = index * TILE_WIDTH;
  const [heads, rows] = await db.batch([headQuery(db), entriesQuery(db, first, first + width)]);
  const head = headOf(rowsOf(heads));
  if (!isOf(head, log) || width > tileWidth(0, index, head.size)) return null;
  return encodeBundle(rowsOf<{ data: string }>(rows).map(({ data }) => utf8(data)));
}

/** Entries from index `from` up to but not including `to`, by primary key. */
export function entriesQuery(db: D1Database, from: number, to: number): D1PreparedStatement {
  return db
    .prepare("SELECT idx, leaf, kind, iss, seq, data FROM log_entry WHERE idx >= ? AND idx < ? ORDER BY idx")
    .bind(from, to);
}

/** C2SP tlog-proof of an entry against the current head, or null if the log holds no such leaf. */
export async function readProof(db: D1Database, leaf: string, keys: LogKeys, log = 1): Promise<string | null> {
  const proof = (await readProofs(db, [leaf], keys))[0] ?? null;
  const origin = originOfLog(keys, { log });
  return proof?.includes(`\n\n${origin}\n`) === true ? proof : null;
}

/** Several proofs against one head; two round trips however many. */
export async function readProofs(db: D1Database, leaves: string[], keys: LogKeys): Promise<(string | null)[]> {
  const reads = servedReads(db, keys);
  const results = await db.batch([
    ...reads,
    db
      .prepare("SELECT leaf, idx FROM log_entry WHERE leaf IN (SELECT value FROM json_each(?))")
      .bind(jsonParameter(leaves)),
  ]);
  const head = await servedOf(results.slice(0, reads.length), keys);
  const indexes = new Map(
    rowsOf<{ leaf: string; idx: number }>(results[reads.length])
      .filter(({ idx }) => idx >= 0 && idx < head.size)
      .map((row) => [row.leaf, row.idx]),
  );
  if (indexes.size === 0) return leaves.map(() => null);
  const keysNeeded = new Set(
    [...indexes.values()].flatMap((idx) => inclusionTiles(idx, head.size).map((t) => tileKey(t.level, t.index))),
  );
  const read = await tileReader(db, [...keysNeeded]);
  return leaves.map((leaf) => {
    const index = indexes.get(leaf);
    if (index === undefined) return null;
    return formatProof({ index, hashes: inclusionProof(index, head.size, read), checkpoint: head.note });
  });
}

async function tileReader(db: D1Database, ids: number[]): Promise<(level: number, index: number) => Bytes> {
  if (ids.length === 0) return missing;
  const { results } = await db
    .prepare(`${TILES_SQL} id IN (SELECT value FROM json_each(?))`)
    .bind(jsonParameter(ids))
    .all<TileRow>();
  const tiles = new Map(results.map((row) => [row.id, fromHex(row.hashes.toLowerCase())]));
  return (level, index) => tiles.get(tileKey(level, index)) ?? missing(level, index);
}

function missing(level: number, index: number): never {
  throw new Error(`log tile ${String(level)}/${String(index)} is missing`);
}

/** Whether a string is a leaf hash in its one spelling. */
export function isLeaf(text: string): boolean {
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) return false;
  try {
    return toBase64url(fromBase64url(text)) === text;
  } catch {
    return false;
  }
}

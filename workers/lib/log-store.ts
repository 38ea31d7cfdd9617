/**
 * The append side of a log on D1 (docs/protocol.md §5): read the head, let the caller decide, commit entries,
 * tiles, head and the caller's own statements in one batch. Durable before signed: this module signs nothing.
 * Two sequencers meet in the primary key of the entries; the later one rolls back whole, reloads and decides
 * again. Rows written by an append of one entry: entry 1 + leaf index 1 + tile 1 + head 1. No tile is read:
 * the head carries the compact range, and a tile only ever gains hashes.
 */
import { type Bytes, concat, fromBase64, fromBase64url, toBase64, toBase64url, utf8 } from "../../shared/bytes.ts";
import { MAX_ENTRY_BYTES } from "../../shared/log/bundle.ts";
import { growLog, type TileGrowth } from "../../shared/log/growth.ts";
import { EMPTY_ROOT, type Frontier, leafHash } from "../../shared/log/merkle.ts";
import { isConflict, jsonParameter, pause, rowsOf } from "./d1.ts";
import { tileKey } from "./log-schema.ts";
import { Refused } from "./problem.ts";

export interface LogHead {
  /** 1; at a node the generation of its book */
  log: number;
  size: number;
  root: Bytes;
  /** Unix milliseconds of the commit; 0 for the empty log */
  at: number;
}

export interface NewEntry {
  /** RFC 6962 leaf hash of `data`, base64url: see `entryLeaf` */
  leaf: string;
  kind: string;
  iss?: string | null;
  seq?: number | null;
  /** exact UTF-8 text of the entry */
  data: string;
}

export interface Appending<T> {
  entries: NewEntry[];
  /** written in the same batch, after the log's own rows */
  statements: D1PreparedStatement[];
  value: T;
}

export interface Appended<T> {
  head: LogHead;
  /** index of the first new entry */
  first: number;
  value: T;
  /** what D1 wrote for the log's rows and the caller's statements together */
  rowsWritten: number;
}

export interface AppendOptions {
  now: () => number;
  /** reads of the caller that travel with the head in one round trip; their results reach `load` */
  reads?: D1PreparedStatement[];
}

const ATTEMPTS = 6;
/** One JSON parameter stays well below D1's 2 MB per value. */
const MAX_CHUNK = 900_000;

const HASH_BYTES = 32;
const HEAD_SQL = "SELECT id, size, root, frontier, at FROM log_head ORDER BY id DESC LIMIT 1";

interface HeadRow {
  id: number;
  size: number;
  root: string;
  frontier: string;
  at: number;
}

export function entryLeaf(data: string): string {
  return toBase64url(leafHash(utf8(data)));
}

/** The statement whose rows `headOf` understands, for readers that batch it with their own reads. */
export function headQuery(db: D1Database): D1PreparedStatement {
  return db.prepare(HEAD_SQL);
}

export function headOf(rows: readonly unknown[]): LogHead {
  const row = rows[0] as HeadRow | undefined;
  if (row === undefined) return { log: 1, size: 0, root: EMPTY_ROOT, at: 0 };
  return { log: row.id, size: row.size, root: fromBase64(row.root), at: row.at };
}

export async function readHead(db: D1Database): Promise<LogHead> {
  return headOf((await headQuery(db).all()).results);
}

function frontierOf(rows: readonly unknown[]): Frontier {
  const row = rows[0] as HeadRow | undefined;
  if (row === undefined) return { size: 0, hashes: [] };
  const bytes = fromBase64(row.frontier);
  const hashes: Bytes[] = [];
  for (let at = 0; at < bytes.length; at += HASH_BYTES) hashes.push(bytes.slice(at, at + HASH_BYTES));
  return { size: row.size, hashes };
}

/**
 * Appends what `load` decides on the head it is given; `load` runs again, with fresh results, when another
 * sequencer was faster, and may throw `Refused`. No entries: only the statements are written.
 */
export async function appendToLog<T>(
  db: D1Database,
  load: (head: LogHead, results: D1Result[]) => Promise<Appending<T>>,
  options: AppendOptions,
): Promise<Appended<T>> {
  for (let attempt = 1; ; attempt++) {
    const [headRows, ...results] = await db.batch([headQuery(db), ...(options.reads ?? [])]);
    const head = headOf(rowsOf(headRows));
    const appending = await load(head, results);
    const next = logStatements(db, head, frontierOf(rowsOf(headRows)), appending.entries, options.now());
    const statements = [...next.statements, ...appending.statements];
    try {
      const written = statements.length === 0 ? [] : await db.batch(statements);
      const rowsWritten = written.reduce((sum, { meta }) => sum + meta.rows_written, 0);
      return { head: next.head, first: head.size, value: appending.value, rowsWritten };
    } catch (error) {
      if (!isConflict(error) && !headMoved(error)) throw error;
      if (attempt === ATTEMPTS) {
        if (!isConflict(error, "log_") && !headMoved(error)) throw error;
        throw new Refused("busy", { retryAfterS: 1 }, "append lost every race");
      }
      await pause(4 * attempt);
    }
  }
}

/** The rows of a log that begins with one entry, in a database that holds no other head and no tile. */
export function beginLog(db: D1Database, log: number, entry: NewEntry, now: number): D1PreparedStatement[] {
  const head: LogHead = { log, size: 0, root: EMPTY_ROOT, at: 0 };
  return logStatements(db, head, { size: 0, hashes: [] }, [entry], now).statements;
}

function headMoved(error: unknown): boolean {
  return error instanceof Error && error.message.includes("NOT NULL constraint failed: log_head.size");
}

function logStatements(
  db: D1Database,
  head: LogHead,
  frontier: Frontier,
  entries: NewEntry[],
  now: number,
): { head: LogHead; statements: D1PreparedStatement[] } {
  if (entries.length === 0) return { head, statements: [] };
  if (entries.some(({ data }) => isTooLong(data))) throw new RangeError("an entry that no bundle can hold");
  const leaves = entries.map((entry) => fromBase64url(entry.leaf));
  const grown = growLog(frontier, leaves);
  const next: LogHead = { log: head.log, size: grown.frontier.size, root: grown.root, at: now };
  // The entries come first: a batch that lost the race fails on its first statement.
  return {
    head: next,
    statements: [
      ...entryInserts(db, head.size, entries),
      headUpsert(db, head.size, next, grown.frontier),
      ...grown.tiles.map((tile) => tileUpsert(db, tile)),
    ],
  };
}

/** A UTF-16 unit is at most three bytes of UTF-8, so short texts need not be encoded to know. */
function isTooLong(data: string): boolean {
  return data.length * 3 > MAX_ENTRY_BYTES && utf8(data).length > MAX_ENTRY_BYTES;
}

/**
 * Compare-and-set: a head that is not the one this append was computed from, or that is of another log, fails NOT NULL, and
 * the batch with it.
 */
function headUpsert(db: D1Database, prevSize: number, next: LogHead, frontier: Frontier): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO log_head (id, size, root, frontier, at) VALUES (?6, iif(EXISTS (SELECT 1 FROM log_head WHERE id <> ?6), NULL, ?2), ?3, ?4, ?5)
       ON CONFLICT (id) DO UPDATE SET size = CASE WHEN size = ?1 THEN excluded.size END,
         root = excluded.root, frontier = excluded.frontier, at = excluded.at`,
    )
    .bind(prevSize, next.size, toBase64(next.root), toBase64(concat(...frontier.hashes)), next.at, next.log);
}

/** Adds hashes behind those a tile has; a tile of another width than the head implies fails NOT NULL. */
function tileUpsert(db: D1Database, { level, index, from, hashes }: TileGrowth): D1PreparedStatement {
  const key = tileKey(level, index);
  if (from === 0) return db.prepare("INSERT INTO log_tile (id, hashes) VALUES (?, ?)").bind(key, hashes);
  return db
    .prepare(
      "UPDATE log_tile SET hashes = CASE WHEN length(hashes) = ?2 THEN CAST(hashes || ?3 AS BLOB) END WHERE id = ?1",
    )
    .bind(key, from * HASH_BYTES, hashes);
}

function entryInserts(db: D1Database, first: number, entries: NewEntry[]): D1PreparedStatement[] {
  const only = entries.length === 1 ? entries[0] : undefined;
  if (only) {
    return [
      db
        .prepare("INSERT INTO log_entry (idx, leaf, kind, iss, seq, data) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(first, only.leaf, only.kind, only.iss ?? null, only.seq ?? null, only.data),
    ];
  }
  const insert = db.prepare(
    "INSERT INTO log_entry (idx, leaf, kind, iss, seq, data) SELECT ?1 + key, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?2)",
  );
  const statements: D1PreparedStatement[] = [];
  let chunk: unknown[] = [];
  let start = first;
  let bytes = 0;
  const flush = (): void => {
    statements.push(insert.bind(start, jsonParameter(chunk)));
    start += chunk.length;
    chunk = [];
    bytes = 0;
  };
  for (const entry of entries) {
    if (bytes > 0 && bytes + entry.data.length * 2 > MAX_CHUNK) flush();
    chunk.push([entry.leaf, entry.kind, entry.iss ?? null, entry.seq ?? null, entry.data]);
    bytes += entry.data.length * 2 + 200;
  }
  flush();
  return statements;
}

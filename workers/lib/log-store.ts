/**
 * The append side of a log on D1 (docs/protocol.md §5): read head and right edge, let the caller decide,
 * commit entries, tiles, head and the caller's own statements in one batch. Durable before signed: this
 * module signs nothing. Two sequencers meet in the primary keys; the later one rolls back whole, reloads
 * and decides again. Rows written by an append of one entry: entry 1 + leaf index 1 + tile 1 + head 1.
 */
import { fromBase64, fromBase64url, toBase64, toBase64url, utf8, type Bytes } from "../../shared/bytes.ts";
import { EMPTY_ROOT, leafHash } from "../../shared/log/merkle.ts";
import { extendTiles } from "../../shared/log/tiles.ts";
import { isConflict, jsonParameter, pause, rowsOf } from "./d1.ts";
import { tileKey } from "./log-schema.ts";
import { Refused } from "./problem.ts";

export interface LogHead {
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
const LEVELS = [0, 1, 2, 3, 4];
/** One JSON parameter stays well below D1's 2 MB per value. */
const MAX_CHUNK = 900_000;

const HEAD_SQL = "SELECT size, root, at FROM log_head ORDER BY prev_size DESC LIMIT 1";
/** The last tile of each level, by the primary key: one seek a level. */
const EDGE_SQL = `SELECT id, hashes FROM log_tile WHERE id IN (${LEVELS.map(
  (level) =>
    `(SELECT max(id) FROM log_tile WHERE id >= ${String(tileKey(level, 0))} AND id < ${String(tileKey(level + 1, 0))})`,
).join(", ")})`;

export interface HeadRow {
  size: number;
  root: string;
  at: number;
}
export interface TileRow {
  id: number;
  hashes: ArrayBuffer | number[];
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
  if (row === undefined) return { size: 0, root: EMPTY_ROOT, at: 0 };
  return { size: row.size, root: fromBase64(row.root), at: row.at };
}

export async function readHead(db: D1Database): Promise<LogHead> {
  return headOf((await headQuery(db).all()).results);
}

export function tileBytes(row: TileRow): Bytes {
  return new Uint8Array(row.hashes as ArrayBuffer);
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
    const [headRows, edgeRows, ...results] = await db.batch([
      headQuery(db),
      db.prepare(EDGE_SQL),
      ...(options.reads ?? []),
    ]);
    const head = headOf(rowsOf(headRows));
    const edge = new Map(rowsOf<TileRow>(edgeRows).map((row) => [row.id, tileBytes(row)]));
    const appending = await load(head, results);
    const next = logStatements(db, head, edge, appending.entries, options.now());
    const statements = [...next.statements, ...appending.statements];
    try {
      const written = statements.length === 0 ? [] : await db.batch(statements);
      const rowsWritten = written.reduce((sum, { meta }) => sum + meta.rows_written, 0);
      return { head: next.head, first: head.size, value: appending.value, rowsWritten };
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (attempt === ATTEMPTS) {
        if (!isConflict(error, "log_")) throw error;
        throw new Refused("busy", { retryAfterS: 1 }, "append lost every race");
      }
      await pause(4 * attempt);
    }
  }
}

function logStatements(
  db: D1Database,
  head: LogHead,
  edge: Map<number, Bytes>,
  entries: NewEntry[],
  now: number,
): { head: LogHead; statements: D1PreparedStatement[] } {
  if (entries.length === 0) return { head, statements: [] };
  const read = (level: number, index: number): Bytes => {
    const hashes = edge.get(tileKey(level, index));
    if (hashes === undefined) throw new Error(`log tile ${String(level)}/${String(index)} is missing`);
    return hashes;
  };
  const leaves = entries.map((entry) => fromBase64url(entry.leaf));
  const grown = extendTiles(head.size, read, leaves);
  const next: LogHead = { size: grown.size, root: grown.root, at: now };
  const headInsert = db
    .prepare("INSERT INTO log_head (prev_size, size, root, at) VALUES (?, ?, ?, ?)")
    .bind(head.size, next.size, toBase64(next.root), now);
  // The head comes first: a batch that lost the race fails on its first statement.
  return {
    head: next,
    statements: [headInsert, ...entryInserts(db, head.size, entries), ...tileUpserts(db, grown.tiles)],
  };
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

function tileUpserts(
  db: D1Database,
  tiles: readonly { level: number; index: number; hashes: Bytes }[],
): D1PreparedStatement[] {
  const statements: D1PreparedStatement[] = [];
  for (let start = 0; start < tiles.length; start += 40) {
    const some = tiles.slice(start, start + 40);
    const rows = some.map(() => "(?, ?)").join(", ");
    statements.push(
      db
        .prepare(
          `INSERT INTO log_tile (id, hashes) VALUES ${rows} ON CONFLICT (id) DO UPDATE SET hashes = excluded.hashes`,
        )
        .bind(...some.flatMap((tile) => [tileKey(tile.level, tile.index), tile.hashes])),
    );
  }
  return statements;
}

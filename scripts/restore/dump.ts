/**
 * A database as SQL that Cloudflare D1 takes in (`wrangler d1 execute --file`): tables, rows, then indexes and triggers, so that no
 * trigger counts a row twice. D1 runs no statement above 100,000 bytes: rows share statements up to that, and a
 * value that is longer comes in parts, which a table of this file's own holds until its row is there.
 */
import { createWriteStream } from "node:fs";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pipeline } from "node:stream/promises";

/** docs: D1's limits, "Maximum SQL statement length"; below it by what a row adds around a value */
export const MAX_STATEMENT_BYTES = 100_000;
const MAX_ROWS_BYTES = 90_000;
const MAX_VALUE_BYTES = 40_000;
const PARTS = "restore_part";

type Value = null | number | bigint | string | Uint8Array;

/** Writes the hub's database in `folder`, which nobody has open, into `file`; a file under its own name is always whole. */
export async function writeDump(folder: string, file: string): Promise<void> {
  const db = new DatabaseSync(await databaseFile(folder), { readOnly: true });
  try {
    const lines = function* () {
      for (const statement of dumpStatements(db)) yield `${statement};\n`;
    };
    await pipeline(lines, createWriteStream(`${file}.restoring`, { flags: "w" }));
  } finally {
    db.close();
  }
  await rename(`${file}.restoring`, file);
}

/** As the embedded network lays it out: one database, and one of the simulator's own. */
async function databaseFile(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const [name, another] = names.filter((one) => one.endsWith(".sqlite") && !one.endsWith("metadata.sqlite"));
  if (name === undefined || another !== undefined) throw new Error(`not one database in ${folder}`);
  return join(folder, name);
}

export function* dumpStatements(db: DatabaseSync): Generator<string> {
  const schema = db
    .prepare(
      "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'",
    )
    .all() as { type: string; name: string; sql: string }[];
  const of = (kind: string) => schema.filter(({ type }) => type === kind);
  yield `CREATE TABLE ${PARTS} (n INTEGER PRIMARY KEY, v)`;
  for (const { sql } of of("table")) yield sql;
  for (const { name } of of("table")) yield* rowsOf(db, name);
  yield `DROP TABLE ${PARTS}`;
  for (const kind of ["index", "view", "trigger"]) for (const { sql } of of(kind)) yield sql;
}

function* rowsOf(db: DatabaseSync, table: string): Generator<string> {
  const insert = `INSERT INTO ${named(table)} VALUES\n`;
  const query = db.prepare(`SELECT * FROM ${named(table)}`);
  query.setReadBigInts(true);
  let rows: string[] = [];
  let size = 0;
  for (const row of query.iterate() as Iterable<Record<string, Value>>) {
    const parts: Value[] = [];
    const line = `(${Object.values(row)
      .map((value) => expressionOf(value, parts))
      .join(",")})`;
    const bytes = Buffer.byteLength(line) + 2;
    // a row in parts stands alone: the next one's parts have the same numbers
    if (rows.length > 0 && (size + bytes > MAX_ROWS_BYTES || parts.length > 0)) {
      yield insert + rows.join(",\n");
      rows = [];
      size = 0;
    }
    if (parts.length > 0) {
      for (const [n, part] of parts.entries()) yield `INSERT INTO ${PARTS} VALUES (${n},${literalOf(part)})`;
      yield insert + line;
      yield `DELETE FROM ${PARTS}`;
      continue;
    }
    rows.push(line);
    size += bytes;
  }
  if (rows.length > 0) yield insert + rows.join(",\n");
}

function expressionOf(value: Value, parts: Value[]): string {
  const literal = literalOf(value);
  if (literal.length <= MAX_VALUE_BYTES / 3 || Buffer.byteLength(literal) <= MAX_VALUE_BYTES) return literal;
  const first = parts.length;
  parts.push(...partsOf(value as string | Uint8Array));
  const joined = parts
    .slice(first)
    .map((_, i) => `(SELECT v FROM ${PARTS} WHERE n=${first + i})`)
    .join("||");
  return typeof value === "string" ? joined : `CAST(${joined} AS BLOB)`;
}

/** No part's literal is longer than a value may be: two hex digits a byte, or four bytes of UTF-8 a character, or a doubled quote. */
function partsOf(value: string | Uint8Array): Value[] {
  if (typeof value !== "string") {
    const step = MAX_VALUE_BYTES / 2;
    return Array.from({ length: Math.ceil(value.length / step) }, (_, i) => value.subarray(i * step, (i + 1) * step));
  }
  // by code point: half a pair has no form in UTF-8
  const characters = Array.from(value);
  const step = MAX_VALUE_BYTES / 4;
  return Array.from({ length: Math.ceil(characters.length / step) }, (_, i) =>
    characters.slice(i * step, (i + 1) * step).join(""),
  );
}

function literalOf(value: Value): string {
  if (value === null) return "NULL";
  if (typeof value === "bigint" || typeof value === "number") return String(value);
  if (typeof value === "string") {
    if (value.includes("\0")) throw new Error("a text with a zero byte has no form in SQL");
    return `'${value.replaceAll("'", "''")}'`;
  }
  return `X'${Buffer.from(value).toString("hex")}'`;
}

function named(table: string): string {
  return `"${table.replaceAll('"', '""')}"`;
}

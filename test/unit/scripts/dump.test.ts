/** A database as SQL for D1: the same rows, indexes and triggers, in statements that D1 runs. */
import { DatabaseSync } from "node:sqlite";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dumpStatements, MAX_STATEMENT_BYTES } from "../../../scripts/restore/dump.ts";

const SCHEMA = `
  CREATE TABLE item (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT, bytes BLOB);
  CREATE TABLE tally (name TEXT NOT NULL PRIMARY KEY, n INTEGER NOT NULL CHECK (n >= 0)) WITHOUT ROWID;
  CREATE INDEX item_text ON item (text);
  CREATE TRIGGER item_counted AFTER INSERT ON item BEGIN
    INSERT INTO tally VALUES ('items', 1) ON CONFLICT DO UPDATE SET n = n + 1;
  END;`;

type Row = [string | null, Uint8Array | null];

function filled(rows: Row[]): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  db.exec(SCHEMA);
  for (const row of rows) db.prepare("INSERT INTO item (text, bytes) VALUES (?, ?)").run(...row);
  return db;
}

function everythingOf(db: DatabaseSync): unknown[] {
  return [
    "SELECT name, sql FROM sqlite_master ORDER BY name",
    "SELECT id, text, typeof(bytes), hex(bytes) FROM item",
    "SELECT * FROM tally",
  ].map((sql) => db.prepare(sql).all());
}

function loaded(statements: string[]): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  for (const statement of statements) db.exec(statement);
  return db;
}

const text = fc.string({ unit: fc.constantFrom("a", "'", ";", "\n", "é", "€", "🦋", "--"), maxLength: 40 });
const long = text.map((piece) => `${piece}x`.repeat(2000));
const bytes = fc.uint8Array({ maxLength: 30 });
const longBytes = bytes.map((piece) => new Uint8Array(70_000).fill(7).map((n, i) => piece[i % piece.length] ?? n));
const row: fc.Arbitrary<Row> = fc.tuple(
  fc.option(fc.oneof({ weight: 4, arbitrary: text }, long)),
  fc.option(fc.oneof({ weight: 4, arbitrary: bytes }, longBytes)),
);

test("whatever the rows hold, they come out of the statements again, and no trigger has counted them twice", () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
      const db = filled(rows);
      const statements = [...dumpStatements(db)];
      expect(everythingOf(loaded(statements))).toEqual(everythingOf(db));
      for (const statement of statements) expect(Buffer.byteLength(statement)).toBeLessThanOrEqual(MAX_STATEMENT_BYTES);
    }),
    { numRuns: 30 },
  );
});

test("many small rows share a statement, and none is too long", () => {
  const statements = [...dumpStatements(filled(Array.from({ length: 3000 }, (): Row => ["€".repeat(40), null])))];
  expect(statements.filter((statement) => statement.startsWith('INSERT INTO "item"')).length).toBeLessThan(10);
  for (const statement of statements) expect(Buffer.byteLength(statement)).toBeLessThanOrEqual(MAX_STATEMENT_BYTES);
});

test("what SQL has no form for is refused rather than shortened", () => {
  expect(() => [...dumpStatements(filled([["a\0b", null]]))]).toThrow("zero byte");
});

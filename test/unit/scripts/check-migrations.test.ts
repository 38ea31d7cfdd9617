import { describe, expect, it } from "vitest";
import { migrationFaults } from "../../../scripts/check-migrations.ts";

describe("a migration", () => {
  it.each([
    ["CREATE TABLE a (id text REFERENCES b(id) ON DELETE CASCADE);", "CASCADE"],
    ["create table a (id text references b(id) on delete cascade);", "CASCADE"],
    ["PRAGMA foreign_keys=OFF;", "foreign_keys=OFF"],
    ["PRAGMA foreign_keys = 0;", "foreign_keys=OFF"],
    ["DROP TABLE a;", "DROP TABLE"],
    ["-- reviewed: elsewhere\nSELECT 1;\n--> statement-breakpoint\nDROP TABLE a;", "DROP TABLE"],
    ["-- reviewed:\nDROP TABLE a;", "DROP TABLE"],
  ])("that says %j is refused", (sql, fault) => {
    expect(migrationFaults(sql)).toEqual([expect.stringContaining(fault)]);
  });

  it.each([
    "CREATE TABLE a (id text REFERENCES b(id) ON DELETE no action);",
    "-- no CASCADE here\nSELECT 1;",
    "-- reviewed: empty since 0004\nDROP TABLE a;",
  ])("that says %j passes", (sql) => {
    expect(migrationFaults(sql)).toEqual([]);
  });
});

/**
 * `npm run db:generate [hub|node] [-- --name what_changes]`: drizzle-kit writes the next migration of each
 * worker from its schema, and this script finishes what drizzle cannot express: a table whose primary key is
 * text or composite becomes WITHOUT ROWID, so that writing a row costs one row and not one more for an index.
 * The result is read by a person before it ships and is never edited afterwards.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { name: { type: "string" } } });
const workers = positionals.length > 0 ? positionals : ["hub", "node"];

for (const worker of workers) {
  const folder = `migrations/${worker}`;
  const before = new Set(sqlFiles(folder));
  const name = values.name === undefined ? [] : ["--name", values.name];
  const run = spawnSync("drizzle-kit", ["generate", "--config", `drizzle.${worker}.config.ts`, ...name], {
    stdio: "inherit",
  });
  if (run.status !== 0) process.exit(run.status ?? 1);
  for (const file of sqlFiles(folder)) {
    if (before.has(file)) continue;
    const path = `${folder}/${file}`;
    writeFileSync(path, withoutRowid(readFileSync(path, "utf8")));
    console.log(`written: ${path} (read it before you commit it)`);
  }
}

function sqlFiles(folder: string): string[] {
  return readdirSync(folder).filter((file) => file.endsWith(".sql"));
}

/** Every CREATE TABLE without a single INTEGER primary key becomes WITHOUT ROWID. */
function withoutRowid(sql: string): string {
  return sql.replaceAll(/CREATE TABLE `[^`]+` \([\s\S]*?\n\);/g, (table) =>
    /` integer PRIMARY KEY/i.test(table) ? table : table.replace(/\n\);$/, "\n) WITHOUT ROWID;"),
  );
}

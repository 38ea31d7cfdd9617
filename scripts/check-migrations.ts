/**
 * `npm run db:check`: the migrations are what the schemas say, and none of them can lose rows unseen. D1 ignores
 * `foreign_keys=OFF` and does not defer cascades, so a rebuilt parent table would empty its children: no
 * CASCADE, no foreign_keys=OFF, and no DROP TABLE without a line `-- reviewed: <why it is safe>` above it.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";

const CACHE = "node_modules/.cache/check-migrations";

/** What must not be in a migration, with the statement it was found in. */
export function migrationFaults(sql: string): string[] {
  return sql.split("--> statement-breakpoint").flatMap((statement) => {
    const code = statement.replaceAll(/--.*$/gm, "");
    const faults: string[] = [];
    if (/\bCASCADE\b/i.test(code)) faults.push("CASCADE");
    if (/foreign_keys\s*=\s*(OFF|0|false|no)\b/i.test(code)) faults.push("foreign_keys=OFF");
    if (/\bDROP\s+TABLE\b/i.test(code) && !/^\s*-- reviewed: \S/m.test(statement)) faults.push("DROP TABLE");
    return faults.map((fault) => `${fault} in: ${code.trim().slice(0, 120)}`);
  });
}

function check(worker: string): string[] {
  const folder = `migrations/${worker}`;
  const faults = sqlFiles(folder).flatMap((file) =>
    migrationFaults(readFileSync(`${folder}/${file}`, "utf8")).map((fault) => `${folder}/${file}: ${fault}`),
  );
  const copy = `${CACHE}/${worker}`;
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  cpSync(folder, copy, { recursive: true });
  const options = ["--dialect", "sqlite", "--schema", `workers/${worker}/schema.ts`, "--out", copy];
  const run = spawnSync("drizzle-kit", ["generate", ...options], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (run.status !== 0) faults.push(`${folder}: drizzle-kit generate failed: ${run.stderr || run.stdout}`);
  const fresh = sqlFiles(copy).filter((file) => !sqlFiles(folder).includes(file));
  if (fresh.length > 0) faults.push(`${folder}: the schema has changed; run npm run db:generate`);
  return faults;
}

function sqlFiles(folder: string): string[] {
  return readdirSync(folder).filter((file) => file.endsWith(".sql"));
}

if (import.meta.main) {
  const faults = ["hub", "node"].flatMap(check);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exit(1);
  console.log("migrations: as the schemas say, and nothing that could lose rows unseen");
}

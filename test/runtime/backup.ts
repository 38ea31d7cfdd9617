/** A backup of a whole database, and its restoration: what D1 Time Travel does, for tests. */
import { env } from "cloudflare:workers";

export interface Backup {
  restore(): Promise<void>;
}

export async function backUp(): Promise<Backup> {
  const { results: tables } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name NOT LIKE 'd1_%'",
  ).all<{ name: string }>();
  const kept = new Map<string, Record<string, unknown>[]>();
  for (const { name } of tables) {
    kept.set(name, (await env.DB.prepare(`SELECT * FROM ${name}`).all()).results);
  }
  return {
    async restore() {
      await env.DB.batch([
        env.DB.prepare("PRAGMA defer_foreign_keys = true"),
        ...[...kept].flatMap(([name, rows]) => [
          env.DB.prepare(`DELETE FROM ${name}`),
          ...rows.map((row) => {
            const columns = Object.keys(row);
            const values = Object.values(row).map((value) => (Array.isArray(value) ? Uint8Array.from(value) : value));
            const marks = columns.map(() => "?").join(", ");
            return env.DB.prepare(`INSERT INTO ${name} (${columns.join(", ")}) VALUES (${marks})`).bind(...values);
          }),
        ]),
      ]);
    },
  };
}

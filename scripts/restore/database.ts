/**
 * A hub's database in a folder, laid out as the embedded network has it, without a hub on it: nobody else writes while a
 * log is copied into it.
 */
import { Miniflare } from "miniflare";
import { workerPaths } from "../build.ts";
import { type LocalDatabase, applyMigrations } from "../network/migrations.ts";

/** one of a batch */
export type Write = ReturnType<LocalDatabase["prepare"]>;

export async function openDatabase(folder: string): Promise<{ db: LocalDatabase; close: () => Promise<void> }> {
  const miniflare = new Miniflare({
    modules: true,
    script: "export default {};",
    d1Databases: { DB: "hub" },
    d1Persist: folder,
    cf: false,
  });
  const db = await miniflare.getD1Database("DB");
  await applyMigrations(db, workerPaths("hub").migrations);
  return { db, close: async () => await miniflare.dispose() };
}

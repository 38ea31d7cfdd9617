/** Imports of published grants: how far each is, and what was left out and why. */
import type { BeginImport, ImportNote, ImportView } from "../../../shared/protocol/api/import.ts";

export interface ImportRow {
  id: string;
  file_sha256: string;
  fund: string;
  data: string;
  grants: number;
  done: number;
  imported: number;
  skipped: number;
  total: number;
  started_at: number;
}

export async function importByHash(db: D1Database, hash: string): Promise<ImportRow | null> {
  return await db.prepare("SELECT * FROM grant_import WHERE file_sha256 = ?").bind(hash).first<ImportRow>();
}

export async function importRow(db: D1Database, id: string): Promise<ImportRow | null> {
  return await db.prepare("SELECT * FROM grant_import WHERE id = ?").bind(id).first<ImportRow>();
}

const MAX_NOTES = 500;

export async function importView(db: D1Database, id: string): Promise<ImportView | null> {
  const [rows, notes] = await db.batch([
    db.prepare("SELECT * FROM grant_import WHERE id = ?").bind(id),
    db
      .prepare(
        `SELECT "grant", grant_id AS id, code, detail, skipped FROM grant_import_note WHERE import_id = ? LIMIT ?`,
      )
      .bind(id, MAX_NOTES),
  ]);
  const row = rows?.results[0] as ImportRow | undefined;
  if (row === undefined) return null;
  const found = (notes?.results ?? []) as (Omit<ImportNote, "skipped"> & { skipped: number })[];
  return viewOf(
    row,
    found.map((note) => ({ ...note, skipped: note.skipped === 1 })),
  );
}

/** The newest fifty, without their notes. */
export async function importViews(db: D1Database): Promise<ImportView[]> {
  const { results } = await db.prepare("SELECT * FROM grant_import ORDER BY started_at DESC LIMIT 50").all<ImportRow>();
  return results.map((row) => viewOf(row, []));
}

function viewOf(row: ImportRow, notes: ImportNote[]): ImportView {
  const { title, currency } = JSON.parse(row.data) as BeginImport;
  return {
    id: row.id,
    fund: row.fund,
    file_sha256: row.file_sha256,
    title,
    grants: row.grants,
    done: row.done,
    imported: row.imported,
    skipped: row.skipped,
    total_minor: String(row.total),
    currency,
    state: row.done >= row.grants ? "done" : "running",
    notes,
    started_at: new Date(row.started_at).toISOString(),
  };
}

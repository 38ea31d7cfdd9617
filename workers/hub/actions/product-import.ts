/** One chunk of an Open Food Facts style JSONL file into the catalogue. A bad line is skipped with its reason. */
import { sha256url } from "../../../shared/bytes.ts";
import { parseProductLine } from "../../../shared/catalogue/open-food-facts.ts";
import type { ImportResult, Product } from "../../../shared/protocol/api/network.ts";
import { canonicalBytes } from "../../../shared/signing/canonical.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { Refused } from "../../lib/problem.ts";
import { MAX_IMPORT_LINES } from "../limits.ts";
import { chunks } from "../view-writes.ts";

interface ProductRow {
  id: number;
  gtin: string;
  name: string;
  brand: string | null;
  data: string;
  hash: string;
  search: string;
}

const UPSERT_SQL = `INSERT INTO product (id, gtin, name, brand, data, hash, search)
  SELECT value ->> 'id', value ->> 'gtin', value ->> 'name', value ->> 'brand', value ->> 'data', value ->> 'hash',
  value ->> 'search' FROM json_each(?) WHERE true
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, brand = excluded.brand, data = excluded.data,
  hash = excluded.hash, search = excluded.search`;

export async function importProducts(db: D1Database, text: string): Promise<ImportResult> {
  const lines = text.split("\n").flatMap((line, at) => (line.trim() === "" ? [] : [{ line, number: at + 1 }]));
  if (lines.length > MAX_IMPORT_LINES) {
    throw new Refused("body-too-large", { detail: `at most ${String(MAX_IMPORT_LINES)} lines at once` });
  }
  const result: ImportResult = { read: lines.length, added: 0, updated: 0, unchanged: 0, skipped: [] };
  const rows: ProductRow[] = [];
  for (const { line, number } of lines) {
    const parsed = parseProductLine(line);
    if (parsed.ok) rows.push(productRow(parsed.value));
    else result.skipped.push({ line: number, code: parsed.error.code, detail: parsed.error.detail });
  }
  if (rows.length === 0) return result;
  const { results } = await db
    .prepare("SELECT id, hash FROM product WHERE id IN (SELECT value FROM json_each(?))")
    .bind(jsonParameter(rows.map(({ id }) => id)))
    .all<{ id: number; hash: string }>();
  const known = new Map(results.map(({ id, hash }) => [id, hash]));
  const changed = new Map<number, ProductRow>();
  for (const row of rows) {
    const before = known.get(row.id);
    if (before === row.hash) {
      result.unchanged += 1;
      continue;
    }
    if (before === undefined) result.added += 1;
    else result.updated += 1;
    known.set(row.id, row.hash);
    changed.set(row.id, row);
  }
  const writes = [...chunks([...changed.values()])].map((chunk) => db.prepare(UPSERT_SQL).bind(jsonParameter(chunk)));
  if (writes.length > 0) await db.batch(writes);
  return result;
}

function productRow(product: Product): ProductRow {
  const { updated_at: _changes, ...content } = product;
  const { gtin, name, brand } = product;
  return {
    id: Number(gtin),
    gtin,
    name,
    brand,
    data: JSON.stringify(product),
    hash: sha256url(canonicalBytes(content)),
    search: `${name} ${brand ?? ""}`.toLowerCase(),
  };
}

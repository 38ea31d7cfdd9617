/** The catalogue. A GTIN is found by primary key; words are looked for in name and brand, page by page. */
import { normaliseGtin } from "../../../shared/catalogue/gtin.ts";
import type { Product } from "../../../shared/protocol/api/network.ts";

interface Row {
  id: number;
  data: string;
}

export async function productPage(
  db: D1Database,
  page: { q: string; after: number; limit: number },
): Promise<{ products: Product[]; next: string | null; total: number }> {
  const gtin = normaliseGtin(page.q);
  if (gtin.ok) {
    const product = await productByGtin(db, page.q);
    return { products: product === null ? [] : [product], next: null, total: product === null ? 0 : 1 };
  }
  const words = page.q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(0, 5);
  // `instr` and not LIKE: no wildcards to escape and no 50-byte limit. It scans, from the cursor on.
  const matches = words.map(() => "instr(search, ?) > 0").join(" AND ") || "true";
  const [found, count] = await db.batch([
    db
      .prepare(`SELECT id, data FROM product WHERE id > ? AND ${matches} ORDER BY id LIMIT ?`)
      .bind(page.after, ...words, page.limit + 1),
    db.prepare(`SELECT count(*) AS total FROM product WHERE ${matches}`).bind(...words),
  ]);
  const rows = (found?.results ?? []) as Row[];
  const shown = rows.slice(0, page.limit);
  return {
    products: shown.map(({ data }) => JSON.parse(data) as Product),
    next: rows.length > page.limit ? String(shown.at(-1)?.id ?? "") : null,
    total: (count?.results[0] as { total: number } | undefined)?.total ?? 0,
  };
}

export async function productByGtin(db: D1Database, text: string): Promise<Product | null> {
  const gtin = normaliseGtin(text);
  if (!gtin.ok) return null;
  const data = await db.prepare("SELECT data FROM product WHERE id = ?").bind(Number(gtin.value)).first<string>("data");
  return data === null ? null : (JSON.parse(data) as Product);
}

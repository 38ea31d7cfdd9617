/**
 * The mirror of a community's book as a log (C2SP tlog-tiles): its own signed checkpoint, entry bundles, and tiles
 * computed from them. By primary key; a tile above the lowest reads one hash for each full bundle below it.
 */
import { type Bytes, concat, fromBase64url } from "../../../shared/bytes.ts";
import { encodeBundle } from "../../../shared/log/bundle.ts";
import { fromLines } from "../../../shared/log/lines.ts";
import { leafHash, rootOf } from "../../../shared/log/merkle.ts";
import { TILE_WIDTH, tileWidth } from "../../../shared/log/tiles.ts";

/** Bundles whose hashes one request may read: a book of sixteen million entries has 65,536. */
const MAX_HASHES = 65_536;

export async function mirrorCheckpoint(db: D1Database, origin: string): Promise<string | null> {
  const row = await db
    .prepare("SELECT kept_note FROM mirror WHERE origin = ?")
    .bind(origin)
    .first<{ kept_note: string | null }>();
  return row?.kept_note ?? null;
}

/** The first `width` entries of a bundle, or null where the mirror does not reach. */
export async function mirrorBundle(
  db: D1Database,
  origin: string,
  index: number,
  width: number,
): Promise<Bytes | null> {
  const entries = await entriesOf(db, origin, index, width);
  return entries && encodeBundle(entries);
}

/** The first `width` hashes of a tile, or null where the mirror does not reach. */
export async function mirrorTile(
  db: D1Database,
  origin: string,
  { level, index, width }: { level: number; index: number; width: number },
): Promise<Bytes | null> {
  if (level === 0) {
    const entries = await entriesOf(db, origin, index, width);
    return entries && concat(...entries.map((entry) => leafHash(entry)));
  }
  const each = TILE_WIDTH ** (level - 1);
  const first = index * TILE_WIDTH * each;
  if (width * each > MAX_HASHES) return null;
  const { results } = await db
    .prepare(
      `SELECT mirror.kept_size, bundle.hash FROM mirror JOIN mirror_bundle AS bundle
       ON bundle.origin = mirror.origin AND bundle.generation = mirror.kept_generation
       WHERE mirror.origin = ?1 AND bundle.idx >= ?2 AND bundle.idx < ?3 ORDER BY bundle.idx`,
    )
    .bind(origin, first, first + width * each)
    .all<{ kept_size: number; hash: string | null }>();
  if (width > tileWidth(level, index, results[0]?.kept_size ?? 0)) return null;
  const hashes = results.map(({ hash }) => fromBase64url(hash ?? ""));
  return concat(...Array.from({ length: width }, (_, at) => rootOf(hashes.slice(at * each, (at + 1) * each))));
}

async function entriesOf(db: D1Database, origin: string, index: number, width: number): Promise<Bytes[] | null> {
  const row = await db
    .prepare(
      `SELECT mirror.kept_size, bundle.lines FROM mirror JOIN mirror_bundle AS bundle
       ON bundle.origin = mirror.origin AND bundle.generation = mirror.kept_generation AND bundle.idx = ?2
       WHERE mirror.origin = ?1`,
    )
    .bind(origin, index)
    .first<{ kept_size: number; lines: string }>();
  if (row === null || width > tileWidth(0, index, row.kept_size)) return null;
  return fromLines(row.lines).slice(0, width);
}

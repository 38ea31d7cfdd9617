/**
 * Mirrors of the nodes' books as rows: a few for each step of checking, whatever the number of books in it.
 * A step that another invocation has overtaken fails as a whole on the guard and is simply not needed any more.
 */
import { type Bytes, concat, fromBase64, toBase64, toBase64url } from "../../../shared/bytes.ts";
import type { BookState, CampaignRules, Chain, Tally, Touched } from "../../../shared/book/state.ts";
import { toLines } from "../../../shared/log/lines.ts";
import { jsonParameter } from "../../lib/d1.ts";
import type { BundlePart, Mirror } from "../mirror.ts";
import { chunks } from "../view-writes.ts";

const HASH_BYTES = 32;

/** The mirror of a community's current book, in SQL: `mirrorName`. */
export const MIRROR_OF = "(community.origin || coalesce('/book/' || (community.book ->> '$.generation'), ''))";

export interface MirrorRow {
  origin: string;
  generation: number;
  size: number;
  frontier: string;
  genesis: string | null;
  day: string | null;
  tallies: string;
  verified_size: number;
  verified_root: string;
  consistent: number;
  bad_index: number | null;
  bad_code: "book-entry-invalid" | "book-genesis" | null;
  reread_for: number | null;
  bundled: number;
  kept_generation: number | null;
  kept_size: number;
  kept_note: string | null;
}

/** Where a mirror stood when it was loaded. */
export interface MirrorMark {
  origin: string;
  generation: number;
  size: number;
}

export function mirrorOf(row: MirrorRow): Mirror {
  return {
    origin: row.origin,
    generation: row.generation,
    frontier: { size: row.size, hashes: hashesOf(row.frontier) },
    book: {
      // the fold stops before a bad entry, the frontier does not
      size: row.bad_index ?? row.size,
      genesis: row.genesis,
      day: row.day,
      chains: new Map(),
      keys: new Map(),
      tallies: talliesOf(row.tallies),
    },
    verified: { size: row.verified_size, root: row.verified_root },
    consistent: row.consistent === 1,
    bad: row.bad_index === null || row.bad_code === null ? null : { index: row.bad_index, code: row.bad_code },
    rereadFor: row.reread_for,
    bundled: row.bundled === 1,
    kept:
      row.kept_generation === null || row.kept_note === null
        ? null
        : { generation: row.kept_generation, size: row.kept_size, note: row.kept_note },
  };
}

function mirrorRow(mirror: Mirror): MirrorRow {
  return {
    origin: mirror.origin,
    generation: mirror.generation,
    size: mirror.frontier.size,
    frontier: toBase64(concat(...mirror.frontier.hashes)),
    genesis: mirror.book.genesis,
    day: mirror.book.day,
    tallies: talliesText(mirror.book.tallies),
    verified_size: mirror.verified.size,
    verified_root: mirror.verified.root,
    consistent: mirror.consistent ? 1 : 0,
    bad_index: mirror.bad?.index ?? null,
    bad_code: mirror.bad?.code ?? null,
    reread_for: mirror.rereadFor,
    bundled: mirror.bundled ? 1 : 0,
    kept_generation: mirror.kept?.generation ?? null,
    kept_size: mirror.kept?.size ?? 0,
    kept_note: mirror.kept?.note ?? null,
  };
}

function hashesOf(frontier: string): Bytes[] {
  const bytes = fromBase64(frontier);
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, i) => bytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

interface TallyJson {
  units: string[];
  chains: number[];
  interest: string;
  purchased: string;
  locked: string;
  ended: Tally["ended"];
}

export function talliesOf(text: string): BookState["tallies"] {
  const tallies = JSON.parse(text) as Record<string, TallyJson>;
  return new Map(
    Object.entries(tallies).map(([campaign, tally]) => [
      campaign,
      {
        units: tally.units.map(BigInt),
        chains: tally.chains,
        interest: BigInt(tally.interest),
        purchased: BigInt(tally.purchased),
        locked: BigInt(tally.locked),
        ended: tally.ended,
      },
    ]),
  );
}

function talliesText(tallies: BookState["tallies"]): string {
  const json: Record<string, TallyJson> = {};
  for (const [campaign, tally] of tallies) {
    json[campaign] = {
      units: tally.units.map(String),
      chains: tally.chains,
      interest: String(tally.interest),
      purchased: String(tally.purchased),
      locked: String(tally.locked),
      ended: tally.ended,
    };
  }
  return JSON.stringify(json);
}

/** Chains and keys by (origin, leaf), campaigns by id: all by primary key. */
export function citedQueries(
  db: D1Database,
  cited: { heads: [string, string][]; keys: [string, string][]; campaigns: string[] },
): D1PreparedStatement[] {
  return [
    db
      .prepare(
        `SELECT chain.origin, chain.head, chain.chain FROM json_each(?) AS cited CROSS JOIN mirror_chain AS chain
         ON chain.origin = cited.value ->> 0 AND chain.head = cited.value ->> 1`,
      )
      .bind(jsonParameter(cited.heads)),
    db
      .prepare(
        `SELECT key.origin, key.leaf, key.ended FROM json_each(?) AS cited CROSS JOIN mirror_key AS key
         ON key.origin = cited.value ->> 0 AND key.leaf = cited.value ->> 1`,
      )
      .bind(jsonParameter(cited.keys)),
    db
      .prepare(
        `SELECT id, terms ->> 'max_qty' AS max_qty, json_array_length(terms, '$.bands_minor') AS bands, closing
         FROM campaign WHERE id IN (SELECT value FROM json_each(?))`,
      )
      .bind(jsonParameter(cited.campaigns)),
  ];
}

export function loadCited(
  mirrors: ReadonlyMap<string, Mirror>,
  results: readonly D1Result[],
): Map<string, CampaignRules> {
  const [chains, keys, campaigns] = results.map((result) => result.results);
  for (const row of (chains ?? []) as { origin: string; head: string; chain: string }[]) {
    const chain = JSON.parse(row.chain) as Omit<Chain, "qty"> & { qty: string };
    mirrors.get(row.origin)?.book.chains.set(row.head, { ...chain, qty: BigInt(chain.qty) });
  }
  for (const row of (keys ?? []) as { origin: string; leaf: string; ended: number }[]) {
    mirrors.get(row.origin)?.book.keys.set(row.leaf, { ended: row.ended === 1 });
  }
  const rules = new Map<string, CampaignRules>();
  for (const row of (campaigns ?? []) as { id: string; max_qty: string; bands: number; closing: string | null }[]) {
    const closing = row.closing === null ? null : (JSON.parse(row.closing) as NonNullable<CampaignRules["closing"]>);
    rules.set(row.id, { bands: row.bands, max_qty: BigInt(row.max_qty), closing });
  }
  return rules;
}

export interface MirrorChange {
  from: MirrorMark;
  mirror: Mirror;
  /** read again from the start: the chains and keys of the reading before are dropped */
  restarted: boolean;
  touched: Touched | null;
  bundles: readonly BundlePart[];
  /** the reading that holds the book which is served is another one than before */
  moved: boolean;
}

const GUARD_SQL = `UPDATE mirror SET generation = NULL FROM json_each(?) AS mark
  WHERE mirror.origin = mark.value ->> 'origin'
  AND (mirror.generation <> mark.value ->> 'generation' OR mirror.size <> mark.value ->> 'size')`;
const COLUMNS = [
  "origin",
  "generation",
  "size",
  "frontier",
  "genesis",
  "day",
  "tallies",
  "verified_size",
  "verified_root",
  "consistent",
  "bad_index",
  "bad_code",
  "reread_for",
  "bundled",
  "kept_generation",
  "kept_size",
  "kept_note",
] as const;
const UPSERT_SQL = `INSERT INTO mirror (${COLUMNS.join(", ")})
  SELECT ${COLUMNS.map((column) => `value ->> '${column}'`).join(", ")} FROM json_each(?) WHERE true
  ON CONFLICT (origin) DO UPDATE SET ${COLUMNS.slice(1)
    .map((column) => `${column} = excluded.${column}`)
    .join(", ")}`;

/** A row grows by the entries that were read; the guard before it makes sure that they are the next ones. */
const BUNDLE_SQL = `INSERT INTO mirror_bundle (origin, generation, idx, hash, lines)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true
  ON CONFLICT (origin, generation, idx) DO UPDATE SET hash = excluded.hash, lines = lines || char(10) || excluded.lines`;

function bundleRows({ mirror, bundles }: MirrorChange): unknown[][] {
  return bundles.map(({ index, entries, hash }) => [
    mirror.origin,
    mirror.generation,
    index,
    hash === null ? null : toBase64url(hash),
    toLines(entries),
  ]);
}

export function mirrorWrites(db: D1Database, changes: readonly MirrorChange[]): D1PreparedStatement[] {
  if (changes.length === 0) return [];
  const statements = [db.prepare(GUARD_SQL).bind(jsonParameter(changes.map(({ from }) => from)))];
  const many = (sql: string, rows: readonly unknown[]): void => {
    for (const chunk of chunks(rows)) statements.push(db.prepare(sql).bind(jsonParameter(chunk)));
  };
  many(
    UPSERT_SQL,
    changes.map(({ mirror }) => mirrorRow(mirror)),
  );
  const dropped = changes.filter(({ restarted }) => restarted).map(({ mirror }) => mirror.origin);
  many("DELETE FROM mirror_chain WHERE origin IN (SELECT value FROM json_each(?))", dropped);
  many("DELETE FROM mirror_key WHERE origin IN (SELECT value FROM json_each(?))", dropped);
  many(BUNDLE_SQL, changes.flatMap(bundleRows));
  const settled = changes.filter(({ restarted, moved }) => restarted || moved);
  many(
    `DELETE FROM mirror_bundle WHERE (origin, generation) IN (SELECT bundle.origin, bundle.generation
       FROM json_each(?) AS change JOIN mirror_bundle AS bundle ON bundle.origin = change.value ->> 0
       AND bundle.generation NOT IN (change.value ->> 1, coalesce(change.value ->> 2, -1)))`,
    settled.map(({ mirror }) => [mirror.origin, mirror.generation, mirror.kept?.generation ?? null]),
  );
  const gone: unknown[] = [];
  const heads: unknown[] = [];
  const keys: unknown[] = [];
  for (const { mirror, touched } of changes) {
    for (const head of touched?.heads ?? []) {
      const chain = mirror.book.chains.get(head);
      if (chain === undefined) gone.push([mirror.origin, head]);
      else heads.push([mirror.origin, head, JSON.stringify({ ...chain, qty: String(chain.qty) })]);
    }
    for (const leaf of touched?.keys ?? []) {
      keys.push([mirror.origin, leaf, mirror.book.keys.get(leaf)?.ended === true ? 1 : 0]);
    }
  }
  many("DELETE FROM mirror_chain WHERE (origin, head) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))", gone);
  many(
    `INSERT INTO mirror_chain (origin, head, chain) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
     WHERE true ON CONFLICT (origin, head) DO UPDATE SET chain = excluded.chain`,
    heads,
  );
  many(
    `INSERT INTO mirror_key (origin, leaf, ended) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
     WHERE true ON CONFLICT (origin, leaf) DO UPDATE SET ended = excluded.ended`,
    keys,
  );
  return statements;
}

/** Another invocation has moved one of these mirrors meanwhile. */
export function isOvertaken(error: unknown): boolean {
  return error instanceof Error && /NOT NULL constraint failed: mirror\.generation/.test(error.message);
}

/** Audits at a hub: whose turn it is, what a lot is drawn from, and the private row that an audit works on. */
import type { Ballot, Group, Hit, LotTerms } from "../../../shared/audit/lot.ts";
import type { Tally } from "../../../shared/book/state.ts";
import { sha256url } from "../../../shared/bytes.ts";
import { generationOf } from "../../../shared/network/book-origin.ts";
import { type CommunityKeys, bookKeysBefore } from "../../../shared/network/keys.ts";
import { AUDIT_INTERVAL_S, type AuditCode, MAX_BEACONS, type Opening } from "../../../shared/protocol/audit.ts";
import type { AuditSummary } from "../../../shared/protocol/api/network.ts";
import type { Audits } from "../../../shared/network/audits.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { canonicalBytes } from "../../../shared/signing/canonical.ts";
import { parseJws } from "../../../shared/signing/jws.ts";
import { isoTime } from "../../../shared/time.ts";
import { jsonParameter, rowsOf } from "../../lib/d1.ts";
import { type BallotSource, holdersOf, holdersQuery } from "../../lib/lot.ts";
import { MIRROR_OF, talliesOf } from "./mirror.ts";
import { currentGeneration } from "../../../shared/network/resets.ts";
import { bookOf } from "../view-rows.ts";

export interface Candidate {
  origin: string;
  /** leaf of the report that counts, and the report */
  report: string;
  jws: string;
  /** name of the mirror of its book */
  mirror: string;
  tallies: string;
  /** which reading of the book */
  generation: number;
  size: number;
}

/** The mirror's chains are those of the report only while no later book has been read. Scans communities. */
const CANDIDATE_SQL = `SELECT community.origin, community.counted_leaf AS report, log_entry.data AS jws, mirror.tallies,
    mirror.origin AS mirror, mirror.generation, mirror.size
  FROM community JOIN mirror ON mirror.origin = ${MIRROR_OF}
  JOIN report ON report.origin = community.origin AND report.seq = community.counted ->> '$.seq'
  JOIN log_entry ON log_entry.leaf = community.counted_leaf
  WHERE community.status = 'admitted' AND community.fresh = 1 AND community.audit_due IS NULL
    AND (?1 IS NULL OR community.origin = ?1)
    AND mirror.size = report.book_size AND mirror.consistent = 1 AND mirror.bad_index IS NULL
    AND coalesce(community.audits ->> '$.last.asked' + coalesce(
      (SELECT policy ->> '$.claims.audit_interval_s' FROM network WHERE id = 1), ${String(AUDIT_INTERVAL_S)}), 0) <= ?2
  ORDER BY coalesce(community.audits ->> '$.last.asked', 0) LIMIT 1`;

export async function candidate(db: D1Database, nowS: number, only: string | null): Promise<Candidate | null> {
  return await db.prepare(CANDIDATE_SQL).bind(only, nowS).first<Candidate>();
}

export interface AuditWitness {
  origin: string;
  url: string;
  vkey: string;
}
export interface LotBook {
  groups: Group[];
  terms: ReadonlyMap<string, LotTerms>;
  witnesses: AuditWitness[];
}

/** One row per live chain of a book. */
function ballotsIn(mirror: string): BallotSource {
  return {
    tables: `ballot AS (SELECT head AS leaf, chain ->> 'campaign' AS campaign, chain ->> 'band' AS band,
      CAST(chain ->> 'qty' AS INTEGER) AS qty FROM mirror_chain WHERE origin = ?1 AND chain ->> 'band' IS NOT NULL)`,
    of: mirror,
  };
}

/** Whether the mirror is still that of the report. */
function markQuery(db: D1Database, { mirror, generation, size }: Candidate): D1PreparedStatement {
  return db
    .prepare("SELECT 1 FROM mirror WHERE origin = ? AND generation = ? AND size = ?")
    .bind(mirror, generation, size);
}

/** The tallies count live pledges by band: what a lock let go is not among them. */
function groupsIn(tallies: ReadonlyMap<string, Tally>): Group[] {
  return [...tallies].flatMap(([campaign, { units, chains }]) =>
    units.flatMap((sum, band) => (sum > 0n ? [{ campaign, band, pledges: chains[band] ?? 0, units: sum }] : [])),
  );
}

/** Three queries in one round trip. Null: the mirror has moved on. */
export async function lotBook(db: D1Database, chosen: Candidate): Promise<LotBook | null> {
  const { origin } = chosen;
  const tallies: Map<string, Tally> = talliesOf(chosen.tallies);
  const [mark, campaigns, witnesses] = await db.batch([
    markQuery(db, chosen),
    db
      .prepare("SELECT id, terms FROM campaign WHERE id IN (SELECT value FROM json_each(?))")
      .bind(jsonParameter([...tallies.keys()])),
    db
      .prepare(
        `SELECT origin, url, witness_vkey AS vkey FROM community WHERE status = 'admitted' AND witness_vkey IS NOT NULL
         AND origin <> ? ORDER BY random() LIMIT ?`,
      )
      .bind(origin, MAX_BEACONS),
  ]);
  if (rowsOf(mark).length === 0) return null;
  return {
    groups: groupsIn(tallies),
    terms: new Map(
      rowsOf<{ id: string; terms: string }>(campaigns).map(({ id, terms }) => [id, JSON.parse(terms) as LotTerms]),
    ),
    witnesses: rowsOf<AuditWitness>(witnesses),
  };
}

/** The pledges that hold what was drawn, ascending by leaf: one pass over the book's live chains. Null: the mirror has moved on. */
export async function holders(db: D1Database, chosen: Candidate, hits: readonly Hit[]): Promise<Ballot[] | null> {
  const [mark, found] = await db.batch([markQuery(db, chosen), holdersQuery(db, ballotsIn(chosen.mirror), hits)]);
  return rowsOf(mark).length === 0 ? null : holdersOf(found);
}

export interface AuditRow {
  leaf: string;
  node: string;
  asked_at: number;
  due: number;
  drawn: string;
  attempts: number;
  next_at: number | null;
  /** 1: openings are here */
  answered: number;
  openings_sha256: string | null;
  checked: number;
  found: string;
}
export interface Found {
  opened: number;
  gone: number;
  codes: AuditCode[];
}

/** The table has a row per audit ever asked: at most one a week and community. */
export async function nextStep(db: D1Database, nowS: number, only: string | null): Promise<AuditRow | null> {
  return await db
    .prepare(
      `SELECT leaf, node, asked_at, due, drawn, attempts, next_at, openings IS NOT NULL AS answered, openings_sha256, checked,
         found FROM book_audit
       WHERE next_at IS NOT NULL AND (?1 IS NOT NULL OR next_at <= ?2) AND (?1 IS NULL OR node = ?1)
       ORDER BY next_at LIMIT 1`,
    )
    .bind(only, nowS)
    .first<AuditRow>();
}

/** Of what a community opened, these; the rest stays in the database. */
export async function someOpenings(db: D1Database, audit: string, leaves: readonly string[]): Promise<Opening[]> {
  const { results } = await db
    .prepare(
      `SELECT one.value AS opening FROM book_audit JOIN json_each(book_audit.openings) AS one
       WHERE book_audit.leaf = ?1 AND one.value ->> 'leaf' IN (SELECT value FROM json_each(?2))`,
    )
    .bind(audit, jsonParameter(leaves))
    .all<{ opening: string }>();
  return results.map(({ opening }) => JSON.parse(opening) as Opening);
}

/** Two live pledges of one account in one campaign, which the book itself cannot show. */
export async function hasAccountTwice(db: D1Database, audit: string): Promise<boolean> {
  const found = await db
    .prepare(
      `SELECT one.value ->> '$.receipt.document.account' AS account, one.value ->> '$.receipt.document.campaign' AS campaign
       FROM book_audit JOIN json_each(book_audit.openings) AS one
       WHERE book_audit.leaf = ? AND account IS NOT NULL GROUP BY campaign, account HAVING count(*) > 1 LIMIT 1`,
    )
    .bind(audit)
    .first();
  return found !== null;
}

/** Index of the entry that says there was no answer to this audit, if that was said. */
export async function statedIndex(db: D1Database, { leaf, node }: Pick<AuditRow, "leaf" | "node">) {
  return await db
    .prepare(
      "SELECT audits ->> '$.last.stated' AS at FROM community WHERE origin = ? AND audits ->> '$.last.leaf' = ? LIMIT 1",
    )
    .bind(node, leaf)
    .first<number | null>("at");
}

/** Whether the log holds the community's own answer to this audit. */
export async function isAnswered(db: D1Database, { leaf, node }: Pick<AuditRow, "leaf" | "node">): Promise<boolean> {
  const found = await db
    .prepare(
      `SELECT 1 FROM community WHERE origin = ? AND audits ->> '$.open.leaf' = ?
       AND audits ->> '$.open.answer.index' IS NOT NULL`,
    )
    .bind(node, leaf)
    .first();
  return found !== null;
}

export function drawnText(drawn: readonly Ballot[]): string {
  return JSON.stringify(drawn.map((ballot) => ({ ...ballot, qty: String(ballot.qty) })));
}

export function drawnOf({ drawn }: AuditRow): Ballot[] {
  const rows = JSON.parse(drawn) as (Omit<Ballot, "qty"> & { qty: string })[];
  return rows.map((ballot) => ({ ...ballot, qty: BigInt(ballot.qty) }));
}

/** The address of the audited community, the logged audit, and the entries that named its beacons' keys, in their order. */
export async function requestParts(
  db: D1Database,
  { leaf, node }: AuditRow,
): Promise<{ url: string; audit: string; keys: { leaf: string; data: string }[] }> {
  const [nodes, audits] = await db.batch([
    db.prepare("SELECT url FROM community WHERE origin = ?").bind(node),
    db.prepare("SELECT data FROM log_entry WHERE leaf = ?").bind(leaf),
  ]);
  const audit = rowsOf<{ data: string }>(audits)[0]?.data ?? "";
  const jws = parseJws(audit);
  if (!jws.ok) throw new Error("a logged audit is not a JWS");
  const { beacons } = jws.value.claims as Claims<"audit+jwt">;
  const named = await db
    .prepare(
      `SELECT witness_vkey AS vkey, join_leaf, keys FROM community
       WHERE origin IN (SELECT replace(substr(value, 1, instr(value, '+') - 1), '/witness', '') FROM json_each(?))`,
    )
    .bind(jsonParameter(beacons.map(({ vkey }) => vkey)))
    .all<{ vkey: string; join_leaf: string; keys: string | null }>();
  const leaves = new Map(named.results.map((row) => [row.vkey, keyEntry(row)]));
  const { results } = await db
    .prepare("SELECT leaf, data FROM log_entry WHERE leaf IN (SELECT value FROM json_each(?))")
    .bind(jsonParameter([...leaves.values()]))
    .all<{ leaf: string; data: string }>();
  const keys = beacons.flatMap(({ vkey }) => results.find((row) => row.leaf === leaves.get(vkey)) ?? []);
  return { url: rowsOf<{ url: string }>(nodes)[0]?.url ?? "", audit, keys };
}

/** The entry that named the current witness key: its newest change, or the join. */
function keyEntry({ join_leaf, keys }: { join_leaf: string; keys: string | null }): string {
  const past = keys === null ? [] : (JSON.parse(keys) as CommunityKeys).past;
  return past.findLast(({ role }) => role === "witness")?.by ?? join_leaf;
}

interface NodeRow {
  url: string;
  book_vkey: string;
  keys: string | null;
  book: string | null;
  /** index of the audit, and the report it is about, while it is open */
  asked: number | null;
  report: string | null;
}

/**
 * What openings are held against: the community's page, the terms that its members were shown, and the book that was audited.
 * Since it was asked, the community may have changed its book's key, or begun a new book.
 */
export async function openingTerms(db: D1Database, { leaf: audit, node }: AuditRow, drawn: readonly Ballot[]) {
  const [nodes, campaigns] = await db.batch([
    db
      .prepare(
        `SELECT url, book_vkey, keys, book, iif(audits ->> '$.open.leaf' = ?2, audits ->> '$.open.index', NULL) AS asked,
           (SELECT data FROM log_entry WHERE leaf = audits ->> '$.open.report') AS report
         FROM community WHERE origin = ?1`,
      )
      .bind(node, audit),
    db
      .prepare("SELECT leaf, data FROM log_entry WHERE leaf IN (SELECT DISTINCT value FROM json_each(?))")
      .bind(jsonParameter([...new Set(drawn.map(({ campaign }) => campaign))])),
  ]);
  const row = rowsOf<NodeRow>(nodes)[0];
  if (row === undefined) throw new Error("an audited community is not in the view");
  const terms = new Map(
    rowsOf<{ leaf: string; data: string }>(campaigns).map(({ leaf, data }) => {
      const jws = parseJws(data);
      if (!jws.ok) throw new Error("a logged campaign is not a JWS");
      const claims = jws.value.claims as Claims<"campaign+jwt">;
      const { currency, bands_minor } = claims;
      return [leaf, { currency, bands_minor, sha256: sha256url(canonicalBytes(claims)) }];
    }),
  );
  const report = parseJws(row.report ?? "");
  const generation = report.ok
    ? generationOf((report.value.claims as Claims<"demand-report+jwt">).book, node)
    : currentGeneration({ book: bookOf(row.book) });
  const past = row.keys === null ? { past: [] } : (JSON.parse(row.keys) as CommunityKeys);
  const bookVkeys = [row.book_vkey, ...(row.asked === null ? [] : bookKeysBefore(past, row.asked))];
  return { url: row.url, bookVkeys, generation, terms };
}

/** Statements of the hourly sweep. */
export function sweepOpenings(db: D1Database, before: number): D1PreparedStatement {
  return db.prepare("UPDATE book_audit SET openings = NULL WHERE openings IS NOT NULL AND asked_at < ?").bind(before);
}

/** For the community's public page; null before the first audit. */
export function auditSummary(audits: Audits | null): AuditSummary | null {
  if (audits === null) return null;
  const { ok, failed, unanswered, unjudged = 0, open, last } = audits;
  return {
    ok,
    failed,
    unanswered,
    unjudged,
    open:
      open === null
        ? null
        : {
            leaf: open.leaf,
            drawn: open.drawn,
            asked: isoTime(open.asked),
            due: isoTime(open.due),
            answered: open.answer !== undefined,
          },
    last:
      last === null
        ? null
        : {
            leaf: last.leaf,
            outcome: last.outcome,
            drawn: last.drawn,
            opened: last.opened,
            gone: last.gone,
            codes: last.codes,
            at: isoTime(last.at),
            index: last.settled,
          },
  };
}

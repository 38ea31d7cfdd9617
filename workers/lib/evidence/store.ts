/** Evidence as rows. The primary key (accused, kind) settles who was first; a later document of the same kind adds nothing. */
import type { EvidenceView } from "../../../shared/protocol/api/evidence.ts";
import type { Finding } from "../../../shared/evidence/refusal.ts";
import type { Evidence } from "../../../shared/protocol/evidence.ts";
import { isConflict, rowsOf } from "../d1.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";

export interface Checked {
  document: Evidence;
  sha256: string;
  finding: Finding;
}

interface Row {
  accused: string;
  kind: Evidence["kind"];
  party: "hub" | "node";
  hub: string;
  sha256: string;
  received_at: number;
  log_index: number | null;
  checked: number;
}
const COLUMNS = "accused, kind, party, hub, sha256, received_at, log_index, 1 AS checked";
/** The same of what is only claimed. */
const CLAIMED = "accused, kind, party, hub, sha256, received_at, NULL AS log_index, 0 AS checked";
/** Whoever claims something against somebody takes one of these places: the first ones stand. */
const CLAIMS = 4;
const SHOWN = 100;

/** Whether this document, or another of its kind against the same party, is kept: by the unique index and the primary key. */
export async function knownEvidence(
  db: D1Database,
  about: { sha256: string; accused?: string; kind?: string },
): Promise<EvidenceView | null> {
  const { sha256, accused = "", kind = "" } = about;
  const row = await db
    .prepare(
      `SELECT ${COLUMNS} FROM evidence WHERE sha256 = ?1
       UNION ALL SELECT ${COLUMNS} FROM evidence WHERE accused = ?2 AND kind = ?3 LIMIT 1`,
    )
    .bind(sha256, accused, kind)
    .first<Row>();
  return row && viewOf(row);
}

export async function listEvidence(db: D1Database, accused: string | undefined): Promise<EvidenceView[]> {
  const statement =
    accused === undefined
      ? db
          .prepare(
            `SELECT ${COLUMNS} FROM evidence UNION ALL SELECT ${CLAIMED} FROM evidence_claim
             ORDER BY accused, kind, checked DESC LIMIT ?`,
          )
          .bind(SHOWN)
      : evidenceAgainst(db, accused);
  return evidenceOf(await statement.all<Row>());
}

export function evidenceAgainst(db: D1Database, accused: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT ${COLUMNS} FROM evidence WHERE accused = ?1
       UNION ALL SELECT ${CLAIMED} FROM evidence_claim WHERE accused = ?1 ORDER BY kind, checked DESC LIMIT ?2`,
    )
    .bind(accused, SHOWN);
}

/** From the result of `evidenceAgainst`. */
export function evidenceOf(result: D1Result | undefined): EvidenceView[] {
  return rowsOf<Row>(result).map(viewOf);
}

/** The exact bytes whose hash is the name. */
export async function evidenceDocument(db: D1Database, sha256: string): Promise<string | null> {
  return await db
    .prepare(
      `SELECT document FROM evidence WHERE sha256 = ?1
       UNION ALL SELECT document FROM evidence_claim WHERE sha256 = ?1 LIMIT 1`,
    )
    .bind(sha256)
    .first<string>("document");
}

/** What cannot be read here is kept as a claim, if there is room. Null: there is none. Only hubs are accused by so many entries. */
export async function keepClaim(
  db: D1Database,
  document: Evidence,
  sha256: string,
  now: number,
): Promise<EvidenceView | null> {
  const { origin } = document.hub;
  const [, kept] = await db.batch<Row>([
    db
      .prepare(
        `INSERT INTO evidence_claim (accused, sha256, kind, party, hub, document, received_at)
         SELECT ?1, ?2, ?3, 'hub', ?1, ?4, ?5 WHERE (SELECT count(*) FROM evidence_claim WHERE accused = ?1) < ?6
         ON CONFLICT (accused, sha256) DO NOTHING`,
      )
      .bind(origin, sha256, document.kind, canonicalJson(document), now, CLAIMS),
    db.prepare(`SELECT ${CLAIMED} FROM evidence_claim WHERE accused = ? AND sha256 = ?`).bind(origin, sha256),
  ]);
  const row = kept?.results[0];
  return row === undefined ? null : viewOf(row);
}

export function insertEvidence(
  db: D1Database,
  { document, sha256, finding }: Checked,
  at: { now: number; index: number | null },
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO evidence (accused, kind, party, hub, sha256, document, received_at, log_index, next_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?7)`,
    )
    .bind(
      finding.accused,
      document.kind,
      finding.party,
      document.hub.origin,
      sha256,
      canonicalJson(document),
      at.now,
      at.index,
    );
}

/** For a node, which has no log to say it in: whoever was first stands. */
export async function keepEvidence(db: D1Database, checked: Checked, now: number): Promise<void> {
  try {
    await insertEvidence(db, checked, { now, index: null }).run();
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

function viewOf(row: Row): EvidenceView {
  return {
    accused: row.accused,
    kind: row.kind,
    party: row.party,
    hub: row.hub,
    sha256: row.sha256,
    received_at: new Date(row.received_at).toISOString(),
    index: row.log_index,
    checked: row.checked === 1,
  };
}

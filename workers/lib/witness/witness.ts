/**
 * This worker as a witness of other logs (C2SP tlog-witness): judged by shared/witness, stored by compare-and-set,
 * and only then answered. Two requests at once settle on the row; the later one is judged anew on what won.
 * At most six queries.
 */
import { type Bytes, fromBase64, sha256, toBase64, toHex, utf8 } from "../../../shared/bytes.ts";
import type { Cosigner } from "../../../shared/log/cosignature.ts";
import type { Result } from "../../../shared/result.ts";
import { fail, ok } from "../../../shared/result.ts";
import { judgeRequest, type WitnessRefusal } from "../../../shared/witness/judge.ts";
import { parseAddCheckpoint, type ParsedRequest } from "../../../shared/witness/request.ts";
import { rowsOf } from "../d1.ts";

export interface Witness {
  db: D1Database;
  /** this witness's keys: one, or two while one takes the place of the other; what was cosigned is remembered for both */
  cosigners: readonly Cosigner[];
  /** rows `{vkey}`: the keys this worker knows a log of this origin by; none: it does not witness it */
  keysOf: (origin: string) => D1PreparedStatement;
  /** the same from configuration */
  configuredKeys: (origin: string) => readonly string[];
  /** Unix seconds */
  nowS: number;
}

interface WitnessedRow {
  size: number;
  root: string;
  note: string;
}

const ATTEMPTS = 2;
/** A log that repeats itself does not fill the database. */
const REFUSAL_EVERY_S = 60;

/** The cosignature lines, once they are stored. */
export async function addCheckpoint(witness: Witness, body: string): Promise<Result<string, WitnessRefusal>> {
  const request = parseAddCheckpoint(body);
  if (!request.ok) return fail({ code: request.error });
  for (let attempt = 1; ; attempt += 1) {
    const answer = await answerOnce(witness, request.value);
    if (answer !== "overtaken") return answer;
    if (attempt === ATTEMPTS) return fail({ code: "witness-size", size: await sizeOf(witness.db, request.value) });
  }
}

async function answerOnce(
  { db, cosigners, keysOf, configuredKeys, nowS }: Witness,
  request: ParsedRequest,
): Promise<Result<string, WitnessRefusal> | "overtaken"> {
  const { checkpoint, note } = request;
  const { origin, size, root } = checkpoint;
  const [keys, rows] = await db.batch([keysOf(origin), witnessedQuery(db, origin)]);
  const vkeys = [...configuredKeys(origin), ...rowsOf<{ vkey: string }>(keys).map(({ vkey }) => vkey)];
  const before = rowsOf<WitnessedRow>(rows)[0];
  const last = { size: before?.size ?? 0, root: rootOf(before) };
  const judged = await judgeRequest(request, vkeys.length === 0 ? null : { vkeys: [...new Set(vkeys)], last });
  if (!judged.ok) {
    const { code } = judged.error;
    if (code === "witness-fork" || code === "witness-proof") {
      await recordRefusal(db, { origin, code, nowS, held: before?.note ?? null, refused: note });
    }
    return judged;
  }
  const { text, lines } = judged.value;
  const own = (await Promise.all(cosigners.map(async (cosigner) => await cosigner.cosign(text, nowS)))).join("");
  const stored = await db
    .prepare(
      `INSERT INTO witnessed (id, origin, size, root, note, cosignature, at) VALUES (?9, ?1, ?2, ?3, ?4, ?5, ?6)
       ON CONFLICT (id) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note,
         cosignature = excluded.cosignature, at = max(at, excluded.at)
       WHERE witnessed.size = ?7 AND witnessed.root IS ?8 RETURNING size`,
    )
    .bind(origin, size, toBase64(root), `${text}\n${lines}`, own, nowS, last.size, before?.root ?? null, hashOf(origin))
    .first();
  return stored === null ? "overtaken" : ok(own);
}

function witnessedQuery(db: D1Database, origin: string): D1PreparedStatement {
  return db.prepare("SELECT size, root, note FROM witnessed WHERE id = ?").bind(hashOf(origin));
}

function rootOf(row: WitnessedRow | undefined): Bytes | null {
  return row === undefined ? null : fromBase64(row.root);
}

async function sizeOf(db: D1Database, { checkpoint }: ParsedRequest): Promise<number> {
  return (await witnessedQuery(db, checkpoint.origin).first<WitnessedRow>())?.size ?? 0;
}

async function recordRefusal(
  db: D1Database,
  refusal: { origin: string; code: string; nowS: number; held: string | null; refused: string },
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO witness_refusal (origin, code, count, first_at, last_at, held, refused) VALUES (?1, ?2, 1, ?3, ?3, ?4, ?5)
       ON CONFLICT (origin, code) DO UPDATE SET count = count + 1, last_at = excluded.last_at, held = excluded.held,
         refused = excluded.refused WHERE witness_refusal.last_at <= excluded.last_at - ?6`,
    )
    .bind(refusal.origin, refusal.code, refusal.nowS, refusal.held, refusal.refused, REFUSAL_EVERY_S)
    .run();
}

/** What a monitor is shown: the log's checkpoint with its signatures and this witness's. */
export async function witnessedNote(db: D1Database, id: string): Promise<string | null> {
  const row = await db
    .prepare("SELECT note || cosignature AS note FROM witnessed WHERE id = ?")
    .bind(id)
    .first<{ note: string }>();
  return row?.note ?? null;
}

/** The name a log has in the address of its witnessed checkpoint. */
export function hashOf(origin: string): string {
  return toHex(sha256(utf8(origin)));
}

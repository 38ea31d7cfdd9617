/**
 * Cosignatures of this worker's own log (docs/protocol.md §7): each witness that lags behind the committed head is sent
 * the checkpoint with a proof from what it has, all at once, five seconds each. Never on the way of a request that adds to the
 * log. Whoever fails is asked again later, and later each time. Six queries at most, two of them only for a 409.
 */

import { fromUtf8, toBase64 } from "../../../shared/bytes.ts";
import { readCosignatureLines } from "../../../shared/log/cosignature.ts";
import { parseNote } from "../../../shared/log/note.ts";
import { MAX_SKEW_S } from "../../../shared/protocol/statement.ts";
import { type AddCheckpoint, formatAddCheckpoint } from "../../../shared/witness/request.ts";
import { jsonParameter, rowsOf } from "../d1.ts";
import { checkpointOf } from "../log-read.ts";
import { headOf, headQuery, type LogHead } from "../log-store.ts";
import { type AskedWitness, consistencyProofs, type OwnLog } from "./own-log.ts";

/** What a witness last said about this log. */
export interface CosignerRow {
  vkey: string;
  size: number;
  root: string | null;
  line: string | null;
  at: number | null;
  attempts: number;
  next_at: number | null;
  error: string | null;
}

export interface Collected {
  head: LogHead;
  /** the signed checkpoint of that head */
  note: string;
  /** every witness asked now or before, as it stands */
  rows: CosignerRow[];
  /** witnesses that hold a larger or another tree than this database: a reason to look whether it was restored */
  contradicted: AskedWitness[];
}

/** Witnesses asked in one run; those that have waited longest come first. */
const MAX_ASKED = 20;
const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 16_384;
const FIRST_RETRY_S = 60;
const LAST_RETRY_S = 3_600;

export function cosignersQuery(db: D1Database): D1PreparedStatement {
  return db.prepare("SELECT vkey, size, root, line, at, attempts, next_at, error FROM cosigner LIMIT 200");
}

/** `extra` reads travel in the same round trip; `witnessesOf` says from their results who is asked. */
export async function collectCosignatures(
  own: OwnLog,
  extra: D1PreparedStatement[],
  witnessesOf: (results: D1Result[]) => AskedWitness[],
): Promise<Collected> {
  const { db, keys, nowS } = own;
  const [heads, cosigners, ...results] = await db.batch([headQuery(db), cosignersQuery(db), ...extra]);
  const head = headOf(rowsOf(heads));
  const root = toBase64(head.root);
  const note = await checkpointOf(head, keys);
  const known = new Map(rowsOf<CosignerRow>(cosigners).map((row) => [row.vkey, row]));
  const due = witnessesOf(results)
    .map((witness) => ({ witness, row: known.get(witness.vkey) ?? unknown(witness.vkey) }))
    .filter(
      ({ row }) => (row.size !== head.size || row.root !== root || row.line === null) && (row.next_at ?? 0) <= nowS,
    )
    .toSorted((a, b) => (a.row.at ?? 0) - (b.row.at ?? 0))
    .slice(0, MAX_ASKED);
  // A witness with two keys is asked once, from the larger of the trees that it is known to hold, and answers with both.
  const oldOf = new Map<string, number>();
  for (const { witness, row } of due) oldOf.set(witness.url, Math.max(oldOf.get(witness.url) ?? 0, row.size));
  if (head.size === 0 || due.length === 0) return { head, note, rows: [...known.values()], contradicted: [] };

  const first = await askAll(
    own,
    head,
    note,
    due.map(({ witness }) => ({ witness, old: Math.min(oldOf.get(witness.url) ?? 0, head.size) })),
  );
  const again = first.flatMap(({ witness, answer }) =>
    answer.kind === "size" && answer.size <= head.size && answer.size !== answer.sent
      ? [{ witness, old: answer.size }]
      : [],
  );
  const second = again.length === 0 ? [] : await askAll(own, head, note, again);
  const final = new Map([...first, ...second].map(({ witness, answer }) => [witness.vkey, { witness, answer }]));

  const changed = due.map(({ witness, row }): CosignerRow => {
    const answer = final.get(witness.vkey)?.answer;
    if (answer?.kind === "signed") {
      return {
        vkey: witness.vkey,
        size: head.size,
        root,
        line: answer.line,
        at: answer.at,
        attempts: 0,
        next_at: null,
        error: null,
      };
    }
    const attempts = row.attempts + 1;
    const wait = Math.min(LAST_RETRY_S, FIRST_RETRY_S * 2 ** Math.min(attempts - 1, 10));
    const size = answer?.kind === "size" ? Math.min(answer.size, head.size) : row.size;
    const error = answer === undefined ? "not-asked" : errorOf(answer, head);
    // The line stays: it is the newest word of this witness, though of an older tree.
    return { ...row, size: row.line === null ? size : row.size, attempts, next_at: nowS + wait, error };
  });
  await writeCosigners(db, changed);
  for (const row of changed) known.set(row.vkey, row);
  const contradicted = [...final.values()].flatMap(({ witness, answer }) =>
    contradicts(answer, head) ? [witness] : [],
  );
  return { head, note, rows: [...known.values()], contradicted };
}

function unknown(vkey: string): CosignerRow {
  return { vkey, size: 0, root: null, line: null, at: null, attempts: 0, next_at: null, error: null };
}

type Answer =
  | { kind: "signed"; line: string; at: number }
  | { kind: "size"; size: number; sent: number }
  | { kind: "failed"; error: string };

async function askAll(
  own: OwnLog,
  head: LogHead,
  note: string,
  asked: { witness: AskedWitness; old: number }[],
): Promise<{ witness: AskedWitness; answer: Answer }[]> {
  const proofs = await consistencyProofs(
    own.db,
    asked.map(({ old }) => old),
    head.size,
  );
  const responses = new Map<string, ReturnType<typeof post>>();
  return await Promise.all(
    asked.map(async ({ witness, old }) => {
      const response =
        responses.get(witness.url) ?? post(own, witness.url, { old, proof: proofs.get(old) ?? [], note });
      responses.set(witness.url, response);
      return { witness, answer: await answerOf(own, await response, witness.vkey, old, note) };
    }),
  );
}

async function post({ peer }: OwnLog, url: string, request: AddCheckpoint) {
  const address = `${url.replace(/\/+$/, "")}/add-checkpoint`;
  return await peer.post(address, formatAddCheckpoint(request), "text/plain; charset=utf-8", {
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_ANSWER_BYTES,
  });
}

async function answerOf(
  { nowS }: OwnLog,
  response: Awaited<ReturnType<typeof post>>,
  vkey: string,
  old: number,
  note: string,
): Promise<Answer> {
  if (!response.ok) return { kind: "failed", error: response.error };
  const { status, bytes } = response.value;
  const text = textOf(bytes);
  if (status === 200) {
    const cosigned = await readCosignatureLines(text, parseNote(note)?.text ?? "", vkey);
    if (cosigned === null) return { kind: "failed", error: "peer-invalid" };
    // Its time is what readers hold the log's own time against, and what a changed rule waits for.
    if (cosigned.at > nowS + MAX_SKEW_S) return { kind: "failed", error: "witness-clock" };
    return { kind: "signed", line: cosigned.line, at: cosigned.at };
  }
  const size = status === 409 && /^(0|[1-9][0-9]{0,15})\n?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(size)) return { kind: "size", size, sent: old };
  return { kind: "failed", error: `answered-${String(status)}` };
}

/** A witness that names the size it was sent has another tree of that size; one that names a larger has seen more. */
function contradicts(answer: Answer, head: LogHead): boolean {
  if (answer.kind === "size") return answer.size > head.size || answer.size === answer.sent;
  return answer.kind === "failed" && answer.error === "answered-422";
}

function errorOf(answer: Answer, head: LogHead): string | null {
  if (answer.kind === "signed") return null;
  if (answer.kind === "failed") return answer.error;
  if (answer.size > head.size) return "witness-ahead";
  return answer.size === answer.sent ? "witness-fork" : "busy";
}

function textOf(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes);
  } catch {
    return "";
  }
}

/** A run that was overtaken never takes a witness back to an older tree. */
async function writeCosigners(db: D1Database, rows: readonly CosignerRow[]): Promise<void> {
  await db
    .prepare(
      `INSERT INTO cosigner (vkey, size, root, line, at, attempts, next_at, error)
       SELECT value ->> 'vkey', value ->> 'size', value ->> 'root', value ->> 'line', value ->> 'at', value ->> 'attempts',
         value ->> 'next_at', value ->> 'error' FROM json_each(?) WHERE true
       ON CONFLICT (vkey) DO UPDATE SET size = excluded.size, root = excluded.root, line = excluded.line,
         at = excluded.at, attempts = excluded.attempts, next_at = excluded.next_at, error = excluded.error
         WHERE excluded.size >= cosigner.size`,
    )
    .bind(jsonParameter(rows))
    .run();
}

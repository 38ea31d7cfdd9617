/**
 * Whether this database is as new as its witnesses know its log (docs/protocol.md §7): asked before the first append
 * of an isolate, because a database that was restored would sign a second history of what it lost. A contradiction halts
 * every append until it is gone; silence does so only where a quorum is logged and the last check is an hour old.
 */
import { fromUtf8 } from "../../../shared/bytes.ts";
import { type Checkpoint, openCheckpoint } from "../../../shared/log/checkpoint.ts";
import { verifyConsistency } from "../../../shared/log/merkle.ts";
import { rowsOf } from "../d1.ts";
import { originOfLog, vkeysOf } from "../log-read.ts";
import { headOf, headQuery, type LogHead } from "../log-store.ts";
import { Refused } from "../problem.ts";
import { type AskedWitness, consistencyProofs, type OwnLog } from "./own-log.ts";
import { hashOf } from "./witness.ts";

export interface GuardRow {
  checked_at: number;
  halted_by: string | null;
  halted_note: string | null;
  halted_at: number | null;
}

export interface Guarded {
  /** names the isolate's memory of this log: its configuration */
  key: object;
  own: OwnLog;
  /** rows from which `witnessesOf` says who is asked and how many must answer */
  reads: D1PreparedStatement[];
  witnessesOf: (results: D1Result[]) => {
    witnesses: AskedWitness[];
    needed: number;
    /** those of whom `needed` must have answered; all, if not said */
    members?: readonly AskedWitness[];
  };
}

const TIMEOUT_MS = 3_000;
const MAX_NOTE_BYTES = 65_536;
const MAX_ASKED = 20;
/** For so long after a check the witnesses' silence is no obstacle. */
const LEASE_S = 3_600;
const ASK_AGAIN_S = 30;

interface Memory {
  /** Unix seconds until which this isolate does not ask again */
  until: number;
  isHalted: boolean;
  /** newest log this isolate has seen, and the largest head of it */
  log: number;
  size: number;
}
const memories = new WeakMap<object, Memory>();

export function guardQuery(db: D1Database): D1PreparedStatement {
  return db.prepare("SELECT checked_at, halted_by, halted_note, halted_at FROM log_guard WHERE id = 1");
}

/** Throws `log-behind` or `witnesses-silent`. Costs nothing once the isolate has been told that all is well. */
export async function guardLog(guarded: Guarded): Promise<void> {
  const { key, own } = guarded;
  const memory = memories.get(key) ?? { until: 0, isHalted: false, log: 1, size: 0 };
  memories.set(key, memory);
  if (own.nowS < memory.until) {
    if (memory.isHalted) throw behind();
    return;
  }
  await checkNow(guarded, memory);
}

/** Asks whatever was found before: after a witness has contradicted, and from the schedule. */
export async function recheckLog(guarded: Guarded): Promise<void> {
  const memory = memories.get(guarded.key) ?? { until: 0, isHalted: false, log: 1, size: 0 };
  memories.set(guarded.key, memory);
  await checkNow(guarded, memory);
}

/** The head every append begins with: smaller than this isolate has seen, the database was restored under it. */
export function seeHead(key: object, { log, size }: Pick<LogHead, "log" | "size">): void {
  const memory = memories.get(key);
  if (memory === undefined) return;
  if (log < memory.log || (log === memory.log && size < memory.size)) {
    memory.until = 0;
    throw behind();
  }
  // Another isolate has begun a new book: what was found about the old one says nothing about this one.
  if (log > memory.log) Object.assign(memory, { until: 0, isHalted: false });
  Object.assign(memory, { log, size });
}

async function checkNow({ own, reads, witnessesOf }: Guarded, memory: Memory): Promise<void> {
  const { db, nowS } = own;
  const [heads, guards, ...results] = await db.batch([headQuery(db), guardQuery(db), ...reads]);
  const head = headOf(rowsOf(heads));
  const guard = rowsOf<GuardRow>(guards)[0];
  const { witnesses, needed, members = witnesses } = witnessesOf(results);
  if (witnesses.length === 0) {
    memory.until = Number.POSITIVE_INFINITY;
    return;
  }
  // A witness with two keys is one witness.
  const once = [...new Map(witnesses.map((witness) => [witness.url, witness])).values()].slice(0, MAX_ASKED);
  const held = await Promise.all(once.map(async (witness) => await heldBy(own, originOfLog(own.keys, head), witness)));
  const contradiction = await contradictionOf(own, head, held);
  if (contradiction !== null) {
    memory.until = nowS + ASK_AGAIN_S;
    memory.isHalted = true;
    await writeGuard(db, guard?.checked_at ?? 0, contradiction, nowS);
    throw behind();
  }
  memory.isHalted = false;
  const counted = new Set(members.map(({ url }) => url));
  const answered = held.filter(({ answered: isAnswer, witness }) => isAnswer && counted.has(witness.url)).length;
  if (answered < needed) {
    if ((guard !== undefined && guard.halted_at !== null) || nowS - (guard?.checked_at ?? 0) > LEASE_S) {
      throw new Refused("witnesses-silent", { retryAfterS: ASK_AGAIN_S }, `${answered} of ${needed} answered`);
    }
    memory.until = nowS + ASK_AGAIN_S;
    return;
  }
  memory.until = Number.POSITIVE_INFINITY;
  if (answered > 0) await writeGuard(db, nowS, null, nowS);
}

interface Held {
  witness: AskedWitness;
  answered: boolean;
  /** what it holds that this log's own key has signed */
  checkpoint: Checkpoint | null;
  note: string;
}

async function heldBy({ peer, keys }: OwnLog, origin: string, witness: AskedWitness): Promise<Held> {
  const url = `${witness.url.replace(/\/+$/, "")}/${hashOf(origin)}/checkpoint`;
  const nothing = { witness, answered: false, checkpoint: null, note: "" };
  const response = await peer.get(url, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_NOTE_BYTES });
  if (!response.ok) return nothing;
  if (response.value.status === 404) return { ...nothing, answered: true };
  if (response.value.status !== 200) return nothing;
  let note: string;
  try {
    note = fromUtf8(response.value.bytes);
  } catch {
    return nothing;
  }
  for (const vkey of await vkeysOf(keys)) {
    const opened = await openCheckpoint(note, vkey, origin);
    if (opened.ok) return { witness, answered: true, checkpoint: opened.value, note };
  }
  // A note this log never signed says nothing about it: anybody could halt a log by making one up.
  return nothing;
}

async function contradictionOf(own: OwnLog, head: LogHead, held: readonly Held[]): Promise<Held | null> {
  const smaller: { one: Held; checkpoint: Checkpoint }[] = [];
  for (const one of held) {
    const { checkpoint } = one;
    if (checkpoint === null) continue;
    if (checkpoint.size > head.size) return one;
    smaller.push({ one, checkpoint });
  }
  if (smaller.length === 0) return null;
  const proofs = await consistencyProofs(
    own.db,
    smaller.map(({ checkpoint }) => checkpoint.size),
    head.size,
  );
  for (const { one, checkpoint } of smaller) {
    const proof = proofs.get(checkpoint.size) ?? [];
    const claim = { size1: checkpoint.size, root1: checkpoint.root, size2: head.size, root2: head.root, proof };
    if (!verifyConsistency(claim)) return one;
  }
  return null;
}

async function writeGuard(db: D1Database, checkedAt: number, by: Held | null, nowS: number): Promise<void> {
  await db
    .prepare(
      `INSERT INTO log_guard (id, checked_at, halted_by, halted_note, halted_at) VALUES (1, ?1, ?2, ?3, ?4)
       ON CONFLICT (id) DO UPDATE SET checked_at = excluded.checked_at, halted_by = excluded.halted_by,
         halted_note = excluded.halted_note, halted_at = CASE WHEN ?4 IS NOT NULL THEN coalesce(log_guard.halted_at, ?4) END`,
    )
    .bind(
      checkedAt,
      by === null ? null : by.witness.vkey || by.witness.url,
      by?.note ?? null,
      by === null ? null : nowS,
    )
    .run();
}

function behind(): Refused {
  return new Refused("log-behind");
}

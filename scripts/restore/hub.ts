/**
 * From a verified hub to a database that says the same (docs/protocol.md §11): log and view, mirrors of the books, the signed
 * numbers; then either a copy that cannot grow, or a fork with its first own entry. A replay of what was written ends it.
 */
import { type Bytes, fromUtf8, sha256url, toBase64 } from "../../shared/bytes.ts";
import type { HubKeys } from "../../shared/signing/keys.ts";
import { MAX_LOGGED_BYTES } from "../../shared/protocol/statement.ts";
import { parseStatement } from "../../shared/signing/statement.ts";
import { type Log, openNote, readLog } from "../../shared/verify/tlog.ts";
import { replayDifferences } from "../../workers/hub/jobs/replay.ts";
import { Beside } from "./beside.ts";
import { BookCopy } from "./books.ts";
import { LogCopy } from "./copy.ts";
import type { LocalDatabase } from "../network/migrations.ts";
import type { Write } from "./database.ts";
import { forkEntry } from "./fork.ts";
import type { KeptSource } from "./source.ts";

export interface Verified {
  source: KeptSource;
  origin: string;
  vkey: string;
  /** the signed note of the head that was verified */
  head: string;
}

export interface Fork {
  keys: HubKeys;
  origin: string;
  name: string;
  nowS: number;
}

export interface Restored {
  size: number;
  books: number;
  /** texts and inputs that the log names by their hash and that are not served */
  missing: number;
  /** name and reference currency, as its own or its parent's policy has them */
  name: string;
  currency: string;
}

export async function restoreHub(
  db: LocalDatabase,
  { source, origin, vkey, head: note }: Verified,
  { fork, onProgress }: { fork: Fork | null; onProgress: (step: string, done: number, total: number) => void },
): Promise<Restored> {
  const log: Log = { source, prefix: "/log", vkey, origin, maxEntryBytes: MAX_LOGGED_BYTES };
  const head = await openNote(log, note);
  const copy = new LogCopy(db);
  const books = new BookCopy(db, source);
  const beside = new Beside();
  // the same head again, so these are the very entries that were verified
  for await (const { start, entries } of readLog(log, head)) {
    for (const entry of entries) {
      const item = await copy.add(entry);
      books.add(item, copy.state);
      beside.add(item);
    }
    onProgress("log", start + entries.length, head.size);
  }
  await copy.flush();
  const kept = await books.write(copy.state, (done, total) => onProgress("books", done, total));
  const missing = await beside.write(db, source);
  if (fork === null) await db.batch(await publishedWrites(db, source, { ...log, head }));
  else {
    await copy.add(await forkEntry(copy.state, { ...fork, root: head.root }));
    await copy.flush();
  }
  onProgress("replay", 0, 1);
  const differences = await replayDifferences(db);
  if (differences.length > 0) throw new Error(`not what the log folds to: ${differences.slice(0, 10).join(", ")}`);
  const { policy, size } = copy.state;
  if (policy === null) throw new Error("a log without a policy");
  return { size, books: kept, missing, name: policy.claims.name, currency: policy.claims.currency };
}

/** The numbers as the hub signed them, and the checkpoint as it showed it: a copy can sign neither. */
async function publishedWrites(
  db: LocalDatabase,
  source: KeptSource,
  log: Log & { head: { size: number; root: Bytes } },
): Promise<Write[]> {
  const jws = fromUtf8(source.kept("/log/totals"));
  const parsed = parseStatement(jws);
  if (!parsed.ok || parsed.value.statement.kind !== "totals+jwt") throw new Error("verified totals are none");
  const { leaf, statement } = parsed.value;
  const network = source.kept("/api/network");
  const note = fromUtf8(source.kept("/log/checkpoint"));
  const served = await openNote(log, note);
  return [
    db
      .prepare(
        `INSERT INTO totals (size, iat, jws, network, etag, logged)
         VALUES (?1, ?2, ?3, ?4, ?5, EXISTS (SELECT 1 FROM log_entry WHERE leaf = ?6))`,
      )
      .bind(statement.claims.size, statement.claims.iat, jws, fromUtf8(network), sha256url(network), leaf),
    db
      .prepare("INSERT INTO witnessed_head (id, size, root, note, at) VALUES (1, ?, ?, ?, ?)")
      .bind(served.size, toBase64(served.root), note, statement.claims.iat),
  ];
}

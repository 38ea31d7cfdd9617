/**
 * Who witnesses this node's book: its hubs (docs/protocol.md §7). They cosign it after each report, and before the first
 * entry of an isolate they are asked whether they know more of it than this database.
 */
import { rowsOf } from "../lib/d1.ts";
import { Refused } from "../lib/problem.ts";
import { type CosignerRow, collectCosignatures } from "../lib/witness/collect.ts";
import { guardLog, type Guarded, recheckLog } from "../lib/witness/guard.ts";
import type { AskedWitness, OwnLog } from "../lib/witness/own-log.ts";
import type { NodeContext } from "./context.ts";
import { seconds } from "./time.ts";

/** The hubs that have this book; the key a hub witnesses with carries its name. */
function hubsQuery(db: D1Database): D1PreparedStatement {
  return db.prepare(
    `SELECT hub.url || '/witness' AS url, coalesce(cosigner.vkey, '') AS vkey FROM hub
     LEFT JOIN cosigner ON substr(cosigner.vkey, 1, instr(cosigner.vkey, '+') - 1) = replace(hub.origin, '/log', '') || '/witness'
     WHERE hub.status IN ('admitted', 'suspended') ORDER BY hub.requested_at LIMIT 32`,
  );
}

function ownBook({ db, config, peer, now }: NodeContext): OwnLog {
  return { db, keys: config.book, peer, nowS: seconds(now()) };
}

/** Any of them may be away: a pledge does not wait for a hub. What one of them says against it, counts. */
function guarded(context: NodeContext): Guarded {
  return {
    key: context.config,
    own: ownBook(context),
    reads: [hubsQuery(context.db)],
    witnessesOf: (results) => ({ witnesses: rowsOf<AskedWitness>(results[0]), needed: 0 }),
  };
}

export async function guardBook(context: NodeContext): Promise<void> {
  await guardLog(guarded(context));
}

/** Asks them whatever was found before. True: one of them has seen more of this book than this database holds. */
export async function isBookBehind(context: NodeContext): Promise<boolean> {
  try {
    await recheckLog(guarded(context));
    return false;
  } catch (error) {
    if (error instanceof Refused && error.code === "log-behind") return true;
    throw error;
  }
}

/** Asks the hubs that can cosign and have not seen the newest book. */
export async function collectForBook(context: NodeContext): Promise<CosignerRow[]> {
  const { rows, contradicted } = await collectCosignatures(ownBook(context), [hubsQuery(context.db)], (results) =>
    rowsOf<AskedWitness>(results[0]).filter(({ vkey }) => vkey !== ""),
  );
  if (contradicted.length === 0) return rows;
  try {
    await recheckLog(guarded(context));
  } catch (error) {
    // The row of the guard now says so, and every append is refused by it.
    if (!(error instanceof Refused)) throw error;
  }
  return rows;
}

/** The key a hub named in entry 0 of its log: it is asked for its cosignature from now on. */
export function rememberCosigner(db: D1Database, vkey: string): D1PreparedStatement {
  return db
    .prepare("INSERT INTO cosigner (vkey, size, attempts) VALUES (?, 0, 0) ON CONFLICT (vkey) DO NOTHING")
    .bind(vkey);
}

/** The logs a node witnesses: its hubs, what the steward added, what the settings name. A few rows each, by primary key. */
import type { WitnessedLog, Witnessing } from "../../../shared/protocol/api/witness.ts";
import { rowsOf } from "../../lib/d1.ts";
import { headOf, headQuery } from "../../lib/log-store.ts";
import { type CosignerRow, cosignersQuery } from "../../lib/witness/collect.ts";
import { guardQuery, type GuardRow } from "../../lib/witness/guard.ts";
import { cosignerOf } from "../../lib/witness/routes.ts";
import { standingOf, standingReads } from "../../lib/witness/standing.ts";
import { hashOf, type Witness } from "../../lib/witness/witness.ts";
import type { NodeContext } from "../context.ts";
import { isoTime } from "../time.ts";

type Known = Pick<WitnessedLog, "origin" | "vkey" | "source">;

/**
 * Whatever a hub's standing: a community that was declined may still watch the log. A log is known by the key of the
 * first list that names it, so that a steward who is talked into another key gives nobody a say in the hub's log.
 */
export function knownLogs({ db, config }: NodeContext): Pick<Witness, "keysOf" | "configuredKeys"> {
  const configured = (origin: string) =>
    config.witnessLogs.filter((log) => log.origin === origin).map((log) => log.vkey);
  return {
    keysOf: (origin) =>
      db
        .prepare(
          `SELECT vkey FROM hub WHERE origin = ?1 UNION ALL SELECT vkey FROM witness_log
           WHERE origin = ?1 AND ?2 = 0 AND NOT EXISTS (SELECT 1 FROM hub WHERE origin = ?1)`,
        )
        .bind(origin, configured(origin).length),
    configuredKeys: configured,
  };
}

interface ResetRow {
  generation: number;
  reason: string;
  begun_at: number;
  entered: number;
  let_go: number;
  done_at: number | null;
}

export async function readWitnessing({ db, config }: NodeContext): Promise<Witnessing> {
  const [heads, cosigners, guards, hubs, added, resets, ...standing] = await db.batch([
    headQuery(db),
    cosignersQuery(db),
    guardQuery(db),
    db.prepare("SELECT origin, vkey FROM hub ORDER BY requested_at LIMIT 32"),
    db.prepare("SELECT origin, vkey FROM witness_log ORDER BY added_at LIMIT 200"),
    db.prepare(
      "SELECT generation, reason, begun_at, entered, let_go, done_at FROM book_reset ORDER BY generation DESC LIMIT 100",
    ),
    ...standingReads(db),
  ]);
  const logs = new Map<string, Known>();
  const add = (source: Known["source"], rows: readonly { origin: string; vkey: string }[]): void => {
    for (const { origin, vkey } of rows) if (!logs.has(origin)) logs.set(origin, { origin, vkey, source });
  };
  add("hub", rowsOf(hubs));
  add("settings", config.witnessLogs);
  add("steward", rowsOf(added));
  const of = standingOf(standing);
  const guard = rowsOf<GuardRow>(guards)[0];
  return {
    vkey: (await cosignerOf(config))?.vkey ?? null,
    url: `${config.publicUrl}/witness`,
    logs: [...logs.values()].map((log) => ({ id: hashOf(log.origin), ...log, ...of(log.origin) })),
    own: {
      size: headOf(rowsOf(heads)).size,
      generation: headOf(rowsOf(heads)).log,
      resets: rowsOf<ResetRow>(resets).map(({ generation, reason, begun_at, entered, let_go, done_at }) => ({
        generation,
        reason,
        at: isoTime(begun_at),
        entered,
        let_go,
        done: done_at !== null,
      })),
      halted:
        guard === undefined || guard.halted_at === null
          ? null
          : { since: isoTime(guard.halted_at * 1000), by: guard.halted_by ?? "" },
      cosigners: rowsOf<CosignerRow>(cosigners).map(({ vkey, size, at, line, error }) => ({
        name: vkey.slice(0, vkey.indexOf("+")),
        size: line === null ? null : size,
        at: at === null ? null : isoTime(at * 1000),
        error,
      })),
    },
  };
}

/**
 * Cosignatures of this hub's log, after new entries and by the clock: collects them, remembers the newest head that the
 * logged rule is content with, and starts a changed rule once the old quorum has seen it.
 */
import { POLICY_WAIT_S, isFree, mayStart } from "../../../shared/witness/change.ts";
import { meetsQuorum, parsePolicy, withOtherKeys } from "../../../shared/witness/policy.ts";
import { toBase64 } from "../../../shared/bytes.ts";
import { Refused } from "../../lib/problem.ts";
import { type Collected, collectCosignatures } from "../../lib/witness/collect.ts";
import { commit, signed } from "../commit.ts";
import type { Hub } from "../hub.ts";
import { guardHub, ownLog, recheckHub, standingOf, standingReads, type Standing } from "../witnesses.ts";
import { logLine } from "../log-line.ts";

export async function collectWitnesses(hub: Hub): Promise<void> {
  if (!(await isNewest(async () => await guardHub(hub)))) return;
  const own = ownLog(hub);
  let standing: Standing | null = null;
  const { head, note, rows, contradicted } = await collectCosignatures(own, standingReads(hub.db), (results) => {
    standing = standingOf(results);
    return standing.witnesses;
  });
  const { policy, rules, logTime } = standing ?? standingOf([]);
  const root = toBase64(head.root);
  const cosigned = rows.filter((row) => row.size === head.size && row.root === root && row.line !== null);
  const whole = note + cosigned.map(({ line }) => line).join("");
  if (rules !== null && policy === null) await hub.db.prepare("DELETE FROM witnessed_head").run();
  if (policy !== null && meetsQuorum(policy, new Set(cosigned.map(({ vkey }) => vkey)))) {
    await storeWitnessed(hub.db, { size: head.size, root, note: whole, at: own.nowS });
  }
  // A witness that contradicts may hold what this database lost.
  if (contradicted.length > 0) await isNewest(async () => await recheckHub(hub));
  const pending = rules?.pending ?? null;
  if (rules !== null && policy !== null && pending === null) await followWitnessKeys(hub, rows, standing);
  if (rules === null || pending === null || Math.max(own.nowS, logTime) < pending.effective) return;
  const log = { vkey: hub.keys.log.vkey, origin: hub.config.logOrigin };
  if (!(await mayStart(rules, whole, log))) return;
  await startPolicy(hub, pending.leaf, whole);
}

async function storeWitnessed(
  db: D1Database,
  head: { size: number; root: string; note: string; at: number },
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO witnessed_head (id, size, root, note, at) VALUES (1, ?1, ?2, ?3, ?4)
       ON CONFLICT (id) DO UPDATE SET root = excluded.root, note = excluded.note,
         at = CASE WHEN size = excluded.size THEN at ELSE excluded.at END, size = excluded.size
         WHERE excluded.size > size OR (excluded.size = size AND note <> excluded.note)`,
    )
    .bind(head.size, head.root, head.note, head.at)
    .run();
}

/** A database that was restored has nothing to be cosigned. */
async function isNewest(check: () => Promise<void>): Promise<boolean> {
  try {
    await check();
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    logLine({ level: "error", job: "witnesses", alarm: error.code });
    return false;
  }
}

/**
 * A rule names witnesses by key. Once a community it counts has another key, and has cosigned with it, the rule with that
 * one is logged: a change like any other, which waits and needs the old quorum. Until then the old key counts.
 */
async function followWitnessKeys(hub: Hub, rows: Collected["rows"], seen: Standing | null): Promise<void> {
  const signers = new Set(rows.filter(({ line, error }) => line !== null && error === null).map(({ vkey }) => vkey));
  if (seen === null || successors(seen, signers).length === 0) return;
  await commit(hub, {
    reads: standingReads(hub.db),
    decide: async ({ view, iat, results }) => {
      const standing = standingOf(results);
      const { rules } = standing;
      const changed = rules === null || rules.pending !== null ? [] : successors(standing, signers);
      const policy = changed.length === 0 ? "" : withOtherKeys(rules?.current.policy ?? "", new Map(changed));
      const parsed = parsePolicy(policy);
      if (!parsed.ok || isFree(view.state.witnesses) || !meetsQuorum(parsed.value, signers)) {
        return { entries: [], value: null };
      }
      const names = changed.map(([vkey]) => vkey.slice(0, vkey.indexOf("+"))).join(", ");
      const claims = { policy, effective: iat + POLICY_WAIT_S, reason: `another key: ${names}`.slice(0, 500) };
      return { entries: [await signed(hub, "witness-policy+jwt", iat, claims)], value: null };
    },
  });
}

/** Old key and new of each witness in the rule that has cosigned with the new one. */
function successors({ witnesses, policy }: Standing, signers: ReadonlySet<string>): [string, string][] {
  const counted = new Set(policy?.witnesses.map(({ vkey }) => vkey));
  return witnesses.flatMap(({ former, name, vkey }): [string, string][] => {
    const next = witnesses.find((one) => one.kind === "community" && !one.former && one.name === name);
    return former && counted.has(vkey) && next !== undefined && signers.has(next.vkey) ? [[vkey, next.vkey]] : [];
  });
}

async function startPolicy(hub: Hub, change: string, checkpoint: string): Promise<void> {
  await commit(hub, {
    decide: async ({ view, iat }) => {
      const pending = view.state.witnesses?.pending;
      if (pending?.leaf !== change || iat < pending.effective) return { entries: [], value: null };
      return { entries: [await signed(hub, "witness-policy-start+jwt", iat, { change, checkpoint })], value: null };
    },
  });
}

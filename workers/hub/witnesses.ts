/**
 * A hub's witnesses (docs/protocol.md §7): the nodes it admitted, those of outside its console was told of, and the
 * logged rule that says how many of which must have cosigned. And the other way round: the books it witnesses itself.
 */
import { parseBookOrigin } from "../../shared/network/book-origin.ts";
import type { WitnessRules } from "../../shared/witness/change.ts";
import { type Policy, parsePolicy, quorumRule } from "../../shared/witness/policy.ts";
import { rowsOf } from "../lib/d1.ts";
import { guardLog, type Guarded, recheckLog } from "../lib/witness/guard.ts";
import type { AskedWitness, OwnLog } from "../lib/witness/own-log.ts";
import type { Witness } from "../lib/witness/witness.ts";
import { type Hub, logKeysOf } from "./hub.ts";

export interface HubWitness extends AskedWitness {
  /** a community's origin, or the name in the key */
  name: string;
  kind: "community" | "outside";
  /** the community has put another key in its place: it is asked as long as a rule counts it */
  former: boolean;
}

export interface Standing {
  witnesses: HubWitness[];
  rules: WitnessRules | null;
  /** null: none is needed */
  policy: Policy | null;
  logTime: number;
}

/**
 * The rule by primary key; communities that named a witness key, also while they are not counted, with those they had
 * before, and the few from outside.
 */
export function standingReads(db: D1Database): D1PreparedStatement[] {
  return [
    db.prepare("SELECT log_time, witnesses FROM network WHERE id = 1"),
    db.prepare(
      `SELECT origin AS name, rtrim(url, '/') || '/witness' AS url, witness_vkey AS vkey, 'community' AS kind, 0 AS former
       FROM community WHERE status IN ('admitted', 'suspended') AND witness_vkey IS NOT NULL
       UNION ALL SELECT substr(vkey, 1, instr(vkey, '+') - 1), url, vkey, 'outside', 0 FROM outside_witness
       UNION ALL SELECT origin, rtrim(url, '/') || '/witness', past.value ->> 'key', 'community', 1
       FROM community, json_each(community.keys, '$.past') AS past
       WHERE status IN ('admitted', 'suspended') AND past.value ->> 'role' = 'witness' LIMIT 300`,
    ),
  ];
}

export function standingOf(results: readonly D1Result[]): Standing {
  const row = rowsOf<{ log_time: number; witnesses: string | null }>(results[0])[0];
  const rules = row === undefined || row.witnesses === null ? null : (JSON.parse(row.witnesses) as WitnessRules);
  const named = `${rules?.current.policy ?? ""}${rules?.pending?.policy ?? ""}`;
  const witnesses = rowsOf<Omit<HubWitness, "former"> & { former: number }>(results[1])
    .map((witness) => ({ ...witness, former: witness.former === 1 }))
    .filter(({ former, vkey }) => !former || named.includes(` ${vkey}`));
  return { witnesses, rules, policy: requiredPolicy(rules), logTime: row?.log_time ?? 0 };
}

function requiredPolicy(rules: WitnessRules | null): Policy | null {
  if (rules === null) return null;
  const policy = parsePolicy(rules.current.policy);
  if (!policy.ok) throw new Error("a logged witness policy does not parse");
  return policy.value.quorum === null ? null : policy.value;
}

/** The head readers get: there is a row only while a quorum is required. */
export function witnessedHeadQuery(db: D1Database): D1PreparedStatement {
  return db.prepare("SELECT size, note FROM witnessed_head WHERE id = 1");
}

export function ownLog({ db, config, peer, now }: Hub): OwnLog {
  const keys = logKeysOf(config);
  return { db, keys, peer, nowS: Math.floor(now() / 1000) };
}

/** Before the first append of an isolate. */
export async function guardHub(hub: Hub): Promise<void> {
  await guardLog(guarded(hub));
}

export async function recheckHub(hub: Hub): Promise<void> {
  await recheckLog(guarded(hub));
}

/**
 * Whoever tolerates as many false witnesses as the rule can bear must have heard from this many before it signs on:
 * at least one honest witness of the last quorum is among them.
 */
function guarded(hub: Hub): Guarded {
  return {
    key: hub.config,
    own: ownLog(hub),
    reads: standingReads(hub.db),
    witnessesOf: (results) => {
      const { witnesses, policy } = standingOf(results);
      if (policy === null) return { witnesses, needed: 0 };
      const { k, n } = quorumRule(policy);
      const members = new Set(policy.witnesses.map(({ vkey }) => vkey));
      const first = witnesses.filter(({ vkey }) => members.has(vkey));
      const rest = witnesses.filter(({ vkey }) => !members.has(vkey));
      return { witnesses: [...first, ...rest], needed: Math.max(k, n - k + 1), members: first };
    },
  };
}

/** Every book of a community, by its current book key: the one it is in, and those it had before. */
export function knownBooks(db: D1Database): Pick<Witness, "keysOf" | "configuredKeys"> {
  return {
    keysOf: (origin) => {
      const { node, generation } = parseBookOrigin(origin) ?? { node: "", generation: 1 };
      return db
        .prepare(
          `SELECT book_vkey AS vkey FROM community WHERE origin = ? AND status <> 'joined'
           AND coalesce(book ->> '$.generation', 1) >= ?`,
        )
        .bind(node, generation);
    },
    configuredKeys: () => [],
  };
}

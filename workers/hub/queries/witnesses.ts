/** `/api/witnesses`: five queries in one round trip. */
import type { HubWitnesses } from "../../../shared/protocol/api/witness.ts";
import { parsePolicy, quorumRule } from "../../../shared/witness/policy.ts";
import { toBase64 } from "../../../shared/bytes.ts";
import { rowsOf } from "../../lib/d1.ts";
import { headOf, headQuery } from "../../lib/log-store.ts";
import { type CosignerRow, cosignersQuery } from "../../lib/witness/collect.ts";
import { standingOf, standingReads } from "../witnesses.ts";

interface HeadsRow {
  size: number | null;
  root: string | null;
  at: number | null;
  halted_at: number | null;
  halted_by: string | null;
}

const HEADS_SQL = `SELECT witnessed_head.size, witnessed_head.root, witnessed_head.at, log_guard.halted_at, log_guard.halted_by
  FROM (SELECT 1) LEFT JOIN witnessed_head ON witnessed_head.id = 1 LEFT JOIN log_guard ON log_guard.id = 1`;

export async function readWitnesses(db: D1Database): Promise<HubWitnesses> {
  const [heads, cosigners, served, ...results] = await db.batch([
    headQuery(db),
    cosignersQuery(db),
    db.prepare(HEADS_SQL),
    ...standingReads(db),
  ]);
  const head = headOf(rowsOf(heads));
  const root = toBase64(head.root);
  const { witnesses, rules, policy } = standingOf(results);
  const words = new Map(rowsOf<CosignerRow>(cosigners).map((row) => [row.vkey, row]));
  const row = rowsOf<HeadsRow>(served)[0];
  const relied =
    row === undefined || row.size === null ? { size: head.size, root } : { size: row.size, root: row.root };
  const counted = policy === null ? null : new Set(policy.witnesses.map(({ vkey }) => vkey));
  const listed = witnesses.map(({ name, vkey, url, kind, former }) => {
    const word = words.get(vkey);
    return {
      name,
      vkey,
      url,
      kind,
      former,
      counted: counted?.has(vkey) ?? false,
      size: word === undefined || word.line === null ? null : word.size,
      at: word === undefined || word.at === null ? null : iso(word.at),
      current: word?.size === head.size && word.root === root,
      error: word?.error ?? null,
    };
  });
  const cosigned = [...words.values()].filter(
    (word) =>
      word.line !== null &&
      (word.size > relied.size || (word.size === relied.size && word.root === relied.root)) &&
      (counted?.has(word.vkey) ?? witnesses.some(({ vkey }) => vkey === word.vkey)),
  ).length;
  const current = rules?.current;
  const pending = rules?.pending;
  return {
    rule: current === undefined || policy === null ? null : { ...ruleOf(current), since: iso(current.since) },
    pending: !pending ? null : { ...ruleOf(pending), effective: iso(pending.effective) },
    size: head.size,
    witnessed: row === undefined || row.size === null || row.at === null ? null : { size: row.size, at: iso(row.at) },
    cosigned,
    witnesses: listed,
    halted: row === undefined || row.halted_at === null ? null : { since: iso(row.halted_at), by: row.halted_by ?? "" },
  };
}

function ruleOf({ policy, leaf, index }: { policy: string; leaf: string; index: number }) {
  const parsed = parsePolicy(policy);
  return { policy, leaf, index, ...(parsed.ok ? quorumRule(parsed.value) : { k: 0, n: 0 }) };
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** Keys and what became of them, for everybody to read: current and past, by log index, and recoveries that wait. */
import { type PastKey, type PendingRecovery, hubKeysOf } from "../../../shared/network/keys.ts";
import type { NetworkState } from "../../../shared/network/state.ts";
import type { CommunityKeysView, HubKeysView, KeyView } from "../../../shared/protocol/api/keys.ts";
import type { KeyRole } from "../../../shared/protocol/key-change.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { isoTime } from "../../../shared/time.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { type CommunityRow, communityOf } from "../view-rows.ts";

export async function communityKeys(db: D1Database, origin: string): Promise<CommunityKeysView | null> {
  const row = await db.prepare("SELECT * FROM community WHERE origin = ?").bind(origin).first<CommunityRow>();
  if (row === null) return null;
  const community = communityOf(row);
  const { keys, join, report_jwk, book_vkey, witness_vkey } = community;
  const current = [
    { role: "report" as const, key: report_jwk.x },
    { role: "book" as const, key: book_vkey },
    ...(witness_vkey === null ? [] : [{ role: "witness" as const, key: witness_vkey }]),
  ];
  return {
    origin,
    keys: history(keys.past, current, join.index),
    last: keys.last,
    last_recovery: keys.last_recovery,
    pending: keys.pending === null ? null : pendingOf(keys.pending),
  };
}

export function pendingOf(pending: PendingRecovery): NonNullable<CommunityKeysView["pending"]> {
  const { leaf, index, keys, due, objected } = pending;
  return { leaf, index, roles: keys.map(({ role }) => role), due: isoTime(due), objected };
}

/** Null before the log has an entry. */
export async function hubKeysView(
  db: D1Database,
  log: { origin: string; vkey: string; next: string | null },
): Promise<HubKeysView | null> {
  const row = await db
    .prepare("SELECT policy, hub_keys FROM network WHERE id = 1")
    .first<{ policy: string | null; hub_keys: string | null }>();
  if (row === null || row.policy === null) return null;
  const state: Pick<NetworkState, "policy" | "hub_keys"> = {
    policy: JSON.parse(row.policy) as NetworkState["policy"],
    hub_keys: row.hub_keys === null ? null : (JSON.parse(row.hub_keys) as NetworkState["hub_keys"]),
  };
  const keys = hubKeysOf(state);
  if (keys === null) return null;
  const current = [
    { role: "statement" as const, key: keys.statement_jwk.x },
    { role: "log" as const, key: keys.log_vkey ?? log.vkey },
  ];
  return {
    origin: log.origin,
    policy: state.policy?.leaf,
    keys: history(keys.past, current, state.policy?.claims.parent?.size ?? 0),
    last: keys.last,
    last_recovery: keys.last_recovery,
    signing: log.next === null ? [log.vkey] : [log.vkey, log.next],
  };
}

/** Role by role, oldest first. */
function history(
  past: readonly PastKey[],
  current: readonly { role: KeyRole; key: string }[],
  first: number,
): KeyView[] {
  return current.flatMap(({ role, key }) => {
    const gone = past.filter((one) => one.role === role);
    const from = (at: number) => (gone[at - 1]?.until ?? first - 1) + 1;
    return [
      ...gone.map((one, at) => view(role, one.key, from(at), { until: one.until, ended_by: one.by })),
      view(role, key, from(gone.length), { until: null, ended_by: null }),
    ];
  });
}

function view(role: KeyRole, key: string, from: number, end: Pick<KeyView, "until" | "ended_by">): KeyView {
  const isJwk = role === "report" || role === "statement";
  return { role, key, kid: isJwk ? thumbprint({ kty: "OKP", crv: "Ed25519", x: key }) : null, from, ...end };
}

/** Whether somebody has used one of these public keys: by primary key. */
export function keyOwnersQuery(db: D1Database, keys: readonly string[]): D1PreparedStatement {
  return db
    .prepare("SELECT key, origin FROM join_key WHERE key IN (SELECT value FROM json_each(?))")
    .bind(jsonParameter(keys));
}

export function keyWrites(db: D1Database, owner: string, keys: readonly string[]): D1PreparedStatement[] {
  if (keys.length === 0) return [];
  return [
    db
      .prepare("INSERT INTO join_key (key, origin) SELECT value, ?1 FROM json_each(?2)")
      .bind(owner, jsonParameter(keys)),
  ];
}

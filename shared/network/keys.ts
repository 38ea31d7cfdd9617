/**
 * Keys in the network fold (docs/protocol.md §1): which are current, which were until when, and a recovery that waits.
 * Rules and their effect, both pure; whether an entry's signature and proofs hold is shared/signing/key-change.ts, and
 * that a key appears once ever is key-once.ts.
 */
import { parseCosignerVkey, parseVkey } from "../log/note.ts";
import type { HubKeyChange, KeyRole, NodeKeyChange } from "../protocol/key-change.ts";
import type { Ed25519Jwk } from "../protocol/primitives.ts";
import type { Claims } from "../protocol/statement.ts";
import { thumbprint } from "../signing/ed25519.ts";
import type { Community, NetworkState, NetworkTouched } from "./state.ts";

/** How long a recovery waits, where the policy does not say. */
const RECOVERY_DELAY_S = 7 * 86_400;

export const keyFaults = ["frozen", "key-change", "key-chain", "recovery-key", "objection"] as const;
type KeyFault = (typeof keyFaults)[number];

/** A key that was current up to and including the entry `until`. */
export interface PastKey {
  role: KeyRole;
  key: string;
  until: number;
  /** leaf of the entry that put another in its place: the rotation, or the recovery when it was asked for */
  by: string;
}

export interface PendingRecovery {
  leaf: string;
  index: number;
  keys: Pick<NodeKeyChange, "role" | "key">[];
  recovery_sha256: string | null;
  /** log time at which it takes effect */
  due: number;
  objected: boolean;
}

interface KeyChain {
  recovery_sha256: string;
  /** newest entry about these keys, and the newest of them by the recovery key: the join or entry 0 at first */
  last: string;
  last_recovery: string;
  /** in the order in which they went */
  past: PastKey[];
}
export interface CommunityKeys extends KeyChain {
  /** while there is one, the community is frozen */
  pending: PendingRecovery | null;
  /** book keys that went since this community's newest report; left out where there are none */
  books_before?: string[];
}
export interface HubKeyState extends KeyChain {
  statement_jwk: Ed25519Jwk;
  /** null until an entry names one: before that only those who pinned it know the log's key */
  log_vkey: string | null;
}

export function firstKeys(join: string, recovery: string): CommunityKeys {
  return { recovery_sha256: recovery, last: join, last_recovery: join, past: [], pending: null };
}

/** The hub's keys as of this state; null before entry 0. */
export function hubKeysOf({ policy, hub_keys }: Pick<NetworkState, "policy" | "hub_keys">): HubKeyState | null {
  if (hub_keys !== null || policy === null) return hub_keys;
  const { leaf, claims } = policy;
  const { recovery_sha256, statement_jwk } = claims;
  return { recovery_sha256, last: leaf, last_recovery: leaf, past: [], statement_jwk, log_vkey: null };
}

/** The key that a node's key entry must be signed by, as of the state before it. */
export function nodeKeySigner(community: Community, claims: Claims<"node-key+jwt">): Ed25519Jwk {
  return claims.act === "recover" ? (claims.recovery_jwk ?? community.report_jwk) : community.report_jwk;
}

export function hubKeySigner(keys: HubKeyState, claims: Claims<"hub-key+jwt">): Ed25519Jwk {
  return claims.act === "recover" ? (claims.recovery_jwk ?? keys.statement_jwk) : keys.statement_jwk;
}

/**
 * Whether what this key signs is this community's word now. A key that has gone may be a thief's, and while a recovery
 * waits so may the current one: what such a key says against its own community excludes nobody.
 */
export function speaksNow(community: Pick<Community, "report_jwk" | "keys">, kid: string): boolean {
  return community.keys.pending === null && kid === thumbprint(community.report_jwk);
}

/**
 * Book keys that may have signed the checkpoint in this community's next report: the current one, and those that went
 * since its newest. What was signed before a change is sent as it was: nobody must sign one number twice.
 */
export function bookKeysOf({ book_vkey, keys }: Pick<Community, "book_vkey" | "keys">): string[] {
  return [book_vkey, ...(keys.books_before ?? [])];
}

/** Those that went, by the history: `since` is the index of this community's report, or join, before the one in question. */
export function bookKeysBefore({ past }: Pick<CommunityKeys, "past">, since: number): string[] {
  return past.flatMap(({ role, key, until }) => (role === "book" && until > since ? [key] : []));
}

/** A report is in the log: the next one is signed after it. */
export function forgetBooksBefore(community: Pick<Community, "keys">): void {
  if (community.keys.books_before === undefined) return;
  const { books_before: _, ...keys } = community.keys;
  community.keys = keys;
}

/** The key that `old_proof` is by; null where there is none to ask. */
export function keyBefore(
  keys: Pick<Community, "report_jwk" | "book_vkey" | "witness_vkey">,
  role: KeyRole,
): string | null {
  if (role === "report") return keys.report_jwk.x;
  return role === "book" ? keys.book_vkey : keys.witness_vkey;
}

export function hubKeyBefore(change: HubKeyChange | NodeKeyChange): string | null {
  return change.role === "log" ? change.from : null;
}

/** `community` as it is just before this entry. */
export function faultOfNodeKey(community: Community, claims: Claims<"node-key+jwt">): KeyFault | null {
  const { act, prev, keys } = claims;
  const { pending, last, last_recovery, recovery_sha256 } = community.keys;
  if (!isWellFormed(claims) || !keys.every((change) => isNamed(change, claims.iss))) return "key-change";
  if (act === "object") return pending?.leaf === prev && !pending.objected ? null : "objection";
  if (act === "recover") {
    if (claims.recovery_jwk === undefined || thumbprint(claims.recovery_jwk) !== recovery_sha256) return "recovery-key";
    return prev === last_recovery ? null : "key-chain";
  }
  if (pending !== null) return "frozen";
  const isProven = keys.every(
    (change) =>
      change.role === "report" || (change.old_proof === undefined) === (keyBefore(community, change.role) === null),
  );
  if (!isProven) return "key-change";
  return prev === last ? null : "key-chain";
}

/** `keys` as they are just before this entry, of the log `log`. */
export function faultOfHubKey(keys: HubKeyState, claims: Claims<"hub-key+jwt">): KeyFault | null {
  if (!isWellFormed(claims) || !claims.keys.every((change) => isOfLog(change, claims, keys))) return "key-change";
  if (claims.act === "rotate") return claims.prev === keys.last ? null : "key-chain";
  if (claims.recovery_jwk === undefined || thumbprint(claims.recovery_jwk) !== keys.recovery_sha256)
    return "recovery-key";
  return claims.prev === keys.last_recovery ? null : "key-chain";
}

type AnyChange = Pick<NodeKeyChange | HubKeyChange, "role">;

/** Something changes, nothing twice, and the recovery key is spoken of by itself only. */
function isWellFormed(claims: {
  act: "rotate" | "recover" | "object";
  keys: readonly AnyChange[];
  recovery_jwk?: Ed25519Jwk | undefined;
  recovery_sha256?: string | undefined;
}): boolean {
  const { act, keys, recovery_jwk, recovery_sha256 } = claims;
  if (new Set(keys.map(({ role }) => role)).size !== keys.length) return false;
  if (act === "recover") return keys.length > 0 || recovery_sha256 !== undefined;
  if (recovery_jwk !== undefined || recovery_sha256 !== undefined) return false;
  return act === "object" ? keys.length === 0 : keys.length > 0;
}

/** A book's or a witness's key carries the name of its node. */
function isNamed(change: NodeKeyChange, node: string): boolean {
  if (change.role === "report") return true;
  const parsed = change.role === "book" ? parseVkey(change.key) : parseCosignerVkey(change.key);
  return parsed.ok && parsed.value.name === `${node}/${change.role}`;
}

function isOfLog(change: HubKeyChange, { act, iss }: Claims<"hub-key+jwt">, keys: HubKeyState): boolean {
  if (change.role === "statement") return true;
  const [from, to] = [parseVkey(change.from), parseVkey(change.key)];
  if (!from.ok || !to.ok || from.value.name !== iss || to.value.name !== iss) return false;
  if (keys.log_vkey !== null && keys.log_vkey !== change.from) return false;
  return act === "recover" || change.old_proof !== undefined;
}

/** The entry keeps the rules. A rotation takes effect at its own index, a recovery once it is due. */
export function changeNodeKeys(
  state: NetworkState,
  community: Community,
  { index, leaf }: { index: number; leaf: string },
  claims: Claims<"node-key+jwt">,
  touched: NetworkTouched,
): void {
  const delay = state.policy?.claims.recovery_delay_s ?? RECOVERY_DELAY_S;
  const { keys } = community;
  touched.communities.add(community.origin);
  if (claims.act === "object") {
    if (keys.pending === null) return;
    community.keys = { ...keys, pending: { ...keys.pending, due: keys.pending.due + delay, objected: true } };
    return;
  }
  const changes = claims.keys.map(({ role, key }) => ({ role, key }));
  if (claims.act === "rotate") {
    community.keys = { ...keys, last: leaf };
    replaceKeys(community, changes, { until: index, by: leaf });
    return;
  }
  const due = Math.max(state.log_time, claims.iat) + delay;
  const pending = { leaf, index, keys: changes, recovery_sha256: claims.recovery_sha256 ?? null, due, objected: false };
  community.keys = { ...keys, last: leaf, last_recovery: leaf, pending };
  state.wake = Math.min(state.wake, due);
}

/** Log time has reached `due` with the entry `index`: true when the recovery has taken effect. */
export function finishRecovery(community: Community, logTime: number, index: number): boolean {
  const { pending } = community.keys;
  if (pending === null || pending.due > logTime) return false;
  const recovery_sha256 = pending.recovery_sha256 ?? community.keys.recovery_sha256;
  community.keys = { ...community.keys, recovery_sha256, pending: null };
  replaceKeys(community, pending.keys, { until: index, by: pending.leaf });
  return true;
}

function replaceKeys(
  community: Community,
  changes: readonly Pick<NodeKeyChange, "role" | "key">[],
  end: Pick<PastKey, "until" | "by">,
): void {
  const gone: PastKey[] = [];
  const booksBefore = [...(community.keys.books_before ?? [])];
  for (const { role, key } of changes) {
    const before = keyBefore(community, role);
    if (before !== null) gone.push({ role, key: before, ...end });
    if (role === "book" && before !== null) booksBefore.push(before);
    if (role === "report") community.report_jwk = { ...community.report_jwk, x: key };
    else if (role === "book") community.book_vkey = key;
    else community.witness_vkey = key;
  }
  community.keys = {
    ...community.keys,
    past: [...community.keys.past, ...gone],
    ...(booksBefore.length > 0 && { books_before: booksBefore }),
  };
}

/** Both rotation and recovery take effect at once: whoever sequences this log could only keep itself waiting. */
export function changeHubKeys(
  state: NetworkState,
  { index, leaf }: { index: number; leaf: string },
  claims: Claims<"hub-key+jwt">,
): void {
  const before = hubKeysOf(state);
  if (before === null) return;
  const after: HubKeyState = { ...before, last: leaf, past: [...before.past] };
  for (const change of claims.keys) {
    if (change.role === "statement") {
      after.past.push({ role: "statement", key: before.statement_jwk.x, until: index, by: leaf });
      after.statement_jwk = { ...before.statement_jwk, x: change.key };
    } else {
      after.past.push({ role: "log", key: change.from, until: index, by: leaf });
      after.log_vkey = change.key;
    }
  }
  if (claims.act === "recover") {
    after.last_recovery = leaf;
    after.recovery_sha256 = claims.recovery_sha256 ?? before.recovery_sha256;
  }
  state.hub_keys = after;
}

/** The key of a role that an entry at `index` is verified with, from the keys that went and the one that is current. */
export function keyAt(past: readonly PastKey[], role: KeyRole, index: number, current: string | null): string | null {
  return past.find((one) => one.role === role && index <= one.until)?.key ?? current;
}

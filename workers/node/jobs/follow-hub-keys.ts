/**
 * A hub's keys change in its own log (docs/protocol.md §1): this follows each change from the keys that were pinned. An
 * entry counts by its signatures, under the key current before it, or under the recovery key that entry 0 laid down;
 * where the hub says its history is, and what it calls current, decides nothing. A log that is signed by a key this node
 * does not know must besides continue what it has seen.
 */
import {
  type HubKeyState,
  changeHubKeys,
  faultOfHubKey,
  hubKeyBefore,
  hubKeySigner,
  hubKeysOf,
} from "../../../shared/network/keys.ts";
import { type NetworkState, emptyNetwork } from "../../../shared/network/state.ts";
import { type HubKeysView, hubKeysHistory } from "../../../shared/protocol/api/keys.ts";
import { areProven } from "../../../shared/signing/key-change.ts";
import { verifyJws } from "../../../shared/signing/jws.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import type { NodeContext } from "../context.ts";
import { policyIn } from "../hub-client.ts";
import { type HubHead, extendsWhatWasSeen, readEntryAt, readNewest } from "../hub-head.ts";
import { type HubRow, pinned, readHub } from "../queries/hub.ts";

/** The hub as it is known afterwards: the same row where there was nothing to follow, or what there was does not hold. */
export async function followHubKeys(context: NodeContext, hub: HubRow): Promise<HubRow> {
  const keys = await keysFollowed(context, hub);
  if (keys === null) return hub;
  await context.db
    .prepare("UPDATE hub SET key_state = ?, statement_jwk = ?, vkey = ? WHERE origin = ?")
    .bind(JSON.stringify(keys), JSON.stringify(keys.statement_jwk), keys.log_vkey ?? hub.vkey, hub.origin)
    .run();
  return (await readHub(context.db, hub.origin)) ?? hub;
}

async function keysFollowed({ db, peer }: NodeContext, hub: HubRow): Promise<HubKeyState | null> {
  const found = await peer.getJson(`${hub.url}/api/keys`, hubKeysHistory);
  if (!found.ok || found.value.origin !== hub.origin) return null;
  const view = found.value;
  const known = hub.key_state === null ? null : (JSON.parse(hub.key_state) as HubKeyState);
  if (known?.last === view.last || (known === null && view.keys.every(({ until }) => until === null))) return null;
  // A lost log key signs no more: then the one said to be current leads to the entries, and they to it, or to nothing.
  const current = view.keys.find(({ role, until }) => role === "log" && until === null)?.key ?? hub.vkey;
  const head = await readNewest(peer, hub, [hub.vkey, current]);
  if (head === null) return null;
  if (head.at.vkey !== hub.vkey && !(await extendsWhatWasSeen(db, peer, head))) return null;
  const state = emptyNetwork();
  if (known === null) {
    state.policy = await readPolicyAt(peer, head, view);
    // of the log that this node has joined, whatever it is signed with today
    if (state.policy?.claims.statement_jwk.x !== pinned(hub).statementJwk.x) return null;
  } else state.hub_keys = known;
  const leaves = new Map(
    view.keys.flatMap(({ until, ended_by: leaf }) => (until === null || leaf === null ? [] : [[until, leaf]])),
  );
  const done = new Set(known?.past.map(({ until }) => until));
  for (const [index, leaf] of [...leaves].sort(([a], [b]) => a - b)) {
    if (!done.has(index) && !(await applyChange(peer, head, state, { index, leaf }))) return null;
  }
  const keys = hubKeysOf(state);
  if (keys === null || keys.last !== view.last) return null;
  return head.at.vkey === hub.vkey || head.at.vkey === keys.log_vkey ? keys : null;
}

/** For a hub that was joined before the keys of its entry 0 were kept: where the first keys begin to hold. */
async function readPolicyAt(
  peer: NodeContext["peer"],
  head: HubHead,
  { policy: leaf, keys }: HubKeysView,
): Promise<NetworkState["policy"]> {
  const index = keys.find(({ role }) => role === "statement")?.from ?? 0;
  const data = leaf === undefined ? null : await readEntryAt(peer, head, index, leaf);
  const parsed = data === null ? null : parseStatement(data);
  if (parsed === null || !parsed.ok) return null;
  const policy = await policyIn(head.at, parsed.value, index);
  return policy.ok ? { leaf: policy.value.leaf, claims: policy.value.claims } : null;
}

async function applyChange(
  peer: NodeContext["peer"],
  head: HubHead,
  state: NetworkState,
  { index, leaf }: { index: number; leaf: string },
): Promise<boolean> {
  const data = await readEntryAt(peer, head, index, leaf);
  const keys = hubKeysOf(state);
  if (data === null || keys === null) return false;
  const parsed = parseStatement(data);
  if (!parsed.ok || parsed.value.statement.kind !== "hub-key+jwt") return false;
  const { claims } = parsed.value.statement;
  const isGood =
    claims.iss === head.at.origin &&
    faultOfHubKey(keys, claims) === null &&
    (await verifyJws(parsed.value.parsed, hubKeySigner(keys, claims))) &&
    (await areProven(claims, hubKeyBefore));
  if (isGood) changeHubKeys(state, { index, leaf }, claims);
  return isGood;
}

const RELEARN_EVERY_MS = 60_000;
/** By configuration and origin: when a checkpoint last made this isolate look, Unix milliseconds. Anybody may send one. */
const relearned = new WeakMap<object, Map<string, number>>();

/** A checkpoint came that no known key of this hub has signed: whether its key is another one now. */
export async function relearnHub(context: NodeContext, origin: string): Promise<boolean> {
  const times = relearned.get(context.config) ?? new Map<string, number>();
  relearned.set(context.config, times);
  const hub = await readHub(context.db, origin);
  if (hub === null || context.now() - (times.get(origin) ?? 0) < RELEARN_EVERY_MS) return false;
  times.set(origin, context.now());
  return (await followHubKeys(context, hub)).vkey !== hub.vkey;
}

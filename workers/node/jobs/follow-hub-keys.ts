/**
 * A hub's keys change in its own log (docs/protocol.md §1): this follows each change from the keys that were pinned. An
 * entry counts by its signatures, under the key current before it, or under the recovery key that entry 0 laid down;
 * where the hub says its history is, and what it calls current, decides nothing.
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
import { hubKeysHistory } from "../../../shared/protocol/api/keys.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { areProven } from "../../../shared/signing/key-change.ts";
import { verifyJws } from "../../../shared/signing/jws.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import type { NodeContext } from "../context.ts";
import { type HubAddress, readEntry, readPolicy } from "../hub-client.ts";
import { type HubRow, pinned } from "../queries/hub.ts";

export async function followHubKeys({ db, peer }: NodeContext, hub: HubRow): Promise<void> {
  const found = await peer.getJson(`${hub.url}/api/keys`, hubKeysHistory);
  if (!found.ok || found.value.origin !== hub.origin) return;
  const view = found.value;
  const known = hub.key_state === null ? null : (JSON.parse(hub.key_state) as HubKeyState);
  if (known?.last === view.last || (known === null && view.keys.every(({ until }) => until === null))) return;
  const current = view.keys.find(({ role, until }) => role === "log" && until === null)?.key ?? hub.vkey;
  // A lost log key signs no more: then the one said to be current leads to the entries, and they to it, or to nothing.
  const address: HubAddress = {
    url: hub.url,
    origin: hub.origin,
    vkey: view.signing.includes(hub.vkey) ? hub.vkey : current,
  };
  const state = emptyNetwork();
  if (known === null) {
    const policy = await readPolicy(peer, address);
    // of the log that this node has joined, whatever it is signed with today
    if (!policy.ok || policy.value.claims.statement_jwk.x !== pinned(hub).statementJwk.x) return;
    state.policy = { leaf: policy.value.leaf, claims: policy.value.claims };
  } else state.hub_keys = known;
  const leaves = new Map(
    view.keys.flatMap(({ until, ended_by: leaf }) => (until === null || leaf === null ? [] : [[until, leaf]])),
  );
  const done = new Set(known?.past.map(({ until }) => until));
  for (const [until, leaf] of [...leaves].sort(([a], [b]) => a - b)) {
    if (!done.has(until) && !(await applyChange(peer, address, state, leaf))) return;
  }
  const keys = hubKeysOf(state);
  if (keys === null || keys.last !== view.last) return;
  const vkey = keys.log_vkey ?? hub.vkey;
  if (address.vkey !== hub.vkey && address.vkey !== vkey) return;
  await db
    .prepare("UPDATE hub SET key_state = ?, statement_jwk = ?, vkey = ? WHERE origin = ?")
    .bind(JSON.stringify(keys), JSON.stringify(keys.statement_jwk), vkey, hub.origin)
    .run();
}

async function applyChange(
  peer: NodeContext["peer"],
  address: HubAddress,
  state: NetworkState,
  leaf: string,
): Promise<boolean> {
  const entry = await readEntry(peer, address, leaf);
  const keys = hubKeysOf(state);
  if (!entry.ok || keys === null) return false;
  const parsed = parseStatement(entry.value.data);
  if (!parsed.ok || parsed.value.statement.kind !== "hub-key+jwt") return false;
  const claims: Claims<"hub-key+jwt"> = parsed.value.statement.claims;
  const isGood =
    claims.iss === address.origin &&
    faultOfHubKey(keys, claims) === null &&
    (await verifyJws(parsed.value.parsed, hubKeySigner(keys, claims))) &&
    (await areProven(claims, hubKeyBefore));
  if (isGood) changeHubKeys(state, { index: entry.value.index, leaf }, claims);
  return isGood;
}

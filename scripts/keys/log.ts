/** What the log says of a worker's keys, as the commands ask for it: public, and only to know whether to go on. */
import { type KeyView, communityKeys, hubKeysHistory } from "../../shared/protocol/api/keys.ts";
import { hubWitnesses } from "../../shared/protocol/api/witness.ts";
import { hubDescriptor, nodeDescriptor } from "../../shared/protocol/well-known.ts";
import { noteHand } from "../../shared/signing/key-change.ts";
import type { PrivateJwk } from "../../shared/signing/ed25519.ts";
import { type Role, secretOf } from "./roles.ts";
import type { Vault } from "./vault.ts";

interface Place {
  /** the hub whose log it is */
  url: string;
  origin: string;
}
export interface LoggedKeys {
  keys: KeyView[];
  last_recovery: string;
  pending: { leaf: string; objected: boolean } | null;
  pendingDue: string | null;
}

async function getJson(address: string): Promise<unknown> {
  const response = await fetch(address, { signal: AbortSignal.timeout(20_000), redirect: "error" });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return await response.json();
}

/** The logs that hold this worker's keys: its own, or those of its hubs. */
export async function logsOf({ kind, url }: Vault, hubs: readonly string[] = []): Promise<Place[]> {
  const described = kind === "hub" ? [url] : hubs.length > 0 ? hubs : await hubsOf(url);
  return await Promise.all(
    described.map(async (address) => {
      const base = address.replace(/\/+$/, "");
      const { log } = hubDescriptor.parse(await getJson(`${base}/.well-known/cocoon.json`));
      return { url: base, origin: log.origin };
    }),
  );
}

async function hubsOf(node: string): Promise<string[]> {
  const { hubs } = nodeDescriptor.parse(await getJson(`${node}/.well-known/cocoon.json`));
  return hubs.filter(({ status }) => status === "admitted" || status === "suspended").map(({ url }) => url);
}

export async function loggedKeys({ kind, origin }: Vault, { url }: Place): Promise<LoggedKeys> {
  if (kind === "hub")
    return { ...hubKeysHistory.parse(await getJson(`${url}/api/keys`)), pending: null, pendingDue: null };
  const address = `${url}/api/communities/${encodeURIComponent(origin)}/keys`;
  const known = communityKeys.parse(await getJson(address));
  return { ...known, pendingDue: known.pending?.due ?? null };
}

/** Hands a statement to a hub; anybody may. */
export async function submit(hub: string, jws: string): Promise<void> {
  const answer = await fetch(`${hub}/log/entries`, {
    method: "POST",
    headers: { "content-type": "application/jose" },
    body: jws,
    signal: AbortSignal.timeout(20_000),
  });
  if (!answer.ok) throw new Error(`${hub} refused: ${await answer.text()}`);
}

/** Hubs whose rule about witnesses still counts this key: until it names another, its holder must sign with it. */
export async function countedAt(places: readonly Place[], vkey: string): Promise<string[]> {
  const counted: string[] = [];
  for (const { url, origin } of places) {
    const { rule, pending } = hubWitnesses.parse(await getJson(`${url}/api/witnesses`));
    if ([rule, pending].some((one) => one?.policy.includes(` ${vkey}`))) counted.push(origin);
  }
  return counted;
}

/** The public key in a secret, as a log names it. */
export async function publicOf(role: Role, secret: string): Promise<string> {
  if (role === "statement" || role === "report") return (JSON.parse(secret) as PrivateJwk).x;
  return (await noteHand(role, secret)).vkey;
}

/** Roles whose key to come is not current in one of the logs yet. */
export async function waitingRoles(vault: Vault, places: readonly Place[]): Promise<Role[]> {
  const { secrets } = await vault.read();
  const waiting = new Set<Role>();
  for (const place of places) {
    const { keys } = await loggedKeys(vault, place);
    for (const [role, name] of Object.entries(secretOf) as [Role, string][]) {
      const next = secrets[`${name}_NEXT`];
      if (next === undefined) continue;
      const key = await publicOf(role, next);
      if (!keys.some((one) => one.role === role && one.key === key && one.until === null)) waiting.add(role);
    }
  }
  return [...waiting];
}

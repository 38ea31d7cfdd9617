/**
 * Keys that this node was given to take the place of its own: setting the secret is the order, each hub's log is where
 * it happens. Nothing is stored: what the log holds says whether there is anything left to do, and a repeated attempt
 * builds on the same entry, so that at most one of them stands.
 */
import { type CommunityKeysView, communityKeys } from "../../../shared/protocol/api/keys.ts";
import { problem } from "../../../shared/protocol/problem.ts";
import { type KeyHands, noteHand, signKeyChange } from "../../../shared/signing/key-change.ts";
import { type Ed25519Signer, signer } from "../../../shared/signing/ed25519.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { parseJson } from "../../lib/remote.ts";
import type { NodeContext } from "../context.ts";
import { bookSecret, currentKey, type HeldKey, heldKeys, reportSigner, witnessSecret } from "../keys.ts";
import type { HubRow } from "../queries/hub.ts";
import { seconds } from "../time.ts";

type Address = Pick<HubRow, "url" | "origin">;

/** Null: the hub did not answer, or does not know this community. */
export async function keysAtHub({ peer, config }: NodeContext, hub: Address): Promise<CommunityKeysView | null> {
  const address = `${hub.url}/api/communities/${encodeURIComponent(config.origin)}/keys`;
  const found = await peer.getJson(address, communityKeys);
  return found.ok ? found.value : null;
}

/** Rotates whatever waits to be current at this hub, and names the witness key where the log knows none. */
export async function changeKeys(
  context: NodeContext,
  hub: Pick<HubRow, "url" | "origin" | "join_jws">,
): Promise<void> {
  const { config } = context;
  const held = await heldKeys(config);
  if (!held.some(({ isNext }) => isNext) && namesWitness(hub.join_jws)) return;
  const known = await keysAtHub(context, hub);
  if (known === null || known.pending !== null) return;
  const wanted = held.filter(
    ({ role, key, isNext }) =>
      (isNext || isFirstOf(role, held, known)) && !known.keys.some((one) => one.role === role && one.key === key),
  );
  const current = await currentSigner(context, known);
  const hands = await handsOf(context, known);
  const proven = wanted.filter(({ role }) => hands[role] !== undefined);
  if (current === null || proven.length === 0) return;
  const draft = {
    ...own(context, hub),
    act: "rotate" as const,
    prev: known.last,
    keys: proven.map(({ role, key }) => ({ role, key })),
  };
  const jws = await signKeyChange(current, "node-key+jwt", draft, hands);
  await context.peer.post(`${hub.url}/log/entries`, jws, "application/jose");
}

/** A community that joined before there were witness keys has one of its own to name, unless the next is about to be. */
function isFirstOf(role: HeldKey["role"], held: readonly HeldKey[], known: CommunityKeysView): boolean {
  return (
    role === "witness" && currentKey(known.keys, role) === null && !held.some((one) => one.role === role && one.isNext)
  );
}

function namesWitness(join: string): boolean {
  const parsed = parseStatement(join);
  return (
    parsed.ok && parsed.value.statement.kind === "node-join+jwt" && parsed.value.statement.claims.witness !== undefined
  );
}

/** What proves each key that comes, and the one that goes; none where the one that goes is not here. */
async function handsOf({ config }: NodeContext, known: CommunityKeysView): Promise<KeyHands> {
  const hands: KeyHands = {};
  if (config.reportJwkNext !== null) {
    const report = await signer(config.reportJwkNext);
    hands.report = { new: (message) => report.sign(message) };
  }
  const oldBook = await bookSecret(config, currentKey(known.keys, "book"));
  if (config.book.next && oldBook !== null) {
    hands.book = {
      new: (await noteHand("book", config.book.next)).sign,
      old: (await noteHand("book", oldBook)).sign,
    };
  }
  const before = currentKey(known.keys, "witness");
  const [witness, oldWitness] = [
    config.witnessKeyNext ?? config.witnessKey,
    before === null ? null : await witnessSecret(config, before),
  ];
  if (witness !== null && (before === null || oldWitness !== null)) {
    hands.witness = {
      new: (await noteHand("witness", witness)).sign,
      ...(oldWitness !== null && { old: (await noteHand("witness", oldWitness)).sign }),
    };
  }
  return hands;
}

/** The steward objects to a recovery that waits; the answer is the hub's, as a problem code, or null when it stands. */
export async function objectAt(context: NodeContext, hub: Address, recovery: string): Promise<string | null> {
  const known = await keysAtHub(context, hub);
  if (known === null) return "peer-unreachable";
  const current = await currentSigner(context, known);
  if (current === null) return "key-missing";
  const draft = { ...own(context, hub), act: "object" as const, prev: recovery, keys: [] };
  const jws = await signKeyChange(current, "node-key+jwt", draft, {});
  const answer = await context.peer.post(`${hub.url}/log/entries`, jws, "application/jose");
  if (!answer.ok) return answer.error;
  if (answer.value.status === 200 || answer.value.status === 202) return null;
  const refusal = parseJson(answer.value.bytes, problem);
  return refusal.ok ? refusal.value.code : "peer-invalid";
}

function own({ config, now }: NodeContext, hub: Address) {
  return { iss: config.origin, aud: hub.origin, iat: seconds(now()), v: 1 as const };
}

async function currentSigner({ config }: NodeContext, known: CommunityKeysView): Promise<Ed25519Signer | null> {
  const kid = known.keys.find(({ role, until }) => role === "report" && until === null)?.kid ?? null;
  return kid === null ? null : await reportSigner(config, kid);
}

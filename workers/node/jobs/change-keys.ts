/**
 * Keys that this node was given to take the place of its own: setting the secret is the order, each hub's log is where
 * it happens. Nothing is stored: what the log holds says whether there is anything left to do, and a repeated attempt
 * builds on the same entry, so that at most one of them stands.
 */
import { type CommunityKeysView, communityKeys } from "../../../shared/protocol/api/keys.ts";
import { problem } from "../../../shared/protocol/problem.ts";
import { noteHand, signKeyChange } from "../../../shared/signing/key-change.ts";
import { type Ed25519Signer, signer } from "../../../shared/signing/ed25519.ts";
import { parseJson } from "../../lib/remote.ts";
import type { NodeContext } from "../context.ts";
import { currentKey, heldKeys, reportSigner } from "../keys.ts";
import type { HubRow } from "../queries/hub.ts";
import { seconds } from "../time.ts";

type Address = Pick<HubRow, "url" | "origin">;

/** Null: the hub did not answer, or does not know this community. */
export async function keysAtHub({ peer, config }: NodeContext, hub: Address): Promise<CommunityKeysView | null> {
  const address = `${hub.url}/api/communities/${encodeURIComponent(config.origin)}/keys`;
  const found = await peer.getJson(address, communityKeys);
  return found.ok ? found.value : null;
}

/** Rotates whatever waits to be current at this hub. */
export async function changeKeys(context: NodeContext, hub: Address): Promise<void> {
  const { config } = context;
  const next = (await heldKeys(config)).filter(({ isNext }) => isNext);
  if (next.length === 0) return;
  const known = await keysAtHub(context, hub);
  if (known === null || known.pending !== null) return;
  const wanted = next.filter(({ role, key }) => !known.keys.some((one) => one.role === role && one.key === key));
  if (wanted.length === 0) return;
  const current = await currentSigner(context, known);
  const bookSecret = await currentBook(context, known);
  if (current === null || (wanted.some(({ role }) => role === "book") && bookSecret === null)) return;
  const report = config.reportJwkNext === null ? null : await signer(config.reportJwkNext);
  const [bookOld, bookNext] = [
    bookSecret === null ? null : await noteHand("book", bookSecret),
    config.book.next ? await noteHand("book", config.book.next) : null,
  ];
  const draft = {
    ...own(context, hub),
    act: "rotate" as const,
    prev: known.last,
    keys: wanted.map(({ role, key }) => ({ role, key })),
  };
  const jws = await signKeyChange(current, "node-key+jwt", draft, {
    ...(report && { report: { new: (message) => report.sign(message) } }),
    ...(bookNext && bookOld && { book: { new: bookNext.sign, old: bookOld.sign } }),
  });
  await context.peer.post(`${hub.url}/log/entries`, jws, "application/jose");
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

/** The secret of the book key that this hub's log holds as current. */
async function currentBook({ config }: NodeContext, known: CommunityKeysView): Promise<string | null> {
  const vkey = currentKey(known.keys, "book");
  for (const skey of [config.book.skey, config.book.next]) {
    if (skey && (await noteHand("book", skey)).vkey === vkey) return skey;
  }
  return null;
}

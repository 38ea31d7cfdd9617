/** A log that signed two trees that are not one: two roots for one size, or two hashes for one place. */
import { equal, fromBase64url } from "../bytes.ts";
import { parseBookOrigin } from "../network/book-origin.ts";
import type { EvidenceOf } from "../protocol/evidence.ts";
import { ok } from "../result.ts";
import type { Keys } from "./keys.ts";
import { type Found, refuse } from "./refusal.ts";
import { openHead, requireHash } from "./tree.ts";

export async function checkFork({ hub, log, notes, place }: EvidenceOf<"fork">, keys: Keys): Promise<Found> {
  const a = await openHead(keys, log, notes[0]);
  if (!a.ok) return a;
  const b = await openHead(keys, log, notes[1]);
  if (!b.ok) return b;
  const sizes = { size: a.value.size, other_size: b.value.size };
  const found = (detail: string, facts: Record<string, number>) => ok({ ...ownerOf(log, hub.origin), detail, facts });
  if (place === null) {
    if (a.value.size !== b.value.size) return refuse("no-contradiction", "the checkpoints are of different sizes");
    if (equal(a.value.root, b.value.root)) return refuse("no-contradiction", "the checkpoints are of the same tree");
    return found(`${log} signed two different trees of size ${a.value.size}`, sizes);
  }
  const { level, index, hashes, proofs } = place;
  if (hashes[0] === hashes[1]) return refuse("no-contradiction", "both trees have the same hash there");
  for (const [at, head] of [a.value, b.value].entries()) {
    const proof = at === 0 ? proofs[0] : proofs[1];
    const hash = fromBase64url(at === 0 ? hashes[0] : hashes[1]);
    const proven = requireHash(head, { level, index, hash, proof });
    if (!proven.ok) return proven;
  }
  const first = index * 2 ** level;
  return found(`${log} signed two different versions of its entries from ${first} on`, { ...sizes, index: first });
}

function ownerOf(log: string, hub: string): { accused: string; party: "hub" | "node" } {
  if (log === hub) return { accused: log, party: "hub" };
  return { accused: parseBookOrigin(log)?.node ?? log, party: "node" };
}

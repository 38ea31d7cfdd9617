/**
 * The keys this node was given (docs/protocol.md §1): those it has, and those that are to take their place. Which of
 * them is current is said by each hub's log, so for one hub it may be the one and for another still the other.
 */
import type { KeyView } from "../../shared/protocol/api/keys.ts";
import { type Ed25519Signer, signer } from "../../shared/signing/ed25519.ts";
import { noteHand } from "../../shared/signing/key-change.ts";
import { signerOf } from "../lib/log-read.ts";
import type { NodeConfig } from "./env.ts";

export interface HeldKey {
  role: "report" | "book" | "witness";
  /** as the log names it */
  key: string;
  isNext: boolean;
}

export async function heldKeys(config: NodeConfig): Promise<HeldKey[]> {
  const { reportJwk, reportJwkNext, book, witnessKey, witnessKeyNext } = config;
  const next = book.next ?? null;
  return [
    { role: "report", key: reportJwk.x, isNext: false },
    ...(reportJwkNext === null ? [] : [{ role: "report" as const, key: reportJwkNext.x, isNext: true }]),
    { role: "book", key: (await signerOf(book.skey)).vkey, isNext: false },
    ...(next === null ? [] : [{ role: "book" as const, key: (await signerOf(next)).vkey, isNext: true }]),
    ...(witnessKey === null ? [] : [await heldWitness(witnessKey, false)]),
    ...(witnessKeyNext === null ? [] : [await heldWitness(witnessKeyNext, true)]),
  ];
}

async function heldWitness(skey: string, isNext: boolean): Promise<HeldKey> {
  return { role: "witness", key: (await noteHand("witness", skey)).vkey, isNext };
}

/** The secret of this witness key, or without one of the first; null where this node was not given it. */
export async function witnessSecret(
  { witnessKey, witnessKeyNext }: NodeConfig,
  vkey: string | null,
): Promise<string | null> {
  if (vkey === null) return witnessKey ?? witnessKeyNext;
  return await secretBehind("witness", [witnessKey, witnessKeyNext], vkey);
}

/** The secret of this book key; null where this node was not given it. */
export async function bookSecret({ book }: NodeConfig, vkey: string | null): Promise<string | null> {
  return await secretBehind("book", [book.skey, book.next ?? null], vkey);
}

async function secretBehind(
  role: "book" | "witness",
  held: readonly (string | null)[],
  vkey: string | null,
): Promise<string | null> {
  for (const skey of held) if (skey !== null && (await noteHand(role, skey)).vkey === vkey) return skey;
  return null;
}

/** The report key with this thumbprint; null where this node was not given it. */
export async function reportSigner(config: NodeConfig, kid: string | null): Promise<Ed25519Signer | null> {
  const { reportJwk, reportJwkNext } = config;
  const first = await signer(reportJwk);
  if (kid === null || first.kid === kid) return first;
  const next = reportJwkNext === null ? null : await signer(reportJwkNext);
  return next?.kid === kid ? next : null;
}

/** The key of a role that the log holds as current now. */
export function currentKey(keys: readonly KeyView[], role: KeyView["role"]): string | null {
  return keys.find((one) => one.role === role && one.until === null)?.key ?? null;
}

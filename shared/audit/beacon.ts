/**
 * The lot of an audit is drawn from what other communities' witnesses sign once the report is logged (docs/protocol.md §8).
 * Signed with the witness key; the first line keeps it apart from a cosignature, whose message begins otherwise.
 */
import { type Bytes, concat, fromBase64url, sha256, toBase64url, utf8 } from "../bytes.ts";
import { COSIGNATURE, parseCosignerVkey, signingKey } from "../log/note.ts";
import type { Beacon } from "../protocol/audit.ts";
import { verifyEd25519 } from "../signing/ed25519.ts";

const WITNESS = "/witness";

function message(report: string): Bytes {
  return utf8(`cocoon/audit/v1\n${report}\n`);
}

/** Throws on a malformed skey: it is our own secret, so that is a misconfiguration. */
export async function signBeacon(skey: string, report: string): Promise<string> {
  const key = await signingKey(skey, COSIGNATURE);
  return toBase64url(await key.sign(message(report)));
}

export async function isBeaconOf(report: string, { vkey, signature }: Beacon): Promise<boolean> {
  const key = parseCosignerVkey(vkey);
  return key.ok && (await verifyEd25519(key.value.publicKey, message(report), fromBase64url(signature)));
}

/** SHA-256 of all signatures in the order of their keys. */
export function rhoOf(beacons: readonly Beacon[]): Bytes {
  return sha256(concat(...beacons.map(({ signature }) => fromBase64url(signature))));
}

/** Ascending by key, no key and no community twice, none of the audited one. */
export function areWellFormed(beacons: readonly Beacon[], audited: string): boolean {
  const nodes = beacons.map(({ vkey }) => beaconNode(vkey));
  return (
    nodes.every((node) => node !== null && node !== audited) &&
    new Set(nodes).size === nodes.length &&
    beacons.every(({ vkey }, at) => at === 0 || (beacons[at - 1]?.vkey ?? "") < vkey)
  );
}

/** The community whose witness key this says it is. */
export function beaconNode(vkey: string): string | null {
  const name = vkey.slice(0, vkey.indexOf("+"));
  return name.endsWith(WITNESS) ? name.slice(0, -WITNESS.length) : null;
}

/**
 * What an equivocation is held against: which payload each report of a log had, and under which key. 64 bytes a report, for
 * a log has hundreds of thousands of them and hardly ever an equivocation.
 */
import { type Bytes, equal, fromBase64url } from "../bytes.ts";
import type { Ed25519Jwk } from "../protocol/primitives.ts";

const HASH_BYTES = 32;
const FIRST_ROOM = 64;

/** A community's reports since it joined, by seq: leaf hash and payload hash. */
interface Chain {
  hashes: Bytes;
  count: number;
  /** from which seq on */
  keys: { seq: number; jwk: Ed25519Jwk }[];
}

export class LoggedReports {
  /** communities join a fork anew, and begin again with seq 1 */
  readonly #chains = new Map<string, Chain[]>();

  /** Without gaps from seq 1: the rules of the log see to it. */
  add({ iss, seq }: { iss: string; seq: number }, leaf: Bytes, payload: Bytes, jwk: Ed25519Jwk): void {
    const chains = this.#chains.get(iss) ?? [];
    this.#chains.set(iss, chains);
    if (seq === 1) chains.push({ hashes: new Uint8Array(FIRST_ROOM * HASH_BYTES), count: 0, keys: [] });
    const chain = chains.at(-1);
    if (chain?.count !== seq - 1) throw new Error(`report ${seq} of ${iss} does not follow the one before`);
    const at = chain.count * 2 * HASH_BYTES;
    if (at === chain.hashes.length) {
      const room = new Uint8Array(at * 2);
      room.set(chain.hashes);
      chain.hashes = room;
    }
    chain.hashes.set(leaf, at);
    chain.hashes.set(payload, at + HASH_BYTES);
    chain.count += 1;
    if (chain.keys.at(-1)?.jwk.x !== jwk.x) chain.keys.push({ seq, jwk });
  }

  /** The payload hash and the key of the report that has this number and this leaf. */
  find(iss: string, seq: number, leaf: string): { payload: Bytes; jwk: Ed25519Jwk } | null {
    const wanted = fromBase64url(leaf);
    for (const { hashes, count, keys } of this.#chains.get(iss) ?? []) {
      const at = (seq - 1) * 2 * HASH_BYTES;
      if (seq > count || !equal(hashes.subarray(at, at + HASH_BYTES), wanted)) continue;
      const key = keys.findLast((one) => one.seq <= seq);
      if (key !== undefined) return { payload: hashes.slice(at + HASH_BYTES, at + 2 * HASH_BYTES), jwk: key.jwk };
    }
    return null;
  }
}

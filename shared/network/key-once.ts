/**
 * A key appears once ever in a log (docs/protocol.md §1), whatever its role and its name: a key that somebody has used,
 * or used up, proves nothing about somebody else. Public keys are compared, not the texts they stand in.
 */
import { toBase64url } from "../bytes.ts";
import { parseCosignerVkey, parseVkey } from "../log/note.ts";
import type { KeyRole } from "../protocol/key-change.ts";
import type { Statement } from "../protocol/statement.ts";

/** The public keys that an entry brings into the log, as unpadded base64url. Empty text where a vkey is malformed. */
export function newKeys({ kind, claims }: Statement): string[] {
  if (kind === "hub-policy+jwt") return [claims.statement_jwk.x, ...publicKeys("witness", claims.witness_vkey)];
  if (kind === "node-join+jwt") {
    const { report_jwk, book, witness } = claims;
    return [report_jwk.x, ...publicKeys("book", book.vkey), ...publicKeys("witness", witness)];
  }
  if (kind !== "node-key+jwt" && kind !== "hub-key+jwt") return [];
  return claims.keys.flatMap(({ role, key }) => publicKeys(role, key));
}

function publicKeys(role: KeyRole, key: string | undefined): string[] {
  if (key === undefined) return [];
  if (role === "report" || role === "statement") return [key];
  const parsed = role === "witness" ? parseCosignerVkey(key) : parseVkey(key);
  return [parsed.ok ? toBase64url(parsed.value.publicKey) : ""];
}

/** All keys of a log so far. */
export class KnownKeys {
  readonly #keys = new Set<string>();

  /** False when one of them was there before, or twice; then none is taken. */
  add(keys: readonly string[]): boolean {
    if (new Set(keys).size !== keys.length || keys.some((key) => this.#keys.has(key))) return false;
    for (const key of keys) this.#keys.add(key);
    return true;
  }
}

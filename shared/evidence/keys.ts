/**
 * The keys a document rests on: the hub's log key, and those that its anchors show to be logged. An anchor counts by its
 * inclusion proof under the log key and by its own signature; a key that is logged once stays a key of its owner.
 */
import { fromBase64url } from "../bytes.ts";
import { verifyProof } from "../log/proof.ts";
import { bookOrigin, parseBookOrigin } from "../network/book-origin.ts";
import type { Ed25519Jwk } from "../protocol/primitives.ts";
import type { Evidence } from "../protocol/evidence.ts";
import { type Result, ok } from "../result.ts";
import { thumbprint } from "../signing/ed25519.ts";
import { parseJws, verifyJws } from "../signing/jws.ts";
import { type ParsedStatement, parseStatement } from "../signing/statement.ts";
import { type NotEvidence, refuse } from "./refusal.ts";

export class Keys {
  readonly hub: Evidence["hub"];
  /** thumbprint of the recovery key, by issuer */
  readonly recovery = new Map<string, string>();
  /** by issuer */
  readonly #jwks = new Map<string, Ed25519Jwk[]>();
  /** by log origin */
  readonly #vkeys = new Map<string, string[]>();

  constructor(hub: Evidence["hub"]) {
    this.hub = hub;
    this.#vkeys.set(hub.origin, [hub.vkey]);
  }

  addJwk(issuer: string, jwk: Ed25519Jwk): void {
    this.#jwks.set(issuer, [...(this.#jwks.get(issuer) ?? []), jwk]);
  }

  addVkey(log: string, vkey: string): void {
    this.#vkeys.set(log, [...(this.#vkeys.get(log) ?? []), vkey]);
  }

  /** A book key signs each book that its community begins. */
  vkeysOf(log: string): readonly string[] {
    const book = parseBookOrigin(log);
    return this.#vkeys.get(book === null ? log : bookOrigin(book.node)) ?? [];
  }

  /** Whether one of the issuer's logged keys signed this. */
  async hasSigned(issuer: string, jws: string): Promise<boolean> {
    const parsed = parseJws(jws, jws.length);
    if (!parsed.ok) return false;
    const jwk = (this.#jwks.get(issuer) ?? []).find((each) => thumbprint(each) === parsed.value.kid);
    return jwk !== undefined && (await verifyJws(parsed.value, jwk));
  }
}

export async function keysOf({ hub, anchors }: Pick<Evidence, "hub" | "anchors">): Promise<Result<Keys, NotEvidence>> {
  const keys = new Keys(hub);
  for (const { jws, proof } of anchors) {
    const parsed = parseStatement(jws);
    if (!parsed.ok) return refuse("anchor-invalid", "an anchor is not a statement of this protocol");
    const leaf = fromBase64url(parsed.value.leaf);
    const proven = await verifyProof({ proofText: proof, leaf, vkey: hub.vkey, origin: hub.origin });
    if (!proven.ok) return refuse("anchor-invalid", `an anchor is not proven to be in the log (${proven.error})`);
    if (!(await addKeys(keys, parsed.value, { jws, index: proven.value.index })))
      return refuse("anchor-invalid", "an anchor is no entry that sets keys, or not signed by whom it must be");
  }
  return ok(keys);
}

/** First keys speak for themselves, changes are signed by the key before them, or by the recovery key. In log order. */
async function addKeys(
  keys: Keys,
  { statement, parsed }: ParsedStatement,
  at: { jws: string; index: number },
): Promise<boolean> {
  const { kind, claims } = statement;
  const { iss } = claims;
  if (kind === "hub-policy+jwt") {
    if (
      iss !== keys.hub.origin ||
      at.index !== (claims.parent?.size ?? 0) ||
      !(await verifyJws(parsed, claims.statement_jwk))
    )
      return false;
    keys.addJwk(iss, claims.statement_jwk);
    keys.recovery.set(iss, claims.recovery_sha256);
    return true;
  }
  if (kind === "node-join+jwt") {
    if (claims.aud !== keys.hub.origin || !(await verifyJws(parsed, claims.report_jwk))) return false;
    keys.addJwk(iss, claims.report_jwk);
    keys.addVkey(bookOrigin(iss), claims.book.vkey);
    keys.recovery.set(iss, claims.recovery_sha256);
    return true;
  }
  if (kind !== "node-key+jwt" && kind !== "hub-key+jwt") return false;
  if (kind === "hub-key+jwt" ? iss !== keys.hub.origin : claims.aud !== keys.hub.origin) return false;
  const { act, recovery_jwk: recovery } = claims;
  const isRecovery = act === "recover" && recovery !== undefined && thumbprint(recovery) === keys.recovery.get(iss);
  const isSigned = isRecovery ? await verifyJws(parsed, recovery) : await keys.hasSigned(iss, at.jws);
  if (!isSigned || act === "object") return false;
  for (const { role, key } of claims.keys) {
    if (role === "report" || role === "statement") keys.addJwk(iss, { kty: "OKP", crv: "Ed25519", x: key });
    else if (role === "book") keys.addVkey(bookOrigin(iss), key);
    else if (role === "log") keys.addVkey(iss, key);
  }
  if (claims.recovery_sha256 !== undefined) keys.recovery.set(iss, claims.recovery_sha256);
  return true;
}

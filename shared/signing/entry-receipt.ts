/**
 * Signs and reads a hub's receipts and refusals (protocol/entry-receipt.ts). Signing is deterministic, so the same
 * entry gets the same receipt again without one being stored.
 */
import type { Ed25519Jwk } from "../protocol/primitives.ts";
import {
  INCLUDE_WITHIN_S,
  MAX_RECEIPT_BYTES,
  type PromiseClaims,
  type PromiseKind,
  promiseKinds,
} from "../protocol/entry-receipt.ts";
import type { ProblemCode } from "../protocol/problem.ts";
import { type Result, fail, ok } from "../result.ts";
import type { Ed25519Signer } from "./ed25519.ts";
import { parseJws, signJws, verifyJws } from "./jws.ts";

type Receipt = PromiseClaims<"entry-receipt+jwt">;

export async function signReceipt(signer: Ed25519Signer, entry: Omit<Receipt, "v" | "include_by">): Promise<string> {
  return await signJws(signer, "entry-receipt+jwt", { ...entry, v: 1, include_by: entry.received + INCLUDE_WITHIN_S });
}

export async function signRefusal(
  signer: Ed25519Signer,
  refusal: Omit<PromiseClaims<"entry-refusal+jwt">, "v">,
): Promise<string> {
  return await signJws(signer, "entry-refusal+jwt", { ...refusal, v: 1 });
}

/** The claims, if the hub with this statement key signed them. */
export async function openPromise<K extends PromiseKind>(
  kind: K,
  jws: string,
  statementJwk: Ed25519Jwk,
): Promise<Result<PromiseClaims<K>, ProblemCode>> {
  const parsed = parseJws(jws, MAX_RECEIPT_BYTES);
  if (!parsed.ok) return parsed;
  if (parsed.value.typ !== kind) return fail("statement-invalid");
  const claims = promiseKinds[kind].safeParse(parsed.value.claims);
  if (!claims.success) return fail("statement-invalid");
  if (!(await verifyJws(parsed.value, statementJwk))) return fail("signature-invalid");
  return ok(claims.data as PromiseClaims<K>);
}

/**
 * An entry of a hub's log: a JWS whose `typ` names a kind of the registry in protocol/statement.ts.
 * Parsing checks form and schema only; whose key signed, and whether that key is current, the caller decides.
 */
import { type Bytes, fromUtf8, toBase64url, utf8 } from "../bytes.ts";
import { leafHash } from "../log/merkle.ts";
import type { ProblemCode } from "../protocol/problem.ts";
import {
  type Claims,
  MAX_LOGGED_BYTES,
  MAX_STATEMENT_BYTES,
  type Statement,
  type StatementKind,
  statementKinds,
} from "../protocol/statement.ts";
import { type Result, fail, ok } from "../result.ts";
import type { Ed25519Signer } from "./ed25519.ts";
import { type ParsedJws, parseJws, signJws } from "./jws.ts";

export interface ParsedStatement {
  /** base64url of the RFC 6962 leaf hash of the JWS: the statement's id and idempotency key */
  readonly leaf: string;
  readonly typ: StatementKind;
  readonly kid: string;
  readonly statement: Statement;
  /** for verifyJws */
  readonly parsed: ParsedJws;
}

export function isStatementKind(typ: string): typ is StatementKind {
  return Object.hasOwn(statementKinds, typ);
}

/** `leaf`: of a source whose leaf hash is known already. */
export function parseStatement(source: Bytes | string, leaf?: string): Result<ParsedStatement, ProblemCode> {
  let text: string;
  try {
    text = typeof source === "string" ? source : fromUtf8(source);
  } catch {
    return fail("jws-malformed");
  }
  const jws = parseJws(text, MAX_LOGGED_BYTES, typeof source === "string" ? undefined : source);
  if (!jws.ok) return jws;
  const { typ, kid, claims } = jws.value;
  if (!isStatementKind(typ)) return fail("statement-not-accepted");
  if (text.length > maxBytesOf(typ)) return fail("statement-too-large");
  const checked = statementKinds[typ].schema.safeParse(claims);
  if (!checked.success) return fail("statement-invalid");
  const statement = { kind: typ, claims: checked.data } as Statement;
  return ok({ leaf: leaf ?? statementLeaf(text), typ, kid, statement, parsed: jws.value });
}

function maxBytesOf(kind: StatementKind): number {
  return kind === "equivocation+jwt" ? MAX_LOGGED_BYTES : MAX_STATEMENT_BYTES;
}

export function statementLeaf(jws: string): string {
  return toBase64url(leafHash(utf8(jws)));
}

/** Claims that are right in themselves but more than readers take. */
export class TooLarge extends RangeError {}

/** Throws on claims that no reader would accept: signing them is a bug. */
export async function signStatement<K extends StatementKind>(
  signer: Ed25519Signer,
  kind: K,
  claims: Claims<K>,
): Promise<string> {
  statementKinds[kind].schema.parse(claims);
  const jws = await signJws(signer, kind, claims);
  if (jws.length > maxBytesOf(kind)) throw new TooLarge(`${kind} of ${jws.length} bytes`);
  return jws;
}

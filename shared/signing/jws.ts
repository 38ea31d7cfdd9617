/**
 * Compact JWS with Ed25519 (RFC 7515, RFC 9864), the only form of a logged statement (docs/protocol.md §3).
 * The protected header has exactly alg, kid and typ; everything RFC 8725 warns of is refused by that.
 * No claim is interpreted here: see statement.ts.
 */
import { type Bytes, fromBase64url, toBase64url, utf8 } from "../bytes.ts";
import { memo } from "../memo.ts";
import type { ProblemCode } from "../protocol/problem.ts";
import type { Ed25519Jwk } from "../protocol/primitives.ts";
import { MAX_STATEMENT_BYTES } from "../protocol/statement.ts";
import { type Result, fail, ok } from "../result.ts";
import { canonicalBytes } from "./canonical.ts";
import { type Ed25519Signer, publicKeyOf, thumbprint, verifyEd25519 } from "./ed25519.ts";
import { parseStrictJson } from "./strict-json.ts";

export interface ParsedJws {
  readonly typ: string;
  readonly kid: string;
  readonly claims: unknown;
  readonly signingInput: Bytes;
  readonly signature: Bytes;
}

const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
const MAX_HEADER_CHARS = 256;

export async function signJws(signer: Ed25519Signer, typ: string, claims: unknown): Promise<string> {
  const header = toBase64url(canonicalBytes({ alg: "Ed25519", kid: signer.kid, typ }));
  const signingInput = `${header}.${toBase64url(canonicalBytes(claims))}`;
  const signature = await signer.sign(utf8(signingInput));
  return `${signingInput}.${toBase64url(signature)}`;
}

/** `bytes` are those of `text`, where the caller has them: what is signed is then a part of them and not made again. */
export function parseJws(
  text: string,
  maxBytes = MAX_STATEMENT_BYTES,
  bytes?: Bytes,
): Result<ParsedJws, Extract<ProblemCode, "jws-malformed" | "jws-header" | "statement-too-large">> {
  if (text.length > maxBytes) return fail("statement-too-large");
  const [, header = "", payload = "", signature = ""] = COMPACT.exec(text) ?? [];
  if (signature.length !== 86) return fail("jws-malformed");
  if (header.length > MAX_HEADER_CHARS) return fail("jws-header");
  const head = parseHeader(header);
  if (!head.ok) return head;
  try {
    const claims = parseStrictJson(fromBase64url(payload));
    if (!claims.ok) return fail("jws-malformed");
    return ok({
      ...head.value,
      claims: claims.value,
      // all of it is ASCII here, so characters are bytes
      signingInput: (bytes ?? utf8(text)).subarray(0, header.length + 1 + payload.length),
      signature: fromBase64url(signature),
    });
  } catch {
    return fail("jws-malformed");
  }
}

/** True only if `publicJwk` is the key the header names and the signature is strictly valid under it. */
export async function verifyJws(parsed: ParsedJws, publicJwk: Ed25519Jwk): Promise<boolean> {
  if (parsed.kid !== thumbprint(publicJwk)) return false;
  return verifyEd25519(publicKeyOf(publicJwk), parsed.signingInput, parsed.signature);
}

/** What the header says it is, before anything else is read; null where there is no header of this protocol. */
export function typOf(text: string): string | null {
  const header = text.slice(0, text.indexOf("."));
  const head = header.length > MAX_HEADER_CHARS ? null : parseHeader(header);
  return head?.ok === true ? head.value.typ : null;
}

type Header = Result<{ typ: string; kid: string }, "jws-malformed" | "jws-header">;

const MAX_KNOWN_HEADERS = 1024;
const parseHeader = memo(MAX_KNOWN_HEADERS, decodeHeader);

function decodeHeader(encoded: string): Header {
  let bytes: Bytes;
  try {
    bytes = fromBase64url(encoded);
  } catch {
    return fail("jws-malformed");
  }
  const header = parseStrictJson(bytes);
  if (!header.ok || typeof header.value !== "object" || header.value === null) return fail("jws-malformed");
  const { alg, kid, typ, ...others } = header.value as Record<string, unknown>;
  if (alg !== "Ed25519" || typeof kid !== "string" || typeof typ !== "string") return fail("jws-header");
  if (Object.keys(others).length > 0) return fail("jws-header");
  return ok({ typ, kid });
}

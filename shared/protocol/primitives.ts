/**
 * The words every message is built from: origins, hashes, decimal quantities, days, codes.
 * docs/protocol.md §0. Quantities and money travel as decimal strings, counts and sizes as numbers.
 */
import { z } from "zod";
import { withoutUnseen } from "../unseen.ts";

/** Schemeless host with optional port, lower case: `hub.example.org`, `localhost:8787`. */
export const origin = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?$/);

/** `<origin>/log`, the identity of a hub's log. */
export const logOrigin = z
  .string()
  .max(260)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?\/log$/);

/** SHA-256 as 43 characters of unpadded base64url: leaf hashes, ids, commitments. */
export const hash = z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/);

/** At least 128 random bits, unpadded base64url. */
export const nonce = z.string().regex(/^[A-Za-z0-9_-]{22,86}$/);

/** Non-negative integer below 10^18 as a decimal string: money in minor units, quantities. */
export const decimal = z.string().regex(/^(0|[1-9][0-9]{0,17})$/);

/** Positive integer below 10^18 as a decimal string. */
export const positiveDecimal = z.string().regex(/^[1-9][0-9]{0,17}$/);

/** Sums over many nodes: any length a fold can produce. */
export const decimalSum = z.string().regex(/^(0|[1-9][0-9]{0,38})$/);

/** UTC day, `YYYY-MM-DD`. */
export const day = z.iso.date();

/** Seconds since 1970-01-01T00:00:00Z. */
export const unixSeconds = z.int().min(0).max(253402300799);

/** Log index, size or count. */
export const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** ISO 4217 alphabetic code. */
export const currency = z.string().regex(/^[A-Z]{3}$/);

/** ISO 3166-2 subdivision, or an ISO 3166-1 alpha-2 country where a community spans one. */
export const region = z.string().regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/);

/** BCP 47 language tag, as short as the product needs them. */
export const language = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
  .max(35);

/** Public base URL of a worker; which schemes and hosts may be fetched is decided in workers/lib/remote. */
export const baseUrl = z.url({ protocol: /^https?$/ }).max(300);

/** One line of human text, without control characters or outer spaces: what is signed is what is read. */
export function line(max: number) {
  return z
    .string()
    .min(1)
    .max(max)
    .regex(/^(?!\s)[^\u0000-\u001f\u007f]*(?<!\s)$/u);
}

/** Several lines of human text, without outer spaces. */
export function prose(max: number) {
  return z
    .string()
    .max(max)
    .regex(/^(?!\s)[^\u0000-\u0009\u000b-\u001f\u007f]*(?<!\s)$/u);
}

/** The same as typed by a person: outer spaces and what nobody sees are taken off before it is judged. For request bodies, never for signed claims. */
export function typed<T extends z.ZodType<string, string>>(text: T) {
  return z.string().overwrite(withoutUnseen).trim().pipe(text);
}

/** Ed25519 public key as a JWK with exactly the members RFC 8037 §2 needs. */
export const ed25519Jwk = z.strictObject({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: hash,
});
export type Ed25519Jwk = z.infer<typeof ed25519Jwk>;

/** Signed-note verifier key, `<name>+<8 hex>+<base64>` (C2SP signed-note). */
export const vkey = z
  .string()
  .max(400)
  .regex(/^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/u);

/** A signed note of a few hundred bytes (C2SP tlog-checkpoint). */
export const note = z.string().min(1).max(4096);

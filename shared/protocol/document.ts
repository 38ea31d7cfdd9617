/**
 * What a member signs (docs/protocol.md §2, identity): one document, several signature suites.
 * The hash that is signed is SHA-256("cocoon/doc/v1" ‖ 0x00 ‖ JCS(document)): shared/signing/document.ts.
 */
import { z } from "zod";
import {
  count,
  currency,
  decimal,
  hash,
  logOrigin,
  nonce,
  origin,
  positiveDecimal,
  unixSeconds,
} from "./primitives.ts";

const envelope = {
  v: z.literal(1),
  /** origin of the member's community */
  node: origin,
  /** the hub whose campaign this is: one signature counts at one hub */
  hub: logOrigin,
  /** WebAuthn relying party id the signature must be bound to */
  rp_id: z.string().min(1).max(253),
  /** leaf hash of the hub's campaign entry */
  campaign: hash,
  /** SHA-256 of the JCS of the campaign entry's claims: what the member was shown */
  terms_sha256: hash,
  /** random pseudonym of the member in this community */
  account: nonce,
  /** RFC 7638 thumbprint of the signing key */
  key: hash,
  /** head of the chain this document revises or ends; null for a first one */
  replaces: hash.nullable(),
  /** 1, 2, 3 … per account */
  seq: count.min(1),
  issued_at: unixSeconds,
  valid_until: unixSeconds,
  nonce,
};

export const pledgeDocument = z.strictObject({
  typ: z.literal("pledge"),
  ...envelope,
  qty: positiveDecimal,
  currency,
  /** "only if this or less", minor units of `currency` per unit */
  max_unit_price_minor: decimal,
  /** index of the campaign's highest price band not above max_unit_price_minor */
  band: count.max(63),
  /** further units the member would take; 0 until bulk orders exist */
  tolerance: decimal,
});
export const interestDocument = z.strictObject({ typ: z.literal("interest"), ...envelope, qty: positiveDecimal });
export const withdrawDocument = z.strictObject({ typ: z.literal("withdraw"), ...envelope, replaces: hash });

export const memberDocument = z.discriminatedUnion("typ", [pledgeDocument, interestDocument, withdrawDocument]);
export type MemberDocument = z.infer<typeof memberDocument>;
export type PledgeDocument = z.infer<typeof pledgeDocument>;

const base64url = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/);

/** The three blobs of a WebAuthn assertion exactly as the authenticator and browser made them. */
export const webauthnSignature = z.strictObject({
  authenticator_data: base64url(2048),
  client_data_json: base64url(4096),
  signature: base64url(1024),
});
export type WebauthnSignature = z.infer<typeof webauthnSignature>;

export const suite = z.enum(["webauthn"]);

/** Public member key as a JWK: P-256 (ES256), Ed25519 or RSA (RS256), public members only. */
export const memberKey = z.union([
  z.strictObject({ kty: z.literal("EC"), crv: z.literal("P-256"), x: hash, y: hash }),
  z.strictObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: hash }),
  z.strictObject({ kty: z.literal("RSA"), n: base64url(1400), e: base64url(12) }),
]);
export type MemberKey = z.infer<typeof memberKey>;

/** The file a member keeps: everything a third party needs to follow one pledge, years later. */
export const receipt = z.strictObject({
  kind: z.literal("cocoon-receipt"),
  v: z.literal(1),
  node: z.strictObject({ origin, url: z.string().max(300), vkey: z.string().max(400) }),
  hub: z.strictObject({ origin: logOrigin, url: z.string().max(300), vkey: z.string().max(400) }),
  document: memberDocument,
  suite,
  signature: webauthnSignature,
  /** the member's public key, and the salt and index of its `key` entry in the book */
  key: z.strictObject({ jwk: memberKey, salt: hash, leaf: hash, index: count, proof: z.string().max(16384) }),
  /** the salt of the entry's commitment `cm` */
  salt: hash,
  /** the book entry, RFC 8785 JSON text, with its leaf hash, index and C2SP tlog-proof */
  entry: z.strictObject({ json: z.string().max(2048), leaf: hash, index: count, proof: z.string().max(16384) }),
  /** origins the community's pages are served from, which the signature may name */
  web_origins: z.array(z.string().max(300)).min(1).max(4),
});
export type Receipt = z.infer<typeof receipt>;

/**
 * From an intent ("I want 2, only if 8.00 or less") to the document a member signs (docs/protocol.md §2).
 * Pure: the server's own data in, a document or a refusal out. Price band, terms and replaced head are
 * never taken from the request.
 */
import type { DraftPledge } from "../../../shared/protocol/api/community.ts";
import type { MemberDocument } from "../../../shared/protocol/document.ts";
import type { ProblemCode } from "../../../shared/protocol/problem.ts";
import { fail, ok, type Result } from "../../../shared/result.ts";

export const DRAFT_TTL_S = 600;

/** The terms a decision about a pledge needs. */
export interface PledgeTerms {
  id: string;
  hub: string;
  currency: string;
  bandsMinor: readonly string[];
  maxQty: string;
  termsSha256: string;
  /** Unix milliseconds */
  closes: number;
  /** whether the hub has logged a campaign-close */
  closed: boolean;
  adopted: boolean;
}

export interface Drafting {
  origin: string;
  rpId: string;
  account: string;
  /** RFC 7638 thumbprint of the passkey that will sign */
  key: string;
  /** head of the member's live chain in this campaign */
  head: string | null;
  /** of the member's newest signed document; 0 before the first */
  lastSeq: number;
  nonce: string;
  /** Unix milliseconds */
  now: number;
}

export function campaignOpen(terms: PledgeTerms | null, now: number): Result<PledgeTerms, ProblemCode> {
  if (terms === null) return fail("campaign-unknown");
  if (!terms.adopted) return fail("campaign-not-adopted");
  if (terms.closed || now >= terms.closes) return fail("campaign-closed");
  return ok(terms);
}

/** Index of the highest price band not above the member's maximum, or null below the lowest. */
export function bandOf(maxUnitPriceMinor: string, bandsMinor: readonly string[]): number | null {
  const limit = BigInt(maxUnitPriceMinor);
  const band = bandsMinor.findLastIndex((price) => BigInt(price) <= limit);
  return band === -1 ? null : band;
}

export function buildDocument(
  intent: DraftPledge,
  campaign: PledgeTerms | null,
  given: Drafting,
): Result<MemberDocument, ProblemCode> {
  const open = campaignOpen(campaign, given.now);
  if (!open.ok) return open;
  const terms = open.value;
  const issuedAt = Math.floor(given.now / 1000);
  const envelope = {
    v: 1 as const,
    node: given.origin,
    hub: terms.hub,
    rp_id: given.rpId,
    campaign: terms.id,
    terms_sha256: terms.termsSha256,
    account: given.account,
    key: given.key,
    seq: given.lastSeq + 1,
    issued_at: issuedAt,
    valid_until: issuedAt + DRAFT_TTL_S,
    nonce: given.nonce,
  };
  if (intent.kind === "withdraw") {
    if (given.head === null) return fail("pledge-unknown");
    return ok({ typ: "withdraw", ...envelope, replaces: given.head });
  }
  if (BigInt(intent.qty) > BigInt(terms.maxQty)) return fail("quantity-too-large");
  if (intent.kind === "interest") return ok({ typ: "interest", ...envelope, replaces: given.head, qty: intent.qty });
  const band = bandOf(intent.max_unit_price_minor, terms.bandsMinor);
  if (band === null) return fail("price-below-lowest-band");
  return ok({
    typ: "pledge",
    ...envelope,
    replaces: given.head,
    qty: intent.qty,
    currency: terms.currency,
    max_unit_price_minor: intent.max_unit_price_minor,
    band,
    tolerance: "0",
  });
}

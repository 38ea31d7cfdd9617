/**
 * A supplier's offer as an entry of the hub log (docs/protocol.md §5): the hub signs that a supplier, verified by domain
 * or e-mail, said this. Nobody is bound by it before a campaign locks; replacing and withdrawing are entries too. Which
 * offers may stand is in shared/network/offers.ts.
 */
import { z } from "zod";
import { currency, hash, line, positiveDecimal, prose, region, unixSeconds } from "./primitives.ts";
import { ref } from "./fund.ts";

/** A DNS name as it is written in an address: lower case, no port. */
export const domainName = z
  .string()
  .max(253)
  .regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/);

export const supplierRef = z.strictObject({
  id: ref,
  name: line(120),
  domain: domainName,
  /** how the domain was shown to be its own: a file on it, a code mailed to an address there, or the staff's word for it */
  verified: z.enum(["domain", "email", "operator"]),
});

/** From `min_qty` units of the campaign on, each of them costs `unit_price_minor`. */
export const priceTier = z.strictObject({ min_qty: positiveDecimal, unit_price_minor: positiveDecimal });
export type PriceTier = z.infer<typeof priceTier>;

/** Ascending by quantity, descending by price; the first `min_qty` is the minimum order. */
export const priceTiers = z.array(priceTier).min(1).max(20);

export const offerClaims = {
  supplier: supplierRef,
  /** who put it in: somebody signed in for the supplier, or the hub's staff on its behalf */
  by: z.enum(["supplier", "hub"]),
  campaign: hash,
  currency,
  tiers: priceTiers,
  /** most that can be delivered; null: no limit said */
  max_qty: positiveDecimal.nullable(),
  /** where it is delivered; empty: wherever the campaign is */
  regions: z.array(region).max(50),
  conditions: prose(2000),
  /** the last second at which it stands */
  valid_until: unixSeconds,
  /** leaf of this supplier's offer for this campaign that it takes the place of; null when there is none */
  replaces: hash.nullable(),
  nonce: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
};

export const offerEndClaims = {
  offer: hash,
  /** the offer's own */
  campaign: hash,
  by: z.enum(["supplier", "hub"]),
  reason: prose(500),
};

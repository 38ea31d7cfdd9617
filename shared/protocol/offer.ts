/**
 * A supplier's offer as an entry of the hub log (docs/market.md): the hub signs that a supplier, verified by domain or
 * e-mail, said this. Nobody is bound by it before a campaign locks; withdrawing and replacing are entries too.
 */
import { z } from "zod";
import { currency, hash, line, positiveDecimal, prose, region, unixSeconds } from "./primitives.ts";
import { ref } from "./fund.ts";

export const supplierRef = z.strictObject({
  id: ref,
  name: line(120),
  /** proven by a file or an e-mail at this domain */
  domain: z
    .string()
    .max(253)
    .regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/),
  verified: z.enum(["domain", "email"]),
});

/** Ascending by quantity, descending by price. */
export const priceTier = z.strictObject({ min_qty: positiveDecimal, unit_price_minor: positiveDecimal });
export type PriceTier = z.infer<typeof priceTier>;

export const offerClaims = {
  supplier: supplierRef,
  campaign: hash,
  currency,
  /** the smallest `min_qty` is the minimum order */
  tiers: z.array(priceTier).min(1).max(20),
  /** most that can be delivered; null: no limit said */
  max_qty: positiveDecimal.nullable(),
  /** where it is delivered; empty: wherever the campaign is */
  regions: z.array(region).max(50),
  conditions: prose(2000),
  valid_until: unixSeconds,
  /** leaf of the offer this one takes the place of */
  replaces: hash.nullable(),
  nonce: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
};

export const offerEndClaims = {
  offer: hash,
  /** by the supplier, or by the hub with its reason */
  by: z.enum(["supplier", "hub"]),
  reason: prose(500),
};

/**
 * Suppliers and their offers as public JSON, what a supplier sees of itself, and what it and the hub's staff send:
 * `/api/suppliers`, `/api/offers`, `/api/supplier`. A supplier's id is its domain. No person appears in any of it.
 */
import { z } from "zod";
import { country, ref } from "../fund.ts";
import { domainName, priceTier, priceTiers, supplierRef } from "../offer.ts";
import {
  count,
  currency,
  decimal,
  decimalSum,
  hash,
  line,
  positiveDecimal,
  prose,
  region,
  typed,
} from "../primitives.ts";
import { entryRef } from "./capital.ts";
import { logRef } from "./money.ts";

export const verification = z.object({
  kind: z.enum(["domain", "email"]),
  /** `hub`: the file was fetched, or a code that was mailed came back; `operator`: somebody of the staff says so */
  by: z.enum(["hub", "operator"]),
  /** the operator's words */
  note: z.string(),
  at: z.iso.datetime(),
});

export const supplierView = z.object({
  id: ref,
  name: z.string(),
  domain: z.string(),
  country: country.nullable(),
  /** null: not verified, so it can post no offer */
  verified: verification.nullable(),
  /** that stand and have not expired */
  offers: count,
  since: z.iso.datetime(),
});
export type SupplierView = z.infer<typeof supplierView>;
export const supplierPage = z.object({ suppliers: z.array(supplierView), next: z.string().nullable() });
export type SupplierPage = z.infer<typeof supplierPage>;

export const offerState = z.enum(["valid", "expired", "replaced", "withdrawn", "ended"]);
export type OfferState = z.infer<typeof offerState>;

export const offerView = z.object({
  /** leaf hash of its log entry */
  offer: hash,
  /** as it was when the offer was made */
  supplier: supplierRef,
  by: z.enum(["supplier", "hub"]),
  campaign: z.object({ id: hash, name: z.string(), unit: z.string(), ended: z.boolean() }),
  currency,
  tiers: z.array(priceTier),
  max_qty: decimal.nullable(),
  regions: z.array(region),
  conditions: z.string(),
  made_at: z.iso.datetime(),
  valid_until: z.iso.datetime(),
  /** ended: by the hub, with a reason in the log */
  state: offerState,
  /** log index of what replaced or ended it */
  ended_index: count.nullable(),
  /**
   * The best tier whose quantity is wanted now by members who accept its price, counted from 0, and those units; with no
   * tier reached, the units at the first tier's price. Null when the offer is for some regions only, or the campaign is over.
   */
  reached: z.object({ tier: count.nullable(), units: decimalSum }).nullable(),
  entry: entryRef,
});
export type OfferView = z.infer<typeof offerView>;
export const offerPage = z.object({ offers: z.array(offerView), next: z.string().nullable(), log: logRef });
export type OfferPage = z.infer<typeof offerPage>;

/** With its newest fifty offers. */
export const supplierDetail = supplierView.extend({ list: z.array(offerView), log: logRef });
export type SupplierDetail = z.infer<typeof supplierDetail>;

/** What must stand on a line of its own in this file. Seen by the supplier and the hub's operators. */
export const domainFile = z.object({ url: z.string(), line: z.string() });
export type DomainFile = z.infer<typeof domainFile>;

/** GET /api/supplier: what a signed-in supplier sees of itself. */
export const supplierDesk = supplierDetail.extend({ file: domainFile });
export type SupplierDesk = z.infer<typeof supplierDesk>;

export const registerSupplier = z.strictObject({
  name: typed(line(120)),
  /** at most as long as an id */
  domain: typed(domainName.max(100)),
  country: country.nullable(),
});
export type RegisterSupplier = z.infer<typeof registerSupplier>;

/** An operator takes somebody's word for the address, or takes the verification away; the note is public. */
export const judgeSupplier = z.strictObject({
  verified: z.literal("email").nullable(),
  note: typed(line(300)),
});

export const makeOffer = z.strictObject({
  /** whose; a signed-in supplier may leave it out */
  supplier: ref.optional(),
  campaign: hash,
  currency,
  tiers: priceTiers,
  max_qty: positiveDecimal.nullable(),
  regions: z.array(region).max(50),
  /** public: no person, no telephone number */
  conditions: typed(prose(2000)),
  valid_until: z.iso.datetime(),
  replaces: hash.nullable(),
});
export type MakeOffer = z.infer<typeof makeOffer>;

/** The reason is public. */
export const withdrawOffer = z.strictObject({ reason: typed(prose(500)) });

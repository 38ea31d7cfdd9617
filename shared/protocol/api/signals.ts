/**
 * What a supplier can plan on: `/api/signals`, `/api/campaigns/<id>/demand-curve`, `/api/offers`, `/api/suppliers`.
 * Cells in which fewer than k accounts take part are withheld, and so is what would give them away by subtraction
 * (docs/capital.md §signals). Book entries themselves are public and pseudonymous: k protects from reading, not from work.
 */
import { z } from "zod";
import { ref } from "../fund.ts";
import { priceTier } from "../offer.ts";
import { feedbackTheme } from "../statement.ts";
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

export const curvePoint = z.object({ price_minor: decimal, units: decimalSum, accounts: count.nullable() });

/** One campaign × region × month. Regions are ISO 3166 codes; "*" is the whole campaign. */
export const signalCell = z.object({
  campaign: z.object({ id: hash, name: z.string(), unit: z.string() }),
  product: z.object({ gtin: z.string().nullable(), name: z.string(), brand: z.string().nullable() }),
  /** of the catalogue; null when the product is not in it */
  category: z.string().nullable(),
  region: region.or(z.literal("*")),
  /** `YYYY-MM`; the running month is as of now, earlier ones as they ended */
  month: z.string().regex(/^[0-9]{4}-[0-9]{2}$/),
  currency,
  /** fewer than k accounts: the numbers are null */
  withheld: z.boolean(),
  accounts: count.nullable(),
  communities: count.nullable(),
  interest: decimalSum.nullable(),
  pledged: decimalSum.nullable(),
  committed: decimalSum.nullable(),
  purchased: decimalSum.nullable(),
  /** open units × fulfilment history, with a 90 % interval */
  likely: z.object({ low: decimalSum, mid: decimalSum, high: decimalSum }).nullable(),
  /** units at or above each price, prices ascending; bands with too few accounts are merged into the one below */
  curve: z.array(curvePoint).nullable(),
  feedback: z.partialRecord(feedbackTheme, count).nullable(),
});
export type SignalCell = z.infer<typeof signalCell>;

/** Demand at a price that a subsidy already pays for: "at price P with subsidy s committed, D units". */
export const fundedDemand = z.object({
  campaign: z.object({ id: hash, name: z.string(), unit: z.string() }),
  currency,
  award: ref,
  buyer_price_minor: decimal,
  subsidy_per_unit_minor: decimal,
  max_units: decimal,
  units: decimalSum,
  /** reserved: paid when its condition is met */
  state: z.enum(["reserved", "payable"]),
});

export type FundedDemand = z.infer<typeof fundedDemand>;

/** `/api/signals?category=&product=&region=&month=&campaign=&after=&limit=` */
export const signals = z.object({
  k: count,
  cells: z.array(signalCell),
  funded: z.array(fundedDemand),
  facets: z.object({
    categories: z.array(z.string()),
    regions: z.array(z.string()),
    months: z.array(z.string()),
  }),
  next: z.string().nullable(),
  as_of: z.iso.datetime().nullable(),
  log: logRef,
});
export type Signals = z.infer<typeof signals>;

/** `/api/campaigns/<id>/demand-curve?region=` */
export const demandCurve = z.object({
  campaign: hash,
  region: region.or(z.literal("*")),
  currency,
  unit: z.string(),
  k: count,
  withheld: z.boolean(),
  points: z.array(curvePoint),
  /** regions that can be asked for */
  regions: z.array(region),
  offers: z.array(z.object({ offer: hash, supplier: z.string(), tiers: z.array(priceTier) })),
  log: logRef,
});
export type DemandCurve = z.infer<typeof demandCurve>;

export const supplierView = z.object({
  id: ref,
  name: z.string(),
  domain: z.string(),
  verified: z.enum(["domain", "email"]).nullable(),
  country: z.string().nullable(),
  offers: count,
  since: z.iso.datetime(),
});
export type SupplierView = z.infer<typeof supplierView>;
export const supplierPage = z.object({ suppliers: z.array(supplierView), next: z.string().nullable() });

export const offerView = z.object({
  offer: hash,
  supplier: z.object({ id: ref, name: z.string(), domain: z.string(), verified: z.enum(["domain", "email"]) }),
  campaign: z.object({ id: hash, name: z.string(), unit: z.string() }),
  currency,
  tiers: z.array(priceTier),
  max_qty: decimal.nullable(),
  regions: z.array(region),
  conditions: z.string(),
  valid_until: z.iso.datetime(),
  state: z.enum(["valid", "expired", "replaced", "withdrawn"]),
  /** open units whose members accept the price of the tier that these units reach */
  reached: z.object({ tier: count.nullable(), units: decimalSum }),
  entry: entryRef,
});
export type OfferView = z.infer<typeof offerView>;
export const offerPage = z.object({ offers: z.array(offerView), next: z.string().nullable(), log: logRef });
export const supplierDetail = supplierView.extend({ list: z.array(offerView), log: logRef });
export type SupplierDetail = z.infer<typeof supplierDetail>;

export const makeOffer = z.strictObject({
  campaign: hash,
  tiers: z.array(priceTier).min(1).max(20),
  max_qty: positiveDecimal.nullable(),
  regions: z.array(region).max(50),
  conditions: typed(prose(2000)),
  valid_until: z.iso.datetime(),
  replaces: hash.nullable(),
});
export type MakeOffer = z.infer<typeof makeOffer>;

/** A supplier introduces itself; the code goes to the address, whose domain becomes the supplier's. */
export const registerSupplier = z.strictObject({
  name: typed(line(120)),
  /** seen by the hub's operators only */
  email: z.email().max(254),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable(),
});

export const alertKind = z.enum(["units_at_price", "new_campaign", "condition_met"]);
/** A supplier's or funder's alert: once per crossing, by e-mail or signed webhook (Standard Webhooks). */
export const createAlert = z.strictObject({
  kind: alertKind,
  campaign: hash.nullable(),
  category: z.string().max(80).nullable(),
  region: region.nullable(),
  min_units: positiveDecimal.nullable(),
  at_price_minor: positiveDecimal.nullable(),
  /** null: by e-mail to the address of the account */
  webhook: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .nullable(),
});
export const alertView = createAlert.extend({
  id: ref,
  created_at: z.iso.datetime(),
  fired_at: z.iso.datetime().nullable(),
  /** of the last delivery */
  status: z.enum(["waiting", "delivered", "failing"]),
});
/** `secret` (whsec_…) is shown once, for a webhook */
export const createdAlert = alertView.extend({ secret: z.string().nullable() });
export const alertList = z.object({ alerts: z.array(alertView) });

/** What a signed-in supplier sees of itself. */
export const supplierAccount = supplierView.extend({
  email: z.string().nullable(),
  /** to be served at https://<domain>/.well-known/cocoon-supplier.txt */
  domain_token: z.string(),
  list: z.array(offerView),
});
export type SupplierAccount = z.infer<typeof supplierAccount>;

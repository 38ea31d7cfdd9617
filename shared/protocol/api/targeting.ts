/**
 * `/api/targeting`: where the next unit of money unlocks most (docs/targeting.md §1 to §7). Everything is computed by
 * shared/targeting from `inputs`, so that a page can move a slider and anyone can compute it again.
 */
import { z } from "zod";
import { priceTier } from "../offer.ts";
import { count, currency, decimal, decimalSum, hash, positiveDecimal } from "../primitives.ts";
import { logRef, signedSum } from "./money.ts";

/** Compared as fractions, never as floats; `decimal` is for reading, 4 places, half to even. */
export const fraction = z.object({ over: signedSum, under: positiveDecimal.or(decimalSum), decimal: z.string() });
export type FractionView = z.infer<typeof fraction>;

/** T1 signed, T2 signed and checked against the community's book, T3 backed by a deposit (none are yet), T4 kept before. */
export const evidenceTier = z.enum(["T1", "T2", "T3", "T4"]);
export type EvidenceTier = z.infer<typeof evidenceTier>;

/** What the log, the offers and the awards say of one campaign: the input of every formula. */
export const targetingInput = z.object({
  id: hash,
  name: z.string(),
  unit: z.string(),
  currency,
  closes: z.iso.datetime(),
  state: z.enum(["open", "ended", "locked", "released"]),
  /** unit prices, lowest first, and the open units whose highest accepted price is this one */
  bands_minor: z.array(decimal),
  units_by_band: z.array(decimalSum),
  /** fewer than k accounts: their prices are not shown, and nothing is made of them */
  withheld: z.literal(true).optional(),
  accounts: count,
  communities: count,
  /** offers that stand at log time, for all regions; they take the place of what is expected */
  offers: z.array(
    z.object({ offer: hash, supplier: z.string(), tiers: z.array(priceTier), max_qty: decimal.nullable() }),
  ),
  /** what is expected without an offer: the hub's estimate, else the campaign's price and goal */
  supplier_price_minor: decimal,
  minimum_units: decimal,
  price_source: z.enum(["estimate", "campaign"]),
  fixed_cost_minor: decimal,
  market_development_minor: decimal,
  /** awards decided for it that have not lapsed, less what was released */
  committed_minor: decimalSum,
  /** units ever purchased and ever locked by the communities in it, then of the whole network */
  fulfilled_units: decimalSum,
  locked_units: decimalSum,
  network_fulfilled_units: decimalSum,
  network_locked_units: decimalSum,
});
export type TargetingInput = z.infer<typeof targetingInput>;

/** One step of the reasoning, as a message key with its numbers: the pages put it into words. */
export const explanation = z.object({
  step: z.enum([
    "offer",
    "minimum-reached",
    "subsidy-reaches-minimum",
    "subsidy-cannot-reach-minimum",
    "fixed-costs",
    "already-committed",
    "fully-funded",
    "fulfilment-history",
    "fulfilment-prior",
    "bought-anyway",
    "not-open",
  ]),
  values: z.record(z.string(), z.string()),
});

const leastSubsidy = z.object({
  buyer_price_minor: decimal,
  per_unit_minor: decimal,
  units: decimalSum,
  cost_minor: decimalSum,
});

/** What a supplier asks, by an offer or as expected, and the least subsidy that reaches it; null: none does. */
export const targetAsk = z.object({
  source: z.enum(["offer", "estimate", "campaign"]),
  /** which tier of whose offer, from 0 */
  offer: z.object({ offer: hash, supplier: z.string(), tier: count }).nullable(),
  price_minor: decimal,
  minimum_units: decimal,
  max_units: decimal.nullable(),
  least_subsidy: leastSubsidy.nullable(),
});
export type TargetAsk = z.infer<typeof targetAsk>;

export const target = z.object({
  id: hash,
  rank: count.nullable(),
  tier: evidenceTier,
  /** null when no subsidy alone reaches the minimum order */
  least_subsidy: leastSubsidy.nullable(),
  /** every tier of every offer, or what is expected */
  asks: z.array(targetAsk).min(1),
  /** which of them the numbers go by: the one with the least subsidy */
  ask: count,
  /** units missing at the lowest price */
  shortfall_units: decimalSum,
  need_minor: decimalSum,
  gap_minor: decimalSum,
  /** members' own money at the subsidised price */
  unlocked_minor: decimalSum,
  /** of it, what would be bought without any grant */
  bought_anyway_minor: decimalSum,
  expected_minor: decimalSum,
  fulfilment: fraction,
  gross: fraction.nullable(),
  marginal: fraction.nullable(),
  adjusted: fraction.nullable(),
  explanation: z.array(explanation),
});
export type Target = z.infer<typeof target>;

export const portfolio = z.object({
  /** exact: the best choice there is; greedy: by leverage, for more than 20 campaigns */
  method: z.enum(["exact", "greedy"]),
  chosen: z.array(hash),
  spent_minor: decimalSum,
  unlocks_minor: decimalSum,
});
export type Portfolio = z.infer<typeof portfolio>;

export const targeting = z.object({
  currency,
  budget_minor: decimal.nullable(),
  /** ranked campaigns first, then those that cannot be reached, then the fully funded ones */
  targets: z.array(target),
  inputs: z.array(targetingInput),
  portfolio: portfolio.nullable(),
  /** SHA-256 of the RFC 8785 form of `inputs` */
  inputs_sha256: hash,
  as_of: z.iso.datetime().nullable(),
  log: logRef,
});
export type Targeting = z.infer<typeof targeting>;

/**
 * What a supplier can plan on: `/api/signals`, `/api/campaigns/<id>/demand-curve`, `/api/campaigns/<id>/history`
 * (docs/signals.md). What speaks of fewer than k accounts is withheld, and so is what would give it away.
 */
import { z } from "zod";
import { ref } from "../fund.ts";
import { count, currency, day, decimal, decimalSum, hash, region } from "../primitives.ts";
import { feedbackTheme } from "../statement.ts";
import { logRef } from "./money.ts";

/** `*`: the whole campaign, as far as it is shown. */
const cellRegion = region.or(z.literal("*"));

/** Units of accounts that accept this price or a higher one, and how many accounts. */
const curvePoint = z.object({ price_minor: decimal, units: decimalSum, accounts: count });

const shownCell = z.object({
  /** log size at which a number of it was last taken */
  size: count,
  accounts: count,
  communities: count,
  /** null where too few units are behind it, or none */
  interest: decimalSum.nullable(),
  pledged: decimalSum,
  committed: decimalSum,
  purchased: decimalSum.nullable(),
  /** of the open units, by how locked campaigns have fared: 90 % interval */
  likely: z.object({ low: decimalSum, mid: decimalSum, high: decimalSum }),
  curve: z.array(curvePoint),
  /** accounts by theme: said by the communities, no book can prove it */
  feedback: z.partialRecord(feedbackTheme, count),
});
export type ShownCell = z.infer<typeof shownCell>;

/** `few`: fewer than k accounts. `differencing`: enough, but it would give away others, or a step of fewer than k. */
const withheldReason = z.enum(["few", "differencing"]);

const regionCell = z.object({
  region: cellRegion,
  withheld: withheldReason.nullable(),
  /** null when withheld */
  shown: shownCell.nullable(),
});
export type RegionCell = z.infer<typeof regionCell>;

const campaignRef = z.object({ id: hash, name: z.string(), unit: z.string() });

/** One campaign × region × month. */
export const signalCell = regionCell.extend({
  campaign: campaignRef,
  product: z.object({ gtin: z.string().nullable(), name: z.string(), brand: z.string().nullable() }),
  /** of the catalogue; null when the product is not in it */
  category: z.string().nullable(),
  /** `YYYY-MM`; the running month as it stands, earlier ones as they ended */
  month: z.string().regex(/^[0-9]{4}-[0-9]{2}$/),
  currency,
  /** what every pledge of it is conditional on */
  terms: z.object({ reference_price_minor: decimal, max_qty: decimal, goal_qty: decimal, closes: z.iso.datetime() }),
});
export type SignalCell = z.infer<typeof signalCell>;

/** Demand at a price that a subsidy already pays for: "at price P with subsidy s committed, D units". */
export const fundedDemand = z.object({
  award: ref,
  campaign: campaignRef,
  currency,
  /** the supplier's price, as the need or the campaign says, less the subsidy */
  buyer_price_minor: decimal,
  subsidy_per_unit_minor: decimal,
  max_units: decimalSum,
  /** shown units of accounts that accept the buyer's price, at most as many as the subsidy pays for; null when withheld */
  units: decimalSum.nullable(),
  /** reserved: paid when its conditions are met */
  state: z.enum(["reserved", "payable"]),
});
export type FundedDemand = z.infer<typeof fundedDemand>;

/** `/api/signals?category=&product=&region=&month=&campaign=&after=&limit=`, newest month first */
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
  log: logRef,
});
export type Signals = z.infer<typeof signals>;

/** `/api/campaigns/<id>/demand-curve?region=` */
export const demandCurve = regionCell.extend({
  campaign: campaignRef,
  currency,
  bands_minor: z.array(decimal),
  k: count,
  /** regions that can be asked for, and why some say nothing */
  regions: z.array(z.object({ region: cellRegion, withheld: withheldReason.nullable() })),
  /** log sizes at which what is shown changed: with them anyone makes it again from the log */
  sizes: z.array(count),
  log: logRef,
});
export type DemandCurveView = z.infer<typeof demandCurve>;

/** `/api/campaigns/<id>/history`: what was shown of the whole campaign at the end of each UTC day, oldest first. */
export const campaignHistory = z.object({
  campaign: campaignRef,
  k: count,
  points: z.array(shownCell.omit({ likely: true, curve: true, feedback: true }).extend({ date: day })),
  log: logRef,
});
export type CampaignHistory = z.infer<typeof campaignHistory>;

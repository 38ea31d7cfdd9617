/**
 * The capital entries of a hub log: what happened to money that was given, invested or promised, as events, together
 * with the balanced transfers that follow from them (docs/capital.md §2, §3). The events say what was decided and why;
 * the transfers alone are enough to add up every flow. Which transfers an event makes is in shared/capital/journal.ts.
 *
 * Nothing here is personal data: an individual recipient has a random id and the name "Individual recipient", who
 * proposed and who approved are pseudonyms, and longer texts stay outside the log under their hash.
 */
import { z } from "zod";
import { count, currency, day, hash, line, origin, prose, region } from "./primitives.ts";

/** Local id of a funder, fund, award, …: also the tail of the identifiers in exports, so no slash and no space. */
export const ref = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9])?$/);

/** Positive amount in minor units that D1 and JSON numbers hold exactly: at most 2^53 - 1. */
export const amountMinor = z
  .string()
  .regex(/^[1-9][0-9]{0,15}$/)
  // As text: it is asked of what is no number too, and digits of one length are ordered like their numbers.
  .refine((text) => text.length < 16 || text <= String(Number.MAX_SAFE_INTEGER), "above 2^53 - 1");

/** The same, zero allowed. */
export const amountMinorOrZero = z.union([z.literal("0"), amountMinor]);

/** org-id.guide identifier: list code, hyphen, number, such as GB-CHC-1164883. */
export const orgId = z
  .string()
  .regex(/^[A-Z0-9_]{2,5}(?:-[A-Z0-9_]{1,12}){1,2}-[A-Za-z0-9_.-]{1,60}$|^360G-[A-Za-z0-9_.-]{1,80}$/);

export const country = z.string().regex(/^[A-Z]{2}$/);

/** What money is given as. Codes of IATI FinanceType stand beside each in shared/capital/instrument.ts. */
export const instruments = [
  "grant",
  "price_subsidy",
  "market_development",
  "recoverable_grant",
  "loan",
  "equity",
  "guarantee",
  "token_grant",
] as const;
export const instrument = z.enum(instruments);
export type Instrument = z.infer<typeof instrument>;

export const uses = ["rnd", "price_subsidy", "market_development", "capacity", "hub_ops", "other"] as const;
export const use = z.enum(uses);
export type Use = z.infer<typeof use>;

/** Why money moved. The journals are in docs/capital.md §3. */
export const transferCodes = [
  "receipt",
  /** fund to award, payable at once */
  "award",
  /** fund to award, held until its conditions are met */
  "reservation",
  "condition-met",
  /** reserved money back to its fund */
  "lapse",
  /** payable money back to its fund, unused */
  "release",
  /** payable to recipient */
  "disbursement",
  /** payable to a loan, a recoverable grant or a share */
  "investment",
  "principal-repayment",
  "interest",
  "conversion",
  "write-off",
  /** a share's cost back to the fund */
  "equity-sale",
  "gain",
  "clawback",
  /** reserved money of a guarantee to the recipient */
  "guarantee-call",
  /** a recipient's award money into a fund of its own */
  "regrant",
  "fee",
  "exchange-out",
  "exchange-in",
] as const;
export const transferCode = z.enum(transferCodes);
export type TransferCode = z.infer<typeof transferCode>;

/** `fund:plastics:available`: the prefix says the class, see shared/capital/account.ts. */
export const accountPath = z
  .string()
  .max(240)
  .regex(/^[a-z]+(?::[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9])?){1,2}(?::[a-z_-]{1,32})?$/);

/** One immutable movement inside one currency's ledger. Its number is its position among all transfers of the log, from 0. */
export const transfer = z.strictObject({
  /** which of the entry's events it belongs to: all transfers of one event are one group */
  event: count.max(199),
  currency,
  from: accountPath,
  to: accountPath,
  amount_minor: amountMinor,
  code: transferCode,
  /** the day it took effect, not the day it was logged */
  on: day,
  award: ref.optional(),
  commitment: ref.optional(),
  /** of an award that passes on another award's money, or into such a fund: left out of network totals */
  regranted: z.literal(true).optional(),
  /** number of the transfer that this one undoes */
  reverses: count.optional(),
});
export type Transfer = z.infer<typeof transfer>;

const funderEvent = z.strictObject({
  event: z.literal("funder"),
  id: ref,
  name: line(160),
  org_id: orgId.nullable(),
  /** IATI OrganisationType in words */
  kind: z.enum(["foundation", "company", "government", "ngo", "multilateral", "community", "individual", "anonymous"]),
  country: country.nullable(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .nullable(),
});

/** What a fund may be used for; an absent list restricts nothing. */
export const restriction = z.strictObject({
  purpose: prose(1000),
  campaigns: z.array(hash).max(50).optional(),
  uses: z.array(use).max(uses.length).optional(),
  instruments: z.array(instrument).max(instruments.length).optional(),
  /** ISO 3166: a country covers its subdivisions; held against the award's region */
  regions: z.array(region).max(50).optional(),
  /** awards are decided within these days, both included */
  from: day.optional(),
  until: day.optional(),
  /** most that one award may be */
  max_award_minor: amountMinor.optional(),
});
export type Restriction = z.infer<typeof restriction>;

/** Money that was moved elsewhere before, read from published data: it is shown with its source and takes no new awards. */
const datasetSource = z.strictObject({
  title: line(160),
  publisher: line(160),
  url: z.url({ protocol: /^https?$/ }).max(300),
  licence: z.url({ protocol: /^https?$/ }).max(300),
});

const fundEvent = z.strictObject({
  event: z.literal("fund"),
  id: ref,
  name: line(160),
  /** the funder whose own pot it is; null: held by this hub's nonprofit */
  funder: ref.nullable(),
  currency,
  restriction,
  status: z.enum(["open", "closed"]),
  /** present for historical, imported funds only */
  source: datasetSource.optional(),
  /** invented, for a demo */
  demo: z.literal(true).optional(),
});

const recipientEvent = z.strictObject({
  event: z.literal("recipient"),
  id: ref,
  /** an individual's name is always "Individual recipient" */
  name: line(200),
  org_id: orgId.nullable(),
  kind: z.enum(["organisation", "community", "supplier", "individual"]),
  country: country.nullable(),
  /** of its node, for a community of this network */
  origin: origin.optional(),
});

export const commitmentState = z.enum(["intention", "committed", "lapsed", "cancelled"]);

/** A funder's promise to a fund. Intention < committed; received follows from the receipts that cite it. */
const commitmentEvent = z.strictObject({
  event: z.literal("commitment"),
  id: ref,
  funder: ref,
  fund: ref,
  /** `sales_share`: a standing share of sales, whose amount follows from its statements */
  kind: z.enum(["gift", "sponsorship", "sales_share"]),
  /** absent for a sales share */
  amount_minor: amountMinor.optional(),
  /** basis points of sales, for a sales share: 100 = 1 % */
  share_bps: count.min(1).max(10_000).optional(),
  settles: z.enum(["monthly", "quarterly", "yearly"]).optional(),
  state: commitmentState,
  /** what must happen before it is owed; US GAAP ASU 2018-08: not available until met */
  condition: prose(500).optional(),
  due_on: day.nullable(),
});

/** The sales of one period under a sales share: what is due follows, half to even. */
const salesStatementEvent = z.strictObject({
  event: z.literal("sales-statement"),
  commitment: ref,
  from: day,
  until: day,
  sales_minor: amountMinorOrZero,
  evidence_sha256: hash.nullable(),
});

/**
 * What must be true before a reserved award may be paid. `demand` is measured on the log alone: every number must
 * have held without a break for `hold_days` of log time.
 */
export const condition = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("demand"),
    campaign: hash,
    /** signed: pledged and committed; committed: locked; purchased: bought, whatever the price */
    stage: z.enum(["signed", "committed", "purchased"]),
    min_units: z.string().regex(/^[1-9][0-9]{0,17}$/),
    /** only units whose price band reaches this unit price, in the campaign's currency */
    at_price_minor: z
      .string()
      .regex(/^[1-9][0-9]{0,17}$/)
      .nullable(),
    min_accounts: count,
    min_communities: count,
    hold_days: count.max(90),
    by: day,
  }),
  z.strictObject({ kind: z.literal("milestone"), text: prose(500), by: day }),
  /** pays out from this day on */
  z.strictObject({ kind: z.literal("date"), on: day }),
  /** as soon as the receipts of another funder to this fund reach an amount */
  z.strictObject({ kind: z.literal("match"), funder: ref, min_minor: amountMinor, by: day }),
]);
export type Condition = z.infer<typeof condition>;
export type DemandCondition = Extract<Condition, { kind: "demand" }>;

export const scheduleLine = z.strictObject({
  due_on: day,
  principal_minor: amountMinorOrZero,
  interest_minor: amountMinorOrZero,
});
export type ScheduleLine = z.infer<typeof scheduleLine>;

/** The demand that was there when the award was decided: the log at this size shows it. */
export const demandSnapshot = z.strictObject({
  size: count.min(1),
  root: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
  units: z.string().regex(/^(0|[1-9][0-9]{0,38})$/),
  accounts: count,
  communities: count,
  purchasing_power_minor: z.string().regex(/^(0|[1-9][0-9]{0,38})$/),
});

const awardEvent = z.strictObject({
  event: z.literal("award"),
  id: ref,
  fund: ref,
  recipient: ref,
  campaign: hash.nullable(),
  instrument,
  use,
  amount_minor: amountMinor,
  title: line(140),
  /** SHA-256 of the public description, which is kept beside the log and can be corrected */
  text_sha256: hash.nullable(),
  decided_on: day,
  /** where it works, held against the fund's restriction */
  region: region.nullable(),
  planned: z.strictObject({ from: day, until: day }).nullable(),
  /** all must be met; none: payable at once */
  conditions: z.array(condition).max(5),
  /** repayments: loan and recoverable grant only */
  schedule: z.array(scheduleLine).max(120).optional(),
  /** per fulfilled unit: price subsidy only */
  subsidy: z
    .strictObject({ per_unit_minor: amountMinor, max_units: z.string().regex(/^[1-9][0-9]{0,15}$/) })
    .optional(),
  /** token grant only: a record, never added to money. CAIP-19 asset, integer amount in its smallest unit. */
  token: z
    .strictObject({
      asset: z
        .string()
        .max(120)
        .regex(/^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}\/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,78}$/),
      amount: z.string().regex(/^[1-9][0-9]{0,77}$/),
      decimals: count.max(30),
      transaction: z.string().max(100).nullable(),
    })
    .optional(),
  /** declared by the funder, never inferred: a programme-related investment */
  is_pri: z.boolean(),
  /** the award whose money this one passes on */
  parent: ref.nullable(),
  /** the allocation run that proposed it */
  allocation: ref.nullable(),
  demand: demandSnapshot.nullable(),
  /** identifier in the published data it was read from: awards of historical funds only */
  source_id: line(200).optional(),
});

/** How an award's conditions ended. `met` for demand cites what the log says; people decide milestones and waivers. */
const conditionEvent = z.strictObject({
  event: z.literal("condition"),
  award: ref,
  /** which of its conditions */
  condition: count.max(4),
  /** demand only: the campaign it is about */
  campaign: hash.optional(),
  outcome: z.enum(["met", "failed", "waived"]),
  /** first log index from which demand has held without a break; demand and met only */
  held_since_index: count.optional(),
  evidence_sha256: hash.nullable(),
  reason: prose(500),
  on: day,
});

const paid = { amount_minor: amountMinor, on: day, evidence_sha256: hash.nullable() };

const receiptEvent = z.strictObject({
  event: z.literal("receipt"),
  funder: ref,
  fund: ref,
  commitment: ref.nullable(),
  ...paid,
});
const disbursementEvent = z.strictObject({
  event: z.literal("disbursement"),
  award: ref,
  /** fulfilled units this pays for: price subsidy only */
  units: z
    .string()
    .regex(/^[1-9][0-9]{0,15}$/)
    .optional(),
  /** why it is paid although the demand that released the award is no longer there */
  despite: prose(500).optional(),
  ...paid,
});
const repaymentEvent = z.strictObject({
  event: z.literal("repayment"),
  award: ref,
  principal_minor: amountMinorOrZero,
  interest_minor: amountMinorOrZero,
  on: day,
  evidence_sha256: hash.nullable(),
});
const reasoned = { award: ref, amount_minor: amountMinor, on: day, reason: prose(500) };
const writeOffEvent = z.strictObject({ event: z.literal("write-off"), ...reasoned });
/** What was to come back is given for good: a forgiven loan, a recoverable grant whose trigger did not come. */
const conversionEvent = z.strictObject({ event: z.literal("conversion"), ...reasoned });
/** Unused money of an award returns to its fund. */
const releaseEvent = z.strictObject({ event: z.literal("release"), ...reasoned });
/** Money that was paid out returns to the fund. */
const clawbackEvent = z.strictObject({ event: z.literal("clawback"), ...reasoned });
const guaranteeCallEvent = z.strictObject({ event: z.literal("guarantee-call"), ...reasoned });
const equitySaleEvent = z.strictObject({
  event: z.literal("equity-sale"),
  award: ref,
  cost_minor: amountMinor,
  proceeds_minor: amountMinorOrZero,
  on: day,
  evidence_sha256: hash.nullable(),
});
/** A recipient puts award money into a fund of its own, whose awards then name the first as `parent`. */
const regrantEvent = z.strictObject({
  event: z.literal("regrant"),
  award: ref,
  fund: ref,
  amount_minor: amountMinor,
  on: day,
});
const feeEvent = z.strictObject({ event: z.literal("fee"), fund: ref, provider: ref, reason: line(160), ...paid });
/** Two legs in two ledgers; the rate is their quotient. */
const exchangeEvent = z.strictObject({
  event: z.literal("exchange"),
  from_fund: ref,
  to_fund: ref,
  from_minor: amountMinor,
  to_minor: amountMinor,
  on: day,
  evidence_sha256: hash.nullable(),
});
/** Undoes all transfers of one earlier event, once. */
const reversalEvent = z.strictObject({
  event: z.literal("reversal"),
  /** log index and event number of what is undone */
  index: count,
  of: count.max(199),
  reason: prose(500),
  on: day,
});
/** The bank or chain has confirmed the event's transfers. */
const clearedEvent = z.strictObject({
  event: z.literal("cleared"),
  index: count,
  of: count.max(199),
  on: day,
  evidence_sha256: hash,
});
/** Nothing may take effect on or before this day any more. */
const periodCloseEvent = z.strictObject({ event: z.literal("period-close"), until: day });
/** What a campaign needs besides a price subsidy, so that gaps and leverage can be computed. */
const needEvent = z.strictObject({
  event: z.literal("need"),
  campaign: hash,
  fixed_cost_minor: amountMinorOrZero,
  market_development_minor: amountMinorOrZero,
  /** what a supplier is expected to ask, until there is an offer: unit price in the campaign's currency, minimum order */
  expected_price_minor: amountMinor.optional(),
  expected_minimum_units: z
    .string()
    .regex(/^[1-9][0-9]{0,15}$/)
    .optional(),
  note: prose(500),
});
export const matchingMethod = z.enum(["demand_weighted", "quadratic", "clustered"]);
/** A matching run, reproducible from its inputs: amounts are proposals until awards cite them. */
const allocationEvent = z.strictObject({
  event: z.literal("allocation"),
  id: ref,
  fund: ref,
  method: matchingMethod,
  pool_minor: amountMinor,
  size: count.min(1),
  inputs_sha256: hash,
  results_sha256: hash,
  results: z.array(z.strictObject({ campaign: hash, amount_minor: amountMinor })).max(100),
});

export const fundEvents = z.discriminatedUnion("event", [
  funderEvent,
  fundEvent,
  recipientEvent,
  commitmentEvent,
  salesStatementEvent,
  awardEvent,
  conditionEvent,
  receiptEvent,
  disbursementEvent,
  repaymentEvent,
  writeOffEvent,
  conversionEvent,
  releaseEvent,
  clawbackEvent,
  guaranteeCallEvent,
  equitySaleEvent,
  regrantEvent,
  feeEvent,
  exchangeEvent,
  reversalEvent,
  clearedEvent,
  periodCloseEvent,
  needEvent,
  allocationEvent,
]);
export type FundEvent = z.infer<typeof fundEvents>;
export type FundEventOf<E extends FundEvent["event"]> = Extract<FundEvent, { event: E }>;

/** Events of one entry happen together or not at all. */
export const MAX_EVENTS = 200;
export const MAX_TRANSFERS = 600;

export const fundClaims = {
  /** pseudonyms of two people; null: by rule (a release that the log proves) */
  by: z.strictObject({ proposed: hash, approved: hash.nullable() }).nullable(),
  events: z.array(fundEvents).min(1).max(MAX_EVENTS),
  transfers: z.array(transfer).max(MAX_TRANSFERS),
};

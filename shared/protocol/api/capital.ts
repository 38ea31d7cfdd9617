/**
 * Public JSON of capital: `/api/funds`, `/api/awards`, `/api/funders`, `/api/transfers`, `/api/flows`, `/api/stages`.
 * Interfaces outsiders build on. Amounts are decimal strings in minor units of the currency beside them; currencies are
 * never added up except where a rate and its date stand beside the sum.
 */
import { z } from "zod";
import {
  commitmentState,
  condition,
  country,
  demandSnapshot,
  instrument,
  ref,
  restriction,
  transferCode,
  use,
} from "../fund.ts";
import { count, currency, day, decimalSum, hash, origin, region } from "../primitives.ts";
import { logRef, moneyStages } from "./money.ts";

/** The entry that says so: index and leaf in the hub log. */
export const entryRef = z.object({ index: count, leaf: hash });
export const named = z.object({ id: ref, name: z.string() });

export const funderView = z.object({
  id: ref,
  name: z.string(),
  org_id: z.string().nullable(),
  kind: z.string(),
  country: country.nullable(),
  url: z.string().nullable(),
  /** one line a currency */
  given: z.array(
    z.object({ currency, received_minor: decimalSum, committed_minor: decimalSum, intended_minor: decimalSum }),
  ),
  funds: z.array(named),
  entry: entryRef,
});
export type FunderView = z.infer<typeof funderView>;
export const funderPage = z.object({ funders: z.array(funderView), next: z.string().nullable(), log: logRef });

export const recipientView = z.object({
  id: ref,
  name: z.string(),
  org_id: z.string().nullable(),
  kind: z.enum(["organisation", "community", "supplier", "individual"]),
  country: country.nullable(),
  /** of the node, for a community of this network */
  origin: origin.nullable(),
});
export type RecipientView = z.infer<typeof recipientView>;
/** `/api/recipients/<id>` */
export const recipientDetail = recipientView.extend({
  /** one line a currency, over all its awards */
  given: z.array(z.object({ currency, awarded_minor: decimalSum, disbursed_minor: decimalSum, awards: count })),
  entry: entryRef,
  log: logRef,
});
export type RecipientDetail = z.infer<typeof recipientDetail>;
/** `/api/recipients?q=&after=&limit=`, by name */
export const recipientPage = z.object({ recipients: z.array(recipientView), next: z.string().nullable() });

export const commitmentView = z.object({
  id: ref,
  funder: named,
  fund: named,
  kind: z.enum(["gift", "sponsorship", "sales_share"]),
  currency,
  amount_minor: decimalSum.nullable(),
  share_bps: count.nullable(),
  settles: z.string().nullable(),
  /** `received`: everything promised has arrived */
  state: z.enum([...commitmentState.options, "received"]),
  condition: z.string().nullable(),
  due_on: day.nullable(),
  /** for a sales share: what its statements come to */
  owed_minor: decimalSum,
  received_minor: decimalSum,
  overdue: z.boolean(),
  entry: entryRef,
});
export type CommitmentView = z.infer<typeof commitmentView>;

export const fundView = z.object({
  id: ref,
  name: z.string(),
  /** null: the hub's own */
  funder: named.nullable(),
  currency,
  restriction,
  status: z.enum(["open", "closed"]),
  source: z.object({ title: z.string(), publisher: z.string(), url: z.string(), licence: z.string() }).nullable(),
  demo: z.boolean(),
  stages: moneyStages,
  committed_minor: decimalSum,
  awards: count,
  first_on: day.nullable(),
  last_on: day.nullable(),
  entry: entryRef,
  log: logRef,
});
export type FundView = z.infer<typeof fundView>;
export const fundPage = z.object({ funds: z.array(fundView), next: z.string().nullable(), log: logRef });
export const fundDetail = fundView.extend({ commitments: z.array(commitmentView) });
export type FundDetail = z.infer<typeof fundDetail>;

export const conditionView = z.object({
  terms: condition,
  state: z.enum(["open", "met", "failed", "waived"]),
  /** log index of the entry that settled it */
  settled_at: count.nullable(),
  reason: z.string().nullable(),
  evidence_sha256: hash.nullable(),
  /** demand only: what the log shows now, and since when it has held */
  now: z
    .object({
      units: decimalSum,
      accounts: count,
      communities: count,
      holds: z.boolean(),
      held_since: z.iso.datetime().nullable(),
      held_since_index: count.nullable(),
    })
    .nullable(),
});
export type ConditionView = z.infer<typeof conditionView>;

export const scheduleLineView = z.object({
  due_on: day,
  principal_minor: decimalSum,
  interest_minor: decimalSum,
  paid_minor: decimalSum,
  state: z.enum(["due", "paid", "part", "overdue", "cancelled"]),
});

/** `reserved` while a condition is open; `lapsed` when one failed; `closed` when nothing is left to pay or to come back. */
export const awardState = z.enum(["reserved", "payable", "active", "closed", "lapsed", "recorded"]);
export const awardView = z.object({
  id: ref,
  title: z.string(),
  fund: named,
  funder: named.nullable(),
  recipient: named.extend({ org_id: z.string().nullable(), kind: z.string() }),
  campaign: z.object({ id: hash, name: z.string() }).nullable(),
  instrument,
  use,
  currency,
  amount_minor: decimalSum,
  reserved_minor: decimalSum,
  payable_minor: decimalSum,
  disbursed_minor: decimalSum,
  released_minor: decimalSum,
  outstanding_minor: decimalSum,
  repaid_minor: decimalSum,
  interest_minor: decimalSum,
  written_off_minor: decimalSum,
  state: awardState,
  decided_on: day,
  is_pri: z.boolean(),
  parent: ref.nullable(),
  demo: z.boolean(),
  entry: entryRef,
});
export type AwardView = z.infer<typeof awardView>;
/** Newest first. `total` is known for all awards and for those of one fund; otherwise null. */
export const awardPage = z.object({
  awards: z.array(awardView),
  next: z.string().nullable(),
  total: count.nullable(),
  log: logRef,
});
export const awardDetail = awardView.extend({
  text: z.string().nullable(),
  region: region.nullable(),
  planned: z.object({ from: day, until: day }).nullable(),
  conditions: z.array(conditionView),
  schedule: z.array(scheduleLineView),
  subsidy: z.object({ per_unit_minor: decimalSum, max_units: decimalSum, paid_units: decimalSum }).nullable(),
  token: z
    .object({ asset: z.string(), amount: z.string(), decimals: count, transaction: z.string().nullable() })
    .nullable(),
  demand: demandSnapshot.nullable(),
  regrants: z.array(named),
  source_id: z.string().nullable(),
  log: logRef,
});
export type AwardDetail = z.infer<typeof awardDetail>;

export const transferView = z.object({
  /** its number among all transfers */
  seq: count,
  currency,
  from: z.string(),
  to: z.string(),
  amount_minor: decimalSum,
  code: transferCode,
  on: day,
  award: ref.nullable(),
  commitment: ref.nullable(),
  reverses: count.nullable(),
  reversed_by: count.nullable(),
  /** `<log index>.<event>`: transfers of one group belong to one event */
  group: z.string(),
  booked_at: z.iso.datetime(),
  cleared_on: day.nullable(),
  /** hash chain over all transfers up to this one */
  chain: hash,
});
export type TransferView = z.infer<typeof transferView>;
/** Newest first. `/api/transfers?fund=&award=&account=&code=&from=&to=&after=&limit=` */
export const transferPage = z.object({ transfers: z.array(transferView), next: z.string().nullable(), log: logRef });

/** Left to right. Opening and closing balances are sources and sinks like any other. */
export const flowStage = z.enum(["source", "fund", "use", "recipient", "sink"]);
export type FlowStage = z.infer<typeof flowStage>;
export const flowNode = z.object({ id: z.string(), name: z.string(), stage: flowStage });
export const flowLink = z.object({ source: z.string(), target: z.string(), amount_minor: decimalSum });
/** Exactly balanced: at every node that is neither source nor sink, in equals out, to the minor unit. */
export const flows = z.object({
  currency,
  from: day,
  to: day,
  nodes: z.array(flowNode),
  links: z.array(flowLink),
  /** what the period adds to each stage */
  stages: moneyStages,
  /** how amounts of one currency became those shown; null in the currency of the books */
  conversion: z
    .object({
      of: currency,
      source: z.string(),
      /** days of publication: the first, the last and how many were used */
      first_rate: day,
      last_rate: day,
      days: count,
      note: z.literal("for information only"),
    })
    .nullable(),
  as_of: z.iso.datetime().nullable(),
  log: logRef,
});
export type Flows = z.infer<typeof flows>;

/** `/api/stages?currency=&resolution=month`: the stages as they stood at the end of each period, oldest first. */
export const stageSeries = z.object({
  currency,
  resolution: z.enum(["month", "year"]),
  points: z.array(z.object({ until: day, stages: moneyStages })),
  log: logRef,
});
export type StageSeries = z.infer<typeof stageSeries>;

/** `/api/loans?currency=`: what was lent or invested and what came back. */
export const loanBook = z.object({
  currency,
  disbursed_minor: decimalSum,
  outstanding_minor: decimalSum,
  repaid_minor: decimalSum,
  interest_minor: decimalSum,
  overdue_minor: decimalSum,
  written_off_minor: decimalSum,
  converted_minor: decimalSum,
  /** (new money + recycled) ÷ new money */
  recycling: z.object({ over: decimalSum, under: decimalSum, decimal: z.string() }).nullable(),
  awards: z.array(awardView),
  log: logRef,
});
export type LoanBook = z.infer<typeof loanBook>;

/** What the hub says of all money at once: `/api/funding`. One line a currency, then one converted sum. */
export const fundingOverview = z.object({
  currencies: z.array(moneyStages),
  converted: z
    .object({
      currency,
      received_minor: decimalSum,
      awarded_minor: decimalSum,
      disbursed_minor: decimalSum,
      available_minor: decimalSum,
      rates_date: day,
      source: z.string(),
      missing: z.array(currency),
    })
    .nullable(),
  funds: count,
  awards: count,
  funders: count,
  transfers: count,
  chain: hash.nullable(),
  years: z.array(z.object({ year: count, currency })),
  log: logRef,
});
export type FundingOverview = z.infer<typeof fundingOverview>;

/**
 * How money is recorded at a hub: one endpoint for every event. What only states a fact is logged at once; what gives
 * money away or undoes something waits for somebody else's approval. Roles operator and finance propose, operator and
 * approver approve, never their own; auditor reads.
 */
import { z } from "zod";
import { amountMinorOrZero, fundEvents, ref } from "../fund.ts";
import { count, currency, decimalSum, hash, line, prose, typed } from "../primitives.ts";
import { entryRef } from "./capital.ts";

export const MAX_PROPOSED_EVENTS = 50;

/** Texts that belong to the proposal's awards: public, correctable, logged as their hash only. */
export const awardText = z.strictObject({ award: ref, text: typed(prose(4000)) });

export const propose = z.strictObject({
  events: z.array(fundEvents).min(1).max(MAX_PROPOSED_EVENTS),
  texts: z.array(awardText).max(MAX_PROPOSED_EVENTS).default([]),
  /** for the colleague who approves; never logged */
  note: typed(prose(1000)).default(""),
  /** the same key again answers with the same proposal */
  idempotency_key: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/),
  /** an award like one that was decided before is meant */
  again: z.boolean().default(false),
});
export type Propose = z.infer<typeof propose>;

export const proposalState = z.enum(["waiting", "logged", "refused", "withdrawn"]);
export const proposalView = z.object({
  id: ref,
  state: proposalState,
  needs_approval: z.boolean(),
  events: z.array(fundEvents),
  texts: z.array(awardText),
  note: z.string(),
  /** what it moves out of funds, by currency */
  amounts: z.array(z.object({ currency, amount_minor: decimalSum })),
  proposed_by: line(60),
  proposed_at: z.iso.datetime(),
  /** may the one who asks decide on it */
  may_approve: z.boolean(),
  decided_by: z.string().nullable(),
  decided_at: z.iso.datetime().nullable(),
  reason: z.string(),
  entry: entryRef.nullable(),
});
export type ProposalView = z.infer<typeof proposalView>;
export const proposalPage = z.object({ proposals: z.array(proposalView), next: z.string().nullable() });
export const decideProposal = z.strictObject({ reason: typed(prose(500)) });

/** What the events would do, without doing it: transfers and balances after, or the problem. */
export const proposalPreview = z.object({
  transfers: z.array(
    z.object({ currency, from: z.string(), to: z.string(), amount_minor: decimalSum, code: z.string() }),
  ),
  needs_approval: z.boolean(),
});

/** A person who works at the hub. `limits`: most they may approve at once, by currency; absent: no limit. */
export const staffView = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(["operator", "finance", "approver", "auditor"]),
  limits: z.array(z.object({ currency, limit_minor: decimalSum })),
  joined_at: z.iso.datetime(),
});
export const staffList = z.object({ staff: z.array(staffView) });
export const changeStaff = z.strictObject({
  role: z.enum(["operator", "finance", "approver", "auditor"]).optional(),
  limits: z
    .array(z.strictObject({ currency, limit_minor: amountMinorOrZero }))
    .max(20)
    .refine((all) => new Set(all.map((one) => one.currency)).size === all.length, "a currency twice")
    .optional(),
});

export const auditEvent = z.object({
  id: count,
  at: z.iso.datetime(),
  who: z.string(),
  role: z.string(),
  /** `proposal.approve`, `offer.end`, … */
  action: z.string(),
  subject: z.string(),
  detail: z.string(),
});
export const auditPage = z.object({ events: z.array(auditEvent), next: z.string().nullable() });

/** Everything that wants doing about money, most urgent first. */
export const capitalTodo = z.object({
  kind: z.enum([
    "proposal-waiting",
    "condition-due",
    "condition-missed",
    "repayment-due",
    "repayment-overdue",
    "commitment-overdue",
    "award-payable",
    "offer-expiring",
    "intention-new",
  ]),
  subject: z.string(),
  label: z.string(),
  due: z.string().nullable(),
  amount_minor: decimalSum.nullable(),
  currency: currency.nullable(),
});
export const capitalDesk = z.object({ todos: z.array(capitalTodo) });
export type CapitalDesk = z.infer<typeof capitalDesk>;

/** A trial balance: every account of a currency; the sum of all is zero. */
export const trialBalance = z.object({
  currency,
  accounts: z.array(z.object({ path: z.string(), balance_minor: z.string() })),
  sum_minor: z.literal("0"),
  chain: hash.nullable(),
  transfers: count,
});

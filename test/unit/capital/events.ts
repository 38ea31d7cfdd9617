/** Events as short as a story needs them: what is not said is the most ordinary thing. */
import { sha256url, utf8 } from "../../../shared/bytes.ts";
import type { DemandCondition, FundEvent, FundEventOf, ScheduleLine } from "../../../shared/protocol/fund.ts";

export const TODAY = "2026-03-02";
export const CAMPAIGN = id("campaign");

export function id(name: string): string {
  return sha256url(utf8(name));
}

type Change<E extends FundEvent["event"]> = Partial<FundEventOf<E>>;

export function funder(name: string, change: Change<"funder"> = {}): FundEventOf<"funder"> {
  return { event: "funder", id: name, name, org_id: null, kind: "foundation", country: null, url: null, ...change };
}

export function fund(name: string, change: Change<"fund"> = {}): FundEventOf<"fund"> {
  return {
    event: "fund",
    id: name,
    name,
    funder: null,
    currency: "EUR",
    restriction: { purpose: "" },
    status: "open",
    ...change,
  };
}

export function recipient(name: string, change: Change<"recipient"> = {}): FundEventOf<"recipient"> {
  return { event: "recipient", id: name, name, org_id: null, kind: "organisation", country: null, ...change };
}

export function receipt(from: string, into: string, amount: number | bigint, change: Change<"receipt"> = {}) {
  const amount_minor = String(amount);
  const event = { event: "receipt", funder: from, fund: into, commitment: null, amount_minor } as const;
  return { ...event, on: TODAY, evidence_sha256: null, ...change };
}

export function promise(name: string, change: Change<"commitment"> = {}): FundEventOf<"commitment"> {
  return {
    event: "commitment",
    id: name,
    funder: "acme",
    fund: "plastics",
    kind: "gift",
    amount_minor: "500000",
    state: "committed",
    due_on: null,
    ...change,
  };
}

export function award(name: string, amount: number | bigint, change: Change<"award"> = {}): FundEventOf<"award"> {
  return {
    event: "award",
    id: name,
    fund: "plastics",
    recipient: "lab",
    campaign: null,
    instrument: "grant",
    use: "rnd",
    amount_minor: String(amount),
    title: name,
    text_sha256: null,
    decided_on: TODAY,
    region: null,
    planned: null,
    conditions: [],
    is_pri: false,
    parent: null,
    allocation: null,
    demand: null,
    ...change,
  };
}

export function demand(change: Partial<DemandCondition> = {}): DemandCondition {
  return {
    kind: "demand",
    campaign: CAMPAIGN,
    stage: "signed",
    min_units: "10",
    at_price_minor: null,
    min_accounts: 1,
    min_communities: 1,
    hold_days: 7,
    by: "2026-12-31",
    ...change,
  };
}

/** How condition `at` of an award ended. */
export function settle(of: string, at: number, outcome: "met" | "failed" | "waived", change: Change<"condition"> = {}) {
  const event = { event: "condition", award: of, condition: at, outcome } as const;
  return { ...event, evidence_sha256: null, reason: "", on: TODAY, ...change };
}

export function pay(of: string, amount: number | bigint, change: Change<"disbursement"> = {}) {
  const event = { event: "disbursement", award: of, amount_minor: String(amount) } as const;
  return { ...event, on: TODAY, evidence_sha256: null, ...change };
}

export function repay(of: string, principal: number, interest = 0, on = TODAY): FundEventOf<"repayment"> {
  const amounts = { principal_minor: String(principal), interest_minor: String(interest) };
  return { event: "repayment", award: of, ...amounts, on, evidence_sha256: null };
}

type Reasoned = "write-off" | "conversion" | "release" | "clawback" | "guarantee-call";
export function act<E extends Reasoned>(event: E, of: string, amount: number | bigint, on = TODAY) {
  return { event, award: of, amount_minor: String(amount), on, reason: "as agreed" };
}

export function sell(of: string, cost: number, proceeds: number): FundEventOf<"equity-sale"> {
  const amounts = { cost_minor: String(cost), proceeds_minor: String(proceeds) };
  return { event: "equity-sale", award: of, ...amounts, on: TODAY, evidence_sha256: null };
}

export function regrant(of: string, into: string, amount: number): FundEventOf<"regrant"> {
  return { event: "regrant", award: of, fund: into, amount_minor: String(amount), on: TODAY };
}

export function fee(from: string, provider: string, amount: number): FundEventOf<"fee"> {
  const amount_minor = String(amount);
  return { event: "fee", fund: from, provider, amount_minor, reason: "card fees", on: TODAY, evidence_sha256: null };
}

export function exchange(from: string, out: number, into: string, amount: number): FundEventOf<"exchange"> {
  const funds = { from_fund: from, to_fund: into, from_minor: String(out), to_minor: String(amount) };
  return { event: "exchange", ...funds, on: TODAY, evidence_sha256: null };
}

export function undo(index: number, of = 0, on = TODAY): FundEventOf<"reversal"> {
  return { event: "reversal", index, of, reason: "booked by mistake", on };
}

export function due(on: string, principal: number, interest = 0): ScheduleLine {
  return { due_on: on, principal_minor: String(principal), interest_minor: String(interest) };
}

/** What the rules of one event work with: the state, the demand that the log shows, and the legs it makes. */
import type { FundEvent, Transfer } from "../protocol/fund.ts";
import type { ProblemCode } from "../protocol/problem.ts";
import { type Result, fail, ok } from "../result.ts";
import { isoTime } from "../time.ts";
import { type CapitalTouched, book } from "./book.ts";
import type { Leg } from "./journal.ts";
import type { Award, CapitalState, Commitment, DemandView, Fund } from "./state.ts";

export interface Refusal {
  code: ProblemCode;
  detail?: string;
}
/** `event`: which of the entry's events was refused. */
export type CapitalFault = Refusal & { event: number };
export type Decided = Result<null, Refusal>;

export interface FundEntry {
  index: number;
  iat: number;
  by: { proposed: string; approved: string | null } | null;
  events: readonly FundEvent[];
}

export interface Deciding {
  state: CapitalState;
  demand: DemandView;
  entry: FundEntry;
  /** number of the event being decided */
  at: number;
  /** UTC day of the entry; an entry that says it is older than the log is of the log's day */
  today: string;
  transfers: Transfer[];
  touched: CapitalTouched;
}

export function begin(state: CapitalState, demand: DemandView, entry: FundEntry, touched: CapitalTouched): Deciding {
  const today = isoTime(Math.max(entry.iat, demand.log_time)).slice(0, 10);
  return { state, demand, entry, at: 0, today, transfers: [], touched };
}

export const done: Decided = ok(null);

export function refuse(code: ProblemCode, detail?: string): Result<never, Refusal> {
  return fail(detail === undefined ? { code } : { code, detail });
}

/** Books the legs of the event being decided; `overdrawn` says what it means when an account holds too little. */
export function post(deciding: Deciding, legs: readonly Leg[], overdrawn: ProblemCode = "overspent"): Decided {
  const { state, touched, at } = deciding;
  for (const leg of legs) {
    const late = dayFault(deciding, leg.on);
    if (late !== null) return refuse(late);
    const transfer: Transfer = { event: at, ...leg };
    const booked = book(state, transfer, touched);
    if (!booked.ok) return refuse(booked.error.isTooLarge ? "overspent" : overdrawn, booked.error.detail);
    deciding.transfers.push(transfer);
  }
  return done;
}

/** Money cannot have moved in the future, nor in a period that is closed. */
export function dayFault({ state, today }: Deciding, on: string): ProblemCode | null {
  if (on > today) return "date-in-future";
  return state.closed_until !== null && on <= state.closed_until ? "period-closed" : null;
}

export function knownFund({ state }: Deciding, id: string): Result<Fund, Refusal> {
  const fund = state.funds.get(id);
  return fund === undefined ? refuse("fund-unknown") : ok(fund);
}

/** A fund that moves money now: open, and not read from published data. */
export function openFund(deciding: Deciding, id: string): Result<Fund, Refusal> {
  const fund = knownFund(deciding, id);
  if (!fund.ok) return fund;
  const { status, source } = fund.value.event;
  return status === "closed" || source !== undefined ? refuse("fund-closed") : fund;
}

export function knownAward({ state }: Deciding, id: string): Result<Award, Refusal> {
  const award = state.awards.get(id);
  return award === undefined ? refuse("award-unknown") : ok(award);
}

/** An award whose money moves now: what was read from published data was moved elsewhere, and only says so. */
export function movingAward(deciding: Deciding, id: string): Result<Award, Refusal> {
  const award = knownAward(deciding, id);
  return award.ok && award.value.event.source_id !== undefined ? refuse("fund-closed") : award;
}

export function knownCommitment({ state }: Deciding, id: string): Result<Commitment, Refusal> {
  const commitment = state.commitments.get(id);
  return commitment === undefined ? refuse("commitment-unknown") : ok(commitment);
}

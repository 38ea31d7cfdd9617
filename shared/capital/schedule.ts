/**
 * Repayment plans in whole minor units: equal principal, equal payments, or all at the end. Interest of a period is
 * balance × yearly rate × months ÷ 12, rounded half to even; what rounding leaves is in the last principal.
 */
import { roundHalfEven } from "../money/rates.ts";
import type { ScheduleLine } from "../protocol/fund.ts";

export interface Plan {
  principal_minor: bigint;
  /** basis points a year */
  rate_bps: number;
  periods: number;
  /** `YYYY-MM-DD` */
  first_due_on: string;
  every_months: number;
}

export function linearSchedule(plan: Plan): ScheduleLine[] {
  const part = plan.principal_minor / BigInt(plan.periods);
  return lines(plan, () => part);
}

export function bulletSchedule(plan: Plan): ScheduleLine[] {
  return lines(plan, () => 0n);
}

/** Equal payments as far as whole units allow: P·r·(1+r)^n ÷ ((1+r)^n − 1), exact until the last rounding. */
export function annuitySchedule(plan: Plan): ScheduleLine[] {
  const { over, under } = periodRate(plan);
  if (over === 0n) return linearSchedule(plan);
  const n = BigInt(plan.periods);
  const grown = (under + over) ** n;
  const base = under ** n;
  const payment = roundHalfEven(plan.principal_minor * over * grown, under * (grown - base));
  return lines(plan, (interest) => (payment > interest ? payment - interest : 0n));
}

function lines(plan: Plan, principalOf: (interest: bigint) => bigint): ScheduleLine[] {
  const { over, under } = periodRate(plan);
  let left = plan.principal_minor;
  return Array.from({ length: plan.periods }, (_, at) => {
    const interest = roundHalfEven(left * over, under);
    const wanted = at === plan.periods - 1 ? left : principalOf(interest);
    const principal = wanted < left ? wanted : left;
    left -= principal;
    return {
      due_on: addMonths(plan.first_due_on, at * plan.every_months),
      principal_minor: String(principal),
      interest_minor: String(interest),
    };
  });
}

function periodRate({ rate_bps, every_months }: Plan): { over: bigint; under: bigint } {
  return { over: BigInt(rate_bps) * BigInt(every_months), under: 120_000n };
}

/** The same day of a later month, or the last day of a shorter one. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const index = year * 12 + (month - 1) + months;
  const toYear = Math.floor(index / 12);
  const toMonth = (index % 12) + 1;
  const last = daysIn(toYear, toMonth);
  return `${String(toYear).padStart(4, "0")}-${two(toMonth)}-${two(Math.min(date, last))}`;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

export type LineState = "due" | "paid" | "part" | "overdue" | "cancelled";

/** Repayments fill the plan from its first line on; what was forgiven, lost or sold is not due any more. */
export function scheduleState(
  schedule: readonly ScheduleLine[],
  paid: { repaid: bigint; interest: bigint; gone: bigint },
  today: string,
): (ScheduleLine & { paid_minor: string; state: LineState })[] {
  let left = paid.repaid + paid.interest;
  const total = schedule.reduce((sum, line) => sum + BigInt(line.principal_minor), 0n);
  let stillOwed = total - paid.gone;
  return schedule.map((line) => {
    const owed = BigInt(line.principal_minor) + BigInt(line.interest_minor);
    const covered = left < owed ? left : owed;
    left -= covered;
    const isCancelled = stillOwed <= 0n && covered === 0n;
    stillOwed -= BigInt(line.principal_minor);
    const state = stateOf(owed, covered, isCancelled, line.due_on < today);
    return { ...line, paid_minor: String(covered), state };
  });
}

function stateOf(owed: bigint, covered: bigint, isCancelled: boolean, isPast: boolean): LineState {
  if (isCancelled) return "cancelled";
  if (covered >= owed) return "paid";
  if (isPast) return "overdue";
  return covered > 0n ? "part" : "due";
}

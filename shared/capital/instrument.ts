/** What an award's money is given as: which terms it must have, where it goes, and its IATI FinanceType. */
import type { FundEventOf, Instrument } from "../protocol/fund.ts";
import { equityAccount, principalAccount, recipientAccount } from "./account.ts";

/** IATI FinanceType codes. */
export const financeTypes: Readonly<Record<Instrument, string>> = {
  grant: "110",
  price_subsidy: "110",
  market_development: "110",
  recoverable_grant: "422",
  loan: "421",
  equity: "510",
  guarantee: "1100",
  token_grant: "110",
};

/** Comes back by a plan. */
export function isRepaid(instrument: Instrument): boolean {
  return instrument === "loan" || instrument === "recoverable_grant";
}

/** Stays an asset of the fund until it is back, given for good or lost. */
export function isInvested(instrument: Instrument): boolean {
  return isRepaid(instrument) || instrument === "equity";
}

/** The account of what is outstanding, or of the recipient. */
export function targetAccount({ id, instrument, recipient, use }: FundEventOf<"award">): string {
  if (isRepaid(instrument)) return principalAccount(id);
  return instrument === "equity" ? equityAccount(id) : recipientAccount(recipient, use);
}

/** What does not fit the instrument, in a few words; null when all does. */
export function termsFault(award: FundEventOf<"award">): string | null {
  const { instrument, schedule, subsidy, token } = award;
  const amount = BigInt(award.amount_minor);
  if ((schedule !== undefined) !== isRepaid(instrument)) {
    return "a repayment plan belongs to loans and recoverable grants";
  }
  if ((subsidy !== undefined) !== (instrument === "price_subsidy"))
    return "a subsidy per unit belongs to price subsidies";
  if ((token !== undefined) !== (instrument === "token_grant")) return "a token belongs to token grants";
  if (schedule !== undefined) {
    const principal = schedule.reduce((sum, line) => sum + BigInt(line.principal_minor), 0n);
    if (principal !== amount) return "the plan's principal is not the amount";
    const isAscending = schedule.every((line, at) => at === 0 || (schedule[at - 1]?.due_on ?? "") < line.due_on);
    if (!isAscending || (schedule[0]?.due_on ?? "") < award.decided_on)
      return "the plan's days do not follow each other";
  }
  if (subsidy !== undefined) {
    if (award.campaign === null) return "a price subsidy needs a campaign";
    if (BigInt(subsidy.per_unit_minor) * BigInt(subsidy.max_units) > amount)
      return "the units come to more than the amount";
  }
  if (award.planned !== null && award.planned.from > award.planned.until)
    return "the planned days are the wrong way round";
  return null;
}

/** Rules of money that moves: received, paid, repaid, lost, returned, passed on, exchanged, and undone. */
import type { FundEventOf } from "../protocol/fund.ts";
import {
  type Decided,
  type Deciding,
  dayFault,
  done,
  knownAward,
  knownCommitment,
  knownFund,
  movingAward,
  openFund,
  post,
  refuse,
} from "./deciding.ts";
import { isInvested, isRepaid } from "./instrument.ts";
import {
  clawbackLegs,
  conversionLegs,
  disbursementLegs,
  equitySaleLegs,
  exchangeLegs,
  feeLegs,
  guaranteeCallLegs,
  receiptLegs,
  regrantLegs,
  releaseLegs,
  repaymentLegs,
  reversedLeg,
  writeOffLegs,
} from "./journal.ts";
import type { Award, PastEvent } from "./state.ts";

/** A historical fund receives what its published grants came to. */
export function receipt(deciding: Deciding, event: FundEventOf<"receipt">): Decided {
  const { state } = deciding;
  const into = knownFund(deciding, event.fund);
  if (!into.ok) return into;
  if (!state.funders.has(event.funder)) return refuse("funder-unknown");
  const { status, source } = into.value.event;
  if (status === "closed" && source === undefined) return refuse("fund-closed");
  if (into.value.regranted) return refuse("fund-closed", "the fund holds granted money only");
  if (event.commitment !== null) {
    const promised = knownCommitment(deciding, event.commitment);
    if (!promised.ok) return promised;
    const { fund, funder, state: standing } = promised.value.event;
    if (fund !== event.fund || funder !== event.funder || standing !== "committed") return refuse("commitment-state");
  }
  return post(deciding, receiptLegs(into.value, event));
}

export function disbursement(deciding: Deciding, event: FundEventOf<"disbursement">): Decided {
  const found = knownAward(deciding, event.award);
  if (!found.ok) return found;
  const of = found.value;
  const { instrument, subsidy } = of.event;
  if (instrument === "token_grant" || instrument === "guarantee") return refuse("award-state");
  if ((subsidy !== undefined) !== (event.units !== undefined)) {
    return refuse("award-terms", "fulfilled units belong to a price subsidy");
  }
  if (subsidy !== undefined && event.units !== undefined) {
    const per = BigInt(subsidy.per_unit_minor);
    if (per * BigInt(event.units) !== BigInt(event.amount_minor)) {
      return refuse("award-terms", "the amount is not the units times the subsidy");
    }
    if (of.disbursed + BigInt(event.amount_minor) > per * BigInt(subsidy.max_units)) {
      return refuse("overspent", "more units than the award is for");
    }
  }
  if (event.despite === undefined && isDoubtful(deciding, of)) return refuse("demand-doubtful");
  return post(deciding, disbursementLegs(of, event));
}

/** A met condition stays met; but money is not paid silently when the demand behind it is gone. */
function isDoubtful({ demand }: Deciding, of: Award): boolean {
  return of.conditions.some(
    ({ terms, state }) => terms.kind === "demand" && state === "met" && !demand.holdsNow(terms),
  );
}

export function repayment(deciding: Deciding, event: FundEventOf<"repayment">): Decided {
  const found = movingAward(deciding, event.award);
  if (!found.ok) return found;
  if (!isRepaid(found.value.event.instrument)) return refuse("award-state");
  if (event.principal_minor === "0" && event.interest_minor === "0")
    return refuse("malformed-request", "nothing repaid");
  return post(deciding, repaymentLegs(found.value, event), "repaid-too-much");
}

export function writeOff(deciding: Deciding, event: FundEventOf<"write-off">): Decided {
  const found = movingAward(deciding, event.award);
  if (!found.ok) return found;
  if (!isInvested(found.value.event.instrument)) return refuse("award-state");
  return post(deciding, writeOffLegs(found.value, event));
}

export function conversion(deciding: Deciding, event: FundEventOf<"conversion">): Decided {
  const found = movingAward(deciding, event.award);
  if (!found.ok) return found;
  if (!isRepaid(found.value.event.instrument)) return refuse("award-state");
  return post(deciding, conversionLegs(found.value, event));
}

export function release(deciding: Deciding, event: FundEventOf<"release">): Decided {
  const found = movingAward(deciding, event.award);
  if (!found.ok) return found;
  return post(deciding, releaseLegs(found.value, event));
}

/** What an award's recipient has of it: given, less what came back or went on. */
function delivered(of: Award): bigint {
  const given = isInvested(of.event.instrument) ? of.converted : of.disbursed;
  return given - of.clawed_back - of.regranted_on;
}

export function clawback(deciding: Deciding, event: FundEventOf<"clawback">): Decided {
  const found = movingAward(deciding, event.award);
  if (!found.ok) return found;
  if (BigInt(event.amount_minor) > delivered(found.value))
    return refuse("overspent", "more than the recipient has of it");
  return post(deciding, clawbackLegs(found.value, event));
}

export function guaranteeCall(deciding: Deciding, event: FundEventOf<"guarantee-call">): Decided {
  const found = movingAward(deciding, event.award);
  if (!found.ok) return found;
  const { event: terms, conditions } = found.value;
  if (terms.instrument !== "guarantee") return refuse("award-state");
  if (conditions.some(({ state }) => state === "open")) return refuse("condition-not-met");
  return post(deciding, guaranteeCallLegs(found.value, event));
}

export function equitySale(deciding: Deciding, event: FundEventOf<"equity-sale">): Decided {
  const found = movingAward(deciding, event.award);
  if (!found.ok) return found;
  if (found.value.event.instrument !== "equity") return refuse("award-state");
  return post(deciding, equitySaleLegs(found.value, event));
}

/** The fund that takes granted money on holds nothing else, so that what it gives is never counted as new. */
export function regrant(deciding: Deciding, event: FundEventOf<"regrant">): Decided {
  const found = movingAward(deciding, event.award);
  if (!found.ok) return found;
  const into = openFund(deciding, event.fund);
  if (!into.ok) return into;
  const { value: fund } = into;
  if (fund.event.currency !== found.value.currency) return refuse("currency-mismatch");
  const isMixed = !fund.regranted && (fund.sums.size > 0 || fund.awards > 0);
  if (isMixed || fund.event.id === found.value.event.fund) return refuse("fund-closed", "the fund holds other money");
  if (BigInt(event.amount_minor) > delivered(found.value))
    return refuse("overspent", "more than the recipient has of it");
  fund.regranted = true;
  return post(deciding, regrantLegs(found.value, event));
}

export function fee(deciding: Deciding, event: FundEventOf<"fee">): Decided {
  const from = openFund(deciding, event.fund);
  if (!from.ok) return from;
  return post(deciding, feeLegs(from.value, event));
}

export function exchange(deciding: Deciding, event: FundEventOf<"exchange">): Decided {
  const from = openFund(deciding, event.from_fund);
  if (!from.ok) return from;
  const into = openFund(deciding, event.to_fund);
  if (!into.ok) return into;
  if (from.value.event.currency === into.value.event.currency) return refuse("currency-mismatch");
  if (from.value.regranted || into.value.regranted) return refuse("fund-closed", "granted money is not exchanged");
  return post(deciding, exchangeLegs(from.value, into.value, event));
}

export function pastKey(index: number, event: number): string {
  return `${index}.${event}`;
}

/** What settled a condition stays, and what returned by it. */
const settling = new Set(["condition-met", "lapse"]);

export function reversal(deciding: Deciding, event: FundEventOf<"reversal">): Decided {
  const past = known(deciding, event);
  if (past === undefined || past.transfers.length === 0) return refuse("transfer-unknown");
  if (past.reversed) return refuse("already-reversed");
  const isMovement = past.transfers.every(
    ({ transfer }) => !settling.has(transfer.code) && transfer.reverses === undefined,
  );
  if (!isMovement || !isWithoutConsequence(deciding, past)) return refuse("not-reversible");
  past.reversed = true;
  deciding.touched.past.add(pastKey(event.index, event.of));
  const legs = past.transfers.map(({ seq, transfer }) => reversedLeg(transfer, seq, event.on)).toReversed();
  return post(deciding, legs, "not-reversible");
}

/** An award is undone only while it is just as it was decided: nothing paid, nothing returned, no condition settled. */
function isWithoutConsequence({ state }: Deciding, { transfers }: PastEvent): boolean {
  return transfers.every(({ transfer: { code, award: id, amount_minor } }) => {
    if (code !== "award" && code !== "reservation") return true;
    const award = id === undefined ? undefined : state.awards.get(id);
    if (award === undefined) return false;
    const isOpen = award.conditions.every((condition) => condition.state === "open");
    return isOpen && award.reserved + award.payable === BigInt(amount_minor);
  });
}

export function cleared(deciding: Deciding, event: FundEventOf<"cleared">): Decided {
  const past = known(deciding, event);
  if (past === undefined || past.transfers.length === 0) return refuse("transfer-unknown");
  if (past.cleared) return refuse("already-reversed", "it was confirmed before");
  const late = dayFault(deciding, event.on);
  if (late === "date-in-future") return refuse(late);
  past.cleared = true;
  deciding.touched.past.add(pastKey(event.index, event.of));
  return done;
}

function known({ state }: Deciding, { index, of }: { index: number; of: number }): PastEvent | undefined {
  return state.past.get(pastKey(index, of));
}

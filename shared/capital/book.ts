/**
 * Booking a transfer: what it changes in accounts, sums, awards and commitments (docs/capital.md §3). A reversal changes
 * the same things back. Whether an event may happen is decided in the rules; that nothing is overdrawn, here.
 */
import type { Transfer } from "../protocol/fund.ts";
import { type Result, fail, ok } from "../result.ts";
import { balanceKey, classOf, isNoOverdraft, subjectOf } from "./account.ts";
import type { Award, AwardState, CapitalState } from "./state.ts";
import { addToCodes } from "./sums.ts";

export interface CapitalTouched {
  funders: Set<string>;
  funds: Set<string>;
  recipients: Set<string>;
  commitments: Set<string>;
  awards: Set<string>;
  allocations: Set<string>;
  /** keys of balances */
  accounts: Set<string>;
  /** keys of past events that were reversed or cleared */
  past: Set<string>;
  /** needs of campaigns or the closed period */
  desk: boolean;
}

export function untouchedCapital(): CapitalTouched {
  return {
    funders: new Set(),
    funds: new Set(),
    recipients: new Set(),
    commitments: new Set(),
    awards: new Set(),
    allocations: new Set(),
    accounts: new Set(),
    past: new Set(),
    desk: false,
  };
}

/** What JSON numbers and the hub's database hold exactly. */
const MAX_BALANCE = BigInt(Number.MAX_SAFE_INTEGER);

export interface NotBooked {
  isTooLarge: boolean;
  detail: string;
}

/** Refused when an account holds too little, or would hold more than can be counted exactly; then nothing was booked. */
export function book(state: CapitalState, transfer: Transfer, touched: CapitalTouched): Result<null, NotBooked> {
  const amount = BigInt(transfer.amount_minor);
  const from = balanceKey(transfer.currency, transfer.from);
  const to = balanceKey(transfer.currency, transfer.to);
  const left = (state.accounts.get(from) ?? 0n) - amount;
  if (left < 0n && isNoOverdraft(transfer.from)) return fail({ isTooLarge: false, detail: transfer.from });
  const there = (state.accounts.get(to) ?? 0n) + amount;
  if (left < -MAX_BALANCE || there > MAX_BALANCE) {
    return fail({ isTooLarge: true, detail: "more than an account can hold exactly" });
  }
  state.accounts.set(from, left);
  state.accounts.set(to, there);
  touched.accounts.add(from).add(to);
  state.transfers += 1;

  const sign = transfer.reverses === undefined ? 1n : -1n;
  const award = transfer.award === undefined ? undefined : state.awards.get(transfer.award);
  if (award !== undefined) {
    bookAward(award, transfer, sign * amount);
    // An award that was undone is an award of which everything was given up.
    if (sign < 0n && (transfer.code === "award" || transfer.code === "reservation")) award.released += amount;
    award.state = awardState(award);
    touched.awards.add(award.event.id);
  }
  bookFund(state, transfer, award, touched);
  if (transfer.commitment !== undefined && transfer.code === "receipt") {
    const commitment = state.commitments.get(transfer.commitment);
    if (commitment !== undefined) commitment.received += sign * amount;
    touched.commitments.add(transfer.commitment);
  }
  return ok(null);
}

function bookFund(state: CapitalState, transfer: Transfer, award: Award | undefined, touched: CapitalTouched): void {
  const path = [transfer.from, transfer.to].find((one) => classOf(one) === "fund");
  const id = path === undefined ? award?.event.fund : subjectOf(path);
  const fund = id === undefined ? undefined : state.funds.get(id);
  if (fund === undefined) return;
  touched.funds.add(fund.event.id);
  addToCodes(fund.sums, transfer);
  if (fund.first_on === null || transfer.on < fund.first_on) fund.first_on = transfer.on;
  if (fund.last_on === null || transfer.on > fund.last_on) fund.last_on = transfer.on;
  if (transfer.code !== "receipt") return;
  const isBack = transfer.reverses !== undefined;
  const funder = subjectOf(isBack ? transfer.to : transfer.from);
  const amount = BigInt(transfer.amount_minor);
  fund.received_by.set(funder, (fund.received_by.get(funder) ?? 0n) + (isBack ? -amount : amount));
}

function bookAward(award: Award, { code }: Transfer, amount: bigint): void {
  switch (code) {
    case "reservation":
      award.reserved += amount;
      break;
    case "award":
      award.payable += amount;
      break;
    case "condition-met":
      award.reserved -= amount;
      award.payable += amount;
      break;
    case "lapse":
      award.reserved -= amount;
      award.released += amount;
      break;
    case "release":
      award.payable -= amount;
      award.released += amount;
      break;
    case "disbursement":
      award.payable -= amount;
      award.disbursed += amount;
      break;
    case "investment":
      award.payable -= amount;
      award.disbursed += amount;
      award.outstanding += amount;
      break;
    case "principal-repayment":
      award.outstanding -= amount;
      award.repaid += amount;
      break;
    case "interest":
      award.interest += amount;
      break;
    case "conversion":
      award.outstanding -= amount;
      award.converted += amount;
      break;
    case "write-off":
      award.outstanding -= amount;
      award.written_off += amount;
      break;
    case "equity-sale":
      award.outstanding -= amount;
      award.sold_at_cost += amount;
      break;
    case "clawback":
      award.clawed_back += amount;
      break;
    case "guarantee-call":
      award.reserved -= amount;
      award.disbursed += amount;
      break;
    case "regrant":
      award.regranted_on += amount;
      break;
    case "receipt":
    case "gain":
    case "fee":
    case "exchange-out":
    case "exchange-in":
      break;
  }
}

export function awardState(
  award: Pick<Award, "event" | "reserved" | "payable" | "outstanding" | "disbursed">,
): AwardState {
  if (award.event.instrument === "token_grant") return "recorded";
  if (award.reserved > 0n) return "reserved";
  if (award.payable > 0n) return "payable";
  if (award.outstanding > 0n) return "active";
  return award.disbursed === 0n ? "lapsed" : "closed";
}

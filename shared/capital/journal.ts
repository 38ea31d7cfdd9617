/**
 * Which transfers an event makes (docs/capital.md §3): pure, from the event and what it is about. Amounts are not judged
 * here; booking refuses what is not there.
 */
import type { FundEventOf, Transfer } from "../protocol/fund.ts";
import {
  equityAccount,
  exchangeAccount,
  feeAccount,
  fundAccount,
  funderAccount,
  gainAccount,
  incomeAccount,
  lossAccount,
  payableAccount,
  principalAccount,
  recipientAccount,
  reservedAccount,
} from "./account.ts";
import { isInvested, isRepaid, targetAccount } from "./instrument.ts";
import type { Award, Fund } from "./state.ts";

/** A transfer without the number of its event, which the fold knows. */
export type Leg = Omit<Transfer, "event">;

type Movement = Pick<Leg, "from" | "to" | "amount_minor" | "code" | "on">;

function ofAward(award: Award, movement: Movement): Leg {
  return {
    currency: award.currency,
    ...movement,
    award: award.event.id,
    ...(award.regranted && { regranted: true as const }),
  };
}

export function awardLegs(award: Award): Leg[] {
  const { id, fund, instrument, amount_minor, decided_on, conditions } = award.event;
  if (instrument === "token_grant") return [];
  const isReserved = conditions.length > 0 || instrument === "guarantee";
  return [
    ofAward(award, {
      from: fundAccount(fund),
      to: isReserved ? reservedAccount(id) : payableAccount(id),
      amount_minor,
      code: isReserved ? "reservation" : "award",
      on: decided_on,
    }),
  ];
}

/** Everything that is still reserved becomes payable. */
export function metLegs(award: Award, on: string): Leg[] {
  if (award.reserved === 0n) return [];
  const { id } = award.event;
  const amount_minor = String(award.reserved);
  return [
    ofAward(award, { from: reservedAccount(id), to: payableAccount(id), amount_minor, code: "condition-met", on }),
  ];
}

/** Everything that is still reserved returns to the fund. */
export function lapseLegs(award: Award, on: string): Leg[] {
  if (award.reserved === 0n) return [];
  const { id, fund } = award.event;
  const amount_minor = String(award.reserved);
  return [ofAward(award, { from: reservedAccount(id), to: fundAccount(fund), amount_minor, code: "lapse", on })];
}

export function receiptLegs(fund: Fund, { funder, commitment, amount_minor, on }: FundEventOf<"receipt">): Leg[] {
  const { id, currency } = fund.event;
  return [
    {
      currency,
      from: funderAccount(funder),
      to: fundAccount(id),
      amount_minor,
      code: "receipt",
      on,
      ...(commitment !== null && { commitment }),
    },
  ];
}

export function disbursementLegs(award: Award, { amount_minor, on }: FundEventOf<"disbursement">): Leg[] {
  const { id, instrument } = award.event;
  const code = isInvested(instrument) ? "investment" : "disbursement";
  return [ofAward(award, { from: payableAccount(id), to: targetAccount(award.event), amount_minor, code, on })];
}

export function repaymentLegs(award: Award, event: FundEventOf<"repayment">): Leg[] {
  const { id, fund } = award.event;
  const { principal_minor, interest_minor, on } = event;
  const legs: Leg[] = [];
  const to = fundAccount(fund);
  if (principal_minor !== "0") {
    const code = "principal-repayment";
    legs.push(ofAward(award, { from: principalAccount(id), to, amount_minor: principal_minor, code, on }));
  }
  if (interest_minor !== "0") {
    legs.push(ofAward(award, { from: incomeAccount(id), to, amount_minor: interest_minor, code: "interest", on }));
  }
  return legs;
}

export function writeOffLegs(award: Award, { amount_minor, on }: FundEventOf<"write-off">): Leg[] {
  const { id, instrument } = award.event;
  const from = isRepaid(instrument) ? principalAccount(id) : equityAccount(id);
  return [ofAward(award, { from, to: lossAccount(id), amount_minor, code: "write-off", on })];
}

export function conversionLegs(award: Award, { amount_minor, on }: FundEventOf<"conversion">): Leg[] {
  const { id, recipient, use } = award.event;
  const to = recipientAccount(recipient, use);
  return [ofAward(award, { from: principalAccount(id), to, amount_minor, code: "conversion", on })];
}

/** Of a guarantee that ends unused, what was reserved; of everything else, what was payable. */
export function releaseLegs(award: Award, { amount_minor, on }: FundEventOf<"release">): Leg[] {
  const { id, fund, instrument } = award.event;
  const isGuarantee = instrument === "guarantee";
  const from = isGuarantee ? reservedAccount(id) : payableAccount(id);
  const code = isGuarantee ? "lapse" : "release";
  return [ofAward(award, { from, to: fundAccount(fund), amount_minor, code, on })];
}

export function clawbackLegs(award: Award, { amount_minor, on }: FundEventOf<"clawback">): Leg[] {
  const { recipient, use, fund } = award.event;
  const from = recipientAccount(recipient, use);
  return [ofAward(award, { from, to: fundAccount(fund), amount_minor, code: "clawback", on })];
}

export function guaranteeCallLegs(award: Award, { amount_minor, on }: FundEventOf<"guarantee-call">): Leg[] {
  const { id, recipient, use } = award.event;
  const to = recipientAccount(recipient, use);
  return [ofAward(award, { from: reservedAccount(id), to, amount_minor, code: "guarantee-call", on })];
}

/** The cost comes back as far as the proceeds reach; the rest of it is lost, what is above it is a gain. */
export function equitySaleLegs(award: Award, event: FundEventOf<"equity-sale">): Leg[] {
  const { id, fund } = award.event;
  const { on } = event;
  const cost = BigInt(event.cost_minor);
  const proceeds = BigInt(event.proceeds_minor);
  const back = proceeds < cost ? proceeds : cost;
  const legs: Leg[] = [];
  const add = (from: string, to: string, amount: bigint, code: Leg["code"]): void => {
    if (amount > 0n) legs.push(ofAward(award, { from, to, amount_minor: String(amount), code, on }));
  };
  add(equityAccount(id), fundAccount(fund), back, "equity-sale");
  add(equityAccount(id), lossAccount(id), cost - back, "write-off");
  add(gainAccount(id), fundAccount(fund), proceeds - back, "gain");
  return legs;
}

export function regrantLegs(award: Award, { fund, amount_minor, on }: FundEventOf<"regrant">): Leg[] {
  const { recipient, use } = award.event;
  const from = recipientAccount(recipient, use);
  const leg = ofAward(award, { from, to: fundAccount(fund), amount_minor, code: "regrant", on });
  return [{ ...leg, regranted: true }];
}

export function feeLegs(fund: Fund, { provider, amount_minor, on }: FundEventOf<"fee">): Leg[] {
  const { id, currency } = fund.event;
  const leg: Leg = { currency, from: fundAccount(id), to: feeAccount(provider), amount_minor, code: "fee", on };
  return [fund.regranted ? { ...leg, regranted: true } : leg];
}

export function exchangeLegs(from: Fund, to: Fund, event: FundEventOf<"exchange">): Leg[] {
  const { from_minor, to_minor, on } = event;
  const out = from.event.currency;
  const into = to.event.currency;
  const code = { out: "exchange-out", in: "exchange-in" } as const;
  return [
    {
      currency: out,
      from: fundAccount(from.event.id),
      to: exchangeAccount(out),
      amount_minor: from_minor,
      code: code.out,
      on,
    },
    {
      currency: into,
      from: exchangeAccount(into),
      to: fundAccount(to.event.id),
      amount_minor: to_minor,
      code: code.in,
      on,
    },
  ];
}

/** The same movement back, naming the one it undoes. */
export function reversedLeg(transfer: Transfer, seq: number, on: string): Leg {
  const { from, to, currency, amount_minor, code, award, commitment, regranted } = transfer;
  return {
    currency,
    from: to,
    to: from,
    amount_minor,
    code,
    on,
    ...(award !== undefined && { award }),
    ...(commitment !== undefined && { commitment }),
    ...(regranted !== undefined && { regranted }),
    reverses: seq,
  };
}

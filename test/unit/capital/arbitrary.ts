/**
 * Random acts on a ledger: most fit what is there, some ask for too much, too late, twice or of the wrong kind. What an act
 * becomes depends on the state it meets, so that long sequences stay interesting.
 */
import * as fc from "fast-check";
import type { FundEvent, Instrument } from "../../../shared/protocol/fund.ts";
import {
  CAMPAIGN,
  act,
  award,
  demand,
  due,
  exchange,
  fee,
  fund,
  pay,
  promise,
  receipt,
  regrant,
  repay,
  sell,
  settle,
  undo,
} from "./events.ts";
import type { Ledger } from "./ledger.ts";

const kinds = [
  "receipt",
  "award",
  "award",
  "award",
  "settle",
  "settle",
  "pay",
  "pay",
  "pay",
  "repay",
  "repay",
  "write-off",
  "conversion",
  "release",
  "clawback",
  "guarantee-call",
  "sell",
  "regrant",
  "fee",
  "exchange",
  "undo",
  "undo",
  "cleared",
  "close",
] as const;

export interface Act {
  kind: (typeof kinds)[number];
  /** which of what there is */
  which: number;
  other: number;
  /** of what is there, in per cent: above a hundred is too much */
  part: number;
  instrument: Instrument;
  waits: boolean;
  back: number;
  /** whether another act shares its entry */
  joins: boolean;
}

const instruments = ["grant", "loan", "recoverable_grant", "equity", "guarantee", "market_development"] as const;

export const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    which: fc.nat(30),
    other: fc.nat(30),
    part: fc.constantFrom(1, 10, 33, 50, 100, 100, 100, 101, 150),
    instrument: fc.constantFrom(...instruments),
    waits: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    back: fc.constantFrom(0, 0, 0, 0, 1, 40, -1),
    joins: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  }),
  { minLength: 5, maxLength: 70, size: "max" },
);

/** Funds in two currencies, one for granted money, one with a restriction. */
export const ground: FundEvent[] = [
  fund("overseas", { currency: "USD" }),
  fund("village"),
  fund("small", { restriction: { purpose: "", uses: ["rnd"], max_award_minor: "5000" } }),
  promise("gift"),
];

const funds = ["plastics", "overseas", "small", "village"] as const;

/** The event that an act comes to on this ledger; null when there is nothing it could be about. */
export function eventOf(ledger: Ledger, one: Act, at: number): FundEvent | null {
  const { state } = ledger;
  const fundId = funds[one.which % funds.length]!;
  const chosen = [...state.awards.values()];
  const of = chosen.length === 0 ? undefined : chosen[one.which % chosen.length];
  const on = new Date((ledger.now - one.back * 86_400) * 1000).toISOString().slice(0, 10);
  const share = (amount: bigint): bigint => {
    const part = (amount * BigInt(one.part)) / 100n;
    return part > 0n ? part : 1n;
  };
  const there = (path: string, currency = state.funds.get(fundId)!.event.currency) => ledger.balance(path, currency);
  const id = of?.event.id ?? "none";
  switch (one.kind) {
    case "receipt":
      return receipt("acme", fundId, one.part * 1_000, {
        on,
        commitment: fundId === "plastics" && one.waits ? "gift" : null,
      });
    case "award":
      return awardOf(ledger, one, { at, on, fundId, amount: share(there(`fund:${fundId}:available`) / 4n) });
    case "settle": {
      const open = of?.conditions.findIndex((condition) => condition.state === "open") ?? 0;
      const which = Math.max(open, 0);
      const isDemand = of?.conditions[which]?.terms.kind === "demand";
      const outcome = (["met", "failed", "waived"] as const)[one.other % 3]!;
      if (isDemand && outcome === "met") ledger.proven.set(`${id} ${which}`, 1);
      return settle(id, which, outcome, { on, ...(isDemand && { campaign: CAMPAIGN, held_since_index: 1 }) });
    }
    case "pay":
      return pay(id, share(of?.payable ?? 0n), { on });
    case "repay":
      return repay(id, Number(share(of?.outstanding ?? 0n)), one.other, on);
    case "write-off":
    case "conversion":
      return act(one.kind, id, share(of?.outstanding ?? 0n), on);
    case "release":
      return act("release", id, share((of?.payable ?? 0n) + (of?.reserved ?? 0n)), on);
    case "clawback":
      return act("clawback", id, share(of?.disbursed ?? 0n), on);
    case "guarantee-call":
      return act("guarantee-call", id, share(of?.reserved ?? 0n), on);
    case "sell":
      return sell(id, Number(share(of?.outstanding ?? 0n)), one.other * 500);
    case "regrant":
      return regrant(id, one.waits ? fundId : "village", Number(share(of?.disbursed ?? 0n)));
    case "fee":
      return fee(fundId, "bank", Number(share(there(`fund:${fundId}:available`) / 10n)));
    case "exchange":
      return exchange(
        fundId,
        Number(share(there(`fund:${fundId}:available`) / 5n)),
        funds[one.other % funds.length]!,
        one.part * 100,
      );
    case "undo":
    case "cleared": {
      const index = 1 + (one.which % ledger.index);
      const event = one.other % 3;
      const evidence_sha256 = CAMPAIGN;
      return one.kind === "undo" ? undo(index, event, on) : { event: "cleared", index, of: event, on, evidence_sha256 };
    }
    case "close":
      return one.other % 10 === 0 ? { event: "period-close", until: on } : null;
  }
}

function awardOf(
  ledger: Ledger,
  one: Act,
  { at, on, fundId, amount }: { at: number; on: string; fundId: string; amount: bigint },
): FundEvent {
  const parents = [...ledger.state.awards.values()].filter(({ regranted_on }) => regranted_on > 0n);
  const plan = one.instrument === "loan" || one.instrument === "recoverable_grant";
  return award(`a${one.part === 150 ? 0 : at}`, amount, {
    fund: fundId,
    recipient: ["lab", "maker", "baker"][one.other % 3]!,
    use: one.other % 7 === 0 ? "capacity" : "rnd",
    instrument: one.instrument,
    decided_on: on,
    conditions: one.waits ? [demand(), ...(one.other % 2 === 0 ? [{ kind: "date" as const, on }] : [])] : [],
    parent: fundId === "village" ? (parents[0]?.event.id ?? null) : null,
    ...(plan && { schedule: [due("2027-01-01", Number(amount))] }),
  });
}

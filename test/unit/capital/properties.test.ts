/** The invariants of the ledger (docs/capital.md §6) over random acts, proper and improper. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isNoOverdraft } from "../../../shared/capital/account.ts";
import { addTransfers, chainAfter, emptyCapitalSums, stagesOf } from "../../../shared/capital/sums.ts";
import type { CapitalState } from "../../../shared/capital/state.ts";
import { type FundEvent, type Transfer, transferCodes } from "../../../shared/protocol/fund.ts";
import { type Act, acts, eventOf, ground } from "./arbitrary.ts";
import { receipt } from "./events.ts";
import { BOTH, Ledger, opened } from "./ledger.ts";
import { CapitalRows } from "./rows.ts";

const runs = { numRuns: 100 };

interface Story {
  ledger: Ledger;
  entries: { index: number; iat: number; events: FundEvent[]; transfers: Transfer[] }[];
  refused: Map<string, number>;
}

/** Plays the acts; `each` sees the ledger after every entry that was logged. */
function play(list: readonly Act[], each: (ledger: Ledger) => void = () => undefined): Story {
  const ledger = opened(...ground);
  const entries: Story["entries"] = [];
  const refused: Story["refused"] = new Map();
  for (const [at, one] of list.entries()) {
    if (at % 10 === 9) ledger.later(1);
    const first = eventOf(ledger, one, at);
    if (first === null) continue;
    const second = one.joins && at > 0 ? eventOf(ledger, list[at - 1]!, at + 1_000) : null;
    const events = second === null ? [first] : [first, second];
    const fault = ledger.fault(events);
    if (fault !== null) {
      refused.set(fault.code, (refused.get(fault.code) ?? 0) + 1);
      continue;
    }
    const iat = ledger.now;
    entries.push({ ...ledger.log(...events), iat, events });
    each(ledger);
  }
  return { ledger, entries, refused };
}

function always(holds: (ledger: Ledger) => void): void {
  fc.assert(
    fc.property(acts, (list) => {
      play(list, holds);
    }),
    runs,
  );
}

test("the acts reach what they are for: all codes of transfers, and refusals of many kinds", () => {
  const codes = new Set<string>();
  const refusals = new Set<string>();
  for (const list of fc.sample(acts, { numRuns: 200, seed: 7 })) {
    const { ledger, refused } = play(list);
    for (const { code, reverses } of ledger.transfers) codes.add(reverses === undefined ? code : "reversal");
    for (const code of refused.keys()) refusals.add(code);
  }
  expect([...codes].toSorted()).toEqual([...transferCodes, "reversal"].toSorted());
  for (const code of ["overspent", "repaid-too-much", "restriction-violated", "not-reversible", "already-reversed"]) {
    expect(refusals).toContain(code);
  }
  expect(refusals.size).toBeGreaterThan(12);
});

test("I1: all balances of a currency come to nothing", () => {
  always(({ state }) => {
    const sums = new Map<string, bigint>();
    for (const [key, balance] of state.accounts) {
      const currency = key.slice(0, 3);
      sums.set(currency, (sums.get(currency) ?? 0n) + balance);
    }
    expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);
  });
});

test("I2: nothing that is held is ever less than nothing, transfer by transfer", () => {
  fc.assert(
    fc.property(acts, (list) => {
      const held = new Map<string, bigint>();
      for (const { from, to, currency, amount_minor } of play(list).ledger.transfers) {
        const amount = BigInt(amount_minor);
        const left = (held.get(`${currency} ${from}`) ?? 0n) - amount;
        if (isNoOverdraft(from)) expect(left).toBeGreaterThanOrEqual(0n);
        held.set(`${currency} ${from}`, left);
        held.set(`${currency} ${to}`, (held.get(`${currency} ${to}`) ?? 0n) + amount);
      }
    }),
    runs,
  );
});

test("I3: what is available in a fund is what its stages say", () => {
  always((ledger) => {
    for (const { event, sums } of ledger.state.funds.values()) {
      const stages = stagesOf(event.currency, sums, { gross: true });
      expect(BigInt(stages.available_minor)).toBe(ledger.balance(`fund:${event.id}:available`, event.currency));
    }
  });
});

test("I4: an award is reserved, payable, paid or returned, to the last unit, in its accounts as in its row", () => {
  always((ledger) => {
    for (const { event, currency, reserved, payable, disbursed, released } of ledger.state.awards.values()) {
      expect(reserved + payable + disbursed + released).toBe(BigInt(event.amount_minor));
      expect(ledger.balance(`award:${event.id}:reserved`, currency)).toBe(reserved);
      expect(ledger.balance(`award:${event.id}:payable`, currency)).toBe(payable);
    }
  });
});

test("I5: what was lent or invested is outstanding, back, given for good, sold or lost", () => {
  always((ledger) => {
    for (const award of ledger.state.awards.values()) {
      const { instrument, id } = award.event;
      if (instrument !== "loan" && instrument !== "recoverable_grant" && instrument !== "equity") continue;
      const gone = award.repaid + award.written_off + award.converted + award.sold_at_cost;
      expect(award.outstanding + gone).toBe(award.disbursed);
      const path = instrument === "equity" ? `pri:${id}:equity` : `pri:${id}:principal`;
      expect(ledger.balance(path, award.currency)).toBe(award.outstanding);
    }
  });
});

test("I6: no award stands against its fund's restriction", () => {
  always(({ state }) => {
    for (const { event } of state.awards.values()) {
      if (event.fund !== "small") continue;
      expect(event.use).toBe("rnd");
      expect(BigInt(event.amount_minor)).toBeLessThanOrEqual(5_000n);
    }
  });
});

test("I7: the transfers of one event are one group in one currency; an exchange's are two in two", () => {
  fc.assert(
    fc.property(acts, (list) => {
      for (const { events, transfers } of play(list).entries) {
        for (const [at, event] of events.entries()) {
          const group = transfers.filter((transfer) => transfer.event === at);
          const currencies = new Set(group.map(({ currency }) => currency)).size;
          const isExchange = event.event === "exchange" || group.some(({ code }) => code.startsWith("exchange"));
          expect([group.length, currencies]).toEqual(isExchange ? [2, 2] : [group.length, Math.min(group.length, 1)]);
        }
        expect(transfers.every(({ event }) => event < events.length)).toBe(true);
      }
    }),
    runs,
  );
});

test("I8: what undoes mirrors every leg of one event exactly, and at most once", () => {
  fc.assert(
    fc.property(acts, (list) => {
      const { transfers } = play(list).ledger;
      const undone = new Set<number>();
      for (const { reverses, from, to, event: _, on: __, ...rest } of transfers) {
        if (reverses === undefined) continue;
        expect(undone.has(reverses)).toBe(false);
        undone.add(reverses);
        const { event: ___, on: ____, ...first } = transfers[reverses]!;
        expect({ ...rest, from: to, to: from }).toEqual(first);
      }
    }),
    runs,
  );
});

test("I9: the transfers alone, replayed from nothing, come to the balances", () => {
  always(({ state, transfers }) => {
    const balances = new Map<string, bigint>();
    for (const { from, to, currency, amount_minor } of transfers) {
      const move = (path: string, amount: bigint) =>
        balances.set(`${currency} ${path}`, (balances.get(`${currency} ${path}`) ?? 0n) + amount);
      move(from, -BigInt(amount_minor));
      move(to, BigInt(amount_minor));
    }
    expect(balances).toEqual(state.accounts);
    expect(state.transfers).toBe(transfers.length);
  });
});

test("I9: a database that loads only what an entry needs decides the same and holds the full replay", () => {
  fc.assert(
    fc.property(acts, (list) => {
      const database = new CapitalRows();
      const ledger = opened(...ground);
      const again = new Ledger();
      const log = (events: FundEvent[]) => {
        const entry = { index: again.index, iat: again.now, by: BOTH, events };
        const code = database.apply(again.demand, structuredClone(entry));
        expect(code).toBe(again.fault(events)?.code ?? null);
        if (code === null) again.log(...events);
        expect(sorted(database.rows)).toEqual(sorted(again.state));
      };
      log(opening(ledger));
      for (const [at, one] of list.entries()) {
        if (at % 10 === 9) again.later(1);
        const event = eventOf(again, one, at);
        if (event !== null) log([event]);
      }
    }),
    { numRuns: 120 },
  );
});

test("I10: the chain commits to every transfer in its order, entry by entry or all at once", () => {
  fc.assert(
    fc.property(acts, fc.nat(), (list, pick) => {
      const { entries, ledger } = play(list);
      const { transfers } = ledger;
      const before = transfers.slice(0, transfers.length - entries.reduce((sum, one) => sum + one.transfers.length, 0));
      let sums = addTransfers(null, before);
      for (const entry of entries) sums = addTransfers(sums, entry.transfers);
      expect(sums.chain).toBe(chainOf(transfers));
      expect(sums.transfers).toBe(transfers.length);
      const at = pick % transfers.length;
      const other = transfers.with(at, { ...transfers[at]!, amount_minor: `${transfers[at]!.amount_minor}0` });
      expect(chainOf(other)).not.toBe(sums.chain);
      if (transfers.length > 1) expect(chainOf(transfers.toReversed())).not.toBe(sums.chain);
    }),
    runs,
  );
});

test("the stages of the whole network are those of its accounts, and money passed on is left out of them", () => {
  always(({ state, transfers }) => {
    for (const [currency, codes] of addTransfers(null, transfers).by_currency) {
      const gross = stagesOf(currency, codes, { gross: true });
      const net = stagesOf(currency, codes, { gross: false });
      const held = (prefix: string, suffix = "") =>
        [...state.accounts]
          .filter(([key]) => key.startsWith(`${currency} ${prefix}`) && key.endsWith(suffix))
          .reduce((sum, [, balance]) => sum + balance, 0n);
      expect(BigInt(gross.available_minor)).toBe(held("fund:"));
      expect(BigInt(gross.reserved_minor)).toBe(held("award:", ":reserved"));
      expect(BigInt(gross.payable_minor)).toBe(held("award:", ":payable"));
      expect(BigInt(gross.outstanding_minor)).toBe(held("pri:"));
      for (const stages of [gross, net]) {
        const of = (name: keyof typeof stages) => BigInt(stages[name]);
        const kept = of("reserved_minor") + of("payable_minor") + of("disbursed_minor") + of("released_minor");
        expect(of("awarded_minor")).toBe(kept);
      }
      expect(BigInt(net.received_minor)).toBeLessThanOrEqual(BigInt(gross.received_minor));
    }
  });
});

function chainOf(transfers: readonly Transfer[]): string {
  return transfers.reduce((chain, transfer) => chainAfter(chain, transfer), emptyCapitalSums().chain);
}

function opening({ state }: Ledger): FundEvent[] {
  const parties = [
    ...state.funders.values(),
    ...state.funds.values(),
    ...state.recipients.values(),
    ...state.commitments.values(),
  ];
  return [...parties.map(({ event }): FundEvent => event), receipt("acme", "plastics", 1_000_000)];
}

function sorted(state: CapitalState) {
  const entries = Object.entries(state).map(([name, value]): [string, unknown] => [
    name,
    value instanceof Map ? [...(value as Map<string, unknown>)].toSorted(([a], [b]) => (a < b ? -1 : 1)) : value,
  ]);
  return Object.fromEntries(entries);
}

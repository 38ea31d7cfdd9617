/**
 * A log of fund entries only, as the capital fold sees it, with demand that a test says is there or not. What is refused
 * must leave everything as it was: the fold works on a copy, and the copy is thrown away.
 */
import { expect } from "vitest";
import { classOf } from "../../../shared/capital/account.ts";
import { type CapitalFault, type FundEntry, applyEvents, checkFundEntry } from "../../../shared/capital/fold.ts";
import { type CapitalState, type DemandView, emptyCapital } from "../../../shared/capital/state.ts";
import { type FundEvent, type Transfer, fundEvents } from "../../../shared/protocol/fund.ts";
import type { CampaignTerms, Claims } from "../../../shared/protocol/statement.ts";
import { CAMPAIGN, TODAY, fund, funder, id, receipt, recipient } from "./events.ts";

export const BOTH: FundEntry["by"] = { proposed: id("ana"), approved: id("ben") };
const DAY_S = 86_400;

export const terms = { currency: "EUR", bands_minor: ["500", "600", "800"] } as unknown as CampaignTerms;

export interface Logged {
  index: number;
  transfers: Transfer[];
}

export class Ledger {
  state: CapitalState = emptyCapital();
  index = 1;
  now = Date.parse(`${TODAY}T12:00:00Z`) / 1000;
  /** campaigns that are published */
  readonly campaigns = new Map([[CAMPAIGN, terms]]);
  /** `<award> <condition>`: log index since which the log shows the demand, for long enough */
  readonly proven = new Map<string, number>();
  /** whether demand that released an award is still there */
  isThere = true;
  readonly transfers: Transfer[] = [];

  get today(): string {
    return new Date(this.now * 1000).toISOString().slice(0, 10);
  }

  get demand(): DemandView {
    const now = { units: 0n, accounts: 0, communities: 0 };
    return {
      log_time: this.now,
      campaign: (one) => this.campaigns.get(one),
      proof: (award, condition) => {
        const held_since_index = this.proven.get(`${award} ${condition}`);
        return held_since_index === undefined ? null : { held_since_index, proven: true, now };
      },
      holdsNow: () => this.isThere,
    };
  }

  later(days: number): void {
    this.now += days * DAY_S;
  }

  /** What the events come to on a copy of the state. */
  tried(events: readonly FundEvent[], by: FundEntry["by"] = BOTH) {
    for (const event of events) fundEvents.parse(event);
    const state = structuredClone(this.state);
    const applied = applyEvents(state, this.demand, { index: this.index, iat: this.now, by, events });
    return { state, applied };
  }

  /** Logs an entry that two people saw; the log's reader must come to the same. */
  log(...events: FundEvent[]): Logged {
    return this.logBy(BOTH, events);
  }

  byRule(...events: FundEvent[]): Logged {
    return this.logBy(null, events);
  }

  logBy(by: FundEntry["by"], events: FundEvent[]): Logged {
    const { state, applied } = this.tried(events, by);
    if (!applied.ok) throw new Error(`refused: ${JSON.stringify(applied.error)}`);
    const { transfers } = applied.value;
    const claims = { iss: "", iat: this.now, v: 1 as const, by, events, transfers } satisfies Claims<"fund+jwt">;
    const { index } = this;
    const checked = checkFundEntry(this.state, this.demand, { index, claims });
    expect(checked.ok).toBe(true);
    expect(this.state).toEqual(state);
    this.transfers.push(...transfers);
    this.index += 1;
    return { index, transfers };
  }

  fault(events: readonly FundEvent[], by: FundEntry["by"] = BOTH): CapitalFault | null {
    const before = structuredClone(this.state);
    const { applied } = this.tried(events, by);
    expect(this.state).toEqual(before);
    return applied.ok ? null : applied.error;
  }

  /** The code of the refusal, or null: then it would have been logged. */
  refusal(...events: FundEvent[]): string | null {
    return this.fault(events)?.code ?? null;
  }

  balance(path: string, currency = "EUR"): bigint {
    return this.state.accounts.get(`${currency} ${path}`) ?? 0n;
  }

  /** Accounts that hold anything, in minor units: funds and awards first, the world outside last. */
  table(): string {
    const rows = [...this.state.accounts].filter(([, balance]) => balance !== 0n);
    const order = ["fund", "award", "pri", "recipient", "loss", "fee", "fx", "ext"];
    const rank = (key: string) => order.indexOf(classOf(key.slice(4)));
    const sorted = rows.toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
    const lines = sorted.map(
      ([key, balance]) => `${key.slice(4).padEnd(32)} ${String(balance).padStart(9)} ${key.slice(0, 3)}`,
    );
    return lines.join("\n");
  }
}

/** A ledger with a funder, a fund that received 10,000.00 EUR, and recipients. */
export function opened(...more: FundEvent[]): Ledger {
  const ledger = new Ledger();
  ledger.log(...opening, ...more);
  return ledger;
}

const opening: FundEvent[] = [
  funder("acme"),
  fund("plastics"),
  ...["lab", "maker", "baker"].map((name) => recipient(name)),
  receipt("acme", "plastics", 1_000_000),
];

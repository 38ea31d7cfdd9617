/**
 * The capital fold (docs/capital.md): entries of a hub's log -> funds, awards, balances. An entry's events happen in
 * order, together or not at all: after a refusal the state is of no use and is thrown away. Works on a partial state
 * that holds what `neededFor` names and what that leads to.
 */
import type { FundEvent, Transfer } from "../protocol/fund.ts";
import type { Claims } from "../protocol/statement.ts";
import { type Result, fail, ok } from "../result.ts";
import { canonicalJson } from "../signing/canonical.ts";
import { type CapitalTouched, untouchedCapital } from "./book.ts";
import { type CapitalFault, type Decided, type Deciding, type FundEntry, begin } from "./deciding.ts";
import * as awards from "./rules-award.ts";
import * as money from "./rules-money.ts";
import * as parties from "./rules-parties.ts";
import type { CapitalState, DemandView } from "./state.ts";

export type { CapitalFault, FundEntry } from "./deciding.ts";

export interface Applied {
  transfers: Transfer[];
  touched: CapitalTouched;
}

export function applyEvents(state: CapitalState, demand: DemandView, entry: FundEntry): Result<Applied, CapitalFault> {
  const refused = approvalFault(entry);
  if (refused !== null) return fail(refused);
  const first = state.transfers;
  const deciding = begin(state, demand, entry, untouchedCapital());
  for (const [at, event] of entry.events.entries()) {
    deciding.at = at;
    const decided = decide(deciding, event);
    if (!decided.ok) return fail({ ...decided.error, event: at });
  }
  remember(deciding, first);
  return ok({ transfers: deciding.transfers, touched: deciding.touched });
}

/** As `applyEvents`, for an entry that is in a log: its transfers must be those its events make. */
export function checkFundEntry(
  state: CapitalState,
  demand: DemandView,
  { index, claims }: { index: number; claims: Claims<"fund+jwt"> },
): Result<CapitalTouched, CapitalFault> {
  const applied = applyEvents(state, demand, { index, iat: claims.iat, by: claims.by, events: claims.events });
  if (!applied.ok) return applied;
  const isSame = canonicalJson(applied.value.transfers) === canonicalJson(claims.transfers);
  return isSame ? ok(applied.value.touched) : fail({ code: "journal-wrong", event: 0 });
}

/** Later entries may undo or confirm what this one moved. */
function remember({ state, entry, transfers }: Deciding, first: number): void {
  for (const [at, transfer] of transfers.entries()) {
    const key = money.pastKey(entry.index, transfer.event);
    const past = state.past.get(key) ?? {
      index: entry.index,
      event: transfer.event,
      transfers: [],
      reversed: false,
      cleared: false,
    };
    past.transfers.push({ seq: first + at, transfer });
    state.past.set(key, past);
  }
}

/** What gives money away, settles by judgement or undoes something is seen by two people. */
const twoPeople: ReadonlySet<FundEvent["event"]> = new Set([
  "condition",
  "write-off",
  "conversion",
  "guarantee-call",
  "equity-sale",
  "regrant",
  "exchange",
  "allocation",
  "fee",
  "reversal",
]);

/** Published grants that are read in were decided by others: they and their payment in the same entry need nobody. */
export function needsApproval(events: readonly FundEvent[]): boolean {
  const historical = new Set(
    events.flatMap((event) => (event.event === "award" && event.source_id !== undefined ? [event.id] : [])),
  );
  return events.some((event) => {
    if (event.event === "award") return !historical.has(event.id);
    if (event.event === "disbursement") return !historical.has(event.award);
    return twoPeople.has(event.event);
  });
}

function approvalFault({ by, events }: FundEntry): CapitalFault | null {
  if (by === null) {
    const isRule = events.every((event) => event.event === "condition" && event.outcome !== "waived");
    return isRule ? null : { code: "needs-approval", event: 0 };
  }
  if (!needsApproval(events)) return null;
  if (by.approved === null) return { code: "needs-approval", event: 0 };
  return by.approved === by.proposed ? { code: "own-proposal", event: 0 } : null;
}

function decide(deciding: Deciding, event: FundEvent): Decided {
  switch (event.event) {
    case "funder":
      return parties.funder(deciding, event);
    case "fund":
      return parties.fund(deciding, event);
    case "recipient":
      return parties.recipient(deciding, event);
    case "commitment":
      return parties.commitment(deciding, event);
    case "sales-statement":
      return parties.salesStatement(deciding, event);
    case "need":
      return parties.need(deciding, event);
    case "allocation":
      return parties.allocation(deciding, event);
    case "period-close":
      return parties.periodClose(deciding, event);
    case "award":
      return awards.award(deciding, event);
    case "condition":
      return awards.condition(deciding, event);
    case "receipt":
      return money.receipt(deciding, event);
    case "disbursement":
      return money.disbursement(deciding, event);
    case "repayment":
      return money.repayment(deciding, event);
    case "write-off":
      return money.writeOff(deciding, event);
    case "conversion":
      return money.conversion(deciding, event);
    case "release":
      return money.release(deciding, event);
    case "clawback":
      return money.clawback(deciding, event);
    case "guarantee-call":
      return money.guaranteeCall(deciding, event);
    case "equity-sale":
      return money.equitySale(deciding, event);
    case "regrant":
      return money.regrant(deciding, event);
    case "fee":
      return money.fee(deciding, event);
    case "exchange":
      return money.exchange(deciding, event);
    case "reversal":
      return money.reversal(deciding, event);
    case "cleared":
      return money.cleared(deciding, event);
  }
}

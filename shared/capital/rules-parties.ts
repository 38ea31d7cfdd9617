/** Rules of who and what: funders, funds, recipients, promises, shares of sales, what campaigns need, runs, closed periods. */
import { balanceKey, fundAccount } from "./account.ts";
import { roundHalfEven } from "../money/rates.ts";
import { scaleOf } from "../money/currency.ts";
import type { FundEventOf } from "../protocol/fund.ts";
import { type Decided, type Deciding, done, knownCommitment, knownFund, openFund, refuse } from "./deciding.ts";

const INDIVIDUAL = "Individual recipient";
const GIVER = "Individual giver";
const BPS = 10_000n;

export function funder({ state, entry, touched }: Deciding, event: FundEventOf<"funder">): Decided {
  const isNamed = event.kind === "individual" && (event.name !== GIVER || event.org_id !== null || event.url !== null);
  if (isNamed) return refuse("malformed-request", `a person is recorded as ${GIVER}, without an identifier`);
  state.funders.set(event.id, { index: entry.index, event });
  touched.funders.add(event.id);
  return done;
}

/** Name, restriction and status may change; whose it is, its currency and its source may not. */
export function fund({ state, entry, touched }: Deciding, event: FundEventOf<"fund">): Decided {
  if (event.funder !== null && !state.funders.has(event.funder)) return refuse("funder-unknown");
  if (scaleOf(event.currency) === undefined) return refuse("currency-unknown");
  const known = state.funds.get(event.id);
  if (known === undefined) {
    state.funds.set(event.id, {
      index: entry.index,
      event,
      sums: new Map(),
      awards: 0,
      first_on: null,
      last_on: null,
      received_by: new Map(),
      regranted: false,
    });
  } else {
    const { currency, funder: holder, source } = known.event;
    if (currency !== event.currency) return refuse("currency-mismatch");
    if (holder !== event.funder || (source === undefined) !== (event.source === undefined))
      return refuse("fund-closed");
    known.event = event;
    known.index = entry.index;
  }
  touched.funds.add(event.id);
  return done;
}

export function recipient({ state, entry, touched }: Deciding, event: FundEventOf<"recipient">): Decided {
  const isNamed = event.kind === "individual" && (event.name !== INDIVIDUAL || event.org_id !== null);
  if (isNamed) return refuse("malformed-request", `a person is recorded as ${INDIVIDUAL}, without an identifier`);
  if (event.origin !== undefined && event.kind !== "community")
    return refuse("malformed-request", "only a community has the origin of a node");
  state.recipients.set(event.id, { index: entry.index, event });
  touched.recipients.add(event.id);
  return done;
}

type CommitmentState = FundEventOf<"commitment">["state"];
const mayBecome: Readonly<Record<CommitmentState, readonly CommitmentState[]>> = {
  intention: ["intention", "committed", "lapsed", "cancelled"],
  committed: ["committed", "lapsed", "cancelled"],
  lapsed: [],
  cancelled: [],
};

export function commitment(deciding: Deciding, event: FundEventOf<"commitment">): Decided {
  const { state, entry, touched } = deciding;
  const isOver = event.state === "lapsed" || event.state === "cancelled";
  const into = isOver ? knownFund(deciding, event.fund) : openFund(deciding, event.fund);
  if (!into.ok) return into;
  if (!state.funders.has(event.funder)) return refuse("funder-unknown");
  const isShare = event.kind === "sales_share";
  const isWhole =
    (event.amount_minor === undefined) === isShare &&
    (event.share_bps !== undefined) === isShare &&
    (event.settles !== undefined) === isShare;
  if (!isWhole) return refuse("award-terms", "an amount, or for a share of sales its part and period");
  const known = state.commitments.get(event.id);
  if (known === undefined) {
    if (isOver) return refuse("commitment-unknown");
    state.commitments.set(event.id, { index: entry.index, event, owed: 0n, received: 0n, stated_until: null });
  } else {
    const before = known.event;
    const isSame = before.fund === event.fund && before.funder === event.funder && before.kind === event.kind;
    const isFirm = before.state === "committed";
    const isKept =
      before.amount_minor === event.amount_minor &&
      before.share_bps === event.share_bps &&
      before.settles === event.settles;
    if (!isSame || (isFirm && !isKept) || !mayBecome[before.state].includes(event.state))
      return refuse("commitment-state");
    known.event = event;
    known.index = entry.index;
  }
  touched.commitments.add(event.id);
  return done;
}

/** Periods follow each other; what is due is the share of sales, half to even. */
export function salesStatement(deciding: Deciding, event: FundEventOf<"sales-statement">): Decided {
  const found = knownCommitment(deciding, event.commitment);
  if (!found.ok) return found;
  const share = found.value;
  const { kind, state, share_bps } = share.event;
  if (kind !== "sales_share" || state !== "committed" || share_bps === undefined) return refuse("commitment-state");
  if (event.until > deciding.today) return refuse("date-in-future");
  if (event.from > event.until) return refuse("malformed-request", "the period ends before it begins");
  if (share.stated_until !== null && event.from <= share.stated_until) {
    return refuse("commitment-state", `sales are stated up to ${share.stated_until}`);
  }
  share.owed += roundHalfEven(BigInt(event.sales_minor) * BigInt(share_bps), BPS);
  share.stated_until = event.until;
  deciding.touched.commitments.add(event.commitment);
  return done;
}

export function need({ state, demand, touched }: Deciding, event: FundEventOf<"need">): Decided {
  if (demand.campaign(event.campaign) === undefined) return refuse("campaign-unknown");
  state.needs.set(event.campaign, event);
  touched.desk = true;
  return done;
}

export function allocation(deciding: Deciding, event: FundEventOf<"allocation">): Decided {
  const { state, entry, demand, touched } = deciding;
  const from = openFund(deciding, event.fund);
  if (!from.ok) return from;
  if (state.allocations.has(event.id)) return refuse("allocation-exists");
  const { currency } = from.value.event;
  const available = state.accounts.get(balanceKey(currency, fundAccount(event.fund))) ?? 0n;
  if (BigInt(event.pool_minor) > available) return refuse("overspent", "the fund does not have the pool");
  const sum = event.results.reduce((total, { amount_minor }) => total + BigInt(amount_minor), 0n);
  if (sum > BigInt(event.pool_minor)) return refuse("overspent", "more than the pool");
  if (event.size > entry.index) return refuse("allocation-inputs");
  const named = new Set(event.results.map(({ campaign }) => campaign));
  if (named.size < event.results.length) return refuse("malformed-request", "a campaign stands there twice");
  for (const campaign of named) {
    const terms = demand.campaign(campaign);
    if (terms === undefined) return refuse("campaign-unknown");
    if (terms.currency !== currency) return refuse("currency-mismatch");
  }
  state.allocations.set(event.id, { index: entry.index, event });
  touched.allocations.add(event.id);
  return done;
}

export function periodClose(deciding: Deciding, event: FundEventOf<"period-close">): Decided {
  const { state, today, touched } = deciding;
  if (event.until >= today) return refuse("date-in-future");
  if (state.closed_until !== null && event.until <= state.closed_until) return refuse("period-closed");
  state.closed_until = event.until;
  touched.desk = true;
  return done;
}

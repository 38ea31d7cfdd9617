/** Misuse of money: each refused with its own code, nothing changed. */
import { describe, expect, test } from "vitest";
import type { FundEvent } from "../../../shared/protocol/fund.ts";
import {
  CAMPAIGN,
  TODAY,
  act,
  award,
  demand,
  due,
  exchange,
  fee,
  fund,
  id,
  pay,
  promise,
  receipt,
  recipient,
  regrant,
  repay,
  sell,
  settle,
  undo,
} from "./events.ts";
import { BOTH, type Ledger, opened } from "./ledger.ts";

/** One of each: a grant that is paid, one that is payable, a loan, a share, a guarantee, a conditional one. */
function busy(): Ledger {
  const ledger = opened(fund("overseas", { currency: "USD" }), fund("old", { status: "closed" }), promise("pledge"));
  ledger.log(
    award("paid", 10_000),
    pay("paid", 10_000),
    award("open", 10_000),
    award("loan", 10_000, { instrument: "loan", schedule: [due("2027-01-01", 10_000)] }),
    pay("loan", 10_000),
    award("stake", 10_000, { instrument: "equity" }),
    pay("stake", 10_000),
    award("cover", 10_000, { instrument: "guarantee" }),
    award("waiting", 10_000, { conditions: [demand(), { kind: "milestone", text: "built", by: "2026-06-30" }] }),
  );
  return ledger;
}

const subsidy = { instrument: "price_subsidy", campaign: CAMPAIGN } as const;
const perUnit = { per_unit_minor: "100", max_units: "50" };
const loan = { instrument: "loan" } as const;

test.each<[string, string, FundEvent]>([
  // more than is there
  ["overspent", "an award above what the fund holds", award("new", 2_000_000)],
  ["overspent", "a payment above what is payable", pay("open", 10_001)],
  ["overspent", "a payment of what is still reserved", pay("waiting", 1)],
  ["overspent", "a release above what is unused", act("release", "paid", 1)],
  ["overspent", "a fee the fund cannot pay", fee("overseas", "bank", 1)],
  ["overspent", "a clawback above what was given", act("clawback", "paid", 10_001)],
  ["overspent", "more passed on than was given", regrant("paid", "village", 10_001)],
  ["overspent", "a guarantee called for more than it covers", act("guarantee-call", "cover", 10_001)],
  ["overspent", "more of a share sold than is held", sell("stake", 10_001, 20_000)],
  ["overspent", "a receipt beyond what can be counted exactly", receipt("acme", "plastics", 9_007_199_254_740_991n)],
  ["repaid-too-much", "more repaid than is owed", repay("loan", 10_001)],
  ["overspent", "more written off than is owed", act("write-off", "loan", 10_001)],
  // what the instrument does not allow
  ["award-state", "a grant repaid", repay("paid", 1)],
  ["award-state", "a grant written off", act("write-off", "paid", 1)],
  ["award-state", "a share converted", act("conversion", "stake", 1)],
  ["award-state", "a loan sold", sell("loan", 1, 1)],
  ["award-state", "a guarantee paid out without a call", pay("cover", 1)],
  ["award-state", "a call on what is no guarantee", act("guarantee-call", "open", 1)],
  ["malformed-request", "a repayment of nothing", repay("loan", 0, 0)],
  // terms
  ["award-exists", "the same award again", award("open", 10_000)],
  ["award-terms", "a loan without a plan", award("new", 10, loan)],
  [
    "award-terms",
    "a plan that does not come to the amount",
    award("new", 10, { ...loan, schedule: [due("2027-01-01", 9)] }),
  ],
  [
    "award-terms",
    "a plan whose days run backwards",
    award("new", 10, { ...loan, schedule: [due("2027-02-01", 5), due("2027-01-01", 5)] }),
  ],
  [
    "award-terms",
    "a plan that begins before the decision",
    award("new", 10, { ...loan, schedule: [due("2026-03-01", 10)] }),
  ],
  ["award-terms", "a grant with a plan", award("new", 10, { schedule: [due("2027-01-01", 10)] })],
  ["award-terms", "a price subsidy without a price", award("new", 10, subsidy)],
  [
    "award-terms",
    "a price subsidy for no campaign",
    award("new", 5_000, { ...subsidy, campaign: null, subsidy: perUnit }),
  ],
  ["award-terms", "units that come to more than the amount", award("new", 4_999, { ...subsidy, subsidy: perUnit })],
  ["award-terms", "a token grant without a token", award("new", 10, { instrument: "token_grant" })],
  [
    "award-terms",
    "planned days the wrong way round",
    award("new", 10, { planned: { from: "2026-05-01", until: "2026-04-01" } }),
  ],
  [
    "award-terms",
    "a condition that ended before the decision",
    award("new", 10, { conditions: [demand({ by: "2026-03-01" })] }),
  ],
  ["award-terms", "a parent where no money was passed on", award("new", 10, { parent: "paid" })],
  ["allocation-unknown", "a run that was never made", award("new", 10, { allocation: "run" })],
  [
    "award-terms",
    "demand of a log that is not yet that long",
    award("new", 10, {
      demand: {
        size: 99,
        root: `${"A".repeat(43)}=`,
        units: "1",
        accounts: 1,
        communities: 1,
        purchasing_power_minor: "1",
      },
    }),
  ],
  ["currency-unknown", "a fund in a unit without decimals of its own", fund("gold", { currency: "XAU" })],
  ["currency-mismatch", "a fund that changes its currency", fund("plastics", { currency: "USD" })],
  [
    "currency-mismatch",
    "a subsidy in another currency than its campaign",
    award("new", 5_000, { ...subsidy, fund: "overseas", subsidy: perUnit }),
  ],
  ["currency-mismatch", "an exchange inside one currency", exchange("plastics", 1, "village", 1)],
  ["currency-mismatch", "a regrant into another currency", regrant("paid", "overseas", 1)],
  // whom and what nobody knows
  ["fund-unknown", "an award of no fund", award("new", 10, { fund: "nowhere" })],
  ["recipient-unknown", "an award to nobody", award("new", 10, { recipient: "nobody" })],
  ["campaign-unknown", "an award for no campaign", award("new", 10, { campaign: id("other") })],
  ["campaign-unknown", "demand for no campaign", award("new", 10, { conditions: [demand({ campaign: id("other") })] })],
  ["award-unknown", "a payment of no award", pay("none", 1)],
  ["award-unknown", "an unknown parent", award("new", 10, { fund: "village", parent: "none" })],
  ["funder-unknown", "a receipt from nobody", receipt("nobody", "plastics", 1)],
  ["funder-unknown", "a fund of nobody", fund("theirs", { funder: "nobody" })],
  ["commitment-unknown", "a receipt of no promise", receipt("acme", "plastics", 1, { commitment: "none" })],
  [
    "commitment-state",
    "a receipt for another fund's promise",
    receipt("acme", "overseas", 1, { commitment: "pledge" }),
  ],
  ["transfer-unknown", "undoing what never was", undo(99)],
  // closed
  ["fund-closed", "a receipt into a closed fund", receipt("acme", "old", 1)],
  ["fund-closed", "a promise to a closed fund", promise("late", { fund: "old" })],
  ["fund-closed", "an award of a closed fund", award("new", 1, { fund: "old" })],
  ["fund-closed", "a receipt into a fund of granted money", receipt("acme", "village", 1)],
  ["fund-closed", "granted money into a fund of other money", regrant("paid", "plastics", 1)],
  // days
  ["date-in-future", "money that arrives tomorrow", receipt("acme", "plastics", 1, { on: "2026-03-03" })],
  ["date-in-future", "an award decided tomorrow", award("new", 1, { decided_on: "2026-03-03" })],
  ["date-in-future", "books closed up to today", { event: "period-close", until: TODAY }],
  // people
  ["malformed-request", "a person by name", recipient("jo", { kind: "individual", name: "Jo Doe" })],
  [
    "malformed-request",
    "a person by number",
    recipient("jo", { kind: "individual", name: "Individual recipient", org_id: "GB-CHC-1" }),
  ],
])("%s: %s", (code, _, event) => {
  const ledger = busy();
  ledger.log(fund("village"), regrant("paid", "village", 10));
  expect(ledger.refusal(event)).toBe(code);
});

describe("a price subsidy", () => {
  const units = (count: string, amount: number) => pay("deo", amount, { units: count });
  const ledger = opened(award("deo", 5_000, { ...subsidy, subsidy: perUnit }));
  test.each([
    ["award-terms", "without units", pay("deo", 100)],
    ["award-terms", "at another price", units("2", 201)],
    ["overspent", "for more units than it is for", units("51", 5_100)],
  ] as const)("%s: paid %s", (code, _, event) => expect(ledger.refusal(event)).toBe(code));
});

describe("a fund's restriction", () => {
  const restriction = {
    purpose: "Tubes in the north",
    campaigns: [CAMPAIGN],
    uses: ["rnd" as const],
    instruments: ["grant" as const],
    regions: ["NL", "DE-BE"],
    from: "2026-01-01",
    until: "2026-12-31",
    max_award_minor: "1000",
  };
  const ledger = opened(fund("strict", { restriction }), receipt("acme", "strict", 10_000));
  const good = { fund: "strict", campaign: CAMPAIGN, region: "NL-FR" } as const;

  test("allows what keeps all of it: a country covers its regions", () => {
    expect(ledger.refusal(award("new", 1_000, good))).toBeNull();
  });

  test.each([
    ["use: hub_ops is not among rnd", { use: "hub_ops" }],
    ["instrument: equity is not among grant", { instrument: "equity" }],
    ["campaign: the fund is for other campaigns", { campaign: null }],
    ["region: DE is not in NL, DE-BE", { region: "DE" }],
    ["region: none said is not in NL, DE-BE", { region: null }],
    ["time: the fund begins on 2026-01-01", { decided_on: "2025-12-31" }],
    ["amount: one award may be 1000 at most", { amount_minor: "1001" }],
    [
      "use: capacity is not among rnd; campaign: the fund is for other campaigns; region: BE is not in NL, DE-BE",
      { use: "capacity", campaign: null, region: "BE" },
    ],
  ] as const)("says why: %s", (detail, change) => {
    expect(ledger.fault([award("new", 1_000, { ...good, ...change })])).toEqual({
      code: "restriction-violated",
      detail,
      event: 0,
    });
  });

  test("ends with its last day", () => {
    const later = opened(fund("strict", { restriction: { purpose: "", until: TODAY } }), receipt("acme", "strict", 1));
    later.later(1);
    expect(later.fault([award("new", 1, { fund: "strict", decided_on: later.today })])?.detail).toBe(
      `time: the fund ended on ${TODAY}`,
    );
  });
});

describe("historical funds", () => {
  const source = { title: "Grants", publisher: "P", url: "https://p.example", licence: "https://l.example" };
  const old = { fund: "past", source_id: "360G-x-1", decided_on: "2013-05-01" } as const;
  const ledger = opened(
    fund("past", { source, status: "closed" }),
    receipt("acme", "past", 500, { on: "2013-05-01" }),
    award("x-1", 500, old),
    pay("x-1", 500, { on: "2013-05-01" }),
  );

  test.each<[string, FundEvent]>([
    ["an award of today", award("new", 1, { fund: "past" })],
    ["a promise", promise("new", { fund: "past" })],
    ["a fee", fee("past", "bank", 1)],
    ["an exchange", exchange("past", 1, "plastics", 1)],
    ["money back", act("clawback", "x-1", 1)],
    ["money passed on", regrant("x-1", "village", 1)],
    ["a release", act("release", "x-1", 1)],
    ["its source taken away", fund("past")],
  ])("take no %s", (_, event) => expect(ledger.refusal(event)).toBe("fund-closed"));

  test("are the only ones with a source's identifier, and wait for nothing", () => {
    expect(ledger.refusal(award("new", 1, { source_id: "360G-x-2" }))).toBe("fund-closed");
    expect(ledger.refusal(award("new", 1, { ...old, conditions: [demand()] }))).toBe("award-terms");
  });

  test("need one person only, as long as nothing else is in the entry", () => {
    const one = { proposed: id("ana"), approved: null };
    const more = [receipt("acme", "past", 5), award("x-2", 5, old), pay("x-2", 5)];
    expect(ledger.fault(more, one)).toBeNull();
    expect(ledger.fault([...more, award("new", 1)], one)?.code).toBe("needs-approval");
    expect(ledger.fault([award("fake", 1, { source_id: "x" }), pay("fake", 1)], one)?.code).toBe("fund-closed");
  });
});

describe("promises", () => {
  const given = (state: "intention" | "committed" | "lapsed" | "cancelled") => promise("pledge", { state });

  test.each([
    ["intention", "committed", null],
    ["intention", "cancelled", null],
    ["committed", "lapsed", null],
    ["committed", "intention", "commitment-state"],
    ["lapsed", "committed", "commitment-state"],
    ["cancelled", "intention", "commitment-state"],
  ] as const)("from %s to %s: %s", (from, to, code) => {
    const ledger = opened(given(from === "lapsed" || from === "cancelled" ? "committed" : from));
    if (from === "lapsed" || from === "cancelled") ledger.log(given(from));
    expect(ledger.refusal(given(to))).toBe(code);
  });

  test("that are firm keep their amount, their funder and their fund", () => {
    const ledger = opened(fund("other"), promise("pledge"));
    for (const change of [{ amount_minor: "1" }, { fund: "other" }, { kind: "sponsorship" as const }]) {
      expect(ledger.refusal(promise("pledge", change))).toBe("commitment-state");
    }
    expect(ledger.refusal(promise("pledge", { due_on: "2026-12-31" }))).toBeNull();
  });

  test("of a share of sales settle each day once, and only days that are over", () => {
    const share = { kind: "sales_share", amount_minor: undefined, share_bps: 100, settles: "monthly" } as const;
    const stated = (from: string, until: string): FundEvent => ({
      event: "sales-statement",
      commitment: "share",
      from,
      until,
      sales_minor: "100",
      evidence_sha256: null,
    });
    const ledger = opened(promise("share", share), promise("gift"), stated("2026-01-01", "2026-01-31"));
    expect(ledger.refusal(stated("2026-01-31", "2026-02-28"))).toBe("commitment-state");
    expect(ledger.refusal(stated("2026-02-01", "2026-03-31"))).toBe("date-in-future");
    expect(ledger.refusal(stated("2026-02-28", "2026-02-01"))).toBe("malformed-request");
    expect(ledger.refusal({ ...stated("2026-02-01", "2026-02-28"), commitment: "gift" } as FundEvent)).toBe(
      "commitment-state",
    );
    expect(ledger.refusal(promise("share", { ...share, share_bps: undefined }))).toBe("award-terms");
    expect(ledger.refusal(stated("2026-02-01", "2026-02-28"))).toBeNull();
  });
});

describe("undoing", () => {
  test("happens once, and not to what undoes", () => {
    const ledger = opened(award("tube", 500));
    const paid = ledger.log(pay("tube", 500));
    const undone = ledger.log(undo(paid.index));
    expect(ledger.refusal(undo(paid.index))).toBe("already-reversed");
    expect(ledger.refusal(undo(undone.index))).toBe("not-reversible");
  });

  test("is refused where something followed: money spent, an award paid, a condition settled", () => {
    const ledger = opened();
    const late = ledger.log(receipt("acme", "plastics", 1_000));
    const paid = ledger.log(award("big", 1_001_000));
    expect(ledger.refusal(undo(late.index))).toBe("not-reversible");
    ledger.log(pay("big", 1));
    expect(ledger.refusal(undo(paid.index))).toBe("not-reversible");
    const given = opened();
    const waits = given.log(award("two", 10, { conditions: [demand(), { kind: "date", on: TODAY }] }));
    given.log(settle("two", 1, "met"));
    expect(given.refusal(undo(waits.index))).toBe("not-reversible");
  });

  test("does not reach what settled a condition, nor what moved nothing", () => {
    const ledger = opened();
    ledger.log(award("tube", 500, { conditions: [{ kind: "date", on: TODAY }] }));
    const met = ledger.log(settle("tube", 0, "met"));
    const named = ledger.log(recipient("new"));
    expect(ledger.refusal(undo(met.index))).toBe("not-reversible");
    expect(ledger.refusal(undo(named.index))).toBe("transfer-unknown");
  });

  test("is confirmed by the bank once", () => {
    const ledger = opened(award("tube", 500));
    const { index } = ledger.log(pay("tube", 500));
    const cleared: FundEvent = { event: "cleared", index, of: 0, on: TODAY, evidence_sha256: id("statement") };
    ledger.log(cleared);
    expect(ledger.refusal(cleared)).toBe("already-reversed");
    expect(ledger.refusal({ ...cleared, index: 99 })).toBe("transfer-unknown");
  });
});

test("books that are closed take nothing on or before their last day", () => {
  const ledger = opened({ event: "period-close", until: "2026-02-28" });
  expect(ledger.refusal(receipt("acme", "plastics", 1, { on: "2026-02-28" }))).toBe("period-closed");
  expect(ledger.refusal(receipt("acme", "plastics", 1, { on: "2026-03-01" }))).toBeNull();
  expect(ledger.refusal({ event: "period-close", until: "2026-02-28" })).toBe("period-closed");
});

test("one refused event refuses its whole entry, and says which it was", () => {
  const ledger = opened();
  expect(ledger.fault([receipt("acme", "plastics", 1), award("a", 1), pay("a", 2)])).toMatchObject({
    code: "overspent",
    event: 2,
  });
});

describe("four eyes", () => {
  const ana = id("ana");
  const alone = { proposed: ana, approved: null };
  const given = award("new", 1);

  test("an award that one person recorded, or approved for themselves, is refused", () => {
    const ledger = opened();
    expect(ledger.fault([given], alone)?.code).toBe("needs-approval");
    expect(ledger.fault([given], { proposed: ana, approved: ana })?.code).toBe("own-proposal");
    expect(ledger.fault([given], BOTH)).toBeNull();
  });

  test("nothing but conditions happens by rule", () => {
    const ledger = opened();
    expect(ledger.fault([receipt("acme", "plastics", 1)], null)?.code).toBe("needs-approval");
  });

  test.each<[FundEvent, boolean]>([
    [pay("paid", 1), true],
    [settle("waiting", 1, "met"), true],
    [act("write-off", "loan", 1), true],
    [act("conversion", "loan", 1), true],
    [act("guarantee-call", "cover", 1), true],
    [sell("stake", 1, 1), true],
    [regrant("paid", "new", 1), true],
    [fee("plastics", "bank", 1), true],
    [exchange("plastics", 1, "overseas", 1), true],
    [undo(2), true],
    [
      {
        event: "allocation",
        id: "run",
        fund: "plastics",
        method: "clustered",
        pool_minor: "1",
        size: 1,
        inputs_sha256: id("in"),
        results_sha256: id("out"),
        results: [],
      },
      true,
    ],
    [receipt("acme", "plastics", 1), false],
    [repay("loan", 1), false],
    [act("release", "open", 1), false],
    [act("clawback", "paid", 1), false],
    [promise("new"), false],
  ])("%j needs a second person: %s", (event, needs) => {
    const fault = busy().fault([event], alone);
    expect(fault?.code === "needs-approval").toBe(needs);
  });
});

test("an exchange of granted money, or into an unknown run, is refused", () => {
  const ledger = busy();
  ledger.log(fund("village"), regrant("paid", "village", 10));
  expect(ledger.refusal(exchange("village", 1, "overseas", 1))).toBe("fund-closed");
});

test("a matching run stays inside its pool, names published campaigns, and is recorded once", () => {
  const ledger = opened();
  const run = (results: { campaign: string; amount_minor: string }[], pool_minor = "1000"): FundEvent => ({
    event: "allocation",
    id: "run",
    fund: "plastics",
    method: "demand_weighted",
    pool_minor,
    size: 1,
    inputs_sha256: id("in"),
    results_sha256: id("out"),
    results,
  });
  expect(ledger.refusal(run([{ campaign: CAMPAIGN, amount_minor: "1001" }]))).toBe("overspent");
  expect(ledger.refusal(run([{ campaign: id("x"), amount_minor: "1" }]))).toBe("campaign-unknown");
  expect(ledger.refusal(run([], "99999999"))).toBe("overspent");
  const line = { campaign: CAMPAIGN, amount_minor: "500" };
  expect(ledger.refusal(run([line, line]))).toBe("malformed-request");
  ledger.log(
    run([{ campaign: CAMPAIGN, amount_minor: "1000" }]),
    award("new", 1_000, { allocation: "run", campaign: CAMPAIGN }),
  );
  expect(ledger.refusal(run([]))).toBe("allocation-exists");
  expect(ledger.refusal(award("more", 1_001, { allocation: "run", campaign: CAMPAIGN }))).toBe("allocation-terms");
  expect(ledger.refusal(award("other", 1, { allocation: "run" }))).toBe("allocation-terms");
});

/** Money that waits: for demand that the log shows for long enough, for people, for a day, for another's money. */
import { describe, expect, test } from "vitest";
import type { Condition, DemandCondition } from "../../../shared/protocol/fund.ts";
import { TODAY, award, demand, pay, receipt, settle, undo } from "./events.ts";
import { BOTH, opened } from "./ledger.ts";
import { DemandLog } from "./network.ts";

/** An award of 5,000.00 that waits for ten units. */
function waiting(change: Partial<DemandCondition> = {}, more: Condition[] = []): DemandLog {
  const log = new DemandLog();
  const terms = demand({ campaign: log.campaign, ...change });
  expect(log.money(BOTH, award("deo", 500_000, { conditions: [terms, ...more] }))).toBeNull();
  return log;
}
const ten = { pledged: [0, 0, 10] };

describe("demand", () => {
  test("releases the award once it has been there for seven days of the log, and not a day earlier", () => {
    const log = waiting();
    log.report("a.example", ten);
    const [watch] = log.network.campaigns.get(log.campaign)!.watches;
    expect(watch).toMatchObject({ held_since_index: log.next - 1 });
    log.days(6);
    expect(log.release("deo")).toBe("condition-not-met");
    log.days(1);
    expect(log.release("deo")).toBeNull();
    expect(log.capital.awards.get("deo")).toMatchObject({ state: "payable", payable: 500_000n, reserved: 0n });
    expect(log.network.campaigns.get(log.campaign)!.watches).toEqual([]);
  });

  test("that was there before the award counts from the award on, so nothing is released by the past", () => {
    const log = new DemandLog();
    log.report("a.example", ten);
    log.days(5);
    log.money(BOTH, award("deo", 500_000, { conditions: [demand({ campaign: log.campaign })] }));
    log.days(6);
    expect(log.release("deo")).toBe("condition-not-met");
    log.days(1);
    expect(log.release("deo")).toBeNull();
  });

  test("of a pulse triggers nothing: a break begins the seven days anew", () => {
    const log = waiting();
    log.report("a.example", ten);
    log.days(6);
    log.report("a.example", { pledged: [0, 0, 9] });
    log.report("a.example", ten);
    log.days(6);
    expect(log.release("deo")).toBe("condition-not-met");
    log.days(1);
    expect(log.release("deo")).toBeNull();
  });

  test.each<[string, Partial<DemandCondition>, Parameters<DemandLog["report"]>[1]]>([
    ["below its price", { at_price_minor: "700" }, { pledged: [0, 20, 0] }],
    ["in too few units", {}, { pledged: [0, 0, 9] }],
    ["of too few accounts", { min_accounts: 4 }, { pledged: [0, 0, 10], accounts: 3 }],
    ["of too few communities", { min_communities: 2 }, ten],
    ["that is pledged where it must be locked", { stage: "committed" }, ten],
    ["that is locked where it must be bought", { stage: "purchased" }, { committed: [0, 0, 10] }],
    ["in a report without a verdict", {}, { ...ten, verdict: "none" }],
    ["in a report whose book says otherwise", {}, { ...ten, verdict: "totals-mismatch" }],
  ])("%s does not release it", (_, terms, reported) => {
    const log = waiting({ hold_days: 0, ...terms });
    log.report("a.example", reported);
    log.days(1);
    expect(log.release("deo")).toBe("condition-not-met");
  });

  test.each<[string, Partial<DemandCondition>, Parameters<DemandLog["report"]>[1]]>([
    ["at its price", { at_price_minor: "600" }, { pledged: [0, 6, 4] }],
    ["locked and pledged together", { at_price_minor: "600" }, { pledged: [0, 6, 0], committed: [0, 0, 4] }],
    ["locked", { stage: "committed" }, { committed: [0, 0, 10] }],
    ["bought", { stage: "purchased" }, { purchased: 10, committed: [0, 0, 1] }],
  ])("%s releases it", (_, terms, reported) => {
    const log = waiting({ hold_days: 0, ...terms });
    log.report("a.example", reported);
    expect(log.release("deo")).toBeNull();
  });

  test("of a suspended community does not count, and breaks what has held so far", () => {
    const log = waiting();
    log.report("a.example", ten);
    log.days(6);
    log.suspend("a.example");
    log.days(2);
    expect(log.release("deo")).toBe("condition-not-met");
  });

  test("of a campaign that was given up is gone", () => {
    const log = waiting();
    log.report("a.example", ten);
    log.days(6);
    log.close(null);
    log.days(2);
    expect(log.release("deo")).toBe("condition-not-met");
  });

  test("of a report that has become too old is gone, also when the hub was silent meanwhile", () => {
    const log = waiting();
    log.report("a.example", ten);
    log.days(20, { silent: true });
    expect(log.release("deo")).toBe("condition-not-met");
    log.days(1);
    expect(log.release("deo")).toBe("condition-not-met");
  });

  test("is not proven by an entry that is dated ahead, or back before its last day", () => {
    const log = waiting({ by: "2026-03-12" });
    log.report("a.example", ten);
    const met = settle("deo", 0, "met", { campaign: log.campaign, held_since_index: log.next - 1, on: TODAY });
    expect(log.dated(log.now + 10 * 86_400, null, [met])).toBe("condition-not-met");
    log.days(8);
    const inTime = log.now;
    log.days(4);
    expect(log.today > "2026-03-12").toBe(true);
    expect(log.release("deo")).toBe("condition-not-met");
    expect(log.dated(inTime, null, [{ ...met, on: TODAY }])).toBe("condition-not-met");
  });

  test("is not what people say it is: the index since which it held must be the log's", () => {
    const log = waiting({ hold_days: 0 });
    log.report("a.example", ten);
    const claim = settle("deo", 0, "met", { campaign: log.campaign, held_since_index: 1 });
    expect(log.money(BOTH, claim)).toBe("condition-not-met");
    expect(log.money(null, { ...claim, held_since_index: undefined })).toBe("condition-not-met");
  });

  test("releases once: a release again is refused, and going away afterwards does not take it back", () => {
    const log = waiting({ hold_days: 0 });
    log.report("a.example", ten);
    expect(log.release("deo")).toBeNull();
    expect(log.release("deo")).toBe("condition-settled");
    log.report("a.example", { pledged: [0, 0, 0] });
    expect(log.stateOf("deo")).toBe("payable");
  });

  test("is looked at again when money goes out: gone, it must be said why it is paid all the same", () => {
    const log = waiting({ hold_days: 0 });
    log.report("a.example", ten);
    log.release("deo");
    log.report("a.example", { pledged: [0, 0, 5] });
    expect(log.money(BOTH, pay("deo", 1_000))).toBe("demand-doubtful");
    expect(log.money(BOTH, pay("deo", 1_000, { despite: "the maker has delivered" }))).toBeNull();
    log.report("a.example", ten);
    expect(log.money(BOTH, pay("deo", 1_000))).toBeNull();
  });

  test("that was bought since is there, though nothing of it is pledged any more", () => {
    const log = waiting({ hold_days: 0 });
    log.report("a.example", ten);
    log.release("deo");
    log.close(2);
    log.report("a.example", { committed: [0, 0, 2], purchased: 8, accounts: 10 });
    expect(log.money(BOTH, pay("deo", 1_000))).toBeNull();
  });

  test("fails after its last day only, by rule, and the money returns", () => {
    const log = waiting({ by: "2026-03-04" });
    const failed = () => settle("deo", 0, "failed", { campaign: log.campaign, on: log.today });
    log.days(2);
    expect(log.money(null, failed())).toBe("condition-not-met");
    expect(log.money(BOTH, failed())).toBe("condition-not-met");
    log.days(1);
    expect(log.money(null, failed())).toBeNull();
    expect(log.stateOf("deo")).toBe("lapsed");
    expect(log.network.campaigns.get(log.campaign)!.watches).toEqual([]);
  });

  test("of an award that was undone is no longer owed anything", () => {
    const log = new DemandLog();
    const index = log.next;
    log.money(BOTH, award("deo", 500_000, { conditions: [demand({ campaign: log.campaign, hold_days: 0 })] }));
    expect(log.money(BOTH, undo(index))).toBeNull();
    log.report("a.example", ten);
    expect(log.release("deo")).toBeNull();
    expect(log.capital.awards.get("deo")).toMatchObject({ state: "lapsed", payable: 0n, released: 500_000n });
  });

  test("is settled under the campaign it is about", () => {
    const log = waiting({ hold_days: 0 });
    log.report("a.example", ten);
    expect(log.money(null, settle("deo", 0, "met", { held_since_index: log.next - 1 }))).toBe("award-terms");
  });
});

describe("several conditions", () => {
  const milestone: Condition = { kind: "milestone", text: "a prototype", by: "2026-04-30" };

  test("must all be met or waived before anything is payable", () => {
    const log = waiting({ hold_days: 0 }, [milestone]);
    log.report("a.example", ten);
    expect(log.release("deo")).toBeNull();
    expect(log.stateOf("deo")).toBe("reserved");
    expect(log.money(BOTH, settle("deo", 1, "met"))).toBeNull();
    expect(log.stateOf("deo")).toBe("payable");
  });

  test("of which one fails give the money back, whatever the others say", () => {
    const log = waiting({ hold_days: 0 }, [milestone]);
    log.report("a.example", ten);
    log.release("deo");
    expect(log.money(BOTH, settle("deo", 1, "failed"))).toBeNull();
    expect(log.stateOf("deo")).toBe("lapsed");
    expect(log.capital.awards.get("deo")?.released).toBe(500_000n);
  });

  test("can be waived by two people, and not by rule", () => {
    const log = waiting();
    const waived = settle("deo", 0, "waived", { campaign: log.campaign });
    expect(log.money(null, waived)).toBe("needs-approval");
    expect(log.money({ proposed: BOTH!.proposed, approved: null }, waived)).toBe("needs-approval");
    expect(log.money(BOTH, waived)).toBeNull();
    expect(log.stateOf("deo")).toBe("payable");
    expect(log.money(BOTH, pay("deo", 500_000))).toBeNull();
  });
});

describe("a milestone", () => {
  const conditions: Condition[] = [{ kind: "milestone", text: "a prototype", by: "2026-03-10" }];

  test("is met by people only, up to its last day", () => {
    const ledger = opened(award("tube", 100, { conditions }));
    expect(ledger.fault([settle("tube", 0, "met")], null)?.code).toBe("needs-approval");
    expect(ledger.refusal(settle("tube", 0, "met"))).toBeNull();
    ledger.later(9);
    expect(ledger.refusal(settle("tube", 0, "met"))).toBe("condition-not-met");
  });

  test("fails by rule once its last day is over, and by people at any time", () => {
    const ledger = opened(award("tube", 100, { conditions }));
    expect(ledger.fault([settle("tube", 0, "failed")], null)?.code).toBe("condition-not-met");
    expect(ledger.refusal(settle("tube", 0, "failed"))).toBeNull();
    ledger.later(9);
    expect(ledger.fault([settle("tube", 0, "failed")], null)).toBeNull();
  });
});

test("a day comes by itself: not before, and it cannot fail", () => {
  const ledger = opened(award("tube", 100, { conditions: [{ kind: "date", on: "2026-03-05" }] }));
  expect(ledger.fault([settle("tube", 0, "met")], null)?.code).toBe("condition-not-met");
  expect(ledger.refusal(settle("tube", 0, "failed"))).toBe("condition-not-met");
  ledger.later(3);
  ledger.byRule(settle("tube", 0, "met", { on: ledger.today }));
  expect(ledger.balance("award:tube:payable")).toBe(100n);
});

test("another funder's money matches when enough of it has come into the same fund", () => {
  const match: Condition = { kind: "match", funder: "acme", min_minor: "1000500", by: "2026-03-31" };
  const ledger = opened(award("tube", 100, { conditions: [match] }));
  expect(ledger.fault([settle("tube", 0, "met")], null)?.code).toBe("condition-not-met");
  const { index } = ledger.log(receipt("acme", "plastics", 500));
  expect(ledger.fault([settle("tube", 0, "met")], null)).toBeNull();
  ledger.log(undo(index));
  expect(ledger.fault([settle("tube", 0, "met")], null)?.code).toBe("condition-not-met");
});

test("what an award does not have cannot be settled, nor what is settled", () => {
  const ledger = opened(award("tube", 100, { conditions: [{ kind: "date", on: TODAY }] }));
  expect(ledger.refusal(settle("tube", 1, "met"))).toBe("condition-unknown");
  ledger.byRule(settle("tube", 0, "met"));
  for (const outcome of ["met", "failed", "waived"] as const) {
    expect(ledger.refusal(settle("tube", 0, outcome))).toBe("condition-settled");
  }
});

test("a guarantee whose conditions are met stays reserved until it is called", () => {
  const conditions: Condition[] = [{ kind: "date", on: TODAY }];
  const ledger = opened(award("cover", 100, { instrument: "guarantee", conditions }));
  const call = { event: "guarantee-call", award: "cover", amount_minor: "100", on: TODAY, reason: "default" } as const;
  expect(ledger.refusal(call)).toBe("condition-not-met");
  ledger.byRule(settle("cover", 0, "met"));
  expect(ledger.balance("award:cover:reserved")).toBe(100n);
  expect(ledger.refusal(call)).toBeNull();
});

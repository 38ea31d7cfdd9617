/** Ledger stories of money that is to come back: loans, recoverable grants, shares. */
import { describe, expect, test } from "vitest";
import { scheduleState } from "../../../shared/capital/schedule.ts";
import { act, award, due, pay, repay, sell, undo } from "./events.ts";
import { type Ledger, opened } from "./ledger.ts";

const plan = [due("2026-04-01", 100_000, 3_000), due("2026-05-01", 100_000, 2_000), due("2026-06-01", 100_000, 1_000)];
const terms = { instrument: "loan", recipient: "maker", use: "capacity", is_pri: true } as const;

function lent(): Ledger {
  return opened(award("press", 300_000, { ...terms, schedule: plan }), pay("press", 300_000));
}

function states(ledger: Ledger): string[] {
  const { repaid, interest, written_off, converted } = ledger.state.awards.get("press")!;
  return scheduleState(plan, { repaid, interest, gone: written_off + converted }, ledger.today).map(
    ({ state }) => state,
  );
}

describe("a loan", () => {
  test("is repaid in three parts with interest, and its money is there for the next", () => {
    const ledger = lent();
    expect(ledger.table()).toMatchInlineSnapshot(`
      "fund:plastics:available             700000 EUR
      pri:press:principal                 300000 EUR
      ext:funder:acme                   -1000000 EUR"
    `);
    ledger.later(30);
    ledger.log(repay("press", 100_000, 3_000, ledger.today));
    expect(states(ledger)).toEqual(["paid", "due", "due"]);
    ledger.later(30);
    ledger.log(repay("press", 100_000, 2_000, ledger.today));
    ledger.later(31);
    ledger.log(repay("press", 100_000, 1_000, ledger.today));
    expect(states(ledger)).toEqual(["paid", "paid", "paid"]);
    expect(ledger.state.awards.get("press")?.state).toBe("closed");
    expect(ledger.table()).toMatchInlineSnapshot(`
      "fund:plastics:available            1006000 EUR
      ext:funder:acme                   -1000000 EUR
      ext:income:press                     -6000 EUR"
    `);
  });

  test("falls behind after one repayment, pays a part, and what is left is written off", () => {
    const ledger = lent();
    ledger.later(30);
    ledger.log(repay("press", 100_000, 3_000, ledger.today));
    ledger.later(62);
    ledger.log(repay("press", 40_000, 0, ledger.today));
    expect(states(ledger)).toEqual(["paid", "overdue", "overdue"]);
    ledger.log(act("write-off", "press", 160_000, ledger.today));
    expect(states(ledger)).toEqual(["paid", "overdue", "cancelled"]);
    expect(ledger.state.awards.get("press")).toMatchObject({
      outstanding: 0n,
      repaid: 140_000n,
      written_off: 160_000n,
    });
    expect(ledger.table()).toMatchInlineSnapshot(`
      "fund:plastics:available             843000 EUR
      loss:press                          160000 EUR
      ext:funder:acme                   -1000000 EUR
      ext:income:press                     -3000 EUR"
    `);
  });

  test("whose repayment bounced is outstanding again, principal and interest at once", () => {
    const ledger = lent();
    const { index } = ledger.log(repay("press", 100_000, 3_000));
    const { transfers } = ledger.log(undo(index));
    expect(transfers.map(({ code, amount_minor, reverses }) => [code, amount_minor, reverses])).toEqual([
      ["interest", "3000", 4],
      ["principal-repayment", "100000", 3],
    ]);
    expect(ledger.state.awards.get("press")).toMatchObject({ outstanding: 300_000n, repaid: 0n, interest: 0n });
    expect(ledger.table()).toMatchInlineSnapshot(`
      "fund:plastics:available             700000 EUR
      pri:press:principal                 300000 EUR
      ext:funder:acme                   -1000000 EUR"
    `);
  });
});

test("a recoverable grant is repaid as far as its trigger came, and the rest is given for good", () => {
  const schedule = [due("2027-03-01", 200_000)];
  const ledger = opened(award("trial", 200_000, { instrument: "recoverable_grant", schedule }), pay("trial", 200_000));
  ledger.log(repay("trial", 50_000), act("conversion", "trial", 150_000));
  expect(ledger.state.awards.get("trial")).toMatchObject({ state: "closed", converted: 150_000n });
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available             850000 EUR
    recipient:lab:rnd                   150000 EUR
    ext:funder:acme                   -1000000 EUR"
  `);
});

describe("a share", () => {
  const share = { instrument: "equity", recipient: "maker", use: "capacity", is_pri: true } as const;

  test("sold above its cost brings the cost back and a gain", () => {
    const ledger = opened(award("stake", 400_000, share), pay("stake", 400_000), sell("stake", 400_000, 460_000));
    expect(ledger.table()).toMatchInlineSnapshot(`
      "fund:plastics:available            1060000 EUR
      ext:funder:acme                   -1000000 EUR
      ext:gain:stake                      -60000 EUR"
    `);
  });

  test("sold below its cost brings back what was paid for it, and the rest is lost", () => {
    const ledger = opened(award("stake", 400_000, share), pay("stake", 400_000), sell("stake", 250_000, 180_000));
    expect(ledger.state.awards.get("stake")).toMatchObject({ outstanding: 150_000n, written_off: 70_000n });
    expect(ledger.table()).toMatchInlineSnapshot(`
      "fund:plastics:available             780000 EUR
      pri:stake:equity                    150000 EUR
      loss:stake                           70000 EUR
      ext:funder:acme                   -1000000 EUR"
    `);
  });

  test("that turned out worthless is sold for nothing", () => {
    const ledger = opened(award("stake", 400_000, share), pay("stake", 400_000));
    const { transfers } = ledger.log(sell("stake", 400_000, 0));
    expect(transfers.map(({ code }) => code)).toEqual(["write-off"]);
  });
});

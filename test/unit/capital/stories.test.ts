/** Ledger stories: what happens to money given, event by event, and the accounts as they stand afterwards. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { addTransfers, stagesOf } from "../../../shared/capital/sums.ts";
import {
  CAMPAIGN,
  act,
  award,
  demand,
  due,
  exchange,
  fee,
  fund,
  funder,
  pay,
  promise,
  receipt,
  recipient,
  regrant,
  repay,
  settle,
  undo,
} from "./events.ts";
import { Ledger, opened } from "./ledger.ts";

test("a receipt fills its fund and counts towards the promise it cites", () => {
  const ledger = opened(promise("pledge-2026"));
  ledger.log(receipt("acme", "plastics", 200_000, { commitment: "pledge-2026" }));
  expect(ledger.state.commitments.get("pledge-2026")?.received).toBe(200_000n);
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available            1200000 EUR
    ext:funder:acme                   -1200000 EUR"
  `);
});

test("a grant is awarded and paid in two parts; what is not used returns", () => {
  const ledger = opened();
  ledger.log(award("tube", 300_000));
  ledger.log(pay("tube", 180_000));
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available             700000 EUR
    award:tube:payable                  120000 EUR
    recipient:lab:rnd                   180000 EUR
    ext:funder:acme                   -1000000 EUR"
  `);
  ledger.log(pay("tube", 90_000));
  ledger.log(act("release", "tube", 30_000));
  expect(ledger.state.awards.get("tube")?.state).toBe("closed");
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available             730000 EUR
    recipient:lab:rnd                   270000 EUR
    ext:funder:acme                   -1000000 EUR"
  `);
});

test("a price subsidy waits for demand, is released by the log, and is drawn down per fulfilled unit", () => {
  const ledger = opened();
  const subsidy = { per_unit_minor: "200", max_units: "1100" };
  const change = { instrument: "price_subsidy", use: "price_subsidy", campaign: CAMPAIGN, subsidy } as const;
  ledger.log(award("deo", 220_000, { ...change, conditions: [demand()] }));
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available             780000 EUR
    award:deo:reserved                  220000 EUR
    ext:funder:acme                   -1000000 EUR"
  `);
  ledger.proven.set("deo 0", 1);
  ledger.byRule(settle("deo", 0, "met", { campaign: CAMPAIGN, held_since_index: 1 }));
  ledger.log(pay("deo", 198_000, { units: "990" }));
  ledger.log(act("release", "deo", 22_000));
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available             802000 EUR
    recipient:lab:price_subsidy         198000 EUR
    ext:funder:acme                   -1000000 EUR"
  `);
});

test("an award whose demand did not come returns to its fund after its last day", () => {
  const ledger = opened(award("deo", 220_000, { conditions: [demand({ by: "2026-03-31" })] }));
  ledger.later(30);
  ledger.byRule(settle("deo", 0, "failed", { campaign: CAMPAIGN, on: ledger.today }));
  expect(ledger.state.awards.get("deo")?.state).toBe("lapsed");
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available            1000000 EUR
    ext:funder:acme                   -1000000 EUR"
  `);
});

test("money that was paid comes back from the recipient", () => {
  const ledger = opened(award("tube", 300_000), pay("tube", 300_000));
  ledger.log(act("clawback", "tube", 120_000));
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available             820000 EUR
    recipient:lab:rnd                   180000 EUR
    ext:funder:acme                   -1000000 EUR"
  `);
});

test("a payment booked to the wrong amount is undone leg by leg and booked again", () => {
  const ledger = opened(award("tube", 300_000));
  const wrong = ledger.log(pay("tube", 300_000));
  const undone = ledger.log(undo(wrong.index));
  expect(undone.transfers).toEqual([
    { ...wrong.transfers[0], from: "recipient:lab:rnd", to: "award:tube:payable", reverses: 2 },
  ]);
  ledger.log(pay("tube", 30_000));
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available             700000 EUR
    award:tube:payable                  270000 EUR
    recipient:lab:rnd                    30000 EUR
    ext:funder:acme                   -1000000 EUR"
  `);
});

test("an award nobody has touched is undone whole", () => {
  const ledger = opened();
  const { index } = ledger.log(award("tube", 300_000, { conditions: [demand()] }));
  ledger.log(undo(index));
  expect(ledger.state.awards.get("tube")).toMatchObject({ state: "lapsed", released: 300_000n, reserved: 0n });
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available            1000000 EUR
    ext:funder:acme                   -1000000 EUR"
  `);
});

test("euro become dollars as two transfers in two ledgers, and the award is in dollars", () => {
  const ledger = opened(fund("overseas", { currency: "USD" }));
  ledger.log(fee("plastics", "bank", 1_500), exchange("plastics", 500_000, "overseas", 541_250));
  ledger.log(award("tube", 200_000, { fund: "overseas" }), pay("tube", 200_000));
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available             498500 EUR
    fund:overseas:available             341250 USD
    recipient:lab:rnd                   200000 USD
    fee:bank                              1500 EUR
    fx:EUR                              500000 EUR
    fx:USD                             -541250 USD
    ext:funder:acme                   -1000000 EUR"
  `);
});

test("tokens are recorded to the last of eighteen decimals, and move nothing", () => {
  const ledger = opened();
  const asset = "eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";
  const token = { asset, amount: "1000000000000000001", decimals: 18, transaction: null };
  const { transfers } = ledger.log(award("airdrop", 100, { instrument: "token_grant", token }));
  expect(transfers).toEqual([]);
  expect(ledger.state.awards.get("airdrop")?.state).toBe("recorded");
  expect(ledger.balance("fund:plastics:available")).toBe(1_000_000n);
});

test("a guarantee stays reserved, is called in part, and its rest returns", () => {
  const ledger = opened();
  ledger.log(award("cover", 100_000, { instrument: "guarantee", use: "capacity", recipient: "maker" }));
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available             900000 EUR
    award:cover:reserved                100000 EUR
    ext:funder:acme                   -1000000 EUR"
  `);
  ledger.log(act("guarantee-call", "cover", 35_000));
  ledger.log(act("release", "cover", 65_000));
  expect(ledger.state.awards.get("cover")?.state).toBe("closed");
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available             965000 EUR
    recipient:maker:capacity             35000 EUR
    ext:funder:acme                   -1000000 EUR"
  `);
});

test("a community passes an award on through a fund of its own: moved twice, counted once", () => {
  const ledger = opened(fund("village", { funder: null }));
  ledger.log(award("tube", 300_000), pay("tube", 300_000), regrant("tube", "village", 250_000));
  ledger.log(award("well", 100_000, { fund: "village", recipient: "baker", parent: "tube" }), pay("well", 100_000));
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available             700000 EUR
    fund:village:available              150000 EUR
    recipient:baker:rnd                 100000 EUR
    recipient:lab:rnd                    50000 EUR
    ext:funder:acme                   -1000000 EUR"
  `);
  expect(ledger.state.awards.get("tube")).toMatchObject({ regranted_on: 250_000n, regrants: ["well"] });
  const net = stagesOf("EUR", sumsOf(ledger), { gross: false });
  expect(net).toMatchObject({ received_minor: "1000000", awarded_minor: "300000", disbursed_minor: "300000" });
  expect(stagesOf("EUR", sumsOf(ledger), { gross: true })).toMatchObject({ awarded_minor: "400000" });
});

test("a company sponsors a year and gives a share of its sales, settled as they are stated", () => {
  const share = { kind: "sales_share", amount_minor: undefined, share_bps: 100, settles: "quarterly" } as const;
  const ledger = opened(promise("sponsor", { kind: "sponsorship", amount_minor: "120000" }), promise("percent", share));
  ledger.log(receipt("acme", "plastics", 120_000, { commitment: "sponsor" }));
  const statement = { event: "sales-statement", commitment: "percent", evidence_sha256: null } as const;
  ledger.log({ ...statement, from: "2025-07-01", until: "2025-09-30", sales_minor: "1234550" });
  ledger.log({ ...statement, from: "2025-10-01", until: "2025-12-31", sales_minor: "1234650" });
  // 12,345.50 and 12,346.50 after one per cent: halves go to the even unit.
  expect(ledger.state.commitments.get("percent")?.owed).toBe(12_346n + 12_346n);
  ledger.log(receipt("acme", "plastics", 24_692, { commitment: "percent" }));
  expect(ledger.state.commitments.get("percent")).toMatchObject({ received: 24_692n, stated_until: "2025-12-31" });
  expect(ledger.table()).toMatchInlineSnapshot(`
    "fund:plastics:available            1144692 EUR
    ext:funder:acme                   -1144692 EUR"
  `);
});

describe("the worked example of sixteen transfers", () => {
  const { balances, metrics } = JSON.parse(
    readFileSync(new URL("../../data/examples/ledger-to-sankey.json", import.meta.url), "utf8"),
  ) as { balances: Record<string, number>; metrics: Record<string, number> };
  const ledger = new Ledger();
  ledger.log(
    ...["acme", "crowd"].map((name) => funder(name)),
    ...["plastics", "general"].map((name) => fund(name, { currency: "USD" })),
    ...["lab", "supplier", "node1", "pack", "supplier2"].map((name) => recipient(name)),
    receipt("acme", "plastics", 1_000_000),
    receipt("crowd", "general", 400_000),
  );
  const plan = [due("2027-01-01", 400_000, 9_000)];
  ledger.log(
    award("rd-tube", 300_000),
    award("sub-deo", 220_000, { recipient: "supplier" }),
    award("md-node1", 150_000, { fund: "general", recipient: "node1" }),
    award("pri-pack", 400_000, { recipient: "pack", instrument: "loan", schedule: plan, is_pri: true }),
    pay("rd-tube", 300_000),
    pay("sub-deo", 198_000),
    act("release", "sub-deo", 22_000),
    pay("md-node1", 150_000),
    pay("pri-pack", 400_000),
    repay("pri-pack", 120_000, 9_000),
    act("write-off", "pri-pack", 30_000),
    award("sub-tooth", 100_000, { recipient: "supplier2" }),
    pay("sub-tooth", 40_000),
  );

  test("is made of sixteen transfers", () => {
    expect(ledger.transfers).toHaveLength(16);
  });

  test("leaves every balance as it was worked out by hand", () => {
    const here = Object.keys(balances).map((name): [string, number] => {
      const paths = [...ledger.state.accounts].filter(([key]) => key.startsWith(pathOf(name)));
      return [name, Number(paths.reduce((sum, [, balance]) => sum + balance, 0n))];
    });
    expect(Object.fromEntries(here)).toEqual(balances);
  });

  test("has the stages and the recycling ratio of the example", () => {
    const stages = stagesOf("USD", sumsOf(ledger), { gross: true });
    expect(stages).toMatchObject({
      received_minor: String(metrics["newMoneyIn"]),
      disbursed_minor: String(metrics["disbursed"]),
      recycled_minor: "120000",
      outstanding_minor: "250000",
      written_off_minor: "30000",
      payable_minor: "60000",
      available_minor: "381000",
    });
    const ratio = (Number(stages.received_minor) + Number(stages.recycled_minor)) / Number(stages.received_minor);
    expect(ratio.toFixed(4)).toBe(String(metrics["recyclingRatio"]));
  });

  /** The example's account, as the beginning of ours. */
  function pathOf(name: string): string {
    const [kind = "", subject = ""] = name.split(":");
    if (kind === "funder") return `USD ext:funder:${subject}`;
    if (kind === "borrower-income") return `USD ext:income:pri-${subject}`;
    if (kind === "loss") return "USD loss:";
    return kind === "pri" ? `USD pri:pri-${subject}:` : `USD ${name}:`;
  }
});

/** Sums by code over all transfers of one ledger's currency, as the network keeps them. */
function sumsOf(ledger: Ledger) {
  const [first] = ledger.transfers;
  return addTransfers(null, ledger.transfers).by_currency.get(first?.currency ?? "EUR") ?? new Map();
}

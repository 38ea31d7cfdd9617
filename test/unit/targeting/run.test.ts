/** Matching runs: what must hold whatever the numbers, every reason for leaving somebody out, and running it again. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Contribution, MatchingInputs, MatchingParams } from "../../../shared/protocol/api/matching.ts";
import { matchingInputs as matchingInputsSchema, matchingRun } from "../../../shared/protocol/api/matching.ts";
import type { TargetingInput } from "../../../shared/protocol/api/targeting.ts";
import { contributionOf, matchingInputs, paramsOf } from "../../../shared/targeting/inputs.ts";
import { allocationEvent, allocationFaults } from "../../../shared/targeting/recorded.ts";
import { run } from "../../../shared/targeting/run.ts";
import { id } from "../capital/events.ts";

const A = id("a");
const B = id("b");
const C = id("c");

/** Ten units at 6.00 where the supplier asks 8.00 and wants ten: 20.00 are missing, and 60.00 of members' money waits. */
function target(of: string, change: Partial<TargetingInput> = {}): TargetingInput {
  return {
    id: of,
    name: "Oat drink",
    unit: "litre",
    currency: "EUR",
    closes: "2026-12-01T00:00:00Z",
    state: "open",
    bands_minor: ["600", "800"],
    units_by_band: ["10", "0"],
    accounts: 10,
    communities: 2,
    supplier_price_minor: "800",
    minimum_units: "10",
    price_source: "campaign",
    offers: [],
    fixed_cost_minor: "0",
    market_development_minor: "0",
    committed_minor: "0",
    fulfilled_units: "0",
    locked_units: "0",
    network_fulfilled_units: "0",
    network_locked_units: "0",
    ...change,
  };
}

type Campaigns = { target: TargetingInput; contributions: readonly Contribution[] }[];

function inputs(
  campaigns: Campaigns,
  params: Partial<MatchingParams> = {},
  restriction: Partial<MatchingInputs["restriction"]> = {},
): MatchingInputs {
  return matchingInputs({
    params: {
      fund: "basics",
      method: "demand_weighted",
      pool_minor: "1000",
      campaigns: null,
      instrument: "grant",
      use: "price_subsidy",
      region: null,
      min_contribution_minor: "0",
      max_contribution_minor: null,
      ...params,
    },
    fund: { currency: "EUR", restriction: { purpose: "Less plastic", ...restriction } },
    log_time: 1_790_000_000,
    log: { origin: "hub.example.org/log", size: 12, root: `${"A".repeat(43)}=` },
    campaigns,
  });
}

function from(community: string, ...groups: [accounts: number, amount: bigint | number][]): Contribution {
  return {
    community: `${community}.example.org`,
    groups: groups.map(([accounts, amount]) => ({ accounts, amount_minor: String(amount) })),
  };
}

const needy: Campaigns = [
  { target: target(A), contributions: [from("x", [6, 3000]), from("y", [5, 2000])] },
  { target: target(B, { units_by_band: ["30", "0"] }), contributions: [from("x", [9, 9000]), from("y", [5, 9000])] },
];

describe("a run", () => {
  test("weighs by expected demand and by the evidence behind it, in exact integers", () => {
    const made = run(
      inputs([
        { target: target(A), contributions: [] },
        { target: target(B, { fulfilled_units: "1", locked_units: "2" }), contributions: [] },
        { target: target(C, { accounts: 0 }), contributions: [] },
      ]),
    );
    // 60.00 at one half: 30.00; with a history of one in two the same
    expect(Object.fromEntries(made.results.map(({ tier, weight }) => [tier, Number(weight)]))).toEqual({
      T1: 3000 * 25,
      T2: 3000 * 50,
      T4: 3000 * 100,
    });
    expect(made.results.map(({ amount_minor }) => Number(amount_minor)).reduce((sum, one) => sum + one)).toBe(1000);
  });

  test.each([
    ["other-currency", target(A, { currency: "USD" })],
    ["not-open", target(A, { state: "ended" })],
    ["no-demand", target(A, { units_by_band: ["0", "0"] })],
    ["unreachable", target(A, { minimum_units: "11" })],
    ["fully-funded", target(A, { committed_minor: "2000" })],
    ["fully-funded", target(A, { units_by_band: ["0", "10"] })],
  ])("leaves a campaign out with the reason: %s", (reason, one) => {
    const made = run(inputs([{ target: one, contributions: [] }]));
    expect(made).toMatchObject({ results: [], undistributed_minor: "1000" });
    expect(made.excluded).toEqual([{ campaign: A, community: null, reason, detail: null }]);
  });

  test("says which rule of the fund stands against a campaign, in the words an award would be refused with", () => {
    const restricted = (restriction: Partial<MatchingInputs["restriction"]>) =>
      run(inputs([{ target: target(A), contributions: [] }], {}, restriction)).excluded;
    expect(restricted({ campaigns: [B], until: "2020-01-01" })).toEqual([
      {
        campaign: A,
        community: null,
        reason: "restricted",
        detail: "campaign: the fund is for other campaigns; time: the fund ended on 2020-01-01",
      },
    ]);
    expect(restricted({ uses: ["rnd"] })[0]?.detail).toContain("use: price_subsidy");
    expect(restricted({ regions: ["ES"] })[0]?.detail).toContain("region: none said");
  });

  test("gives no campaign more than its gap, nor than the fund allows one award", () => {
    const made = run(inputs(needy, { pool_minor: "1000000" }));
    expect(made.results.map(({ gap_minor, cap_minor, amount_minor }) => [gap_minor, cap_minor, amount_minor])).toEqual(
      [...needy]
        .toSorted((a, b) => (a.target.id < b.target.id ? -1 : 1))
        .map(({ target: { units_by_band } }) =>
          Array.from({ length: 3 }, () => String(Number(units_by_band[0]) * 200)),
        ),
    );
    expect(made.undistributed_minor).toBe(String(1_000_000 - 8000));
    const small = run(inputs(needy, { pool_minor: "1000000" }, { max_award_minor: "700" }));
    expect(small.results.map(({ amount_minor }) => amount_minor)).toEqual(["700", "700"]);
  });

  test("by community merges those with fewer than five accounts and says which", () => {
    const contributions = [from("x", [4, 900]), from("y", [3, 700]), from("z", [5, 1600])];
    const made = run(inputs([{ target: target(A), contributions }], { method: "clustered", pool_minor: "999999" }));
    // (√1600 + √1600)² − 3200 = 3200, at one half
    expect(made.results).toMatchObject([{ weight: "1600000000", amount_minor: "1600" }]);
    expect(made.excluded.map(({ community, reason }) => [community, reason])).toEqual([
      ["x.example.org", "small-community-merged"],
      ["y.example.org", "small-community-merged"],
    ]);
  });

  test("matches one contributor with nothing, and leaves out who stays below the minimum", () => {
    const alone = [{ target: target(A), contributions: [from("x", [1, 900])] }];
    expect(run(inputs(alone, { method: "quadratic" })).excluded).toMatchObject([{ reason: "one-contributor" }]);
    const both = [{ target: target(A), contributions: [from("x", [9, 900]), from("y", [9, 90])] }];
    const made = run(inputs(both, { method: "clustered", min_contribution_minor: "100" }));
    expect(made.excluded.map(({ community, reason }) => [community, reason])).toEqual([
      ["y.example.org", "below-minimum"],
      [null, "one-contributor"],
    ]);
    // an account of y stands for 10, so a minimum of 11 is above it, and a most of 10 makes all alike
    const plain = run(inputs(both, { method: "quadratic", min_contribution_minor: "11" }));
    expect(plain.excluded).toMatchObject([{ community: "y.example.org", reason: "below-minimum" }]);
    const capped = run(inputs(both, { method: "quadratic", max_contribution_minor: "10", pool_minor: "99999" }));
    // (18 × √10)² − 180 = 3060, at one half
    expect(Number(capped.results[0]?.weight) / 1_000_000).toBeCloseTo(1530, 2);
    // by band: (√100 + √400)² − 500 = 400, at one half
    const bands = [{ target: target(A), contributions: [from("x", [1, 100], [1, 400])] }];
    expect(run(inputs(bands, { method: "quadratic" })).results).toMatchObject([{ weight: "200000000" }]);
  });
});

const method = fc.constantFrom<MatchingParams["method"]>("demand_weighted", "quadratic", "clustered");
const community = fc.record({
  accounts: fc.integer({ min: 1, max: 40 }),
  amount: fc.bigInt({ min: 1n, max: 10n ** 7n }),
});
const campaign = fc.record({
  units: fc.bigInt({ min: 0n, max: 2000n }),
  minimum: fc.bigInt({ min: 1n, max: 500n }),
  given: fc.bigInt({ min: 0n, max: 10n ** 5n }),
  fulfilled: fc.bigInt({ min: 0n, max: 50n }),
  open: fc.boolean(),
  communities: fc.array(community, { maxLength: 5 }),
});
const world = fc.array(campaign, { maxLength: 8 }).map((list): Campaigns =>
  list.map((one, at) => ({
    target: target(id(`campaign ${at}`), {
      units_by_band: [String(one.units), "0"],
      minimum_units: String(one.minimum),
      committed_minor: String(one.given),
      fulfilled_units: String(one.fulfilled),
      locked_units: "50",
      state: one.open ? "open" : "ended",
    }),
    contributions: one.communities.map(({ accounts, amount }, n) => from(`c${n}`, [accounts, amount])),
  })),
);
const pool = fc.bigInt({ min: 0n, max: 10n ** 7n });

describe("whatever the numbers, a run", () => {
  test("gives away the pool less what it says is left, and keeps every cap", () => {
    fc.assert(
      fc.property(world, method, pool, (campaigns, how, of) => {
        const made = run(inputs(campaigns, { method: how, pool_minor: String(of) }));
        const given = made.results.reduce((sum, { amount_minor }) => sum + BigInt(amount_minor), 0n);
        expect(given + BigInt(made.undistributed_minor)).toBe(of);
        for (const { amount_minor, cap_minor, gap_minor } of made.results) {
          expect(BigInt(amount_minor) <= BigInt(cap_minor) && BigInt(cap_minor) <= BigInt(gap_minor)).toBe(true);
        }
        expect(matchingRun.safeParse(made).success).toBe(true);
      }),
    );
  });

  test("does not depend on the order of anything, down to its hashes", () => {
    fc.assert(
      fc.property(world, method, pool, (campaigns, how, of) => {
        const params = { method: how, pool_minor: String(of) };
        const mixed = campaigns.toReversed().map((one) => ({ ...one, contributions: one.contributions.toReversed() }));
        expect(run(inputs(mixed, params))).toEqual(run(inputs(campaigns, params)));
      }),
    );
  });

  test("names each campaign once: with an amount, or with the reason why not", () => {
    fc.assert(
      fc.property(world, method, (campaigns, how) => {
        const made = run(inputs(campaigns, { method: how }));
        const out = made.excluded.filter((one) => one.community === null).map((one) => one.campaign);
        const named = [...made.results.map((one) => one.campaign), ...out];
        expect(named.toSorted()).toEqual(campaigns.map((one) => one.target.id).toSorted());
      }),
    );
  });

  test("gives nobody less from a larger pool, but for one unit of rounding", () => {
    fc.assert(
      fc.property(world, method, pool, pool, (campaigns, how, of, more) => {
        const amounts = (minor: bigint) => run(inputs(campaigns, { method: how, pool_minor: String(minor) })).results;
        const larger = new Map(amounts(of + more).map((one) => [one.campaign, BigInt(one.amount_minor)]));
        for (const one of amounts(of)) {
          expect((larger.get(one.campaign) ?? 0n) + 1n >= BigInt(one.amount_minor)).toBe(true);
        }
      }),
    );
  });

  test("never gives a campaign more because a community of five or more splits an account, by community", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ accounts: fc.integer({ min: 5, max: 40 }), amount: fc.bigInt({ min: 1n, max: 10n ** 7n }) }),
          {
            minLength: 2,
            maxLength: 6,
          },
        ),
        fc.integer({ min: 1, max: 500 }),
        (list, more) => {
          const whole = list.map(({ accounts, amount }, n) => from(`c${n}`, [accounts, amount]));
          const split = whole.map((one, n) =>
            n === 0
              ? { ...one, groups: one.groups.map((group) => ({ ...group, accounts: group.accounts + more })) }
              : one,
          );
          const params = { method: "clustered" as const, pool_minor: "9999999999" };
          const weight = (contributions: readonly Contribution[]) =>
            run(inputs([{ target: target(A), contributions }], params)).results[0]?.weight;
          expect(weight(split)).toBe(weight(whole));
        },
      ),
    );
  });
});

describe("a recorded run", () => {
  test("comes out again byte for byte from its published inputs, and any change to them is found", () => {
    fc.assert(
      fc.property(world, method, pool, (campaigns, how, of) => {
        const published = JSON.stringify(inputs(campaigns, { method: how, pool_minor: String(of) }));
        const made = run(JSON.parse(published) as MatchingInputs);
        const event = allocationEvent("spring", JSON.parse(published) as MatchingInputs, made);
        const read = matchingInputsSchema.parse(JSON.parse(published));
        expect(allocationFaults(event, read)).toEqual([]);
        expect(JSON.stringify(run(read))).toBe(JSON.stringify(made));
        const other = { ...read, params: { ...read.params, pool_minor: String(of + 1n) } };
        expect(allocationFaults(event, other)).toEqual(expect.arrayContaining(["pool_minor", "inputs_sha256"]));
      }),
    );
  });

  test("whose amounts are not those of its inputs is found", () => {
    const read = inputs(needy);
    const event = allocationEvent("spring", read, run(read));
    const [first, ...rest] = event.results;
    const more = { ...event, results: [{ ...first!, amount_minor: "999" }, ...rest] };
    expect(allocationFaults(more, read)).toEqual(["results"]);
    expect(allocationFaults({ ...event, results_sha256: id("other") }, read)).toEqual(["results_sha256"]);
  });
});

test("what is not said is what the fund allows", () => {
  const fund = { currency: "EUR", restriction: { purpose: "", uses: ["rnd" as const], regions: ["ES"] } };
  expect(paramsOf({ fund: "basics", method: "quadratic", campaigns: [B, A, B] }, fund, 70n)).toEqual({
    fund: "basics",
    method: "quadratic",
    pool_minor: "70",
    campaigns: [A, B].toSorted(),
    instrument: "grant",
    use: "rnd",
    region: "ES",
    min_contribution_minor: "0",
    max_contribution_minor: null,
  });
});

test("a community's contribution is its open units at no more than the reference price, by band where accounts are told", () => {
  const totals = { pledges: 3, pledged: ["1", "2"], committed: ["0", "4"] };
  const terms = { bands_minor: ["500", "900"], reference_price_minor: "800" };
  expect(contributionOf("x.example.org", totals, terms)).toEqual(from("x", [3, 500 + 6 * 800]));
  expect(contributionOf("x.example.org", { ...totals, accounts: [1, 2] }, terms)).toEqual(
    from("x", [1, 500], [2, 4800]),
  );
  expect(contributionOf("x.example.org", { ...totals, pledged: ["0", "0"], accounts: [0, 2] }, terms)).toEqual(
    from("x", [2, 3200]),
  );
});

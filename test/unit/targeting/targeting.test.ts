/** Targeting and matching: published and worked examples to the digit, and what must hold whatever the numbers. */
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareFractions, decimalOf } from "../../../shared/money/fraction.ts";
import { roundHalfEven } from "../../../shared/money/rates.ts";
import type { TargetingInput } from "../../../shared/protocol/api/targeting.ts";
import { judge } from "../../../shared/targeting/leverage.ts";
import { choosePortfolio } from "../../../shared/targeting/portfolio.ts";
import { clustered, isqrt, quadraticMatch, shareMatches } from "../../../shared/targeting/quadratic.ts";
import { byLeverage, rank, targetView } from "../../../shared/targeting/ranking.ts";
import { leastSubsidy, priceTable } from "../../../shared/targeting/subsidy.ts";
import { waterFill } from "../../../shared/targeting/water-fill.ts";

/** One contributor for each amount. */
function each(amounts: readonly bigint[]) {
  return amounts.map((amount) => ({ count: 1n, amount }));
}

/** As the caller says it is: the files are our own. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a name for the shape at the call
function data<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../data/${name}`, import.meta.url), "utf8")) as T;
}

function input(change: Partial<TargetingInput>): TargetingInput {
  return {
    id: "A",
    name: "A",
    unit: "jar",
    currency: "EUR",
    closes: "2026-12-01T00:00:00Z",
    state: "open",
    bands_minor: ["100"],
    units_by_band: ["0"],
    accounts: 1,
    communities: 1,
    supplier_price_minor: "100",
    minimum_units: "1",
    price_source: "estimate",
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

describe("the least subsidy", () => {
  const example = data<{
    supplierPriceMinor: number;
    moqUnits: number;
    pledges: { units: number; maxPriceMinor: number }[];
    table: {
      buyerPrice: number;
      subsidyPerUnit: number;
      demand: number;
      meetsMOQ: boolean;
      buyerSpend: number;
      subsidyCost: number;
    }[];
    optimal: { buyerPrice: number; demand: number; subsidyCost: number };
    fixedCostMinor: number;
    fundingNeedMinor: number;
    grossLeverage: number;
  }>("examples/price-subsidy.json");
  const sorted = example.pledges.toSorted((a, b) => a.maxPriceMinor - b.maxPriceMinor);
  const demand = {
    bands_minor: sorted.map(({ maxPriceMinor }) => BigInt(maxPriceMinor)),
    units_by_band: sorted.map(({ units }) => BigInt(units)),
  };
  const price = BigInt(example.supplierPriceMinor);
  const minimum = BigInt(example.moqUnits);

  test("is that of the worked table, line by line", () => {
    expect(
      priceTable(demand, price, minimum).map((line) => ({
        buyerPrice: Number(line.buyer_price_minor),
        subsidyPerUnit: Number(line.per_unit_minor),
        demand: Number(line.units),
        meetsMOQ: line.reaches_minimum,
        buyerSpend: Number(line.members_minor),
        subsidyCost: Number(line.cost_minor),
      })),
    ).toEqual(
      example.table.map(({ buyerPrice, subsidyPerUnit, demand: units, meetsMOQ, buyerSpend, subsidyCost }) => ({
        buyerPrice,
        subsidyPerUnit,
        demand: units,
        meetsMOQ,
        buyerSpend,
        subsidyCost,
      })),
    );
    expect(Number(leastSubsidy(demand, price, minimum)?.buyer_price_minor)).toBe(example.optimal.buyerPrice);
  });

  test("with fixed costs gives the worked need and leverage", () => {
    const judged = judge(
      input({
        bands_minor: demand.bands_minor.map(String),
        units_by_band: demand.units_by_band.map(String),
        supplier_price_minor: String(price),
        minimum_units: String(minimum),
        fixed_cost_minor: String(example.fixedCostMinor),
      }),
    );
    expect(Number(judged.need)).toBe(example.fundingNeedMinor);
    expect(decimalOf(judged.gross?.over ?? 0n, judged.gross?.under ?? 1n, 6)).toBe(example.grossLeverage.toFixed(6));
  });

  test("never asks more of a member than the maximum, and a higher price would not reach the minimum", () => {
    const bands = fc.uniqueArray(fc.bigInt({ min: 1n, max: 10_000n }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        bands,
        fc.array(fc.bigInt({ min: 0n, max: 500n }), { minLength: 8, maxLength: 8 }),
        fc.bigInt({ min: 1n, max: 10_000n }),
        fc.bigInt({ min: 1n, max: 900n }),
        (prices, units, at, least) => {
          const sortedPrices = prices.toSorted((a, b) => (a < b ? -1 : 1));
          const here = { bands_minor: sortedPrices, units_by_band: units.slice(0, sortedPrices.length) };
          const found = leastSubsidy(here, at, least);
          const higher = priceTable(here, at, least).filter(
            (line) => found === null || line.buyer_price_minor > found.buyer_price_minor,
          );
          expect(higher.every((line) => !line.reaches_minimum)).toBe(true);
          if (found !== null) expect(found.buyer_price_minor <= at).toBe(true);
        },
      ),
    );
  });
});

describe("the ranking", () => {
  const example = data<{
    budgetMinor: number;
    campaigns: {
      id: string;
      pp: number;
      need: number;
      committed: number;
      fulfil: number;
      base: number;
      gap: number;
      expUnlock: number;
      gross: number | null;
      adj: number | null;
    }[];
    greedy: { order: string[]; expUnlock: number };
    exact: { ids: string[]; expUnlock: number };
    greedyFailsExample: {
      budget: number;
      campaigns: { id: string; gap: number; expUnlock: number }[];
      exact?: { expUnlock: number };
    };
  }>("examples/ranking.json");

  test("orders the worked example by counterfactual leverage, compared as fractions", () => {
    const judged = example.campaigns
      .filter(({ adj }) => adj !== null)
      .map(({ id, pp, base, fulfil, gap }) => ({
        id,
        closes: "",
        gap: BigInt(gap),
        adjusted: { over: BigInt(pp - base) * BigInt(Math.round(fulfil * 10)), under: BigInt(gap) * 10n },
      }));
    expect(judged.toSorted(byLeverage).map(({ id }) => id)).toEqual(["C", "A", "D", "B"]);
    const decimals = judged.toSorted(byLeverage).map(({ adjusted }) => decimalOf(adjusted.over, adjusted.under, 2));
    expect(decimals).toEqual(["3.75", "2.40", "1.12", "0.67"]);
  });

  test("is a total order, and lists what cannot be reached or needs nothing apart", () => {
    const reachable = judge(input({ id: "r", units_by_band: ["10"], bands_minor: ["60"], minimum_units: "5" }));
    const unreachable = judge(input({ id: "u", units_by_band: ["1"], minimum_units: "5" }));
    const funded = judge(
      input({ id: "f", units_by_band: ["10"], bands_minor: ["60"], minimum_units: "5", committed_minor: "99999" }),
    );
    const list = rank([funded, unreachable, reachable]);
    expect(list.map(({ judged, rank: place }) => [judged.id, place])).toEqual([
      ["r", 1],
      ["u", null],
      ["f", null],
    ]);
    expect(targetView(list[1]!)).toMatchObject({ least_subsidy: null, shortfall_units: "4", adjusted: null });
  });

  test("chooses the worked portfolio, and the best one where greed fails", () => {
    const candidates = example.campaigns.map(({ id, gap, expUnlock }) => ({
      id,
      gap: BigInt(gap),
      unlocks: BigInt(expUnlock),
    }));
    expect(choosePortfolio(candidates, BigInt(example.budgetMinor))).toMatchObject({
      method: "exact",
      ids: example.exact.ids,
      unlocks: BigInt(example.exact.expUnlock),
    });
    const { budget, campaigns } = example.greedyFailsExample;
    const trap = campaigns.map(({ id, gap, expUnlock }) => ({ id, gap: BigInt(gap), unlocks: BigInt(expUnlock) }));
    expect(choosePortfolio(trap, BigInt(budget))).toMatchObject({ ids: ["Y", "Z"], unlocks: 1490n });
  });

  test("finds what trying every choice finds", () => {
    const candidate = fc.record({ gap: fc.bigInt({ min: 1n, max: 50n }), unlocks: fc.bigInt({ min: 1n, max: 90n }) });
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 9 }), fc.bigInt({ min: 0n, max: 200n }), (list, budget) => {
        const named = list.map((one, at) => ({ id: String(at), ...one }));
        let best = 0n;
        for (let mask = 0; mask < 2 ** named.length; mask += 1) {
          const taken = named.filter((_, at) => Math.floor(mask / 2 ** at) % 2 === 1);
          const spent = taken.reduce((sum, { gap }) => sum + gap, 0n);
          const unlocks = taken.reduce((sum, one) => sum + one.unlocks, 0n);
          if (spent <= budget && unlocks > best) best = unlocks;
        }
        const chosen = choosePortfolio(named, budget);
        expect(chosen.unlocks).toBe(best);
        expect(chosen.spent <= budget).toBe(true);
      }),
    );
  });
});

describe("sharing a pool by demand", () => {
  const example = data<{
    cases: {
      pool: number;
      weights: Record<string, number>;
      caps: Record<string, number>;
      alloc: Record<string, number>;
      undistributed: number;
    }[];
  }>("examples/demand-weighted.json");

  test.each(example.cases)(
    "gives the worked amounts for a pool of $pool",
    ({ pool, weights, caps, alloc, undistributed }) => {
      const shares = Object.entries(weights).map(([id, weight]) => ({
        id,
        weight: BigInt(weight),
        cap: BigInt(caps[id] ?? 0),
      }));
      const { amounts, rest } = waterFill(BigInt(pool), shares);
      expect(Object.fromEntries([...amounts].map(([id, amount]) => [id, Number(amount)]))).toEqual(alloc);
      expect(Number(rest)).toBe(undistributed);
    },
  );

  const share = fc.record({
    weight: fc.bigInt({ min: 0n, max: 10n ** 9n }),
    cap: fc.bigInt({ min: 0n, max: 10n ** 7n }),
  });
  test("spends the pool or fills every cap, exceeds none, and gives nobody less from a larger pool", () => {
    fc.assert(
      fc.property(
        fc.array(share, { maxLength: 8 }),
        fc.bigInt({ min: 0n, max: 10n ** 8n }),
        fc.bigInt({ min: 0n, max: 1000n }),
        (list, pool, more) => {
          const shares = list.map((one, at) => ({ id: String(at), ...one }));
          const { amounts, rest } = waterFill(pool, shares);
          const open = shares.filter(({ weight, cap }) => weight > 0n && cap > 0n);
          const caps = open.reduce((sum, { cap }) => sum + cap, 0n);
          const given = [...amounts.values()].reduce((sum, amount) => sum + amount, 0n);
          expect(given).toBe(pool < caps ? pool : caps);
          expect(given + rest).toBe(pool);
          for (const { id, cap } of shares) expect((amounts.get(id) ?? 0n) <= cap).toBe(true);
          const larger = waterFill(pool + more, shares).amounts;
          // a unit of rounding may change hands, never more
          for (const { id } of shares) expect((larger.get(id) ?? 0n) + 1n >= (amounts.get(id) ?? 0n)).toBe(true);
        },
      ),
    );
  });
});

describe("quadratic matching", () => {
  const known = data<{
    contributions: Record<string, number[]>;
    cases: {
      name: string;
      pool: number;
      cap: number | null;
      ignoreSaturation: boolean;
      expectedExact: Record<string, number>;
      undistributed: number;
    }[];
    edgeCases: {
      name: string;
      contributions: Record<string, number[]>;
      pool: number;
      expected: Record<string, number>;
    }[];
  }>("qf/qf-known-results.json");
  const matches = (contributions: Record<string, number[]>, cap: bigint) =>
    Object.entries(contributions).map(([id, amounts]) => ({
      id,
      cap,
      weight: quadraticMatch(each(amounts.map(BigInt))),
    }));
  const numbers = (amounts: Map<string, bigint>) =>
    Object.fromEntries([...amounts].map(([id, amount]) => [id, Number(amount)]));

  test.each(known.cases)(
    "gives the published results: $name",
    ({ pool, cap, ignoreSaturation, expectedExact, undistributed }) => {
      const asked = matches(known.contributions, cap === null ? 10n ** 30n : BigInt(cap));
      const { amounts, rest } = ignoreSaturation ? waterFill(BigInt(pool), asked) : shareMatches(BigInt(pool), asked);
      expect({ ...numbers(amounts), rest: Number(rest) }).toEqual({ ...expectedExact, rest: undistributed });
    },
  );

  test.each(known.edgeCases)("gives the published results: $name", ({ contributions, pool, expected }) => {
    const { amounts, rest } = shareMatches(BigInt(pool), matches(contributions, 10n ** 30n));
    expect({ ...numbers(amounts), rest: Number(rest) }).toEqual({ ...expected, rest: pool });
  });

  test("matches one contributor with nothing, and takes exact roots of what is no square", () => {
    expect(quadraticMatch(each([10_000n]))).toBe(0n);
    expect(isqrt(99n)).toBe(9n);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), (n) => {
        const root = isqrt(n);
        expect(root * root <= n && (root + 1n) * (root + 1n) > n).toBe(true);
      }),
    );
  });

  test("by community gives the worked comparison: twenty accounts of one person gain nothing", () => {
    const ten = [300n, 300n, 200n, 200n].map((amount, at) => ({
      community: String(at),
      accounts: 5,
      amount: amount * 10n,
    }));
    const honest = quadraticMatch(clustered(ten).contributors);
    expect(decimalOf(honest, 10n ** 6n * 100n, 2)).toBe("295.96");
    const sybil = clustered([{ community: "a", accounts: 20, amount: 10_000n }]);
    expect(quadraticMatch(sybil.contributors)).toBe(0n);
    expect(roundHalfEven(quadraticMatch(each(Array.from({ length: 20 }, () => 500n))), 10n ** 6n)).toBe(190_000n);
    expect(roundHalfEven(quadraticMatch([{ count: 20n, amount: 10_000n }]), 10n ** 6n)).toBe(190_000n);
  });

  test("does not depend on order, and one more contributor never lowers the match", () => {
    const amounts = fc.array(fc.bigInt({ min: 1n, max: 10n ** 6n }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 1n, max: 10n ** 6n }), (list, another) => {
        expect(quadraticMatch(each([...list, another])) + 2n * 10n ** 6n >= quadraticMatch(each(list))).toBe(true);
        expect(quadraticMatch(each(list.toReversed()))).toBe(quadraticMatch(each(list)));
      }),
    );
  });
});

test("fractions are compared without rounding", () => {
  expect(compareFractions({ over: 1n, under: 3n }, { over: 33333333333333333n, under: 100000000000000000n })).toBe(1);
});

/** The flow picture: the worked example to the digit, and exact balance whatever happened. */
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FlowLink, assertBalanced, deriveFlows, mergeSmall } from "../../../shared/flows/derive.ts";
import type { RawLink } from "../../../shared/flows/link.ts";
import { roundHalfEven } from "../../../shared/money/rates.ts";

interface Example {
  transfers: { id: string; from: string; to: string; amount: number; code: string }[];
}
const example = JSON.parse(
  readFileSync(new URL("../../data/examples/ledger-to-sankey.json", import.meta.url), "utf8"),
) as Example;

/** The example's names for the world outside and for what was lent. */
function node(path: string): string {
  if (path.startsWith("pri:")) return `loan:${path.slice(4)}`;
  if (path.startsWith("loss:")) return "lost";
  return path.startsWith("borrower-income:") ? "interest" : path;
}

function raw(source: string, target: string, amount: bigint, regranted = false): RawLink {
  return { source, target, amount_minor: amount, regranted };
}

function into(links: readonly FlowLink[], target: string): bigint {
  return links.filter((link) => link.target === target).reduce((sum, { amount_minor }) => sum + amount_minor, 0n);
}
function outOf(links: readonly FlowLink[], source: string): bigint {
  return links.filter((link) => link.source === source).reduce((sum, { amount_minor }) => sum + amount_minor, 0n);
}

describe("the worked example of sixteen transfers", () => {
  const links = deriveFlows(
    example.transfers.map(({ from, to, amount }) => raw(node(from), node(to), BigInt(amount))),
    [],
  );

  test("comes out to the digit, sources and sinks alike", () => {
    expect({
      acme: outOf(links, "funder:acme"),
      crowd: outOf(links, "funder:crowd"),
      interest: outOf(links, "interest"),
      recycled: outOf(links, "recycled:plastics"),
    }).toEqual({ acme: 1_000_000n, crowd: 400_000n, interest: 9_000n, recycled: 120_000n });
    expect({
      lab: into(links, "recipient:lab"),
      supplier: into(links, "recipient:supplier"),
      node1: into(links, "recipient:node1"),
      supplier2: into(links, "recipient:supplier2"),
      repaid: into(links, "repaid:plastics"),
      lost: into(links, "lost"),
      outstanding: into(links, "closing:loan"),
      unpaid: into(links, "closing:award"),
      unallocated: into(links, "closing:fund"),
    }).toEqual({
      lab: 300_000n,
      supplier: 198_000n,
      node1: 150_000n,
      supplier2: 40_000n,
      repaid: 120_000n,
      lost: 30_000n,
      outstanding: 250_000n,
      unpaid: 60_000n,
      unallocated: 381_000n,
    });
  });

  test("nets what was released from the award it came from", () => {
    expect(links.find(({ target }) => target === "award:sub-deo")?.amount_minor).toBe(198_000n);
  });
});

const amount = fc.bigInt({ min: 1n, max: 10n ** 12n });
const fund = fc.constantFrom("fund:a", "fund:b");
const use = fc.constantFrom("use:a:rnd", "use:b:rnd");
const fundOf = (one: string): string => `fund:${one.split(":")[1] ?? ""}`;
/** Any movement of the ledger, reversals included; balances may be anything, because days are. */
const movement: fc.Arbitrary<RawLink> = fc.oneof(
  fc
    .tuple(fc.constantFrom("funder:x", "funder:y", "interest", "gains", "exchange:in"), fund, amount)
    .map(([s, t, a]) => raw(s, t, a)),
  fc.tuple(use, amount).map(([u, a]) => raw(fundOf(u), u, a)),
  fc.tuple(use, amount).map(([u, a]) => raw(u, fundOf(u), a)),
  fc.tuple(use, fc.constantFrom("recipient:r", "recipient:s", "loan:l"), amount).map(([u, t, a]) => raw(u, t, a)),
  fc.tuple(fund, amount).map(([f, a]) => raw("loan:l", f, a)),
  fc.tuple(fc.constantFrom("lost", "recipient:r"), amount).map(([t, a]) => raw("loan:l", t, a)),
  fc.tuple(use, amount).map(([u, a]) => raw("recipient:r", u, a)),
  fc.tuple(fund, fc.constantFrom("fees", "exchange:out"), amount).map(([f, t, a]) => raw(f, t, a)),
  fc.tuple(fund, amount).map(([f, a]) => raw("funder:x", f, -a)),
  fc.tuple(use, amount).map(([u, a]) => raw(u, "recipient:r", -a)),
  fc.tuple(fund, amount).map(([f, a]) => raw(f, "fees", -a)),
  fc.tuple(fund, amount).map(([f, a]) => raw("recipient:r", f, a, true)),
);

describe("whatever was moved", () => {
  test("in equals out at every node that holds money, and sources equal sinks", () => {
    fc.assert(
      fc.property(
        fc.array(movement, { maxLength: 40 }),
        fc.array(movement, { maxLength: 40 }),
        fc.boolean(),
        (period, before, gross) => {
          const links = deriveFlows(period, before, { gross });
          assertBalanced(links);
          const nodes = new Set(links.flatMap(({ source, target }) => [source, target]));
          let sources = 0n;
          let sinks = 0n;
          for (const one of nodes) {
            const net = outOf(links, one) - into(links, one);
            if (net > 0n) sources += net;
            else sinks -= net;
          }
          expect(sources).toBe(sinks);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("the end of one period is the beginning of the next", () => {
    fc.assert(
      fc.property(fc.array(movement, { maxLength: 30 }), fc.array(movement, { maxLength: 30 }), (first, second) => {
        const ends = deriveFlows(first, []).filter(({ target }) => target.startsWith("closing:"));
        const begins = deriveFlows(second, first).filter(({ source }) => source.startsWith("opening:"));
        const held = new Map(ends.map(({ source, amount_minor }) => [source, amount_minor]));
        expect(new Map(begins.map(({ target, amount_minor }) => [target, amount_minor]))).toEqual(held);
      }),
    );
  });

  test("merging small nodes changes no total", () => {
    fc.assert(
      fc.property(fc.array(movement, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (period, top) => {
        const links = deriveFlows(period, []);
        const merged = mergeSmall(links, top);
        assertBalanced(merged);
        const total = (list: readonly FlowLink[]) => list.reduce((sum, { amount_minor }) => sum + amount_minor, 0n);
        expect(total(merged)).toBe(total(links));
      }),
    );
  });

  test("money that was passed on is left out of the default picture and has a source of its own in the gross one", () => {
    const links = [
      raw("funder:x", "fund:a", 10n),
      raw("fund:a", "use:a:rnd", 10n),
      raw("use:a:rnd", "recipient:r", 10n),
    ];
    const passedOn = [raw("recipient:r", "fund:b", 4n, true), raw("fund:b", "use:b:rnd", 4n, true)];
    expect(outOf(deriveFlows([...links, ...passedOn], []), "regranted:r")).toBe(0n);
    expect(outOf(deriveFlows([...links, ...passedOn], [], { gross: true }), "regranted:r")).toBe(4n);
  });
});

describe("in another currency", () => {
  const rate = fc.record({
    over: fc.bigInt({ min: 1n, max: 10n ** 6n }),
    under: fc.bigInt({ min: 1n, max: 10n ** 6n }),
  });
  type Rate = { over: bigint; under: bigint };
  const at =
    ({ over, under }: Rate) =>
    (minor: bigint): bigint =>
      roundHalfEven(minor * over, under);
  const dated = fc.array(fc.tuple(movement, rate), { maxLength: 40 });

  test("in equals out at every node, whatever the rates were and however they moved", () => {
    fc.assert(
      fc.property(
        dated,
        fc.array(movement, { maxLength: 20 }),
        rate,
        rate,
        fc.boolean(),
        (moved, before, a, b, gross) => {
          const period = moved.map(([link, of]) => ({ ...link, amount_minor: at(of)(link.amount_minor) }));
          const links = deriveFlows(
            moved.map(([link]) => link),
            before,
            { gross, converted: { period, atOpening: at(a), atClosing: at(b) } },
          );
          assertBalanced(links);
          assertBalanced(mergeSmall(links, 2));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("nothing is left over where one rate holds throughout and nothing is rounded", () => {
    fc.assert(
      fc.property(fc.array(movement, { maxLength: 30 }), fc.array(movement, { maxLength: 30 }), (moved, before) => {
        const twice = (minor: bigint): bigint => minor * 2n;
        const period = moved.map((link) => ({ ...link, amount_minor: twice(link.amount_minor) }));
        const converted = deriveFlows(moved, before, { converted: { period, atOpening: twice, atClosing: twice } });
        const plain = deriveFlows(moved, before);
        expect(converted).toEqual(plain.map((link) => ({ ...link, amount_minor: twice(link.amount_minor) })));
      }),
    );
  });

  test("what rates and rounding make of a sum is a link of its own, and a fund that holds nothing closes with nothing", () => {
    // 100.00 came at 1.20 and went at 1.10
    const moved = [raw("funder:x", "fund:a", 10_000n), raw("fund:a", "fees", 10_000n)];
    const period = [raw("funder:x", "fund:a", 12_000n), raw("fund:a", "fees", 11_000n)];
    const never = (): bigint => {
      throw new Error("there is no balance to value");
    };
    const links = deriveFlows(moved, [], { converted: { period, atOpening: never, atClosing: never } });
    expect(links).toContainEqual({ source: "fund:a", target: "rounding:out", amount_minor: 1_000n });
    expect(into(links, "closing:fund")).toBe(0n);
  });
});

test("an imbalance is never shown", () => {
  expect(() => assertBalanced([{ source: "funder:x", target: "fund:a", amount_minor: 1n }])).toThrow(/differ/);
});

import { createHash } from "node:crypto";
import { assert, property, shuffledSubarray } from "fast-check";
import { describe, expect, test } from "vitest";
import { type Ballot, type Draw, ballotsOf, drawLot, lotHash } from "../../../shared/audit/lot.ts";
import { sha256, sha256url, utf8 } from "../../../shared/bytes.ts";
import { emptyBook, emptyTally } from "../../../shared/book/state.ts";

const EUR = { currency: "EUR", reference_price_minor: "700", bands_minor: ["500", "600", "800"] };
const terms = new Map([
  ["soap", EUR],
  ["rice", { ...EUR, currency: "USD" }],
  ["oats", { ...EUR, currency: "TWD" }],
  ["salt", { ...EUR, currency: "JPY" }],
  ["tea", { ...EUR, currency: "GBP" }],
]);

function ballots(qtys: readonly number[], campaign = "soap", band = 0): Ballot[] {
  return qtys.map((qty, at) => ({ leaf: sha256url(utf8(`${campaign} ${at}`)), campaign, qty: BigInt(qty), band }));
}

function draw(all: readonly Ballot[], changes: Partial<Draw> = {}): Ballot[] {
  const rho = sha256(utf8("rho"));
  const report = sha256url(utf8("report"));
  return drawLot({ report, rho, samples: 30, ballots: all, termsOf: (id) => terms.get(id), ...changes });
}

const many = ballots(Array.from({ length: 400 }, (_, at) => (at % 7) + 1));

describe("the lot", () => {
  test("is the one that anybody else draws", () => {
    expect(draw(many)).toHaveLength(29);
    expect(lotHash(draw(many))).toBe("3uLBDDfSIufHf2469Go4IHW2VQSLJEdlPEcvkyGo5jU");
  });

  test("is what a second, plainer implementation draws", () => {
    const sorted = [...many].sort((a, b) => (a.leaf < b.leaf ? -1 : 1));
    const sum = sorted.reduce((all, { qty }) => all + qty * 500n, 0n);
    const found = new Set<string>();
    for (let at = 0; at < 30; at += 1) {
      const hash = createHash("sha256").update("cocoon/audit/v1\0");
      for (const part of ["report", "rho"]) hash.update(createHash("sha256").update(part).digest());
      let left = BigInt(`0x${hash.update(Buffer.from([0, 0, 0, at])).digest("hex")}`) % sum;
      for (const { leaf, qty } of sorted) {
        if (left < qty * 500n && left >= 0n) found.add(leaf);
        left -= qty * 500n;
      }
    }
    expect(draw(many).map(({ leaf }) => leaf)).toEqual([...found].sort());
  });

  test("does not depend on the order in which pledges are read", () => {
    assert(
      property(shuffledSubarray(many, { minLength: many.length }), (shuffled) => {
        expect(draw(shuffled)).toEqual(draw(many));
      }),
      { numRuns: 20 },
    );
  });

  test("is another one for another report and for any other beacon", () => {
    const lots = ["a", "b", "c"].flatMap((word) => [
      lotHash(draw(many, { rho: sha256(utf8(word)) })),
      lotHash(draw(many, { report: sha256url(utf8(word)) })),
    ]);
    expect(new Set([...lots, lotHash(draw(many))]).size).toBe(7);
  });

  test("opens everything where there is no more than samples, and one pledge more is drawn from", () => {
    expect(draw(many.slice(0, 30))).toHaveLength(30);
    expect(draw(many.slice(0, 31)).length).toBeLessThan(31);
    expect(draw([])).toEqual([]);
  });

  test("falls on value, not on number: a pledge that holds all but a millionth is drawn, and those beside it are not", () => {
    const small = ballots(Array.from({ length: 99 }, () => 1));
    const [first, ...rest] = small;
    const whale = { ...first!, qty: 10n ** 12n };
    expect(draw([whale, ...rest])).toEqual([whale]);
  });

  test("takes each point of the sum to exactly one pledge: over many lots, shares follow value", () => {
    const two = [
      ...ballots([3]),
      ...ballots([1], "soap", 2).map((one) => ({ ...one, leaf: sha256url(utf8("other")) })),
    ];
    // 3 × 500 against 1 × min(700, 800): 636 of 2000, with a standard deviation of 21
    const hits = { small: 0, all: 0 };
    for (let at = 0; at < 2000; at += 1) {
      const [found] = draw(two, { samples: 1, rho: sha256(utf8(String(at))) });
      hits.all += 1;
      if (found?.band === 2) hits.small += 1;
    }
    expect(hits).toEqual({ all: 2000, small: 628 });
  });

  test("weighs nothing that the hub has not published", () => {
    expect(draw(ballots([5, 5], "nowhere"))).toEqual([]);
  });

  test("is drawn in each currency by itself, and in four of them at most", () => {
    const all = [...terms.keys()].flatMap((campaign) =>
      ballots(
        Array.from({ length: 50 }, () => 1),
        campaign,
      ),
    );
    const currencies = new Set(draw(all).map(({ campaign }) => terms.get(campaign)?.currency));
    expect(currencies.size).toBe(4);
    const two = draw(all.filter(({ campaign }) => campaign === "soap" || campaign === "rice"));
    expect(two.length).toBeGreaterThan(30);
    const chosen = Array.from({ length: 20 }, (_, at) => String(at)).map((word) =>
      [...new Set(draw(all, { rho: sha256(utf8(word)) }).map(({ campaign }) => campaign))].sort().join(),
    );
    expect(new Set(chosen).size).toBeGreaterThan(1);
  });
});

test("only live pledges can be drawn: no interest, nothing a lock let go", () => {
  const book = emptyBook();
  const chain = (band: number | null) => ({ campaign: "soap", qty: 1n, band, assurance: "strong" as const });
  book.chains = new Map([
    ["interest", chain(null)],
    ["low", chain(0)],
    ["high", chain(2)],
  ]);
  expect(ballotsOf(book).map(({ leaf }) => leaf)).toEqual(["low", "high"]);
  book.tallies.set("soap", { ...emptyTally(3), ended: { index: 9, band: 1 } });
  expect(ballotsOf(book).map(({ leaf }) => leaf)).toEqual(["high"]);
});

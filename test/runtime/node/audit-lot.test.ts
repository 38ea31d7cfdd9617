/** The lot as a node's database draws it from its own book, however large, is the one that anybody else draws: docs/protocol.md §8. */
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type Ballot, ballotsOf, drawLot } from "../../../shared/audit/lot.ts";
import { applyBookEntries } from "../../../shared/book/fold.ts";
import { type CampaignRules, emptyBook } from "../../../shared/book/state.ts";
import { sha256, utf8 } from "../../../shared/bytes.ts";
import type { BookEntry } from "../../../shared/protocol/book-entry.ts";
import { type DbCounts, meter, noCounts } from "../../../workers/lib/d1.ts";
import { drawAt } from "../../../workers/node/queries/audit.ts";
import { HUB, leafNamed, putCampaign, village } from "./village.ts";

const DAY = "2026-06-01";
const REPORT = leafNamed("report");
const campaigns = [
  { id: leafNamed("soap"), currency: "USD", reference_price_minor: "700", bands_minor: ["500", "600", "800"] },
  { id: leafNamed("rice"), currency: "USD", reference_price_minor: "99", bands_minor: ["77", "88", "99"] },
  { id: leafNamed("tea"), currency: "TWD", reference_price_minor: "3", bands_minor: ["1", "2", "9"] },
];
const termsOf = (id: string) => campaigns.find((one) => one.id === id);
const rules: CampaignRules = {
  bands: 3,
  max_qty: 10n ** 18n,
  closing: { leaf: leafNamed("close"), outcome: "locked", band: 1 },
};

beforeEach(async () => {
  await village({ hub: false });
  for (const { id, currency, reference_price_minor, bands_minor } of campaigns) {
    const name = ["soap", "rice", "tea"].find((one) => leafNamed(one) === id) ?? "";
    await putCampaign(name);
    await env.DB.prepare("UPDATE campaign SET currency = ?, reference_price_minor = ?, bands_minor = ? WHERE id = ?")
      .bind(currency, reference_price_minor, JSON.stringify(bands_minor), id)
      .run();
  }
});

async function drawn(size: number, word: string, samples: number, db = env.DB): Promise<Ballot[]> {
  return await drawAt(db, { hub: HUB, size, report: REPORT, rho: sha256(utf8(word)), samples });
}

/** What somebody tries to write; a chain is cited by how many entries ago its head was written. */
const act = fc.record({
  t: fc.constantFrom("pledge", "pledge", "pledge", "interest", "revise", "revise", "withdraw", "lock"),
  c: fc.integer({ min: 0, max: 2 }),
  b: fc.integer({ min: 0, max: 2 }),
  q: fc.oneof(fc.bigInt(1n, 9n), fc.bigInt(10n ** 8n, 10n ** 10n), fc.bigInt(10n ** 17n, 10n ** 18n - 1n)),
  back: fc.integer({ min: 1, max: 8 }),
  promises: fc.boolean(),
});

function entryOf({ t, c: at, b, q, back, promises }: typeof act extends fc.Arbitrary<infer T> ? T : never, n: number) {
  const c = campaigns[at]?.id ?? "";
  const [cm, d, r] = [leafNamed(`cm ${String(n)}`), DAY, leafNamed(`entry ${String(n - back)}`)];
  const entries: Record<string, BookEntry> = {
    pledge: { t: "pledge", c, q: String(q), b, cm, a: "strong", d },
    interest: { t: "interest", c, q: String(q), cm, a: "strong", d },
    revise: { t: "revise", r, q: String(q), ...(promises && { b }), cm, d },
    withdraw: { t: "withdraw", r, why: "member", cm, d },
    lock: { t: "lock", c, b: 1, x: leafNamed("close"), n: cm, d },
  };
  return entries[t];
}

describe("the lot of a node's own book", () => {
  it("is the pure one, for any book as it was at any size, locked and revised, with any quantities", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { maxLength: 60, size: "max" }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 5 }),
        async (acts, cut, samples) => {
          const state = { ...emptyBook(), size: 1 };
          const rows: [number, string, string, string][] = [];
          let at: { ballots: Ballot[]; size: number } = { ballots: [], size: 1 };
          for (const [n, one] of acts.entries()) {
            const entry = entryOf(one, n);
            if (entry === undefined) continue;
            const item = { index: state.size, leaf: leafNamed(`entry ${String(n)}`), entry };
            const { problems } = applyBookEntries(state, [item], () => rules);
            // a node writes nothing that breaks a rule
            if (problems.length > 0) state.size -= 1;
            else rows.push([item.index, item.leaf, entry.t, JSON.stringify(entry)]);
            if (n <= cut) at = { ballots: ballotsOf(state), size: state.size };
          }
          await env.DB.batch([
            env.DB.prepare("DELETE FROM log_entry"),
            env.DB.prepare("DELETE FROM tally"),
            env.DB.prepare(
              `INSERT INTO log_entry (idx, leaf, kind, data)
               SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)`,
            ).bind(JSON.stringify(rows)),
            env.DB.prepare(
              `INSERT INTO tally (campaign, units, chains, interest, purchased, locked, ended)
               SELECT value ->> 0, '[]', '[]', '0', '0', '0', value ->> 1 FROM json_each(?)`,
            ).bind(JSON.stringify([...state.tallies].map(([id, { ended }]) => [id, ended && JSON.stringify(ended)]))),
          ]);
          const rho = sha256(utf8(String(samples)));
          const pure = drawLot({ report: REPORT, rho, samples, ballots: at.ballots, termsOf });
          expect(await drawn(at.size, String(samples), samples)).toEqual(pure);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is drawn from a hundred thousand entries in three queries, and no pledge comes into the worker that is not drawn", async () => {
    const [soap, rice] = [campaigns[0]?.id ?? "", campaigns[1]?.id ?? ""];
    // of ten entries seven are pledges, two of them revised and one withdrawn by the other three
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
       INSERT OR REPLACE INTO log_entry (idx, leaf, kind, data)
       SELECT i, 'leaf ' || (i * 7919 % 1000003), CASE WHEN i % 10 < 7 THEN 'pledge' WHEN i % 10 < 9 THEN 'revise' ELSE 'withdraw' END,
         CASE WHEN i % 10 < 7 THEN json_object('t', 'pledge', 'c', iif(i % 3 = 0, ?1, ?2), 'q', CAST(1 + i % 9 AS TEXT), 'b', i % 2)
           WHEN i % 10 < 9 THEN json_object('t', 'revise', 'r', 'leaf ' || ((i - 7) * 7919 % 1000003), 'q', '5', 'b', 2)
           ELSE json_object('t', 'withdraw', 'r', 'leaf ' || ((i - 7) * 7919 % 1000003)) END FROM n`,
    )
      .bind(soap, rice)
      .run();
    await env.DB.prepare(
      `INSERT INTO tally (campaign, units, chains, interest, purchased, locked)
       SELECT id, '[]', '[]', '0', '0', '0' FROM campaign`,
    ).run();
    const ballots: Ballot[] = [];
    for (let i = 1; i < 99_500; i += 1) {
      const leaf = `leaf ${String((i * 7919) % 1_000_003)}`;
      const campaignAt = (index: number) => (index % 3 === 0 ? soap : rice);
      if (i % 10 >= 3 && i % 10 < 7)
        ballots.push({ leaf, campaign: campaignAt(i), qty: BigInt(1 + (i % 9)), band: i % 2 });
      if (i > 7 && (i % 10 === 7 || i % 10 === 8))
        ballots.push({ leaf, campaign: campaignAt(i - 7), qty: 5n, band: 2 });
    }
    const counts: DbCounts = noCounts();
    const found = await drawn(99_500, "rho", 30, meter(env.DB, counts));
    expect(found).toHaveLength(30);
    expect(found).toEqual(drawLot({ report: REPORT, rho: sha256(utf8("rho")), samples: 30, ballots, termsOf }));
    expect(counts.queries).toBe(3);
    expect(counts.rowsRead).toBeLessThanOrEqual(1_500_000);
  }, 60_000);
});

/**
 * Random pledge books: valid entries mixed with every kind of broken one, and a database stand-in that hands out only
 * what `cited` asks for.
 */
import * as fc from "fast-check";
import { type BookItem, applyBookEntries, cited } from "../../../shared/book/fold.ts";
import type { BookEffect } from "../../../shared/book/fold.ts";
import { type BookState, type CampaignRules, type RulesOf, emptyBook } from "../../../shared/book/state.ts";
import { sha256url, utf8 } from "../../../shared/bytes.ts";
import type { BookEntry } from "../../../shared/protocol/book-entry.ts";

export function id(name: string): string {
  return sha256url(utf8(name));
}

export const campaigns: ReadonlyMap<string, CampaignRules> = new Map([
  [id("soap"), { bands: 3, max_qty: 100n, closing: { leaf: id("close soap"), outcome: "locked", band: 1 } }],
  [id("rice"), { bands: 1, max_qty: 7n, closing: { leaf: id("close rice"), outcome: "released", band: null } }],
  [id("tea"), { bands: 2, max_qty: 1000n, closing: null }],
]);
export const rulesOf: RulesOf = (campaign) => campaigns.get(campaign);

/** Index -> entry; indexes stand for leaves, so that chains can cite earlier entries, rightly or wrongly. */
type Draft = (index: number) => BookEntry | null;

const names = fc.constantFrom("soap", "soap", "rice", "tea", "unpublished");
const qty = fc
  .oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 9 }) }, fc.integer({ min: 1, max: 2000 }))
  .map(String);
const band = fc.integer({ min: 0, max: 3 });
const day = fc.oneof(
  { weight: 60, arbitrary: fc.constant("2026-01-02") },
  { weight: 1, arbitrary: fc.constantFrom("2026-01-01", "2026-01-03") },
);
/** How far back an entry cites. */
const back = fc.integer({ min: 1, max: 6 });
const assurance = fc.constantFrom("strong" as const, "strong" as const, "weak" as const);

function leafOf(index: number): string {
  return id(`entry ${index}`);
}

const draft: fc.Arbitrary<Draft> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ c: names, q: qty, b: band, a: assurance, d: day })
      .map(({ c, ...rest }) => (index: number) => ({ t: "pledge" as const, c: id(c), cm: leafOf(-index), ...rest })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ c: names, q: qty, a: assurance, d: day }).map(({ c, ...rest }) => (index: number) => ({
      t: "interest" as const,
      c: id(c),
      cm: leafOf(-index),
      ...rest,
    })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ q: qty, b: fc.option(band, { nil: undefined }), d: day, r: back })
      .map(({ r, b, ...rest }) => (index: number) => ({
        t: "revise" as const,
        r: leafOf(index - r),
        cm: leafOf(-index),
        ...rest,
        ...(b !== undefined && { b }),
      })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ d: day, r: back }).map(({ r, d }) => (index: number) => ({
      t: "withdraw" as const,
      why: "left" as const,
      r: leafOf(index - r),
      n: leafOf(-index),
      d,
    })),
  },
  { weight: 1, arbitrary: day.map((d) => (index: number) => ({ t: "key" as const, cm: leafOf(-index), d })) },
  {
    weight: 1,
    arbitrary: fc.record({ d: day, r: back }).map(({ r, d }) => (index: number) => ({
      t: "key_end" as const,
      r: leafOf(index - r),
      n: leafOf(-index),
      d,
    })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ d: day, b: fc.constantFrom(0, 1, 1), c: names }).map(({ c, b, d }) => (index: number) => ({
      t: "lock" as const,
      c: id(c),
      b,
      x: id(`close ${c}`),
      n: leafOf(-index),
      d,
    })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ d: day, c: names }).map(({ c, d }) => (index: number) => ({
      t: "release" as const,
      c: id(c),
      x: id(`close ${c}`),
      n: leafOf(-index),
      d,
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ c: names, q: qty, d: day, t: fc.constantFrom("purchase" as const, "return" as const) })
      .map(({ c, q, d, t }) => (index: number) => ({
        t,
        c: id(c),
        q,
        m: "1",
        k: "receipt" as const,
        w: "2026-W01",
        cm: leafOf(-index),
        d,
      })),
  },
  { weight: 1, arbitrary: fc.constant(() => null) },
);

export const book: fc.Arbitrary<BookItem[]> = fc
  .array(draft, { maxLength: 60, size: "max" })
  .map((drafts) => [
    { index: 0, leaf: leafOf(0), entry: { t: "genesis" as const, iss: "a.example", v: 1 as const, n: leafOf(-0.5) } },
    ...drafts.map((make, at) => ({ index: at + 1, leaf: leafOf(at + 1), entry: make(at + 1) })),
  ]);

/** Cuts a list into batches, some empty. */
export function batches<T>(items: readonly T[], cuts: readonly number[]): T[][] {
  const edges = [0, ...cuts.map((cut) => cut % (items.length + 1)).sort((a, b) => a - b), items.length];
  return edges.slice(1).map((end, at) => items.slice(edges[at], end));
}

/** Keeps the state as rows and loads no more than the entries cite; copies, as a database would. */
export class BookRows {
  readonly rows: BookState = emptyBook();

  apply(items: readonly BookItem[]): BookEffect {
    const asked = cited(items.map((item) => item.entry));
    const partial: BookState = { ...emptyBook(), size: this.rows.size, genesis: this.rows.genesis, day: this.rows.day };
    copy(this.rows.chains, partial.chains, asked.heads);
    copy(this.rows.keys, partial.keys, asked.keys);
    const ofChains = [...partial.chains.values()].map((chain) => chain.campaign);
    copy(this.rows.tallies, partial.tallies, [...asked.campaigns, ...ofChains]);
    const effect = applyBookEntries(partial, items, rulesOf);
    this.rows.size = partial.size;
    this.rows.genesis = partial.genesis;
    this.rows.day = partial.day;
    write(partial.chains, this.rows.chains, effect.touched.heads);
    write(partial.keys, this.rows.keys, effect.touched.keys);
    write(partial.tallies, this.rows.tallies, effect.touched.campaigns);
    return effect;
  }
}

function copy<V>(from: ReadonlyMap<string, V>, to: Map<string, V>, keys: readonly string[]): void {
  for (const key of keys) {
    const value = from.get(key);
    if (value !== undefined) to.set(key, structuredClone(value));
  }
}

function write<V>(from: ReadonlyMap<string, V>, to: Map<string, V>, keys: ReadonlySet<string>): void {
  for (const key of keys) {
    const value = from.get(key);
    if (value === undefined) to.delete(key);
    else to.set(key, structuredClone(value));
  }
}

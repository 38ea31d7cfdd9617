/**
 * Draws which pledges of a book are opened (docs/protocol.md §8): in proportion to value, exactly, by numbers that follow
 * from the report and the beacons alone. In each currency by itself, because values of two currencies cannot be compared
 * without a rate. A currency with no more pledges than samples is opened whole.
 */
import { type Bytes, concat, fromBase64url, sha256, sha256url, toHex, utf8 } from "../bytes.ts";
import { isLive } from "../book/fold.ts";
import type { BookState } from "../book/state.ts";
import { MAX_LOT_CURRENCIES } from "../protocol/audit.ts";
import { canonicalBytes } from "../signing/canonical.ts";

const DOMAIN = utf8("cocoon/audit/v1");

/** A live pledge that may be drawn. */
export interface Ballot {
  /** head of its chain */
  leaf: string;
  campaign: string;
  qty: bigint;
  band: number;
}
export interface LotTerms {
  currency: string;
  reference_price_minor: string;
  bands_minor: readonly string[];
}

export interface Draw {
  /** leaf of the report */
  report: string;
  rho: Bytes;
  samples: number;
  ballots: readonly Ballot[];
  termsOf: (campaign: string) => LotTerms | undefined;
}

/** Pledged or committed; interest promises nothing and weighs nothing. */
export function ballotsOf({ chains, tallies }: Pick<BookState, "chains" | "tallies">): Ballot[] {
  return [...chains].flatMap(([leaf, chain]) => {
    const { campaign, qty, band } = chain;
    if (band === null || !isLive(chain, tallies.get(campaign)?.ended ?? null)) return [];
    return [{ leaf, campaign, qty, band }];
  });
}

/** Ascending by leaf, each once. */
export function drawLot(draw: Draw): Ballot[] {
  const drawn = new Map<string, Ballot>();
  for (const [at, pool] of pools(draw).entries()) {
    for (const ballot of drawFrom(pool, at * draw.samples, draw)) drawn.set(ballot.leaf, ballot);
  }
  return [...drawn.values()].sort(byLeaf);
}

/** What the hub logs of a lot before it asks. */
export function lotHash(drawn: readonly Pick<Ballot, "leaf">[]): string {
  return sha256url(canonicalBytes(drawn.map(({ leaf }) => leaf)));
}

interface Weighed {
  ballot: Ballot;
  value: bigint;
}

/** By currency, ascending; where there are too many, those that the lot says. */
function pools({ report, rho, ballots, termsOf }: Draw): Weighed[][] {
  const byCurrency = new Map<string, Weighed[]>();
  for (const ballot of [...ballots].sort(byLeaf)) {
    const terms = termsOf(ballot.campaign);
    const value = terms === undefined ? 0n : ballot.qty * unitValue(terms, ballot.band);
    if (terms === undefined || value === 0n) continue;
    const pool = byCurrency.get(terms.currency);
    if (pool === undefined) byCurrency.set(terms.currency, [{ ballot, value }]);
    else pool.push({ ballot, value });
  }
  const rank = (currency: string): string =>
    toHex(sha256(concat(DOMAIN, Uint8Array.of(1), fromBase64url(report), rho, utf8(currency))));
  const chosen = [...byCurrency.keys()]
    .map((currency) => ({ currency, rank: byCurrency.size > MAX_LOT_CURRENCIES ? rank(currency) : "" }))
    .sort((a, b) => (a.rank === b.rank ? (a.currency < b.currency ? -1 : 1) : a.rank < b.rank ? -1 : 1))
    .slice(0, MAX_LOT_CURRENCIES)
    .map(({ currency }) => currency)
    .sort();
  return chosen.map((currency) => byCurrency.get(currency) ?? []);
}

/** A hash is taken modulo the sum: sums are below 2^100, so no pledge gains more than one part in 2^150 by that. */
function drawFrom(pool: readonly Weighed[], first: number, { report, rho, samples }: Draw): Ballot[] {
  if (pool.length <= samples) return pool.map(({ ballot }) => ballot);
  const ends: bigint[] = [];
  let sum = 0n;
  for (const { value } of pool) ends.push((sum += value));
  const seed = concat(DOMAIN, Uint8Array.of(0), fromBase64url(report), rho);
  return Array.from({ length: samples }, (_, at) => {
    const point = BigInt(`0x${toHex(sha256(concat(seed, u32(first + at))))}`) % sum;
    const found = pool[firstAbove(ends, point)];
    if (found === undefined) throw new Error("a point below the sum lies in a ballot");
    return found.ballot;
  });
}

function firstAbove(ends: readonly bigint[], point: bigint): number {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((ends[middle] ?? 0n) > point) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** As in the network's purchasing power: never more than the reference price. */
function unitValue({ reference_price_minor, bands_minor }: LotTerms, band: number): bigint {
  const [reference, price] = [BigInt(reference_price_minor), BigInt(bands_minor[band] ?? "0")];
  return price < reference ? price : reference;
}

function u32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function byLeaf(a: Pick<Ballot, "leaf">, b: Pick<Ballot, "leaf">): number {
  return a.leaf < b.leaf ? -1 : 1;
}

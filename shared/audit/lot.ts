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

/** The live pledges of one campaign and band: each of their units weighs the same. */
export interface Group {
  campaign: string;
  band: number;
  pledges: number;
  units: bigint;
}
/** One unit of a group, counted from 0 over its pledges in ascending order of leaves; null: all of them are drawn. */
export interface Hit {
  campaign: string;
  band: number;
  unit: bigint | null;
}

interface Lot {
  /** leaf of the report */
  report: string;
  rho: Bytes;
  samples: number;
  termsOf: (campaign: string) => LotTerms | undefined;
}
export interface Draw extends Lot {
  ballots: readonly Ballot[];
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
export function drawLot({ ballots, ...lot }: Draw): Ballot[] {
  const groups = new Map<string, Group & { ballots: Ballot[] }>();
  for (const ballot of [...ballots].sort(byLeaf)) {
    const { campaign, band, qty } = ballot;
    const name = `${campaign} ${band}`;
    const group = groups.get(name) ?? { campaign, band, pledges: 0, units: 0n, ballots: [] };
    groups.set(name, group);
    group.pledges += 1;
    group.units += qty;
    group.ballots.push(ballot);
  }
  const drawn = new Map<string, Ballot>();
  for (const { campaign, band, unit } of drawUnits({ ...lot, groups: [...groups.values()] })) {
    const all = groups.get(`${campaign} ${band}`)?.ballots ?? [];
    for (const ballot of unit === null ? all : [holderOf(all, unit)]) drawn.set(ballot.leaf, ballot);
  }
  return [...drawn.values()].sort(byLeaf);
}

/** The whole lot but for who holds the units: so a database draws from groups, and finds their holders by itself. */
export function drawUnits({ groups, ...lot }: Lot & { groups: readonly Group[] }): Hit[] {
  return pools(groups, lot).flatMap((pool, at) => drawFrom(pool, at * lot.samples, lot));
}

/** What the hub logs of a lot before it asks. */
export function lotHash(drawn: readonly Pick<Ballot, "leaf">[]): string {
  return sha256url(canonicalBytes(drawn.map(({ leaf }) => leaf)));
}

interface Weighed {
  group: Group;
  /** of one unit */
  value: bigint;
}

/** By currency, ascending; where there are too many, those that the lot says. Groups ascend by campaign and band. */
function pools(groups: readonly Group[], { report, rho, termsOf }: Lot): Weighed[][] {
  const byCurrency = new Map<string, Weighed[]>();
  for (const group of [...groups].sort(byCampaign)) {
    const terms = termsOf(group.campaign);
    const value = terms === undefined ? 0n : unitValue(terms, group.band);
    if (terms === undefined || value === 0n) continue;
    const pool = byCurrency.get(terms.currency);
    if (pool === undefined) byCurrency.set(terms.currency, [{ group, value }]);
    else pool.push({ group, value });
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

/** A hash is taken modulo the sum: sums are below 2^150, so no pledge gains more than one part in 2^100 by that. */
function drawFrom(pool: readonly Weighed[], first: number, { report, rho, samples }: Lot): Hit[] {
  const pledges = pool.reduce((sum, { group }) => sum + group.pledges, 0);
  if (pledges <= samples) return pool.map(({ group: { campaign, band } }) => ({ campaign, band, unit: null }));
  const total = pool.reduce((sum, { group, value }) => sum + group.units * value, 0n);
  const seed = concat(DOMAIN, Uint8Array.of(0), fromBase64url(report), rho);
  return Array.from({ length: samples }, (_, at) => {
    let left = BigInt(`0x${toHex(sha256(concat(seed, u32(first + at))))}`) % total;
    for (const { group, value } of pool) {
      const { campaign, band, units } = group;
      if (left < units * value) return { campaign, band, unit: left / value };
      left -= units * value;
    }
    throw new Error("a point below the sum lies in a group");
  });
}

function holderOf(ballots: readonly Ballot[], unit: bigint): Ballot {
  let end = 0n;
  const found = ballots.find(({ qty }) => (end += qty) > unit);
  if (found === undefined) throw new Error("a unit of a group is held by one of its pledges");
  return found;
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

function byCampaign(a: Group, b: Group): number {
  return a.campaign === b.campaign ? a.band - b.band : a.campaign < b.campaign ? -1 : 1;
}

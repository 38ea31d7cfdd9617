/**
 * What is shown of one campaign's demand, and how it moves on (docs/signals.md §3). Regions with enough accounts stand
 * alone; the others are shown together, inside the campaign's sum only, if they are many enough and at least two. A sum
 * is always a sum of what is shown, so that nothing withheld follows from it. Plain JSON; log size is the only clock.
 */
import { type Demand, noDemand } from "./demand.ts";
import { type Region, type Rules, advanceRegion, areApart, noRegion, wholeOf } from "./region.ts";
import { mayShow } from "./series.ts";

/** Thin regions as one group: part of the campaign's sum, never a cell of its own. */
interface Pool {
  size: number;
  regions: string[];
  communities: number;
  accounts: number;
  pledged: string;
  committed: string;
}

/** `few`: under k accounts. `differencing`: enough, but it would give away others, or a step of fewer. */
export type Withheld = "few" | "differencing";

export interface Release {
  /** log sizes at which what is shown changed: with them anyone makes it again */
  sizes: number[];
  regions: Record<string, Region>;
  pool: Pool | null;
  /** every group that was shown */
  pools: Pick<Pool, "regions" | "accounts">[];
  withheld: Record<string, Withheld>;
}

export function noRelease(): Release {
  return { sizes: [], regions: {}, pool: null, pools: [], withheld: {} };
}

/** The same object where nothing changes. */
export function advanceRelease(
  release: Release,
  demands: ReadonlyMap<string, Demand>,
  rules: Rules,
  size: number,
): Release {
  const none = noDemand(null);
  const regions: Record<string, Region> = {};
  for (const [name, region] of Object.entries(release.regions)) {
    const isShown = wholeOf(region) !== null;
    regions[name] = isShown ? advanceRegion(region, demands.get(name) ?? none, rules, size) : region;
  }
  const thin = new Map([...demands].filter(([name]) => !isAlone(regions, name)));
  const mayPool = letStandAlone(release, regions, thin, rules, size);
  const pool = nextPool(release, regions, thin, { rules, size, mayPool });
  const isNew = pool !== null && pool !== release.pool;
  const next: Release = {
    sizes: release.sizes,
    regions: sorted(regions),
    pool,
    pools: isNew ? [...release.pools, { regions: pool.regions, accounts: pool.accounts }] : release.pools,
    withheld: sorted(
      Object.fromEntries([...thin].map(([name, { accounts }]) => [name, accounts < rules.k ? "few" : "differencing"])),
    ),
  };
  return JSON.stringify(next) === JSON.stringify(release) ? release : { ...next, sizes: [...release.sizes, size] };
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isAlone(regions: Record<string, Region>, name: string): boolean {
  const region = regions[name];
  return region !== undefined && wholeOf(region) !== null;
}

/**
 * Moves regions that have grown large enough out of `thin`, the largest first. Of every group that was shown with such
 * a region in it, its own number, with those that left before it and with the rest, must stay apart. Returns whether
 * the rest may be shown as a group.
 */
function letStandAlone(
  release: Release,
  regions: Record<string, Region>,
  thin: Map<string, Demand>,
  rules: Rules,
  size: number,
): boolean {
  const { k } = rules;
  let mayPool = true;
  const candidates = [...thin]
    .filter(([, { accounts }]) => accounts >= k)
    .sort(([a, one], [b, other]) => other.accounts - one.accounts || (a < b ? -1 : 1));
  for (const [name, demand] of candidates) {
    const before = regions[name] ?? noRegion(rules.bands);
    if (!mayShow(BigInt(demand.accounts), before.points[0]?.shown ?? [], BigInt(k))) continue;
    const rest = accountsOf(thin) - demand.accounts;
    const pools = release.pools.filter((pool) => pool.regions.includes(name));
    const apart = (others: number): boolean =>
      pools.every((pool) => {
        const known = demand.accounts + others;
        return areApart(known, pool.accounts, k) && areApart(known + left(regions, pool), pool.accounts, k);
      });
    if (!apart(0)) continue;
    if (!apart(rest)) mayPool = false;
    regions[name] = advanceRegion(before, demand, rules, size);
    thin.delete(name);
  }
  return mayPool;
}

/** Accounts shown now of a group's regions that stand alone by now. */
function left(regions: Record<string, Region>, pool: Pick<Pool, "regions">): number {
  return pool.regions.reduce((sum, name) => {
    const region = regions[name];
    return sum + (region === undefined ? 0 : (wholeOf(region)?.accounts ?? 0));
  }, 0);
}

function accountsOf(thin: ReadonlyMap<string, Demand>): number {
  return [...thin.values()].reduce((sum, { accounts }) => sum + accounts, 0);
}

function nextPool(
  release: Release,
  regions: Record<string, Region>,
  thin: ReadonlyMap<string, Demand>,
  { rules: { k }, size, mayPool }: { rules: Rules; size: number; mayPool: boolean },
): Pool | null {
  const old = release.pool;
  const members = new Map([...thin].filter(([, { accounts }]) => accounts > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
  const accounts = accountsOf(members);
  const next: Pool = {
    size,
    regions: [...members.keys()],
    communities: sumOf(members, ({ communities }) => communities),
    accounts,
    pledged: String([...members.values()].reduce((sum, { pledged }) => sum + pledged, 0n)),
    committed: String([...members.values()].reduce((sum, { committed }) => sum + committed, 0n)),
  };
  if (old !== null && isRelabelled(old, next)) return { ...next, size: old.size };
  const isGroup = members.size >= 2 && accounts >= k && isAmbiguous([...members.values()], k);
  const isFar = release.pools.every(
    (pool) => areApart(accounts, pool.accounts, k) && areApart(accounts + left(regions, pool), pool.accounts, k),
  );
  if (mayPool && isGroup && isFar) return next;
  if (old === null || old.regions.some((name) => isAlone(regions, name))) return null;
  return accounts < k && old.accounts - accounts >= k ? null : old;
}

/** Whether the sum leaves each number open: at the least or the most that it can be, every summand is known. */
function isAmbiguous(members: readonly Demand[], k: number): boolean {
  const large = members.filter(({ accounts }) => accounts >= k).length;
  const few = members.length - large;
  const sum = members.reduce((all, { accounts }) => all + accounts, 0);
  return sum > few + large * k && (large > 0 || sum < few * (k - 1));
}

/** The same accounts with the same units, whatever stage they are in. */
function isRelabelled(old: Pool, next: Pool): boolean {
  const units = ({ pledged, committed }: Pool): bigint => BigInt(pledged) + BigInt(committed);
  return (
    old.accounts === next.accounts && units(old) === units(next) && old.regions.join(" ") === next.regions.join(" ")
  );
}

function sumOf(members: ReadonlyMap<string, Demand>, of: (demand: Demand) => number): number {
  return [...members.values()].reduce((sum, demand) => sum + of(demand), 0);
}

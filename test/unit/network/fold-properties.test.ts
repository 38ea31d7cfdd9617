import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type LogItem, foldNetwork } from "../../../shared/network/fold.ts";
import { currentReset } from "../../../shared/network/resets.ts";
import { isHubSigned } from "../../../shared/network/rules.ts";
import { type NetworkState, REPORT_LIFETIME_S } from "../../../shared/network/state.ts";
import { headlineOf, networkJson, publicState, stateHash } from "../../../shared/network/summary.ts";
import type { CampaignTotals } from "../../../shared/protocol/statement.ts";
import { batches } from "../book/arbitrary.ts";
import { NetworkRows, log } from "./arbitrary.ts";

const runs = { numRuns: 400 };

test("a database that loads only what a batch needs, in any batches, holds exactly the full replay", () => {
  fc.assert(
    fc.property(log, fc.array(fc.nat(100), { maxLength: 8 }), (items, cuts) => {
      const whole = foldNetwork(items);
      const database = new NetworkRows();
      for (const batch of batches(items, cuts)) database.apply(batch);
      expect(view(database.rows)).toEqual(view(whole));
      expect(stateHash(database.rows)).toBe(stateHash(whole));
    }),
    runs,
  );
});

test("the incremental sums are those recomputed from the counted reports by the words of formula 1", () => {
  fc.assert(
    fc.property(log, (items) => {
      const state = foldNetwork(items);
      expect(headlineNumbers(state)).toEqual(recomputed(state));
    }),
    runs,
  );
});

test("log time is the greatest time of the hub's own entries, and nothing counted fresh is older than its lifetime", () => {
  fc.assert(
    fc.property(log, (items) => {
      const state = foldNetwork(items);
      expect(state.log_time).toBe(
        Math.max(...items.filter((item) => isHubSigned(item.statement)).map((item) => item.statement.claims.iat)),
      );
      for (const { counted } of state.communities.values()) {
        if (counted !== null) expect(counted.fresh).toBe(state.log_time - counted.iat <= REPORT_LIFETIME_S);
      }
      for (const campaign of state.campaigns.values()) {
        expect(campaign.ended).toBe(campaign.closing !== null || state.log_time >= campaign.terms.closes);
      }
    }),
    runs,
  );
});

test("of each supplier at most one offer stands for a campaign: the newest that kept the rules, unless it was ended", () => {
  fc.assert(
    fc.property(log, (items) => {
      const state = foldNetwork(items);
      const good = goodOffers(items);
      for (const campaign of state.campaigns.values()) {
        expect(campaign.offers.map(({ leaf }) => leaf)).toEqual(
          good.filter((one) => one.campaign === campaign.id).map(({ leaf }) => leaf),
        );
        expect(new Set(campaign.offers.map(({ supplier }) => supplier.id)).size).toBe(campaign.offers.length);
      }
    }),
    runs,
  );
});

test("offers change no number: a log without them has the same headline and campaigns", () => {
  fc.assert(
    fc.property(log, (items) => {
      const isOffer = ({ statement: { kind } }: LogItem) => kind === "offer+jwt" || kind === "offer-end+jwt";
      const last = items.findLastIndex(({ statement }) => isHubSigned(statement));
      // What an offer does move is log time, so another statement that only moves it takes its place.
      const without = items.map((item, at): LogItem => {
        if (!isOffer(item) || at > last) return item;
        const { iss, iat, v } = item.statement.claims as { iss: string; iat: number; v: 1 };
        const claims = { iss, iat, v, size: 1, root: "", state_sha256: "", headline: {} as never };
        return { ...item, statement: { kind: "totals+jwt", claims } };
      });
      expect(stateHash(foldNetwork(without))).toBe(stateHash(foldNetwork(items)));
    }),
    { numRuns: 100 },
  );
});

test("what a community counts comes from its current book: never from a report before the book began", () => {
  let begun = 0;
  fc.assert(
    fc.property(log, (items) => {
      const state = foldNetwork(items);
      for (const community of state.communities.values()) {
        const resets = items.filter(
          ({ index, statement: { kind, claims } }) =>
            kind === "book-reset+jwt" &&
            claims.iss === community.origin &&
            community.book?.resets.some((reset) => reset.index === index) === true,
        );
        const last = resets.at(-1)?.index ?? 0;
        if (last > 0) begun += 1;
        expect(currentReset(community)?.index ?? 0).toBe(last);
        if (community.counted !== null) expect(community.counted.index).toBeGreaterThan(last);
        for (const report of community.pending.values()) expect(report.index).toBeGreaterThan(last);
        const numbers = (community.book?.resets ?? []).map(({ generation }) => generation);
        expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
      }
    }),
    runs,
  );
  expect(begun).toBeGreaterThan(50);
});

test("a random log holds rotations, recoveries that wait and recoveries that have taken effect", () => {
  const seen = fc.sample(log, { numRuns: 300, seed: 4 }).flatMap((items) => {
    const all = [...foldNetwork(items).communities.values()].map(({ keys }) => keys);
    return all.flatMap(({ past, pending, last_recovery, last }) => [
      ...(past.length > 0 ? ["changed"] : []),
      ...(pending === null ? [] : ["waits"]),
      ...(pending === null && past.length > 0 && last === last_recovery ? ["recovered"] : []),
    ]);
  });
  expect(new Set(seen)).toEqual(new Set(["changed", "waits", "recovered"]));
});

test("/api/network is a function of the state alone: folding twice gives the same bytes", () => {
  fc.assert(
    fc.property(log, (items) => {
      const head = { origin: "hub.example/log", size: items.length, root: "r", iat: 1 };
      expect(networkJson(foldNetwork(items), head)).toEqual(networkJson(foldNetwork(structuredClone(items)), head));
    }),
    { numRuns: 50 },
  );
});

/** The rules of docs/protocol.md §5 written out: what stands at the end of the log. */
function goodOffers(items: readonly LogItem[]): { leaf: string; campaign: string; supplier: string }[] {
  let standing: { leaf: string; campaign: string; supplier: string }[] = [];
  for (const [at, { leaf, statement }] of items.entries()) {
    const before = foldNetwork(items.slice(0, at)).campaigns;
    if (statement.kind === "offer-end+jwt") standing = standing.filter((one) => one.leaf !== statement.claims.offer);
    if (statement.kind !== "offer+jwt") continue;
    const { campaign, supplier, replaces, valid_until, iat, currency } = statement.claims;
    const to = before.get(campaign);
    const own = standing.find((one) => one.campaign === campaign && one.supplier === supplier.id);
    const isGood =
      to !== undefined &&
      to.closing === null &&
      iat < to.terms.closes &&
      to.terms.currency === currency &&
      valid_until > iat &&
      replaces === (own?.leaf ?? null);
    if (isGood) standing = [...standing.filter((one) => one !== own), { leaf, campaign, supplier: supplier.id }];
  }
  return standing;
}

function headlineNumbers(state: NetworkState) {
  const { stages, by_currency, pledges, communities, members_declared } = headlineOf(state);
  return { stages, by_currency, pledges, communities, members_declared };
}

/** Formula 1 written out from the report of each community, campaign by campaign, with no running sums. */
function recomputed(state: NetworkState) {
  const sums = { interest: 0n, pledged: 0n, committed: 0n, purchased: 0n };
  const power = new Map<string, bigint>();
  let pledges = 0;
  const counted = [...state.communities.values()].flatMap((each) =>
    each.status === "admitted" && each.counted !== null ? [each.counted] : [],
  );
  for (const { totals, fresh } of counted) {
    for (const line of totals) {
      const campaign = state.campaigns.get(line.c)!;
      const bands = campaign.terms.bands_minor.length;
      const open = fresh && !campaign.ended;
      sums.purchased += BigInt(line.purchased);
      if (open) sums.interest += BigInt(line.interest);
      if (open || (fresh && units(line, bands).pledged.every((qty) => qty === 0n))) pledges += line.pledges;
      for (let band = 0; band < bands; band += 1) {
        const pledged = open ? (units(line, bands).pledged[band] ?? 0n) : 0n;
        const committed = fresh ? (units(line, bands).committed[band] ?? 0n) : 0n;
        sums.pledged += pledged;
        sums.committed += committed;
        const prices = [BigInt(campaign.terms.reference_price_minor), BigInt(campaign.terms.bands_minor[band] ?? "0")];
        const value = (pledged + committed) * (prices[0]! < prices[1]! ? prices[0]! : prices[1]!);
        power.set(campaign.terms.currency, (power.get(campaign.terms.currency) ?? 0n) + value);
      }
    }
  }
  const fresh = counted.filter((each) => each.fresh);
  return {
    stages: Object.fromEntries(Object.entries(sums).map(([stage, qty]) => [stage, String(qty)])),
    by_currency: Object.fromEntries(
      [...power].filter(([, value]) => value > 0n).map(([code, value]) => [code, String(value)]),
    ),
    pledges,
    communities: fresh.length,
    members_declared: fresh.reduce((sum, each) => sum + each.profile.members, 0),
  };
}

function units(line: CampaignTotals, bands: number) {
  return { pledged: line.pledged.slice(0, bands).map(BigInt), committed: line.committed.slice(0, bands).map(BigInt) };
}

function view(state: NetworkState) {
  const { sums, campaigns, communities } = state;
  const byKey = <V>(map: ReadonlyMap<string, V>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...publicState(state),
    size: state.size,
    sums: { ...sums, power: byKey(sums.power) },
    campaigns: byKey(campaigns),
    communities: byKey(communities).map(([, each]) => ({ ...each, pending: [...each.pending.keys()].sort() })),
  };
}

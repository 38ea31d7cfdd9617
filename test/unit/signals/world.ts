/** Demand of a campaign with two or three price bands, made by hand or at random. */
import * as fc from "fast-check";
import { type Part, demandByRegion } from "../../../shared/signals/demand.ts";
import type { Rules } from "../../../shared/signals/region.ts";
import { type Release, advanceRelease, noRelease } from "../../../shared/signals/release.ts";
import type { CampaignTotals } from "../../../shared/protocol/statement.ts";

export const rules: Rules = { k: 5, bands: 3, max_qty: 4n };
export const noHistory = { fulfilled: 0n, locked: 0n, accounts: 0 };
const campaign = "A".repeat(43);

/** Accounts by band, each asking for `each` units. */
export function part(
  region: string,
  accounts: readonly number[],
  more: Partial<CampaignTotals> & { each?: number } = {},
): Part {
  const { each = 2, ...rest } = more;
  const units = accounts.map((here) => String(here * each));
  return {
    region,
    fresh: true,
    totals: {
      c: campaign,
      pledges: accounts.reduce((sum, here) => sum + here, 0),
      interest: "0",
      pledged: units,
      committed: units.map(() => "0"),
      purchased: "0",
      locked: "0",
      accounts: [...accounts],
      ...rest,
    },
  };
}

/** The same after a lock from a band up. */
export function lockedPart(region: string, accounts: readonly number[], purchased: string, each = 2): Part {
  const committed = accounts.map((here) => String(here * each));
  const locked = String(accounts.reduce((sum, here) => sum + here * each, 0));
  return part(region, accounts, { each, pledged: committed.map(() => "0"), committed, locked, purchased });
}

export function step(
  release: Release,
  parts: readonly Part[],
  size: number,
  ended = false,
  by: Rules = rules,
): Release {
  return advanceRelease(release, demandByRegion(parts, { bands: by.bands, ended }), by, size);
}

/** One release after another, at log sizes 1, 2, 3 … */
export function history(states: readonly (readonly Part[])[], by: Rules = rules): Release[] {
  const releases: Release[] = [];
  let release = noRelease();
  for (const [at, parts] of states.entries()) {
    release = step(release, parts, at + 1, false, by);
    releases.push(release);
  }
  return releases;
}

const names = ["DE-BE", "DE-BY", "DE-HH", "NL"];
/** A walk: communities in a few regions, whose members come, go, change their price and their quantity. */
export const walks = fc
  .array(
    fc.record({
      region: fc.nat(names.length - 1),
      band: fc.nat(2),
      accounts: fc.integer({ min: -7, max: 9 }),
      units: fc.integer({ min: 0, max: 12 }),
      interest: fc.integer({ min: 0, max: 30 }),
      purchased: fc.integer({ min: 0, max: 30 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((acts) => {
    const now = new Map<string, { accounts: number[]; units: number[]; interest: number; purchased: number }>();
    return acts.map((act) => {
      const name = names[act.region] ?? "";
      const here = now.get(name) ?? { accounts: [0, 0, 0], units: [0, 0, 0], interest: 0, purchased: 0 };
      const before = here.accounts[act.band] ?? 0;
      const accounts = Math.max(0, before + act.accounts);
      const least = Math.max((here.units[act.band] ?? 0) + 2 * (accounts - before) + act.units - 6, accounts);
      const units = Math.min(least, accounts * 4);
      now.set(name, {
        accounts: here.accounts.with(act.band, accounts),
        units: here.units.with(act.band, units),
        interest: act.interest,
        purchased: here.purchased + act.purchased,
      });
      return [...now].map(([region, one]) =>
        part(region, one.accounts, {
          pledged: one.units.map(String),
          interest: String(one.interest),
          purchased: String(one.purchased),
        }),
      );
    });
  });

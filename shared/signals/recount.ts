/**
 * Makes what a hub shows of a campaign again, from its log and the log sizes at which the hub says that it changed.
 * Nothing else goes in: who downloads the log can hold `/api/signals` against it (docs/signals.md §6).
 */
import { type LogItem, applyStatement } from "../network/fold.ts";
import { type NetworkState, emptyNetwork } from "../network/state.ts";
import { kOfPolicy } from "../protocol/smallest-k.ts";
import { type Part, demandByRegion } from "./demand.ts";
import type { Fulfilment } from "./likely.ts";
import { type Release, advanceRelease, noRelease } from "./release.ts";

export function smallestGroup(policy: NetworkState["policy"]): number {
  return kOfPolicy(policy?.claims.k);
}

/** What the counted reports of admitted communities say of a campaign. */
export function partsOf(state: Pick<NetworkState, "communities">, campaign: string): Part[] {
  return [...state.communities.values()].flatMap(({ status, counted }) => {
    const totals = counted?.totals.find(({ c }) => c === campaign);
    if (status !== "admitted" || counted === null || totals === undefined) return [];
    return [{ region: counted.profile.region, fresh: counted.fresh, totals }];
  });
}

/** How locked units have fared so far, over all locked campaigns. */
export function fulfilmentOf(state: Pick<NetworkState, "communities" | "campaigns">): Fulfilment {
  const sum: Fulfilment = { fulfilled: 0n, locked: 0n, accounts: 0 };
  for (const { id, closing } of state.campaigns.values()) {
    if (closing?.outcome === "locked") for (const { totals } of partsOf(state, id)) addFulfilment(sum, totals);
  }
  return sum;
}

export function addFulfilment(sum: Fulfilment, { locked, purchased, pledges }: Part["totals"]): void {
  const units = BigInt(locked);
  if (units === 0n) return;
  const bought = BigInt(purchased);
  sum.locked += units;
  sum.fulfilled += bought < units ? bought : units;
  sum.accounts += pledges;
}

/** One step, on the state of the log at its size. */
export function releaseAt(release: Release, state: NetworkState, id: string): Release {
  const campaign = state.campaigns.get(id);
  if (campaign === undefined) return release;
  const { ended, terms } = campaign;
  const bands = terms.bands_minor.length;
  const rules = { k: smallestGroup(state.policy), bands, max_qty: BigInt(terms.max_qty) };
  return advanceRelease(release, demandByRegion(partsOf(state, id), { bands, ended }), rules, state.size);
}

/** The whole of it: folds the log and steps at each of the sizes. Items from entry 0, at least up to the last size. */
export function recountRelease(
  items: Iterable<LogItem>,
  campaign: string,
  sizes: readonly number[],
): { release: Release; fulfilment: Fulfilment } {
  const state = emptyNetwork();
  let release = noRelease();
  let fulfilment = fulfilmentOf(state);
  const due = [...sizes];
  for (const item of items) {
    if (due.length === 0) break;
    applyStatement(state, item);
    if (state.size !== due[0]) continue;
    due.shift();
    release = releaseAt(release, state, campaign);
    fulfilment = fulfilmentOf(state);
  }
  return { release, fulfilment };
}

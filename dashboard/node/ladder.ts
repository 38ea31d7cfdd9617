/** How far a campaign is, in units: the numbers behind the ladder and the sentence "10 more units to reach 300 of 400". Pure. */
import type { NodeCampaign } from "../../shared/protocol/api/community.ts";

interface Stages {
  pledged: string;
  committed: string;
  purchased: string;
}

/** Units that stand behind the campaign: pledged, committed or bought; interest promises nothing and is left out. */
export function unitsOf(stages: Stages): bigint {
  return BigInt(stages.pledged) + BigInt(stages.committed) + BigInt(stages.purchased);
}

/** The network's units where the hub has published them, else this community's own. */
export function standingOf(campaign: NodeCampaign): { units: bigint; people: number; communities: number | null } {
  const { network, here } = campaign;
  return network
    ? { units: unitsOf(network), people: network.pledges, communities: network.communities }
    : { units: unitsOf(here), people: here.pledges, communities: null };
}

/** Quarters of the goal, as whole units: near enough to feel reachable, few enough to remember. */
export function rungsOf(goal: bigint): bigint[] {
  const rungs = [1n, 2n, 3n, 4n].map((n) => (goal * n + 3n) / 4n);
  return rungs.filter((rung, index) => rung > 0n && rung !== rungs[index - 1]);
}

/** The next rung above `units`, or null at the top. */
export function nextRung(units: bigint, goal: bigint): bigint | null {
  return rungsOf(goal).find((rung) => rung > units) ?? null;
}

/** Index of the highest price step not above the price, or null when it lies below the lowest. Bands rise strictly. */
export function bandOf(bands: readonly string[], price: string): number | null {
  const above = bands.findIndex((band) => BigInt(band) > BigInt(price));
  const index = above < 0 ? bands.length - 1 : above - 1;
  return index < 0 ? null : index;
}

export function daysLeft(until: string, now: number): number {
  return Math.max(0, Math.floor((Date.parse(until) - now) / 86_400_000));
}

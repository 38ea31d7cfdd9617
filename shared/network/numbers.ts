/**
 * What counts of a campaign's sums (docs/protocol.md §6, formula 1). Once a campaign has ended only what was
 * committed, and what was bought, still counts.
 */
import type { Campaign, CampaignSums, Community, NetworkSums } from "./state.ts";
import type { CampaignTotals } from "../protocol/statement.ts";

export interface CampaignNumbers {
  interest: bigint;
  pledged: bigint[];
  committed: bigint[];
  purchased: bigint;
  pledges: number;
  /** live chains by band, as far as reports tell: only to withhold what fewer than k of them would show */
  accounts: number[];
  communities: number;
  /** Σ (pledged + committed) × min(reference price, price of the band), minor units of the campaign's currency */
  power: bigint;
}

export function emptyCampaignSums(bands: number): CampaignSums {
  const none = () => Array.from({ length: bands }, () => 0n);
  return {
    interest: 0n,
    pledged: none(),
    committed: none(),
    purchased: 0n,
    pledges_open: 0,
    pledges_ended: 0,
    accounts_open: Array.from({ length: bands }, () => 0),
    accounts_ended: Array.from({ length: bands }, () => 0),
    communities_open: 0,
    communities_ended: 0,
  };
}

export function campaignNumbers(campaign: Pick<Campaign, "terms" | "ended" | "sums">): CampaignNumbers {
  const { sums, terms, ended } = campaign;
  const pledged = ended ? sums.pledged.map(() => 0n) : sums.pledged;
  const reference = BigInt(terms.reference_price_minor);
  let power = 0n;
  for (const [band, text] of terms.bands_minor.entries()) {
    const price = BigInt(text);
    const units = (pledged[band] ?? 0n) + (sums.committed[band] ?? 0n);
    power += units * (price < reference ? price : reference);
  }
  return {
    interest: ended ? 0n : sums.interest,
    pledged,
    committed: sums.committed,
    purchased: sums.purchased,
    pledges: ended ? sums.pledges_ended : sums.pledges_open,
    accounts: ended ? sums.accounts_ended : sums.accounts_open,
    communities: ended ? sums.communities_ended : sums.communities_open,
    power,
  };
}

/** Open units by price, as targeting asks for them. */
export function demandAtPrices(campaign: Pick<Campaign, "terms" | "ended" | "sums">): {
  bands_minor: bigint[];
  units_by_band: bigint[];
} {
  const { pledged, committed } = campaignNumbers(campaign);
  return {
    bands_minor: campaign.terms.bands_minor.map(BigInt),
    units_by_band: pledged.map((units, band) => units + (committed[band] ?? 0n)),
  };
}

/** Adds (or takes back) one community's numbers for one campaign. */
export function addReport(campaign: Campaign, totals: CampaignTotals, fresh: boolean, sign: 1 | -1): void {
  const { sums } = campaign;
  const signed = (units: bigint) => (sign === 1 ? units : -units);
  const bands = campaign.terms.bands_minor.length;
  const pledged = fresh ? unitsOf(totals.pledged, bands) : [];
  const committed = fresh ? unitsOf(totals.committed, bands) : [];
  const interest = fresh ? BigInt(totals.interest) : 0n;
  const pledges = fresh ? totals.pledges : 0;
  const purchased = BigInt(totals.purchased);
  for (const [band, units] of pledged.entries()) sums.pledged[band] = (sums.pledged[band] ?? 0n) + signed(units);
  for (const [band, units] of committed.entries()) sums.committed[band] = (sums.committed[band] ?? 0n) + signed(units);
  sums.interest += signed(interest);
  sums.purchased += signed(purchased);
  // A book's stages are exclusive: where anything is still pledged, the pledges counted are not commitments.
  const isPledged = pledged.some((units) => units > 0n);
  const isCommitted = committed.some((units) => units > 0n);
  const pledgesEnded = isPledged ? 0 : pledges;
  sums.pledges_open += sign * pledges;
  sums.pledges_ended += sign * pledgesEnded;
  for (const [band, chains] of (fresh ? (totals.accounts ?? []) : []).slice(0, bands).entries()) {
    sums.accounts_open[band] = (sums.accounts_open[band] ?? 0) + sign * chains;
    if (!isPledged) sums.accounts_ended[band] = (sums.accounts_ended[band] ?? 0) + sign * chains;
  }
  const countsEnded = isCommitted || purchased > 0n || pledgesEnded > 0;
  if (countsEnded || isPledged || interest > 0n || pledges > 0) sums.communities_open += sign;
  if (countsEnded) sums.communities_ended += sign;
}

/** Whether `addReport` would add the same of both. */
export function isSame(a: CampaignTotals, b: CampaignTotals): boolean {
  const areEqual = (x: readonly string[], y: readonly string[]) =>
    x.length === y.length && x.every((n, i) => n === y[i]);
  return (
    a.pledges === b.pledges &&
    a.interest === b.interest &&
    a.purchased === b.purchased &&
    areEqual(a.pledged, b.pledged) &&
    areEqual(a.committed, b.committed) &&
    areEqual((a.accounts ?? []).map(String), (b.accounts ?? []).map(String))
  );
}

/** Adds (or takes back) a campaign to the network's sums. */
export function addCampaign(sums: NetworkSums, campaign: Campaign, sign: 1 | -1): void {
  const numbers = campaignNumbers(campaign);
  const signed = (units: bigint) => (sign === 1 ? units : -units);
  sums.pledges += sign * numbers.pledges;
  sums.interest += signed(numbers.interest);
  sums.pledged += signed(total(numbers.pledged));
  sums.committed += signed(total(numbers.committed));
  sums.purchased += signed(numbers.purchased);
  const { currency } = campaign.terms;
  const power = (sums.power.get(currency) ?? 0n) + signed(numbers.power);
  if (power === 0n) sums.power.delete(currency);
  else sums.power.set(currency, power);
}

/** Adds (or takes back) a community to the network's head count. */
export function addCommunity(sums: NetworkSums, community: Community, sign: 1 | -1): void {
  if (community.status !== "admitted" || community.counted?.fresh !== true) return;
  sums.communities += sign;
  sums.members += sign * community.counted.profile.members;
}

export function total(units: readonly bigint[]): bigint {
  return units.reduce((sum, here) => sum + here, 0n);
}

/** A report that names more or fewer bands than the campaign has counts for the bands it has. */
function unitsOf(texts: readonly string[], bands: number): bigint[] {
  return texts.slice(0, bands).map(BigInt);
}

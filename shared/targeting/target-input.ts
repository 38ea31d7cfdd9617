/** What the formulas of targeting are fed with (docs/targeting.md §1): one campaign as the log shows it, exact and as JSON. */
import { campaignNumbers } from "../network/numbers.ts";
import type { Campaign } from "../network/state.ts";
import type { TargetingInput } from "../protocol/api/targeting.ts";
import type { FundEventOf } from "../protocol/fund.ts";
import { isoTime } from "../time.ts";

/** Units bought, and units ever locked, by the whole network: the prior of expected fulfilment. */
export interface Kept {
  fulfilled: bigint;
  locked: bigint;
}

/** Offers come first; without one the hub's estimate, and without that the campaign's own reference price and goal stand for what a supplier would ask. */
export function targetingInput(
  campaign: Campaign,
  need: FundEventOf<"need"> | undefined,
  { given, kept, log_time }: { given: bigint; kept: Kept; log_time: number },
): TargetingInput {
  const { terms, closing, ended, id, offers } = campaign;
  const { pledged, committed, purchased, pledges, communities } = campaignNumbers(campaign);
  const open = committed.reduce((sum, units) => sum + units, 0n);
  return {
    id,
    name: terms.name,
    unit: terms.unit,
    currency: terms.currency,
    closes: isoTime(terms.closes),
    state: closing?.outcome ?? (ended ? "ended" : "open"),
    bands_minor: terms.bands_minor,
    units_by_band: pledged.map((units, band) => String(units + (committed[band] ?? 0n))),
    accounts: pledges,
    communities,
    offers: offers
      .filter(({ everywhere, valid_until }) => everywhere && valid_until >= log_time)
      .map(({ leaf, supplier, tiers, max_qty }) => ({ offer: leaf, supplier: supplier.name, tiers, max_qty })),
    supplier_price_minor: need?.expected_price_minor ?? terms.reference_price_minor,
    minimum_units: need?.expected_minimum_units ?? terms.goal_qty,
    price_source: need?.expected_price_minor === undefined ? "campaign" : "estimate",
    fixed_cost_minor: need?.fixed_cost_minor ?? "0",
    market_development_minor: need?.market_development_minor ?? "0",
    committed_minor: String(given),
    fulfilled_units: String(purchased),
    locked_units: String(purchased + open),
    network_fulfilled_units: String(kept.fulfilled),
    network_locked_units: String(kept.locked),
  };
}

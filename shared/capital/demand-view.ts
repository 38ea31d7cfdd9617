/** What the capital rules ask of the network fold, answered by its state as it is just before the entry. */
import { isMet, isProven, measureDemand } from "../network/watch.ts";
import type { NetworkState, Watch } from "../network/state.ts";
import type { DemandView } from "./state.ts";

/**
 * `iat` of the entry: the hub's clock when it decides, its own when it is read back; it says which day it is. How long
 * demand has held is measured by the entries before: at their last moment reports that had become too old were out, so a
 * hub that falls silent, or dates an entry ahead or back, proves nothing by it.
 */
export function demandView(state: Pick<NetworkState, "campaigns" | "log_time">, iat: number): DemandView {
  const watched = (award: string, condition: number): Watch | undefined => {
    for (const campaign of state.campaigns.values()) {
      const found = campaign.watches.find((one) => one.award === award && one.condition === condition);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    log_time: Math.max(iat, state.log_time),
    campaign: (id) => state.campaigns.get(id)?.terms,
    proof(award, condition) {
      const one = watched(award, condition);
      const campaign = one === undefined ? undefined : state.campaigns.get(one.terms.campaign);
      if (one === undefined || campaign === undefined || one.held_since_index === null) return null;
      return {
        held_since_index: one.held_since_index,
        proven: isProven(one, state.log_time),
        now: measureDemand(campaign, one.terms),
      };
    },
    holdsNow(terms) {
      const campaign = state.campaigns.get(terms.campaign);
      if (campaign === undefined) return false;
      const measure = measureDemand(campaign, terms);
      // What has been bought since is demand that came true, not demand that went away.
      const bought = terms.stage === "purchased" ? 0n : campaign.sums.purchased;
      return isMet({ ...measure, units: measure.units + bought }, terms);
    },
  };
}

/** What the capital rules ask of the network fold, answered by its state as it is just before the entry. */
import { isMet, isProven, measureDemand } from "../network/watch.ts";
import type { NetworkState, Watch } from "../network/state.ts";
import type { DemandView } from "./state.ts";

/** `logTime` is that of the entry: the hub's clock when it decides, the entry's own iat when it is read back. */
export function demandView(state: Pick<NetworkState, "campaigns">, logTime: number): DemandView {
  const watched = (award: string, condition: number): Watch | undefined => {
    for (const campaign of state.campaigns.values()) {
      const found = campaign.watches.find((one) => one.award === award && one.condition === condition);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    log_time: logTime,
    campaign: (id) => state.campaigns.get(id)?.terms,
    proof(award, condition) {
      const one = watched(award, condition);
      const campaign = one === undefined ? undefined : state.campaigns.get(one.terms.campaign);
      if (one === undefined || campaign === undefined || one.held_since_index === null) return null;
      return {
        held_since_index: one.held_since_index,
        proven: isProven(one, logTime),
        now: measureDemand(campaign, one.terms),
      };
    },
    holdsNow(terms) {
      const campaign = state.campaigns.get(terms.campaign);
      return campaign !== undefined && isMet(measureDemand(campaign, terms), terms);
    },
  };
}

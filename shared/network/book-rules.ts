/** What the book fold must know of the hub's campaigns, from the network state at this point of the log. */
import type { RulesOf } from "../book/state.ts";
import type { Campaign } from "./state.ts";

export function rulesFrom(campaigns: ReadonlyMap<string, Pick<Campaign, "terms" | "closing">>): RulesOf {
  return (id) => {
    const campaign = campaigns.get(id);
    if (campaign === undefined) return undefined;
    const { terms, closing } = campaign;
    return {
      bands: terms.bands_minor.length,
      max_qty: BigInt(terms.max_qty),
      closing: closing === null ? null : { leaf: closing.leaf, outcome: closing.outcome, band: closing.band },
    };
  };
}

/** Small facts derived from a campaign's published numbers. */
import type { CampaignView } from "../../shared/protocol/api/network.ts";

export const stateTone = { open: "ok", ended: "warning", locked: "info", released: "info" } as const;

/** Units somebody stands behind: pledged, committed or already bought. Interest is no obligation and is left out. */
export function openUnits(campaign: Pick<CampaignView, "pledged" | "committed" | "purchased">): bigint {
  return BigInt(campaign.pledged) + BigInt(campaign.committed) + BigInt(campaign.purchased);
}

/** What changed for a member, newest first: from their receipts, the campaigns' endings and the hub's counting. Pure. */
import type { Community, NodeCampaign, ReceiptSummary } from "../../shared/protocol/api/community.ts";

export type Change =
  | { kind: "signed" | "interest" | "withdraw" | "counted"; at: string; href: string; campaign: string }
  | { kind: "locked" | "released"; at: string; href: string; campaign: string }
  | { kind: "hub"; at: string; href: string; hub: string; size: number };

export function changesOf(
  community: Community | null,
  campaigns: readonly NodeCampaign[],
  receipts: readonly ReceiptSummary[],
  most = 6,
): Change[] {
  const changes: Change[] = [];
  for (const receipt of receipts) {
    const href = `/me/receipts/${receipt.leaf}`;
    const campaign = receipt.campaign_name;
    const { counted, live, signed_at } = receipt.ticks;
    // one line per receipt: its newest step
    if (counted && live) changes.push({ kind: "counted", at: counted.at, href, campaign });
    else changes.push({ kind: receipt.kind === "pledge" ? "signed" : receipt.kind, at: signed_at, href, campaign });
  }
  for (const campaign of campaigns) {
    if (campaign.closing && (campaign.state === "locked" || campaign.state === "released")) {
      changes.push({
        kind: campaign.state,
        at: campaign.closing.at,
        href: `/campaigns/${campaign.id}`,
        campaign: campaign.name,
      });
    }
  }
  for (const hub of community?.hubs ?? []) {
    if (hub.counted_at)
      changes.push({ kind: "hub", at: hub.counted_at, href: "/#trust", hub: hub.name, size: hub.counted_book_size });
  }
  return changes.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, most);
}

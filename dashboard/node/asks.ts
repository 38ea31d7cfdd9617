/** What to ask a member now: at most three things, safety first, then what ends soonest. Pure; the words are in the catalogue. */
import type { Community, MyPledge, NodeCampaign } from "../../shared/protocol/api/community.ts";
import type { Me } from "../../shared/protocol/api/identity.ts";
import { daysLeft } from "./ladder.ts";

export type Ask =
  | { kind: "add-passkey" | "secure" | "setup" | "hub"; href: string }
  | { kind: "pledge" | "decide" | "interest"; href: string; campaign: NodeCampaign; mine: MyPledge | null };

const MOST = 3;
const LAST_DAYS = 3;

export function asksFor(
  me: Me,
  community: Community | null,
  campaigns: readonly NodeCampaign[],
  pledges: readonly MyPledge[],
  now: number,
  /** signed and on its way into the book: nothing is asked about it until it is there */
  waiting: readonly { campaign: string }[] = [],
): Ask[] {
  const asks: Ask[] = [];
  if (me.recovered) asks.push({ kind: "add-passkey", href: "/me#keys" });
  else if (me.passkeys < 2 && me.recovery_codes_left === 0) asks.push({ kind: "secure", href: "/me#keys" });
  if (me.role === "steward" && community) {
    if (!community.named || community.hubs.length === 0) asks.push({ kind: "setup", href: "/run" });
    else if (community.hubs.some((hub) => hub.failed_code !== null || hub.delivery.attempts > 2)) {
      asks.push({ kind: "hub", href: "/run/hub" });
    }
  }
  const open = campaigns
    .filter((campaign) => campaign.state === "open" && !waiting.some((one) => one.campaign === campaign.id))
    .toSorted((a, b) => a.closes.localeCompare(b.closes));
  for (const campaign of open) {
    const mine = pledges.find((pledge) => pledge.campaign === campaign.id) ?? null;
    const kind = askOf(mine, daysLeft(campaign.closes, now));
    if (kind) asks.push({ kind, href: `/campaigns/${campaign.id}`, campaign, mine });
  }
  return asks.slice(0, MOST);
}

function askOf(mine: MyPledge | null, days: number): "pledge" | "decide" | "interest" | null {
  if (mine === null) return "pledge";
  if (mine.kind === "interest") return "interest";
  return days < LAST_DAYS ? "decide" : null;
}

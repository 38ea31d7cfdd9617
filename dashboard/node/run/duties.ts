/** What needs a steward, most urgent first, and how far the first set-up has come. Pure; the words are in the catalogue. */
import type { Community, HubLink } from "../../../shared/protocol/api/community.ts";

export type Duty = {
  kind: "stopped" | "alarm" | "failed" | "suspended" | "declined" | "waiting" | "offered" | "alone";
  href: string;
  n: number;
};

export function dutiesOf(community: Community, offered: number, stewards: number | null, isStopped: boolean): Duty[] {
  const hubDuties = community.hubs
    .flatMap((hub) => hubDuty(hub) ?? [])
    .map((kind) => ({ kind, href: "/run/hub", n: 1 }));
  const duties: Duty[] = isStopped ? [{ kind: "stopped", href: "/run/witnessing", n: 1 }] : [];
  duties.push(...hubDuties);
  if (offered > 0) duties.push({ kind: "offered", href: "/run/campaigns", n: offered });
  if (stewards === 1 && community.members > 3) duties.push({ kind: "alone", href: "/run/invites", n: 1 });
  return duties;
}

function hubDuty(hub: HubLink): "alarm" | "failed" | "suspended" | "declined" | "waiting" | null {
  if (hub.watch !== null && hub.watch.codes.length > 0) return "alarm";
  if (hub.status === "suspended" || hub.status === "declined") return hub.status;
  if (hub.failed_code !== null) return "failed";
  return hub.delivery.waiting && hub.delivery.attempts > 1 ? "waiting" : null;
}

export type SetupStep = { id: "name" | "hub" | "invite"; done: boolean; asked: boolean; href: string };

/** Inviting counts as done once somebody else is in, or an invitation is out. */
export function setupOf(community: Community, invites: number): SetupStep[] {
  return [
    { id: "name", done: community.named, asked: false, href: "/run/profile" },
    { id: "hub", done: community.hubs.length > 0, asked: community.hubs[0]?.status === "requested", href: "/run/hub" },
    { id: "invite", done: community.members > 1 || invites > 0, asked: false, href: "/run/invites" },
  ];
}

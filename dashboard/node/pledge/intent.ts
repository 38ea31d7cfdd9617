/**
 * What the person asked for, and whether the document that came back says the same (docs/protocol.md §2).
 * The server builds the document; this is the page's own refusal to sign anything else. Pure.
 */
import type { NodeCampaign } from "../../../shared/protocol/api/community.ts";
import type { DraftPledge } from "../../../shared/protocol/api/community.ts";
import type { MemberDocument } from "../../../shared/protocol/document.ts";
import { bandOf } from "../ladder.ts";

export interface Intent {
  draft: DraftPledge;
  campaign: Pick<NodeCampaign, "id" | "hub" | "currency" | "bands_minor">;
  /** origin of this community */
  node: string;
  /** leaf of what is signed now for this campaign, null for a first pledge */
  replaces: string | null;
  /** host name of this page */
  site: string;
}

export type Mismatch =
  | "typ"
  | "campaign"
  | "hub"
  | "qty"
  | "price"
  | "band"
  | "site"
  | "replaces"
  | "tolerance"
  | "hash"
  | "challenge";

/** The first thing in `document` that was not asked for, or null when it says exactly what the person said. */
export function mismatchOf(document: MemberDocument, intent: Intent): Mismatch | null {
  const { draft, campaign } = intent;
  if (document.typ !== draft.kind) return "typ";
  if (document.campaign !== draft.campaign || document.campaign !== campaign.id) return "campaign";
  if (document.hub !== campaign.hub) return "hub";
  if (document.node !== intent.node || !covers(document.rp_id, intent.site)) return "site";
  if (document.replaces !== intent.replaces) return "replaces";
  if (document.typ === "withdraw" || draft.kind === "withdraw") return null;
  if (document.qty !== draft.qty) return "qty";
  if (document.typ === "interest" || draft.kind === "interest") return null;
  if (document.max_unit_price_minor !== draft.max_unit_price_minor || document.currency !== campaign.currency)
    return "price";
  if (document.band !== bandOf(campaign.bands_minor, draft.max_unit_price_minor)) return "band";
  return document.tolerance === "0" ? null : "tolerance";
}

/** A relying party id is the page's host or a domain above it. */
function covers(rpId: string, host: string): boolean {
  return host === rpId || host.endsWith(`.${rpId}`);
}

/** Publishing, amending and closing a campaign. Price, unit, currency, bands and limits never change once logged. */
import type { z } from "zod";
import { toBase64url } from "../../../shared/bytes.ts";
import { normaliseGtin } from "../../../shared/catalogue/gtin.ts";
import { isCurrency } from "../../../shared/money/currency.ts";
import { areIncreasing } from "../../../shared/network/rules.ts";
import type { Campaign } from "../../../shared/network/state.ts";
import type { amendCampaign, closeCampaign, PublishCampaign } from "../../../shared/protocol/api/console.ts";
import { Refused } from "../../lib/problem.ts";
import { type DecidedEntry, type Deciding, commit, signed } from "../commit.ts";
import type { Hub } from "../hub.ts";
import type { LoggedEntry } from "./node-status.ts";

export async function publishCampaign(hub: Hub, terms: PublishCampaign): Promise<LoggedEntry> {
  if (!isCurrency(terms.currency)) throw new Refused("currency-unknown");
  if (!areIncreasing(terms.bands_minor)) throw new Refused("campaign-bands");
  if (terms.product.gtin !== null && !normaliseGtin(terms.product.gtin).ok) throw new Refused("gtin-invalid");
  const nonce = toBase64url(crypto.getRandomValues(new Uint8Array(16)));
  return await logOne(hub, [], async ({ iat }) => {
    const closes = secondsOf(terms.closes);
    if (closes <= iat) throw new Refused("campaign-closing-date");
    return await signed(hub, "campaign+jwt", iat, { ...terms, closes, nonce });
  });
}

export async function amend(hub: Hub, id: string, change: z.infer<typeof amendCampaign>): Promise<LoggedEntry> {
  return await logOne(hub, [id], async ({ view, iat }) => {
    unclosed(view.state.campaigns.get(id));
    const closes = change.closes === undefined ? undefined : secondsOf(change.closes);
    if (closes !== undefined && closes <= iat) throw new Refused("campaign-closing-date");
    return await signed(hub, "campaign-amend+jwt", iat, {
      campaign: id,
      reason: change.reason,
      ...(change.text === undefined ? {} : { text: change.text }),
      ...(closes === undefined ? {} : { closes }),
    });
  });
}

/** `locked` names the lowest band whose pledges become commitments; `released` lets all go and names none. */
export async function close(hub: Hub, id: string, closing: z.infer<typeof closeCampaign>): Promise<LoggedEntry> {
  return await logOne(hub, [id], async ({ view, iat }) => {
    const bands = unclosed(view.state.campaigns.get(id)).terms.bands_minor.length;
    const { outcome, band } = closing;
    const isRight = outcome === "released" ? band === null : band !== null && band < bands;
    if (!isRight) throw new Refused("campaign-bands", { detail: "the band does not fit the outcome" });
    return await signed(hub, "campaign-close+jwt", iat, { campaign: id, ...closing });
  });
}

function unclosed(campaign: Campaign | undefined): Campaign {
  if (campaign === undefined) throw new Refused("campaign-unknown");
  if (campaign.closing !== null) throw new Refused("campaign-closed");
  return campaign;
}

async function logOne(
  hub: Hub,
  campaigns: string[],
  decide: (deciding: Deciding) => Promise<DecidedEntry>,
): Promise<LoggedEntry> {
  const { value } = await commit<LoggedEntry>(hub, {
    needs: { campaigns },
    decide: async (deciding) => {
      const one = await decide(deciding);
      return { entries: [one], value: { leaf: one.entry.leaf, index: deciding.next } };
    },
  });
  return value;
}

function secondsOf(dateTime: string): number {
  return Math.floor(Date.parse(dateTime) / 1000);
}

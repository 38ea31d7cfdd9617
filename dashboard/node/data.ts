/** What the pages of this app read, one hook per endpoint. Paths live here so that two pages share one answer. */
import type { Community, NodeCampaign, MyPledges, ReceiptSummary } from "../../shared/protocol/api/community.ts";
import { api } from "../parts/api.ts";
import { type Resource, useResource } from "../parts/use-resource.ts";

export const useCommunity = (every?: number): Resource<Community> =>
  useResource<Community>("/api/community", every ? { every } : {});

export const useCampaigns = (): Resource<{ campaigns: NodeCampaign[] }> =>
  useResource<{ campaigns: NodeCampaign[] }>("/api/campaigns");

export const useCampaign = (id: string): Resource<NodeCampaign> =>
  useResource<NodeCampaign>(`/api/campaigns/${encodeURIComponent(id)}`);

export const useOffered = (): Resource<{ campaigns: NodeCampaign[] }> =>
  useResource<{ campaigns: NodeCampaign[] }>("/api/campaigns/offered");

/** null while nobody is signed in: the answer would only be a refusal. */
export const usePledges = (signedIn: boolean): Resource<MyPledges> =>
  useResource<MyPledges>(signedIn ? "/api/pledges" : null);

export interface ReceiptPage {
  receipts: ReceiptSummary[];
  next: string | null;
}

export const useReceipts = (signedIn: boolean): Resource<ReceiptPage> =>
  useResource<ReceiptPage>(signedIn ? "/api/receipts" : null);

const MOST_PAGES = 20;

/** Receipts come in pages, newest first; the one asked for is nearly always on the first. */
export async function findReceipt(leaf: string): Promise<ReceiptSummary | null> {
  let path: string | null = "/api/receipts";
  for (let page = 0; path !== null && page < MOST_PAGES; page += 1) {
    const answer: Awaited<ReturnType<typeof api.get<ReceiptPage>>> = await api.get<ReceiptPage>(path);
    if (!answer.ok) return null;
    const found = answer.value.receipts.find((receipt) => receipt.leaf === leaf);
    if (found) return found;
    path = answer.value.next === null ? null : `/api/receipts?after=${encodeURIComponent(answer.value.next)}`;
  }
  return null;
}

/** The steward offers a campaign to the members. Doing it twice is doing it once. */
import type { NodeCampaign } from "../../../shared/protocol/api/community.ts";
import { Refused } from "../../lib/problem.ts";
import type { NodeContext } from "../context.ts";
import { campaignQuery, campaignsOf } from "../queries/campaign.ts";

export async function adoptCampaign({ db, now }: NodeContext, id: string): Promise<NodeCampaign> {
  const at = now();
  const [, found] = await db.batch([
    db
      .prepare(
        "UPDATE campaign SET adopted_at = ?1 WHERE id = ?2 AND adopted_at IS NULL AND close_leaf IS NULL AND closes > ?1",
      )
      .bind(at, id),
    campaignQuery(db, id),
  ]);
  const [campaign] = campaignsOf(found?.results ?? [], at);
  if (campaign === undefined) throw new Refused("campaign-unknown");
  if (!campaign.adopted) throw new Refused("campaign-closed");
  return campaign;
}

/** What a hypercert of a campaign says: units bought as the communities report them, and whose money was paid out for it. */
import type { FulfilledCampaign } from "../../../shared/standards/hypercert.ts";
import { Refused } from "../../lib/problem.ts";
import { campaignDetail } from "./campaign.ts";

const MAX_FUNDERS = 100;
/** By the index on an award's campaign. A person who gives is nobody's business here. */
const FUNDERS_SQL = `SELECT DISTINCT funder.data ->> '$.event.name' AS name FROM award JOIN funder ON funder.id = award.funder
  WHERE award.campaign = ? AND award.data ->> '$.disbursed' <> '0'
    AND funder.data ->> '$.event.kind' NOT IN ('individual', 'anonymous') ORDER BY name LIMIT ?`;

export async function fulfilledCampaign(db: D1Database, log: string, id: string): Promise<FulfilledCampaign> {
  const campaign = await campaignDetail(db, log, id);
  if (campaign === null) throw new Refused("campaign-unknown");
  const { closing, purchased } = campaign;
  if (campaign.state !== "locked" || closing === null || purchased === "0") throw new Refused("campaign-not-fulfilled");
  const { results } = await db.prepare(FUNDERS_SQL).bind(id, MAX_FUNDERS).all<{ name: string }>();
  return {
    id,
    name: campaign.name,
    text: campaign.text,
    product: campaign.product.gtin ?? campaign.product.name,
    unit: campaign.unit,
    purchased,
    opened: secondsOf(campaign.opens),
    closed: secondsOf(closing.at),
    communities: campaign.by_community.filter((one) => one.purchased !== "0"),
    funders: results.map(({ name }) => name),
  };
}

function secondsOf(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000);
}

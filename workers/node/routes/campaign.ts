/** Campaigns this community has adopted, for everyone; those it could adopt, for its stewards. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/community.ts";
import { hash } from "../../../shared/protocol/primitives.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { adoptCampaign } from "../actions/adopt-campaign.ts";
import { contextOf } from "../context.ts";
import type { NodeConfig } from "../env.ts";
import { adoptedQuery, campaignQuery, campaignsOf, offeredQuery } from "../queries/campaign.ts";

export const campaignRoutes = new OpenAPIHono<AppEnv<NodeConfig>>();
const tags = ["campaign"];
const byId = z.object({ id: hash });

campaignRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/campaigns",
    tags,
    summary: "The campaigns this community has adopted",
    responses: { 200: json(api.nodeCampaignList, "Those that close last come first"), ...refusals },
  }),
  async (c) => {
    const { results } = await adoptedQuery(c.get("db")).all();
    return c.json({ campaigns: campaignsOf(results, c.get("now")()) }, 200, { "cache-control": "no-cache" });
  },
);

campaignRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/campaigns/offered",
    tags,
    summary: "Steward: everything the hubs offer",
    responses: { 200: json(api.nodeCampaignList, "Open ones first"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    const { results } = await offeredQuery(c.get("db")).all();
    return c.json({ campaigns: campaignsOf(results, c.get("now")()) }, 200);
  },
);

campaignRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/campaigns/{id}",
    tags,
    summary: "One adopted campaign",
    request: { params: byId },
    responses: { 200: json(api.nodeCampaign, "Terms, this community's numbers and the network's"), ...refusals },
  }),
  async (c) => {
    const { results } = await campaignQuery(c.get("db"), c.req.valid("param").id).all();
    const [campaign] = campaignsOf(results, c.get("now")());
    if (campaign === undefined || !campaign.adopted) throw new Refused("campaign-unknown");
    return c.json(campaign, 200, { "cache-control": "no-cache" });
  },
);

campaignRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/campaigns/{id}/adopt",
    tags,
    summary: "Steward: offer this campaign to the members",
    request: { params: byId },
    responses: { 200: json(api.nodeCampaign, "Adopted"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    return c.json(await adoptCampaign(contextOf(c), c.req.valid("param").id), 200);
  },
);

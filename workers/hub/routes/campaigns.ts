/** Campaigns: public to read, the operator's to publish, amend and close. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import * as console from "../../../shared/protocol/api/console.ts";
import { campaignDetail as detailSchema, campaignPage as pageSchema } from "../../../shared/protocol/api/network.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { amend, close, publishCampaign } from "../actions/campaign.ts";
import type { HubConfig } from "../env.ts";
import { settleAfter } from "../jobs/settle.ts";
import { campaignDetail, campaignPage } from "../queries/campaign.ts";
import { hubOf, limitParam, numberCursor } from "./request.ts";

export const campaignsRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["campaign"];
const byId = z.object({ id: z.string().min(1).max(64) });

campaignsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/campaigns",
    tags,
    summary: "All campaigns, newest first",
    request: { query: z.object({ after: numberCursor, limit: limitParam }) },
    responses: { 200: json(pageSchema, "A page"), ...refusals },
  }),
  async (c) => {
    const { after, limit } = c.req.valid("query");
    const page = await campaignPage(c.get("db"), c.get("config").logOrigin, { before: after ?? null, limit });
    return c.json(page, 200);
  },
);

campaignsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/campaigns/{id}",
    tags,
    summary: "One campaign with the communities in it",
    request: { params: byId },
    responses: { 200: json(detailSchema, "The campaign"), ...refusals },
  }),
  async (c) => {
    const campaign = await campaignDetail(c.get("db"), c.get("config").logOrigin, c.req.valid("param").id);
    if (campaign === null) throw new Refused("campaign-unknown");
    return c.json(campaign, 200);
  },
);

campaignsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/campaigns",
    tags,
    summary: "Publish a campaign: its terms become a log entry",
    request: { body: jsonBody(console.publishCampaign) },
    responses: { 201: json(console.logged, "The entry; its leaf is the campaign's id"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator");
    const logged = await publishCampaign(await hubOf(c), c.req.valid("json"));
    settleAfter(c);
    return c.json(logged, 201);
  },
);

campaignsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/campaigns/{id}/amend",
    tags,
    summary: "Change the text or the closing date, with a reason",
    request: { params: byId, body: jsonBody(console.amendCampaign) },
    responses: { 201: json(console.logged, "The entry"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator");
    const logged = await amend(await hubOf(c), c.req.valid("param").id, c.req.valid("json"));
    settleAfter(c);
    return c.json(logged, 201);
  },
);

campaignsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/campaigns/{id}/close",
    tags,
    summary: "Close a campaign: lock its pledges from a band up, or release all",
    request: { params: byId, body: jsonBody(console.closeCampaign) },
    responses: { 201: json(console.logged, "The entry"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator");
    const logged = await close(await hubOf(c), c.req.valid("param").id, c.req.valid("json"));
    settleAfter(c);
    return c.json(logged, 201);
  },
);

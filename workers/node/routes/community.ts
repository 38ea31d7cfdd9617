/** The community's public page, and the steward's form for it. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import * as api from "../../../shared/protocol/api/community.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { updateCommunity } from "../actions/update-community.ts";
import { announce } from "../announce.ts";
import { contextOf } from "../context.ts";
import type { NodeConfig } from "../env.ts";
import { readCommunity } from "../queries/community-page.ts";

export const communityRoutes = new OpenAPIHono<AppEnv<NodeConfig>>();
const tags = ["community"];

communityRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/community",
    tags,
    summary: "The community: profile, numbers, its book and its hubs",
    responses: { 200: json(api.community, "Public"), ...refusals },
  }),
  async (c) => c.json(await readCommunity(contextOf(c)), 200, { "cache-control": "no-cache" }),
);

communityRoutes.openapi(
  createRoute({
    method: "put",
    path: "/api/community",
    tags,
    summary: "Steward: name, describe and place the community; it travels with the next report",
    request: { body: jsonBody(api.updateCommunity) },
    responses: { 200: json(api.community, "The new profile"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    const context = contextOf(c);
    await updateCommunity(context, c.req.valid("json"));
    announce(c);
    return c.json(await readCommunity(context), 200);
  },
);

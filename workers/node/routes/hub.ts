/** Steward: look at a hub, ask to join it, try the delivery now. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import * as api from "../../../shared/protocol/api/community.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { unwrap } from "../../lib/problem.ts";
import { joinHub } from "../actions/join-hub.ts";
import { contextOf } from "../context.ts";
import type { NodeConfig } from "../env.ts";
import { introduce } from "../hub-client.ts";
import { attendHubs } from "../jobs/attend-hubs.ts";
import { linkOf } from "../queries/hub.ts";

export const hubRoutes = new OpenAPIHono<AppEnv<NodeConfig>>();
const tags = ["hub"];

hubRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/hubs/preview",
    tags,
    summary: "Steward: what a hub says of itself",
    request: { body: jsonBody(api.previewHub) },
    responses: { 200: json(api.hubPreview, "Compare the key with what the hub's people told you"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    const { origin, url, name, vkey, statementKid, demo } = unwrap(
      await introduce(contextOf(c).peer, c.req.valid("json").url),
    );
    return c.json({ origin, url, name, vkey, statement_kid: statementKid, demo }, 200);
  },
);

hubRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/hubs",
    tags,
    summary: "Steward: ask to join, with the key that was shown",
    request: { body: jsonBody(api.joinHub) },
    responses: { 201: json(api.hubLink, "Where the community stands with this hub"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    return c.json(linkOf(await joinHub(contextOf(c), c.req.valid("json"))), 201);
  },
);

hubRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/hubs/refresh",
    tags,
    summary: "Steward: ask, fetch and deliver now",
    responses: { 200: json(api.hubLinks, "Every hub after the attempt"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    return c.json({ hubs: await attendHubs(contextOf(c), { force: true }) }, 200);
  },
);

/** Who receives money: names of organisations only, individuals are never named. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { recipientDetail, recipientPage } from "../../../shared/protocol/api/capital.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import type { HubConfig } from "../env.ts";
import { recipientDetailOf, recipients } from "../queries/recipient.ts";
import { limitParam, numberCursor } from "./request.ts";

export const recipientsRoute = new OpenAPIHono<AppEnv<HubConfig>>();

recipientsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/recipients",
    tags: ["capital"],
    summary: "Recipients, newest first; by a part of the name for the people of the hub",
    request: { query: z.object({ q: z.string().max(80).default(""), after: numberCursor, limit: limitParam }) },
    responses: { 200: json(recipientPage, "A page"), ...refusals },
  }),
  async (c) => {
    const { q, after, limit } = c.req.valid("query");
    // a scan: for the people of the hub
    if (q !== "") await requireRole(c, "operator", "finance", "approver", "auditor");
    return c.json(await recipients(c.get("db"), { q, after: after ?? null, limit }), 200);
  },
);

recipientsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/recipients/{id}",
    tags: ["capital"],
    summary: "One recipient and what it was given; its awards are at /api/awards?recipient=",
    request: { params: z.object({ id: z.string().min(1).max(100) }) },
    responses: { 200: json(recipientDetail, "The recipient"), ...refusals },
  }),
  async (c) => {
    const found = await recipientDetailOf(c.get("db"), c.get("config").logOrigin, c.req.valid("param").id);
    if (found === null) throw new Refused("recipient-unknown");
    return c.json(found, 200);
  },
);

/** Steward: who is a member, and who no longer is. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/community.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { DONE, json, refusals } from "../../lib/openapi.ts";
import { endMembership } from "../actions/end-membership.ts";
import { announce } from "../announce.ts";
import { contextOf } from "../context.ts";
import type { NodeConfig } from "../env.ts";
import { readMembers } from "../queries/member.ts";

export const memberRoutes = new OpenAPIHono<AppEnv<NodeConfig>>();
const tags = ["member"];

memberRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/members",
    tags,
    summary: "Steward: the members, oldest first",
    request: { query: z.object({ after: z.string().max(100).optional() }) },
    responses: { 200: json(api.memberPage, "A page; `next` goes into `after`"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    return c.json(await readMembers(c.get("db"), c.req.valid("query").after ?? null), 200);
  },
);

memberRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/members/{id}/remove",
    tags,
    summary: "Steward: remove a member; their live pledges are withdrawn",
    request: { params: z.object({ id: z.string().min(1).max(64) }) },
    responses: { 204: DONE, ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    await endMembership(contextOf(c), c.req.valid("param").id, "removed");
    announce(c);
    return c.body(null, 204);
  },
);

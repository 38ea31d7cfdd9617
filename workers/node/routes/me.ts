/** My data as a file, and the way out. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import * as api from "../../../shared/protocol/api/community.ts";
import type { AppEnv } from "../../lib/app.ts";
import { clearCookie } from "../../lib/identity/cookie.ts";
import { requireMember } from "../../lib/identity/session.ts";
import { DONE, json, jsonBody, refusals } from "../../lib/openapi.ts";
import { endMembership } from "../actions/end-membership.ts";
import { announce } from "../announce.ts";
import { contextOf } from "../context.ts";
import type { NodeConfig } from "../env.ts";
import { readMyData } from "../queries/my-data.ts";

export const meRoutes = new OpenAPIHono<AppEnv<NodeConfig>>();
const tags = ["me"];

meRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/me/data",
    tags,
    summary: "Everything this community stores about me",
    responses: { 200: json(api.memberData, "A file"), ...refusals },
  }),
  async (c) => {
    const who = await requireMember(c);
    return c.json(await readMyData(contextOf(c), who), 200, {
      "content-disposition": 'attachment; filename="my-cocoon-data.json"',
      "cache-control": "no-store",
    });
  },
);

meRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/me/leave",
    tags,
    summary: "Leave: pledges are withdrawn, keys end, personal data is erased",
    request: { body: jsonBody(api.leaveBody) },
    responses: { 204: DONE, ...refusals },
  }),
  async (c) => {
    const who = await requireMember(c);
    await endMembership(contextOf(c), who.member.id, "left");
    clearCookie(c, "session");
    announce(c);
    return c.body(null, 204);
  },
);

/** What funders said they might give, for the people who handle money: finance records or declines. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/party.ts";
import { ref } from "../../../shared/protocol/fund.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { DONE, json, refusals } from "../../lib/openapi.ts";
import { declineIntention, recordIntention } from "../actions/intention.ts";
import type { HubConfig } from "../env.ts";
import { settleAfter } from "../jobs/settle.ts";
import { intentionsOf } from "../queries/funder-desk.ts";
import { hubOf } from "./request.ts";

export const intentionsRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["desk"];
const byId = z.object({ id: ref });

intentionsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/intentions",
    tags,
    summary: "What funders said they might give",
    responses: { 200: json(api.intentionList, "What waits first"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator", "finance", "approver", "auditor");
    return c.json(await intentionsOf(c.get("db")), 200);
  },
);

intentionsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/intentions/{id}/record",
    tags,
    summary: "Record it in the log as an intention of this amount",
    request: { params: byId },
    responses: { 204: DONE, ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator", "finance");
    await recordIntention(await hubOf(c), member, c.req.valid("param").id);
    settleAfter(c);
    return c.body(null, 204);
  },
);

intentionsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/intentions/{id}/decline",
    tags,
    summary: "Decline it; nothing is logged",
    request: { params: byId },
    responses: { 204: DONE, ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator", "finance");
    await declineIntention(await hubOf(c), member, c.req.valid("param").id);
    return c.body(null, 204);
  },
);

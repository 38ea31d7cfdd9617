/** Accounts of funders and suppliers, for the operator. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/party.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { DONE, json, jsonBody, refusals } from "../../lib/openapi.ts";
import { limitBy, MINUTE_MS, rateLimiter } from "../../lib/rate-limit.ts";
import { inviteParty, withdrawParty } from "../actions/party.ts";
import type { HubConfig } from "../env.ts";
import { deliverAfter } from "../jobs/deliver.ts";
import { partyAccounts } from "../queries/party.ts";
import { hubOf } from "./request.ts";

export const partiesRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["party"];
const makes = rateLimiter(30, MINUTE_MS);

partiesRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/parties",
    tags,
    summary: "Who signs in for funders and suppliers, and which invitations are open",
    responses: { 200: json(api.partyList, "Newest first"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator", "auditor");
    return c.json({ accounts: await partyAccounts(c.get("db"), c.get("now")()) }, 200);
  },
);

partiesRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/parties",
    tags,
    summary: "Give somebody an account for one funder or supplier",
    request: { body: jsonBody(api.inviteParty) },
    responses: { 201: json(api.invitedParty, "A link is shown once; a mail is on its way"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator");
    limitBy(c, makes, member.id);
    const invited = await inviteParty(await hubOf(c), member, c.req.valid("json"));
    if (invited.url === null) deliverAfter(c);
    return c.json(invited, 201);
  },
);

partiesRoute.openapi(
  createRoute({
    method: "delete",
    path: "/api/parties/{id}",
    tags,
    summary: "Withdraw an account, with its sessions, or an invitation",
    request: { params: z.object({ id: z.string().min(1).max(64) }) },
    responses: { 204: DONE, ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator");
    await withdrawParty(await hubOf(c), member, c.req.valid("param").id);
    return c.body(null, 204);
  },
);

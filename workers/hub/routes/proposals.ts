/** Recording money: what somebody proposes and somebody else approves (docs/capital.md §5). */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/proposal.ts";
import type { FundEvent } from "../../../shared/protocol/fund.ts";
import type { AppContext, AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { approveProposal, previewProposal, propose, refuseProposal, withdrawProposal } from "../actions/proposal.ts";
import type { Actor } from "../audit.ts";
import type { HubConfig } from "../env.ts";
import { settleAfter } from "../jobs/settle.ts";
import { proposalView, proposals } from "../queries/proposal.ts";
import { hubOf, limitParam, numberCursor } from "./request.ts";

export const proposalsRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["proposal"];
const byId = z.object({ id: z.string().min(1).max(64) });

/** A run whose inputs nobody can read could not be run again. */
function refuseByHand(events: readonly FundEvent[]): void {
  if (events.some(({ event }) => event === "allocation")) throw new Refused("allocation-by-hand");
}

async function view(c: AppContext<HubConfig>, actor: Actor, id: string) {
  const proposal = await proposalView(c.get("db"), actor, id);
  if (proposal === null) throw new Refused("proposal-unknown");
  return proposal;
}

proposalsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/proposals",
    tags,
    summary: "Proposals in one state, newest first",
    request: {
      query: z.object({ state: api.proposalState.default("waiting"), after: numberCursor, limit: limitParam }),
    },
    responses: { 200: json(api.proposalPage, "A page"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator", "finance", "approver", "auditor");
    const { state, after, limit } = c.req.valid("query");
    return c.json(await proposals(c.get("db"), member, { state, before: after ?? null, limit }), 200);
  },
);

proposalsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/proposals/{id}",
    tags,
    summary: "One proposal",
    request: { params: byId },
    responses: { 200: json(api.proposalView, "The proposal"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator", "finance", "approver", "auditor");
    return c.json(await view(c, member, c.req.valid("param").id), 200);
  },
);

proposalsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/proposals/preview",
    tags,
    summary: "What the events would move, without moving it",
    request: { body: jsonBody(api.propose) },
    responses: { 200: json(api.proposalPreview, "Transfers, or the reason why not"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator", "finance");
    const asked = c.req.valid("json");
    refuseByHand(asked.events);
    const { transfers, needs_approval } = await previewProposal(await hubOf(c), member, asked);
    const shown = transfers.map(({ currency, from, to, amount_minor, code }) => ({
      currency,
      from,
      to,
      amount_minor,
      code,
    }));
    return c.json({ transfers: shown, needs_approval }, 200);
  },
);

proposalsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/proposals",
    tags,
    summary: "Record facts at once, or propose what needs somebody else's approval",
    request: { body: jsonBody(api.propose) },
    responses: { 201: json(api.proposalView, "The proposal; the same key again gives the same one"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator", "finance");
    const asked = c.req.valid("json");
    refuseByHand(asked.events);
    const id = await propose(await hubOf(c), member, asked);
    settleAfter(c);
    return c.json(await view(c, member, id), 201);
  },
);

proposalsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/proposals/{id}/approve",
    tags,
    summary: "Approve what somebody else proposed: it is logged",
    request: { params: byId, body: jsonBody(api.decideProposal) },
    responses: { 201: json(api.proposalView, "The proposal"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator", "approver");
    const { id } = c.req.valid("param");
    await approveProposal(await hubOf(c), member, id);
    settleAfter(c);
    return c.json(await view(c, member, id), 201);
  },
);

proposalsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/proposals/{id}/refuse",
    tags,
    summary: "Refuse what somebody else proposed, with a reason",
    request: { params: byId, body: jsonBody(api.decideProposal) },
    responses: { 201: json(api.proposalView, "The proposal"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator", "approver");
    const { id } = c.req.valid("param");
    await refuseProposal(await hubOf(c), member, id, c.req.valid("json").reason);
    return c.json(await view(c, member, id), 201);
  },
);

proposalsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/proposals/{id}/withdraw",
    tags,
    summary: "Withdraw a proposal of one's own",
    request: { params: byId, body: jsonBody(api.decideProposal) },
    responses: { 201: json(api.proposalView, "The proposal"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator", "finance");
    const { id } = c.req.valid("param");
    await withdrawProposal(await hubOf(c), member, id, c.req.valid("json").reason);
    return c.json(await view(c, member, id), 201);
  },
);

/** Requests to join: any node may ask and look at its own; the operator decides. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import * as console from "../../../shared/protocol/api/console.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { MINUTE_MS, addressOf, limitBy, rateLimiter } from "../../lib/rate-limit.ts";
import { requestJoin } from "../actions/node-join.ts";
import { admit, decline } from "../actions/node-status.ts";
import type { HubConfig } from "../env.ts";
import { settleAfter } from "../jobs/settle.ts";
import { readJoin, waitingJoins } from "../queries/join.ts";
import { hubOf, originParam, readText, requireMediaType } from "./request.ts";

export const joinsRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["join"];
const asks = rateLimiter(30, MINUTE_MS);

joinsRoute.openAPIRegistry.registerPath({
  method: "post",
  path: "/api/joins",
  tags,
  summary: "Ask to join: a node-join+jwt signed by the report key it names",
  request: { body: { content: { "application/jose": { schema: z.string() } } } },
  responses: {
    200: json(console.joinStatus, "Known before"),
    202: json(console.joinStatus, "Waits for the operator"),
    ...refusals,
  },
});
joinsRoute.post("/api/joins", async (c) => {
  requireMediaType(c, "application/jose");
  limitBy(c, asks, addressOf(c));
  const { status, isNew } = await requestJoin(await hubOf(c), await readText(c));
  return c.json(status, isNew ? 202 : 200);
});

joinsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/joins/{origin}",
    tags,
    summary: "What became of a node's request",
    request: { params: originParam },
    responses: { 200: json(console.joinStatus, "Where the request stands"), ...refusals },
  }),
  async (c) => {
    const { origin } = c.req.valid("param");
    const { standing, request } = await readJoin(c.get("db"), origin);
    const known = standing ?? request;
    if (known === null) throw new Refused("not-found");
    return c.json({ origin, leaf: known.leaf, status: known.status, reason: known.reason }, 200);
  },
);

joinsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/joins",
    tags,
    summary: "Requests that wait, oldest first",
    responses: { 200: json(console.joinList, "The requests"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator", "auditor");
    return c.json({ joins: await waitingJoins(c.get("db")) }, 200);
  },
);

joinsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/joins/{origin}/admit",
    tags,
    summary: "Admit a node: its request and the decision become log entries",
    request: { params: originParam, body: jsonBody(console.reasonBody) },
    responses: { 201: json(console.logged, "The decision's entry"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator");
    const logged = await admit(await hubOf(c), c.req.valid("param").origin, c.req.valid("json").reason);
    settleAfter(c);
    return c.json(logged, 201);
  },
);

joinsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/joins/{origin}/decline",
    tags,
    summary: "Decline a request with a reason; nothing is logged",
    request: { params: originParam, body: jsonBody(console.reasonBody) },
    responses: { 200: json(console.joinStatus, "The answer the node will read"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator");
    return c.json(await decline(await hubOf(c), c.req.valid("param").origin, c.req.valid("json").reason), 200);
  },
);

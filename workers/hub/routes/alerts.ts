/** Alerts of a signed-in funder or supplier: each sees its own. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/alert.ts";
import { ref } from "../../../shared/protocol/fund.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { DONE, json, jsonBody, refusals } from "../../lib/openapi.ts";
import { limitBy, MINUTE_MS, rateLimiter } from "../../lib/rate-limit.ts";
import { alertsOf, createAlert, deleteAlert, pauseAlert, testAlert } from "../actions/alert.ts";
import type { HubConfig } from "../env.ts";
import { hubOf } from "./request.ts";

export const alertsRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["alert"];
const byId = z.object({ id: ref });
const changes = rateLimiter(30, MINUTE_MS);
/** Each is a message to somewhere. */
const tests = rateLimiter(5, MINUTE_MS);

alertsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/alerts",
    tags,
    summary: "One's own alerts",
    responses: { 200: json(api.alertList, "Newest first"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "funder", "supplier");
    const list = await alertsOf(c.get("db"), member.id);
    return c.json({ ...list, email: list.email && c.get("config").mail !== null }, 200);
  },
);

alertsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/alerts",
    tags,
    summary: "Be told when a threshold is passed, a campaign opens or an award's conditions are met",
    request: { body: jsonBody(api.createAlert) },
    responses: { 201: json(api.createdAlert, "A webhook's secret is shown once"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "funder", "supplier");
    limitBy(c, changes, member.id);
    return c.json(await createAlert(await hubOf(c), member.id, c.req.valid("json")), 201);
  },
);

alertsRoute.openapi(
  createRoute({
    method: "patch",
    path: "/api/alerts/{id}",
    tags,
    summary: "Pause an alert or let it go on, from how things stand then",
    request: { params: byId, body: jsonBody(api.pauseAlert) },
    responses: { 204: DONE, ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "funder", "supplier");
    limitBy(c, changes, member.id);
    await pauseAlert(await hubOf(c), member.id, c.req.valid("param").id, c.req.valid("json").paused);
    return c.body(null, 204);
  },
);

alertsRoute.openapi(
  createRoute({
    method: "delete",
    path: "/api/alerts/{id}",
    tags,
    summary: "Delete an alert, and what of it waits to be sent",
    request: { params: byId },
    responses: { 204: DONE, ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "funder", "supplier");
    await deleteAlert(await hubOf(c), member.id, c.req.valid("param").id);
    return c.body(null, 204);
  },
);

alertsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/alerts/{id}/test",
    tags,
    summary: "Send one message now, and say whether it arrived",
    request: { params: byId },
    responses: { 200: json(api.testedAlert, "Whether the other side took it"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "funder", "supplier");
    limitBy(c, tests, member.id);
    return c.json({ delivered: await testAlert(await hubOf(c), member.id, c.req.valid("param").id) }, 200);
  },
);

/** Audits: what a hub asks of this node as one that is audited, and as a witness that has a say in the lot of others. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import {
  auditAnswer,
  auditRequest,
  auditTaken,
  beaconAnswer,
  beaconRequest,
} from "../../../shared/protocol/audit-request.ts";
import { statementLeaf } from "../../../shared/signing/statement.ts";
import type { AppEnv } from "../../lib/app.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { addressOf, limitBy, MINUTE_MS, rateLimiter } from "../../lib/rate-limit.ts";
import { answerAudit } from "../actions/answer-audit.ts";
import { giveBeacon } from "../actions/give-beacon.ts";
import { contextOf } from "../context.ts";
import type { NodeConfig } from "../env.ts";

export const auditRoutes = new OpenAPIHono<AppEnv<NodeConfig>>();
const tags = ["audit"];
/** The first request of an audit passes over the whole book, each later one proves a few entries. */
const audits = rateLimiter(12, MINUTE_MS);
const beacons = rateLimiter(60, MINUTE_MS);

auditRoutes.openapi(
  createRoute({
    method: "post",
    path: "/audit",
    tags,
    summary: "A hub's logged audit: opens the pledges that the lot draws, and no others",
    request: { body: jsonBody(auditRequest) },
    responses: {
      200: json(auditAnswer, "An opening of each pledge drawn"),
      202: json(auditTaken, "They are being opened: ask again"),
      ...refusals,
    },
  }),
  async (c) => {
    limitBy(c, audits, addressOf(c));
    const request = c.req.valid("json");
    const answer = await answerAudit(contextOf(c), request);
    const headers = { "cache-control": "no-store" };
    if (answer !== null) return c.json(answer, 200, headers);
    return c.json({ audit: statementLeaf(request.audit) }, 202, { ...headers, "retry-after": "60" });
  },
);

auditRoutes.openapi(
  createRoute({
    method: "post",
    path: "/witness/beacon",
    tags,
    summary: "A signature over another community's logged report, for the lot of its audit; only its hub can ask",
    request: { body: jsonBody(beaconRequest) },
    responses: { 200: json(beaconAnswer, "The signature"), ...refusals },
  }),
  async (c) => {
    limitBy(c, beacons, addressOf(c));
    const signature = await giveBeacon(contextOf(c), c.req.valid("json"));
    return c.json({ signature }, 200, { "cache-control": "no-store" });
  },
);

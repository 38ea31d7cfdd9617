/** Communities: public to read, the operator's to suspend and resume with a logged reason. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import * as console from "../../../shared/protocol/api/console.ts";
import { communityDetail as detailSchema, communityPage as pageSchema } from "../../../shared/protocol/api/network.ts";
import { communityKeys as keysSchema, hubKeysHistory } from "../../../shared/protocol/api/keys.ts";
import { hash } from "../../../shared/protocol/primitives.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { setStatus } from "../actions/node-status.ts";
import type { HubConfig } from "../env.ts";
import { auditNow } from "../jobs/audit-books.ts";
import { settleAfter } from "../jobs/settle.ts";
import { communityDetail, communityPage } from "../queries/community.ts";
import { hubKeys } from "../hub.ts";
import { communityKeys, hubKeysView } from "../queries/keys.ts";
import { hubOf, limitParam, originParam } from "./request.ts";

export const communitiesRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["community"];

communitiesRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/communities",
    tags,
    summary: "The communities of this network, by origin",
    request: { query: z.object({ after: z.string().max(253).default(""), limit: limitParam }) },
    responses: { 200: json(pageSchema, "A page"), ...refusals },
  }),
  async (c) => c.json(await communityPage(c.get("db"), c.get("config").logOrigin, c.req.valid("query")), 200),
);

communitiesRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/communities/{origin}",
    tags,
    summary: "One community with its last reports and the verdicts on them",
    request: { params: originParam },
    responses: { 200: json(detailSchema, "The community"), ...refusals },
  }),
  async (c) => {
    const { origin } = c.req.valid("param");
    const community = await communityDetail(c.get("db"), c.get("config"), origin);
    if (community === null) throw new Refused("issuer-unknown");
    return c.json(community, 200);
  },
);

communitiesRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/communities/{origin}/keys",
    tags,
    summary: "A community's keys, current and past, by log index, and a recovery that waits",
    request: { params: originParam },
    responses: { 200: json(keysSchema, "Role by role, oldest first"), ...refusals },
  }),
  async (c) => {
    const keys = await communityKeys(c.get("db"), c.req.valid("param").origin);
    if (keys === null) throw new Refused("issuer-unknown");
    return c.json(keys, 200, { "cache-control": "no-cache" });
  },
);

communitiesRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/keys",
    tags,
    summary: "The hub's own keys, current and past, by log index",
    responses: { 200: json(hubKeysHistory, "Role by role, oldest first"), ...refusals },
  }),
  async (c) => {
    const { logOrigin, mirror } = c.get("config");
    const { log, logNext } = await hubKeys(c.get("config"));
    const names =
      mirror === null
        ? { origin: logOrigin, vkey: log.vkey, next: logNext?.vkey ?? null }
        : { origin: logOrigin, vkey: mirror.vkey, next: null };
    const keys = await hubKeysView(c.get("db"), names);
    if (keys === null) throw new Refused("not-found");
    return c.json(keys, 200, { "cache-control": "no-cache" });
  },
);

communitiesRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/communities/{origin}/audit",
    tags,
    summary: "Draw a lot now and ask the community to open its pledges, where its turn has come",
    request: { params: originParam },
    responses: { 201: json(z.object({ leaf: hash }), "The logged audit"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator");
    const { origin } = c.req.valid("param");
    if ((await communityDetail(c.get("db"), c.get("config"), origin)) === null) throw new Refused("issuer-unknown");
    const asked = await auditNow(await hubOf(c), origin);
    if (!asked.ok) throw new Refused(asked.error);
    settleAfter(c);
    return c.json(asked.value, 201);
  },
);

for (const [verb, status, summary] of [
  ["suspend", "suspended", "Leave a community out of the numbers, with a logged reason"],
  ["resume", "resumed", "Count a suspended community again"],
] as const) {
  communitiesRoute.openapi(
    createRoute({
      method: "post",
      path: `/api/communities/{origin}/${verb}`,
      tags,
      summary,
      request: { params: originParam, body: jsonBody(console.statusReason) },
      responses: { 201: json(console.logged, "The entry"), ...refusals },
    }),
    async (c) => {
      await requireRole(c, "operator");
      const logged = await setStatus(await hubOf(c), c.req.valid("param").origin, status, c.req.valid("json").reason);
      settleAfter(c);
      return c.json(logged, 201);
    },
  );
}

/** Pledges: draft, sign, look. The hot path: one read and one written row to draft, one read and one write batch to sign. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import * as api from "../../../shared/protocol/api/community.ts";
import type { AppContext, AppEnv } from "../../lib/app.ts";
import { readCookie } from "../../lib/identity/cookie.ts";
import { requireMember } from "../../lib/identity/session.ts";
import { tokenHash } from "../../lib/identity/token.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { Refused, unwrap } from "../../lib/problem.ts";
import { beginPledge } from "../actions/begin-pledge.ts";
import { submitPledge } from "../actions/pledge-queue.ts";
import { announce } from "../announce.ts";
import { contextOf } from "../context.ts";
import type { NodeConfig } from "../env.ts";
import { myPledgesOf, myPledgesQuery } from "../queries/my-pledges.ts";

export const pledgeRoutes = new OpenAPIHono<AppEnv<NodeConfig>>();
const tags = ["pledge"];

/** The session travels into the action's own read, which finds out whether it is live. */
function sessionId(c: AppContext<NodeConfig>): string {
  const token = readCookie(c, "session");
  if (token === null) throw new Refused("not-signed-in");
  return tokenHash(token);
}

pledgeRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/pledges/draft",
    tags,
    summary: "Build the document that says it: a pledge, an interest, a revision or a withdrawal",
    request: { body: jsonBody(api.draftPledge) },
    responses: { 201: json(api.drafted, "The document, its hash and what the passkey is asked"), ...refusals },
  }),
  async (c) => c.json(await beginPledge(contextOf(c), sessionId(c), c.req.valid("json")), 201),
);

pledgeRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/pledges",
    tags,
    summary: "Sign the drafted document; it becomes an entry of the book",
    request: { body: jsonBody(api.signPledge) },
    responses: { 201: json(api.receiptSummary, "The receipt"), ...refusals },
  }),
  async (c) => {
    const { challenge_id: draft, response } = c.req.valid("json");
    const work = submitPledge(contextOf(c), { session: sessionId(c), draft, credential: response.id, response });
    // Others may be waiting for this one's batch: it goes on even if the browser goes away.
    c.executionCtx.waitUntil(work.catch(() => undefined));
    const { receipt } = unwrap(await work);
    announce(c);
    return c.json(receipt, 201);
  },
);

pledgeRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/pledges",
    tags,
    summary: "My live pledges and how far each has come",
    responses: { 200: json(api.myPledges, "Newest first"), ...refusals },
  }),
  async (c) => {
    const who = await requireMember(c);
    const { results } = await myPledgesQuery(c.get("db"), who.member.id).all();
    return c.json({ pledges: myPledgesOf(results) }, 200, { "cache-control": "no-store" });
  },
);

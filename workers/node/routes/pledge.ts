/** Pledges: draft, sign, look. The hot path: one read and one written row to draft, one read and one write batch to sign. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/community.ts";
import { hash } from "../../../shared/protocol/primitives.ts";
import type { AppContext, AppEnv } from "../../lib/app.ts";
import { readCookie } from "../../lib/identity/cookie.ts";
import { requireMember } from "../../lib/identity/session.ts";
import { tokenHash } from "../../lib/identity/token.ts";
import { DONE, json, jsonBody, refusals } from "../../lib/openapi.ts";
import { Refused, unwrap } from "../../lib/problem.ts";
import { beginPledge } from "../actions/begin-pledge.ts";
import { holdPledge, takeBack } from "../actions/hold-pledge.ts";
import { submitPledge } from "../actions/pledge-queue.ts";
import { announce } from "../announce.ts";
import { contextOf } from "../context.ts";
import type { NodeConfig } from "../env.ts";
import { writeFeedback } from "../queries/feedback.ts";
import { myPledgesOf, myPledgesQuery } from "../queries/my-pledges.ts";
import { myWaitingQuery, promised, type ShownWaiting } from "../queries/waiting.ts";

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
    summary: "Sign the drafted document; it becomes an entry of the book, at once or with others' after a while",
    request: { body: jsonBody(api.signPledge) },
    responses: {
      201: json(api.receiptSummary, "The receipt"),
      202: json(api.waitingPledge, "A signed promise of when"),
      ...refusals,
    },
  }),
  async (c) => {
    const { challenge_id: draft, response } = c.req.valid("json");
    const request = { session: sessionId(c), draft, credential: response.id, response };
    if (c.get("config").bookBatchS > 0) return c.json(unwrap(await holdPledge(contextOf(c), request)), 202);
    const work = submitPledge(contextOf(c), request);
    // Others may be waiting for this one's batch: it goes on even if the browser goes away.
    c.executionCtx.waitUntil(work.catch(() => undefined));
    const { receipt } = unwrap(await work);
    announce(c);
    return c.json(receipt, 201);
  },
);

pledgeRoutes.openapi(
  createRoute({
    method: "put",
    path: "/api/campaigns/{id}/feedback",
    tags,
    summary: "Say why not more, in one word of a fixed list, or take it back; counted, never named, in the next report",
    request: { params: z.object({ id: hash }), body: jsonBody(api.sayFeedback) },
    responses: { 204: DONE, ...refusals },
  }),
  async (c) => {
    const { member } = await requireMember(c);
    const { theme } = c.req.valid("json");
    const said = { member: member.id, campaign: c.req.valid("param").id, theme };
    const { meta } = await writeFeedback(c.get("db"), said).run();
    if (meta.changes === 0) throw new Refused("pledge-unknown");
    return c.body(null, 204);
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
    const db = c.get("db");
    const [pledges, waiting] = await db.batch([myPledgesQuery(db, who.member.id), myWaitingQuery(db, who.member.id)]);
    const shown = (waiting?.results ?? []) as ShownWaiting[];
    const answer = {
      pledges: myPledgesOf(pledges?.results ?? []),
      waiting: await Promise.all(shown.map((row) => promised(c.get("config"), row))),
    };
    return c.json(answer, 200, { "cache-control": "no-store" });
  },
);

pledgeRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/api/pledges/waiting/{campaign}",
    tags,
    summary: "Take back what is signed and not in the book yet",
    request: { params: z.object({ campaign: z.string().max(64) }) },
    responses: { 204: { description: "Gone" }, ...refusals },
  }),
  async (c) => {
    const who = await requireMember(c);
    await takeBack(contextOf(c), who.member.id, c.req.valid("param").campaign);
    return c.body(null, 204);
  },
);

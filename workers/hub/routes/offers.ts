/** Offers: public to read; a verified supplier's own to make and withdraw, or the operator's on its behalf. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/supplier.ts";
import { logged } from "../../../shared/protocol/api/console.ts";
import type { AppContext, AppEnv } from "../../lib/app.ts";
import { type Authenticated, requireRole } from "../../lib/identity/session.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { MINUTE_MS, limitBy, rateLimiter } from "../../lib/rate-limit.ts";
import { makeOffer, withdrawOffer } from "../actions/offer.ts";
import type { HubConfig } from "../env.ts";
import { settleAfter } from "../jobs/settle.ts";
import { offerPageOf } from "../queries/offer.ts";
import { ownSupplier } from "../queries/supplier.ts";
import { hubOf, limitParam, numberCursor } from "./request.ts";
import { nowS } from "./suppliers.ts";

export const offersRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["supplier"];
const id = z.string().min(1).max(100);
/** For each person of a supplier: every offer is an entry of the log for ever. */
const makes = rateLimiter(20, 60 * MINUTE_MS);

/** The supplier this person speaks for; null: any, as an operator. */
async function ownOf(c: AppContext<HubConfig>, { member }: Authenticated): Promise<string | null> {
  return member.role === "supplier" ? await ownSupplier(c.get("db"), member.id) : null;
}

offersRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/offers",
    tags,
    summary:
      "Offers, newest first (those that stand, asked for by state, by their end), each with the tier that open demand reaches now",
    request: {
      query: z.object({
        campaign: id.optional(),
        supplier: id.optional(),
        state: api.offerState.optional(),
        after: numberCursor,
        limit: limitParam,
      }),
    },
    responses: { 200: json(api.offerPage, "A page"), ...refusals },
  }),
  async (c) => {
    const { after, limit, ...filter } = c.req.valid("query");
    const page = { before: after ?? null, limit, nowS: nowS(c) };
    return c.json(await offerPageOf(c.get("db"), c.get("config").logOrigin, filter, page), 200);
  },
);

offersRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/offers",
    tags,
    summary: "Make an offer, or replace the standing one: it becomes a log entry",
    request: { body: jsonBody(api.makeOffer) },
    responses: { 201: json(logged, "The entry; its leaf is the offer's id"), ...refusals },
  }),
  async (c) => {
    const who = await requireRole(c, "operator", "supplier");
    const offer = c.req.valid("json");
    const own = await ownOf(c, who);
    const supplier = offer.supplier ?? own;
    if (supplier === null) throw new Refused("supplier-unknown");
    if (own !== null && own !== supplier) throw new Refused("not-allowed");
    if (own !== null) limitBy(c, makes, who.member.id);
    const entry = await makeOffer(await hubOf(c), who.member, supplier, offer);
    settleAfter(c);
    return c.json(entry, 201);
  },
);

offersRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/offers/{id}/withdraw",
    tags,
    summary: "Withdraw an offer, with a reason that is public",
    request: { params: z.object({ id }), body: jsonBody(api.withdrawOffer) },
    responses: { 201: json(logged, "The entry"), ...refusals },
  }),
  async (c) => {
    const who = await requireRole(c, "operator", "supplier");
    const { reason } = c.req.valid("json");
    const own = await ownOf(c, who);
    const entry = await withdrawOffer(await hubOf(c), who.member, c.req.valid("param").id, { reason, own });
    settleAfter(c);
    return c.json(entry, 201);
  },
);

/** Where the next unit of money unlocks most: ranked, explained, and with the inputs to compute it again. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { targeting } from "../../../shared/protocol/api/targeting.ts";
import { currency, decimal } from "../../../shared/protocol/primitives.ts";
import type { AppEnv } from "../../lib/app.ts";
import { json, refusals } from "../../lib/openapi.ts";
import type { HubConfig } from "../env.ts";
import { targetingOf } from "../queries/targeting.ts";

export const targetingRoute = new OpenAPIHono<AppEnv<HubConfig>>();

targetingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/targeting",
    tags: ["funding"],
    summary: "Campaigns of a currency by what a unit of money unlocks, with need, gap, least subsidy and leverage",
    request: { query: z.object({ currency, budget_minor: decimal.optional() }) },
    responses: { 200: json(targeting, "Targets, portfolio and inputs"), ...refusals },
  }),
  async (c) => {
    const { currency: of, budget_minor } = c.req.valid("query");
    const question = { currency: of, budget_minor: budget_minor ?? null };
    return c.json(await targetingOf(c.get("db"), c.get("config").logOrigin, question), 200);
  },
);

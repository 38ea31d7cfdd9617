/** Who receives money: names of organisations only, individuals are never named. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { recipientPage } from "../../../shared/protocol/api/capital.ts";
import type { AppEnv } from "../../lib/app.ts";
import { json, refusals } from "../../lib/openapi.ts";
import type { HubConfig } from "../env.ts";
import { recipients } from "../queries/recipient.ts";
import { limitParam, numberCursor } from "./request.ts";

export const recipientsRoute = new OpenAPIHono<AppEnv<HubConfig>>();

recipientsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/recipients",
    tags: ["capital"],
    summary: "Recipients, newest first",
    request: { query: z.object({ q: z.string().max(80).default(""), after: numberCursor, limit: limitParam }) },
    responses: { 200: json(recipientPage, "A page"), ...refusals },
  }),
  async (c) => {
    const { q, after, limit } = c.req.valid("query");
    return c.json(await recipients(c.get("db"), { q, after: after ?? null, limit }), 200);
  },
);

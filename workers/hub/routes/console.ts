/** The operator's to-do list. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { consoleView as consoleSchema } from "../../../shared/protocol/api/console.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, refusals } from "../../lib/openapi.ts";
import type { HubConfig } from "../env.ts";
import { consoleView } from "../queries/console.ts";

export const consoleRoute = new OpenAPIHono<AppEnv<HubConfig>>();

consoleRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/console",
    tags: ["console"],
    summary: "What waits for the operator",
    responses: { 200: json(consoleSchema, "Most urgent first"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator", "finance", "approver", "auditor");
    return c.json(await consoleView(c.get("db"), Math.floor(c.get("now")() / 1000)), 200);
  },
);

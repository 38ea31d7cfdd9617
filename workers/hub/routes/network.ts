/** The public numbers: `/api/network` as signed, the time series, and the rates in force. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/network.ts";
import { currency, day } from "../../../shared/protocol/primitives.ts";
import type { AppEnv } from "../../lib/app.ts";
import { json, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import type { HubConfig } from "../env.ts";
import { historyPoints, newestNetwork } from "../queries/network.ts";
import { ratesOf } from "../queries/rates.ts";

export const networkRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["network"];

networkRoute.openAPIRegistry.registerPath({
  method: "get",
  path: "/api/network",
  tags,
  summary: "The network's numbers at the log size they were signed for, as RFC 8785 bytes",
  responses: { 200: json(api.network, "The numbers"), 304: { description: "Unchanged" }, ...refusals },
});
networkRoute.get("/api/network", async (c) => {
  const newest = await newestNetwork(c.get("db"));
  if (newest === null) throw new Refused("not-found");
  const headers = { etag: `"${newest.etag}"`, "cache-control": "no-cache" };
  const known = (c.req.header("if-none-match") ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  if (known.includes(headers.etag)) return c.body(null, 304, headers);
  return c.body(newest.network, 200, { ...headers, "content-type": "application/json" });
});

networkRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/history",
    tags,
    summary: "The logged totals over time, oldest first",
    request: { query: z.object({ resolution: z.enum(["day", "statement"]).default("day") }) },
    responses: { 200: json(api.history, "The time series"), ...refusals },
  }),
  async (c) => {
    const { resolution } = c.req.valid("query");
    const points = await historyPoints(c.get("db"), resolution);
    return c.json({ resolution, currency: c.get("config").currency, points }, 200);
  },
);

networkRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/rates",
    tags,
    summary: "Reference rates: the newest logged ones, or null; with a date, those that hold for that day",
    request: {
      query: z.object({ date: day.optional(), currency: currency.optional(), to: currency.default("EUR") }),
    },
    responses: { 200: json(api.ratesView, "The rates, with the day they were published on"), ...refusals },
  }),
  async (c) => c.json(await ratesOf(c.get("db"), c.req.valid("query")), 200),
);

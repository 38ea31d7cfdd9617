/** The funder's own desk: a funder sees its own and nobody else's; the hub's people use the console. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { stringify } from "csv-stringify/browser/esm/sync";
import { z } from "zod";
import { formatAmountPlain } from "../../../shared/money/amount.ts";
import * as api from "../../../shared/protocol/api/party.ts";
import type { AppEnv } from "../../lib/app.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { limitBy, MINUTE_MS, rateLimiter } from "../../lib/rate-limit.ts";
import { sayIntention } from "../actions/intention.ts";
import { requireFunder } from "../actions/party.ts";
import type { HubConfig } from "../env.ts";
import { funderDeskOf, statementOf } from "../queries/funder-desk.ts";
import { hubOf } from "./request.ts";

export const funderRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["funder"];
const says = rateLimiter(10, MINUTE_MS);

funderRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/funder",
    tags,
    summary: "The signed-in funder's own desk",
    responses: { 200: json(api.funderDesk, "Its funds, promises, awards, what is due, what it said"), ...refusals },
  }),
  async (c) => {
    const who = await requireFunder(c);
    const today = new Date(c.get("now")()).toISOString().slice(0, 10);
    const desk = await funderDeskOf(c.get("db"), c.get("config").logOrigin, who, today);
    if (desk === null) throw new Refused("funder-unknown");
    return c.json({ ...desk, email: desk.email && c.get("config").mail !== null }, 200);
  },
);

funderRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/funder/statement.csv",
    tags,
    summary: "Everything that moved in a year: gifts, and what its funds and their awards did",
    request: { query: z.object({ year: z.coerce.number().int().min(1900).max(9999) }) },
    responses: { 200: { description: "CSV", content: { "text/csv": { schema: z.string() } } }, ...refusals },
  }),
  async (c) => {
    const { funder } = await requireFunder(c);
    const { year } = c.req.valid("query");
    const lines = await statementOf(c.get("db"), funder, year);
    const rows = lines.map(({ amount_minor, ...line }) => ({
      ...line,
      amount: formatAmountPlain(BigInt(amount_minor), line.currency),
      amount_minor,
    }));
    const columns = [
      "day",
      "code",
      "currency",
      "amount",
      "amount_minor",
      "from",
      "to",
      "award",
      "title",
      "recipient",
      "transfer",
      "log_index",
      "reverses",
    ];
    return c.body(stringify(rows, { header: true, columns, escape_formulas: true }), 200, {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="statement-${year}.csv"`,
    });
  },
);

funderRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/funder/intentions",
    tags,
    summary: "Say what one might give to a fund; the note is seen by the hub's staff only",
    request: { body: jsonBody(api.sayIntention) },
    responses: { 201: json(api.saidIntention, "It waits for finance"), ...refusals },
  }),
  async (c) => {
    const who = await requireFunder(c);
    limitBy(c, says, who.memberId);
    return c.json({ id: await sayIntention(await hubOf(c), who, c.req.valid("json")) }, 201);
  },
);

/** Money in public: funds, funders, awards, transfers, flows and stages. Everything here can be recomputed from the log. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/capital.ts";
import { instrument, transferCode } from "../../../shared/protocol/fund.ts";
import { currency, day, origin } from "../../../shared/protocol/primitives.ts";
import type { AppContext, AppEnv } from "../../lib/app.ts";
import { json, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import type { HubConfig } from "../env.ts";
import { awardDetailOf, awardPageOf } from "../queries/award.ts";
import { computeFlows, storedFlows } from "../queries/flow.ts";
import { fundDetailOf, fundPageOf, fundersOf } from "../queries/fund.ts";
import { fundingOverviewOf, loanBookOf, stageSeriesOf } from "../queries/funding.ts";
import { transferPageOf } from "../queries/transfer.ts";
import { numberCursor } from "./request.ts";

export const fundingRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["funding"];
const id = z.string().min(1).max(100);
const byId = z.object({ id });
/** Seven rows are read for an award: fifty of them, as every page asks for, stay below five hundred. */
const limit = z.coerce.number().int().min(1).max(100).default(50);
const after = z.string().max(140).default("");

function today(c: AppContext<HubConfig>): string {
  return new Date(c.get("now")()).toISOString().slice(0, 10);
}

fundingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/funding",
    tags,
    summary: "All money at a glance, by currency and then converted",
    responses: { 200: json(api.fundingOverview, "The overview"), ...refusals },
  }),
  async (c) => c.json(await fundingOverviewOf(c.get("db"), c.get("config").logOrigin), 200),
);

fundingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/funds",
    tags,
    summary: "Funds with their stages, by id",
    request: { query: z.object({ after, limit }) },
    responses: { 200: json(api.fundPage, "A page"), ...refusals },
  }),
  async (c) => c.json(await fundPageOf(c.get("db"), c.get("config").logOrigin, c.req.valid("query")), 200),
);

fundingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/funds/{id}",
    tags,
    summary: "One fund with what was promised to it",
    request: { params: byId },
    responses: { 200: json(api.fundDetail, "The fund"), ...refusals },
  }),
  async (c) => {
    const fund = await fundDetailOf(c.get("db"), c.get("config").logOrigin, c.req.valid("param").id, today(c));
    if (fund === null) throw new Refused("fund-unknown");
    return c.json(fund, 200);
  },
);

fundingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/funders",
    tags,
    summary: "Funders and what they gave, by id",
    request: { query: z.object({ after, limit }) },
    responses: { 200: json(api.funderPage, "A page"), ...refusals },
  }),
  async (c) =>
    c.json(await fundersOf(c.get("db"), c.get("config").logOrigin, { id: null, ...c.req.valid("query") }), 200),
);

fundingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/funders/{id}",
    tags,
    summary: "One funder",
    request: { params: byId },
    responses: { 200: json(api.funderView, "The funder"), ...refusals },
  }),
  async (c) => {
    const page = { id: c.req.valid("param").id, after: "", limit: 1 };
    const [funder] = (await fundersOf(c.get("db"), c.get("config").logOrigin, page)).funders;
    if (funder === undefined) throw new Refused("funder-unknown");
    return c.json(funder, 200);
  },
);

fundingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/awards",
    tags,
    summary: "Awards, newest first",
    request: {
      query: z.object({
        fund: id.optional(),
        funder: id.optional(),
        campaign: id.optional(),
        recipient: id.optional(),
        community: origin.optional(),
        instrument: instrument.optional(),
        year: z
          .string()
          .regex(/^[0-9]{4}$/)
          .optional(),
        state: z
          .string()
          .regex(/^[a-z]+(,[a-z]+){0,5}$/)
          .optional(),
        after,
        limit: z.coerce.number().int().min(1).max(100).default(50),
      }),
    },
    responses: { 200: json(api.awardPage, "A page"), ...refusals },
  }),
  async (c) => {
    const { after: cursor, limit: most, ...filter } = c.req.valid("query");
    const page = await awardPageOf(c.get("db"), c.get("config").logOrigin, filter, { after: cursor, limit: most });
    return c.json(page, 200);
  },
);

fundingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/awards/{id}",
    tags,
    summary: "One award with its conditions, plan and what the log shows now",
    request: { params: byId },
    responses: { 200: json(api.awardDetail, "The award"), ...refusals },
  }),
  async (c) => {
    const award = await awardDetailOf(c.get("db"), c.get("config").logOrigin, c.req.valid("param").id, today(c));
    if (award === null) throw new Refused("award-unknown");
    return c.json(award, 200);
  },
);

fundingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/transfers",
    tags,
    summary: "Transfers, newest first: the rows behind every number about money",
    request: {
      query: z.object({
        fund: id.optional(),
        award: id.optional(),
        account: z.string().max(240).optional(),
        code: transferCode.optional(),
        currency: currency.optional(),
        from: day.optional(),
        to: day.optional(),
        after: numberCursor,
        limit,
      }),
    },
    responses: { 200: json(api.transferPage, "A page"), ...refusals },
  }),
  async (c) => {
    const { after: before, limit: most, ...filter } = c.req.valid("query");
    const page = { before: before ?? null, limit: most };
    return c.json(await transferPageOf(c.get("db"), c.get("config").logOrigin, filter, page), 200);
  },
);

fundingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/flows",
    tags,
    summary: "Where money came from and went in a period, exactly balanced",
    request: {
      query: z.object({
        currency,
        from: day.optional(),
        to: day.optional(),
        top: z.coerce.number().int().min(2).max(1000).default(1000),
        gross: z.enum(["true", "false"]).default("false"),
        convert: currency.optional(),
      }),
    },
    responses: { 200: json(api.flows, "Nodes and links"), ...refusals },
  }),
  async (c) => {
    const { gross, convert, ...asked } = c.req.valid("query");
    if (asked.from !== undefined && asked.to !== undefined && asked.from > asked.to) {
      throw new Refused("malformed-request", { detail: "the period ends before it begins" });
    }
    const question = { ...asked, gross: gross === "true", ...conversionOf(c, { ...asked, convert }) };
    const db = c.get("db");
    const body = (await storedFlows(db, question)) ?? (await computeFlows(db, c.get("config").logOrigin, question));
    return c.body(body, 200, { "content-type": "application/json" }) as never;
  },
);

/** What is left is valued at the rate of the last day, and there is none for a day that has not come. */
function conversionOf(
  c: AppContext<HubConfig>,
  { currency: of, convert, to }: { currency: string; convert?: string | undefined; to?: string | undefined },
): { convert?: string; to?: string } {
  if (convert === undefined || convert === of) return {};
  const last = today(c);
  return to !== undefined && to > last ? { convert, to: last } : { convert };
}

fundingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/stages",
    tags,
    summary: "The stages of money at the end of each month or year",
    request: { query: z.object({ currency, resolution: z.enum(["month", "year"]).default("month") }) },
    responses: { 200: json(api.stageSeries, "Oldest first"), ...refusals },
  }),
  async (c) => {
    const { currency: of, resolution } = c.req.valid("query");
    return c.json(await stageSeriesOf(c.get("db"), c.get("config").logOrigin, of, resolution), 200);
  },
);

fundingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/loans",
    tags,
    summary: "What was lent or invested, and what came back",
    request: { query: z.object({ currency }) },
    responses: { 200: json(api.loanBook, "The book"), ...refusals },
  }),
  async (c) => {
    const { currency: of } = c.req.valid("query");
    return c.json(await loanBookOf(c.get("db"), c.get("config").logOrigin, of, today(c)), 200);
  },
);

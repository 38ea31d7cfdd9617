/** Sharing a pool out: estimates for everyone, previews and proposals for the desk, recorded runs with their inputs. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { formatAmountPlain } from "../../../shared/money/amount.ts";
import * as api from "../../../shared/protocol/api/matching.ts";
import { proposalView as proposalShape } from "../../../shared/protocol/api/proposal.ts";
import { amountMinorOrZero, matchingMethod, ref } from "../../../shared/protocol/fund.ts";
import { hash } from "../../../shared/protocol/primitives.ts";
import { dataDictionary } from "../../../shared/standards/dictionary.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { proposeMatching } from "../actions/matching.ts";
import type { HubConfig } from "../env.ts";
import { MATCHING_AT_THE_DESK, MATCHING_IN_PUBLIC, MAX_EXPORT_ROWS } from "../limits.ts";
import { allocationDetailOf, allocationInputs, allocationLines, allocationPageOf } from "../queries/allocation.ts";
import { matchingEstimateOf } from "../queries/matching.ts";
import { proposalView } from "../queries/proposal.ts";
import { csv, text } from "./export-file.ts";
import { hubOf, limitParam } from "./request.ts";

export const matchingRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["matching"];
const byId = z.object({ id: z.string().min(1).max(100) });

matchingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/funds/{id}/matching",
    tags,
    summary: "What a matching run over a fund would come to now, with the inputs to compute it again",
    request: {
      params: byId,
      query: z.object({
        method: matchingMethod.default("demand_weighted"),
        /** absent: what the fund has available */
        pool_minor: amountMinorOrZero.optional(),
        /** one or several, with commas; absent: every open campaign in the fund's currency */
        campaigns: z
          .string()
          .max(api.MAX_MATCHED * 44)
          .transform((text) => text.split(","))
          .pipe(z.array(hash).min(1).max(api.MAX_MATCHED))
          .optional(),
      }),
    },
    responses: { 200: json(api.matchingEstimate, "The estimate"), ...refusals },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    const { method, pool_minor, campaigns } = c.req.valid("query");
    const question = { fund: id, method, pool_minor, campaigns };
    const { logOrigin } = c.get("config");
    return c.json(await matchingEstimateOf(c.get("db"), logOrigin, question, MATCHING_IN_PUBLIC), 200);
  },
);

matchingRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/matching/preview",
    tags,
    summary: "The same with everything that can be chosen",
    request: { body: jsonBody(api.matchingQuestion) },
    responses: { 200: json(api.matchingEstimate, "The estimate"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator", "finance");
    const { logOrigin } = c.get("config");
    return c.json(await matchingEstimateOf(c.get("db"), logOrigin, c.req.valid("json"), MATCHING_AT_THE_DESK), 200);
  },
);

matchingRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/matching/proposals",
    tags,
    summary: "Propose to record a run: the hub computes it anew and keeps its inputs",
    request: { body: jsonBody(api.proposeMatching) },
    responses: { 201: json(proposalShape, "The proposal; the same key again gives the same one"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator", "finance");
    const id = await proposeMatching(await hubOf(c), member, c.req.valid("json"));
    const proposal = await proposalView(c.get("db"), member, id);
    if (proposal === null) throw new Refused("proposal-unknown");
    return c.json(proposal, 201);
  },
);

matchingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/allocations",
    tags,
    summary: "Recorded matching runs, newest first",
    request: {
      query: z.object({ fund: ref.optional(), after: z.string().max(140).default(""), limit: limitParam }),
    },
    responses: { 200: json(api.allocationPage, "A page"), ...refusals },
  }),
  async (c) => {
    const { fund, after, limit } = c.req.valid("query");
    const page = { fund: fund ?? null, after, limit };
    return c.json(await allocationPageOf(c.get("db"), c.get("config").logOrigin, page), 200);
  },
);

matchingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/allocations/{id}",
    tags,
    summary: "One recorded run with its inputs, so that anyone can run it again",
    request: { params: byId },
    responses: { 200: json(api.allocationDetail, "The run"), ...refusals },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    const allocation = await allocationDetailOf(c.get("db"), c.get("config").logOrigin, id);
    if (allocation === null) throw new Refused("allocation-unknown");
    return c.json(allocation, 200);
  },
);

matchingRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/allocations/{id}/inputs",
    tags,
    summary: "The inputs of a recorded run as the bytes whose SHA-256 the log holds",
    request: { params: byId },
    responses: { 200: json(api.matchingInputs, "The inputs in RFC 8785 form"), ...refusals },
  }),
  async (c) => {
    const inputs = await allocationInputs(c.get("db"), c.req.valid("param").id);
    if (inputs === null) throw new Refused("allocation-unknown");
    return c.body(inputs, 200, { "content-type": "application/json" }) as never;
  },
);

matchingRoute.openapi(
  createRoute({
    method: "get",
    path: "/exports/allocations.csv",
    tags: ["export"],
    summary: "Recorded matching runs, newest first",
    responses: text("One row a run and campaign", "text/csv"),
  }),
  async (c) => {
    const rows = (await allocationLines(c.get("db"), MAX_EXPORT_ROWS)).map(({ allocation, result }) => {
      const { id, fund, method, currency, pool_minor, size, inputs_sha256, results_sha256, entry } = allocation;
      return [
        id,
        fund.id,
        method,
        currency,
        formatAmountPlain(BigInt(pool_minor), currency),
        result?.campaign ?? "",
        result?.name ?? "",
        result === null ? "" : formatAmountPlain(BigInt(result.amount_minor), currency),
        String(size),
        inputs_sha256,
        results_sha256,
        String(entry.index),
      ];
    });
    return csv(c, Object.keys(dataDictionary.files["allocations.csv"]), rows, "allocations.csv");
  },
);

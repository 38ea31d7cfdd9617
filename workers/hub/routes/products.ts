/** The catalogue and the reference rates: public to read, the operator's to import. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/network.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { importProducts } from "../actions/product-import.ts";
import { importRates } from "../actions/rates.ts";
import type { HubConfig } from "../env.ts";
import { settleAfter } from "../jobs/settle.ts";
import { productByGtin, productPage } from "../queries/product.ts";
import { hubOf, limitParam, mediaType, numberCursor, readText, requireMediaType } from "./request.ts";

export const productsRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["catalogue"];

productsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/products",
    tags,
    summary: "Products by GTIN, or by words in name and brand",
    request: { query: z.object({ q: z.string().max(100).default(""), after: numberCursor, limit: limitParam }) },
    responses: { 200: json(api.productPage, "A page"), ...refusals },
  }),
  async (c) => {
    const { q, after, limit } = c.req.valid("query");
    return c.json(await productPage(c.get("db"), { q, after: after ?? 0, limit }), 200);
  },
);

productsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/products/{gtin}",
    tags,
    summary: "One product",
    request: { params: z.object({ gtin: z.string().min(1).max(20) }) },
    responses: { 200: json(api.product, "The product"), ...refusals },
  }),
  async (c) => {
    const product = await productByGtin(c.get("db"), c.req.valid("param").gtin);
    if (product === null) throw new Refused("product-unknown");
    return c.json(product, 200);
  },
);

productsRoute.openAPIRegistry.registerPath({
  method: "post",
  path: "/api/products/import",
  tags,
  summary: "One chunk of an Open Food Facts style JSONL file: at most 500 lines and 1 MB",
  request: { body: { content: { "application/x-ndjson": { schema: z.string() } } } },
  responses: { 200: json(api.importResult, "What became of each line"), ...refusals },
});
productsRoute.post("/api/products/import", async (c) => {
  await requireRole(c, "operator");
  requireMediaType(c, "application/x-ndjson", "application/jsonl");
  return c.json(await importProducts(c.get("db"), await readText(c)), 200);
});

productsRoute.openAPIRegistry.registerPath({
  method: "post",
  path: "/api/rates/import",
  tags,
  summary: "Reference rates in the ECB's CSV or XML form, at most 100 days; the newest is logged unless it is already",
  request: { body: { content: { "text/csv": { schema: z.string() }, "application/xml": { schema: z.string() } } } },
  responses: {
    200: json(api.ratesImported, "Logged before"),
    201: json(api.ratesImported, "The new entry"),
    ...refusals,
  },
});
productsRoute.post("/api/rates/import", async (c) => {
  await requireRole(c, "operator");
  requireMediaType(c, "text/csv", "application/xml", "text/xml");
  const form = mediaType(c) === "text/csv" ? "csv" : "xml";
  const { logged, isNew, days } = await importRates(await hubOf(c), await readText(c), form);
  if (isNew) settleAfter(c);
  return c.json({ ...logged, days }, isNew ? 201 : 200);
});

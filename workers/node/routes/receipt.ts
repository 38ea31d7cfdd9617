/** My receipts: the list with its ticks, and each one as a file to keep. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { leafPrefix } from "../../../shared/book/tracker.ts";
import * as api from "../../../shared/protocol/api/community.ts";
import { receipt } from "../../../shared/protocol/document.ts";
import { hash } from "../../../shared/protocol/primitives.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireMember } from "../../lib/identity/session.ts";
import { json, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { contextOf } from "../context.ts";
import type { NodeConfig } from "../env.ts";
import { readReceiptFile } from "../queries/receipt-file.ts";
import { trackedEntryOf } from "../queries/tracker.ts";
import { type ReceiptRow, receiptsQuery, summaryOf } from "../queries/receipt.ts";

export const receiptRoutes = new OpenAPIHono<AppEnv<NodeConfig>>();
const tags = ["receipt"];
const page = z.object({
  after: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});

receiptRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/receipts",
    tags,
    summary: "My signed documents, newest first",
    request: { query: page },
    responses: { 200: json(api.receiptList, "A page; `next` goes into `after`"), ...refusals },
  }),
  async (c) => {
    const who = await requireMember(c);
    const { after, limit } = c.req.valid("query");
    const before = after ?? Number.MAX_SAFE_INTEGER;
    const { results } = await receiptsQuery(c.get("db"), who.member.id, before, limit).all<ReceiptRow>();
    const last = results.length === limit ? results.at(-1) : undefined;
    const next = last === undefined ? null : String(last.idx);
    return c.json({ receipts: results.map(summaryOf), next }, 200, { "cache-control": "no-store" });
  },
);

receiptRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/receipts/{leaf}",
    tags,
    summary: "One receipt as a file",
    request: { params: z.object({ leaf: hash }) },
    responses: { 200: json(receipt, "Everything a third party needs to check it"), ...refusals },
  }),
  async (c) => {
    const who = await requireMember(c);
    const { leaf } = c.req.valid("param");
    const file = await readReceiptFile(contextOf(c), who.member.id, leaf);
    if (file === null) throw new Refused("entry-unknown");
    return c.json(file, 200, {
      "content-disposition": `attachment; filename="cocoon-receipt-${leaf.slice(0, 12)}.json"`,
      "cache-control": "no-store",
    });
  },
);

receiptRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/track/{code}",
    tags,
    summary: "Where an entry of the book has got to, by its short code; public, like the book",
    request: { params: z.object({ code: z.string().max(40) }) },
    responses: { 200: json(api.trackedEntry, "The entry and the reports that carry it"), ...refusals },
  }),
  async (c) => {
    const prefix = leafPrefix(c.req.valid("param").code);
    const entry = prefix === null ? null : await trackedEntryOf(c.get("db"), prefix);
    if (entry === null) throw new Refused("entry-unknown");
    return c.json(entry, 200);
  },
);

/** The desk: what wants doing about money, the books as an auditor reads them, who did what, who may do what. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { stringify } from "csv-stringify/browser/esm/sync";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/proposal.ts";
import { currency } from "../../../shared/protocol/primitives.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { changeMember, staffOf } from "../actions/staff.ts";
import type { HubConfig } from "../env.ts";
import { auditPageOf, capitalDesk, trialBalanceOf } from "../queries/desk.ts";
import { hubOf, limitParam, numberCursor } from "./request.ts";

export const deskRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["desk"];
/** Rows of the audit log in one file. */
const MAX_AUDIT_ROWS = 10_000;

deskRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/desk",
    tags,
    summary: "What wants doing about money",
    responses: { 200: json(api.capitalDesk, "Most urgent first"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator", "finance", "approver", "auditor");
    return c.json(await capitalDesk(c.get("db"), c.get("now")()), 200);
  },
);

deskRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/trial-balance",
    tags,
    summary: "Every account of a currency; their sum is zero",
    request: { query: z.object({ currency }) },
    responses: { 200: json(api.trialBalance, "The accounts"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator", "finance", "approver", "auditor");
    return c.json(await trialBalanceOf(c.get("db"), c.req.valid("query").currency), 200);
  },
);

deskRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/audit",
    tags,
    summary: "Who did what at the desk, newest first; as a file with format=csv",
    request: {
      query: z.object({ after: numberCursor, limit: limitParam, format: z.enum(["json", "csv"]).default("json") }),
    },
    responses: { 200: json(api.auditPage, "A page"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator", "auditor");
    const { after, limit, format } = c.req.valid("query");
    const isFile = format === "csv";
    const page = await auditPageOf(c.get("db"), { before: after ?? null, limit: isFile ? MAX_AUDIT_ROWS : limit });
    if (!isFile) return c.json(page, 200);
    const body = stringify(page.events, { header: true, escape_formulas: true });
    return c.body(body, 200, {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="audit.csv"',
    }) as never;
  },
);

deskRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/staff",
    tags,
    summary: "The people who work at this hub",
    responses: { 200: json(api.staffList, "By the time they joined"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator", "finance", "approver", "auditor");
    return c.json({ staff: await staffOf(c.get("db")) }, 200);
  },
);

deskRoute.openapi(
  createRoute({
    method: "patch",
    path: "/api/staff/{id}",
    tags,
    summary: "Change a person's role or approval limits",
    request: { params: z.object({ id: z.string().min(1).max(64) }), body: jsonBody(api.changeStaff) },
    responses: { 200: json(api.staffList, "The people after it"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator");
    await changeMember(await hubOf(c), member, c.req.valid("param").id, c.req.valid("json"));
    return c.json({ staff: await staffOf(c.get("db")) }, 200);
  },
);

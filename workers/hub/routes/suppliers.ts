/** Suppliers: public to read; the operator's to register and to judge; a supplier sees its own desk. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/supplier.ts";
import type { AppContext, AppEnv } from "../../lib/app.ts";
import { type Authenticated, requireRole } from "../../lib/identity/session.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { judgeSupplier, registerSupplier, verifyDomain } from "../actions/supplier.ts";
import type { HubConfig } from "../env.ts";
import { ownSupplier, supplierDeskOf, supplierDetailOf, supplierPageOf } from "../queries/supplier.ts";
import { hubOf, limitParam } from "./request.ts";

export const suppliersRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["supplier"];
const byId = z.object({ id: z.string().min(1).max(100) });

export function nowS(c: AppContext<HubConfig>): number {
  return Math.floor(c.get("now")() / 1000);
}

/** The supplier whose desk this is: one's own, or any for an operator. */
async function deskOf(c: AppContext<HubConfig>, id: string): Promise<Authenticated> {
  const who = await requireRole(c, "operator", "supplier");
  if (who.member.role === "supplier" && (await ownSupplier(c.get("db"), who.member.id)) !== id) {
    throw new Refused("not-allowed");
  }
  return who;
}

suppliersRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/suppliers",
    tags,
    summary: "Suppliers by id, which is their domain",
    request: { query: z.object({ after: z.string().max(100).default(""), limit: limitParam }) },
    responses: { 200: json(api.supplierPage, "A page"), ...refusals },
  }),
  async (c) => c.json(await supplierPageOf(c.get("db"), nowS(c), c.req.valid("query")), 200),
);

suppliersRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/suppliers/{id}",
    tags,
    summary: "One supplier with its newest offers",
    request: { params: byId },
    responses: { 200: json(api.supplierDetail, "The supplier"), ...refusals },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    return c.json(await supplierDetailOf(c.get("db"), c.get("config").logOrigin, nowS(c), id), 200);
  },
);

suppliersRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/suppliers",
    tags,
    summary: "Make a supplier known; it is not verified by that",
    request: { body: jsonBody(api.registerSupplier) },
    responses: { 201: json(api.supplierDesk, "The supplier, and the line for its domain"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator");
    const id = await registerSupplier(await hubOf(c), member, c.req.valid("json"));
    return c.json(await supplierDeskOf(c.get("db"), c.get("config"), nowS(c), id), 201);
  },
);

suppliersRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/supplier",
    tags,
    summary: "The signed-in supplier's own desk",
    responses: { 200: json(api.supplierDesk, "The supplier, and the line for its domain"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "supplier");
    const id = await ownSupplier(c.get("db"), member.id);
    return c.json(await supplierDeskOf(c.get("db"), c.get("config"), nowS(c), id), 200);
  },
);

suppliersRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/suppliers/{id}/desk",
    tags,
    summary: "The same desk, for an operator",
    request: { params: byId },
    responses: { 200: json(api.supplierDesk, "The supplier, and the line for its domain"), ...refusals },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    await deskOf(c, id);
    return c.json(await supplierDeskOf(c.get("db"), c.get("config"), nowS(c), id), 200);
  },
);

suppliersRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/suppliers/{id}/verify-domain",
    tags,
    summary: "Look now for the line on the supplier's domain; once a minute at most",
    request: { params: byId },
    responses: { 200: json(api.supplierDesk, "The supplier, verified"), ...refusals },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    const { member } = await deskOf(c, id);
    await verifyDomain(await hubOf(c), member, id);
    return c.json(await supplierDeskOf(c.get("db"), c.get("config"), nowS(c), id), 200);
  },
);

suppliersRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/suppliers/{id}/verification",
    tags,
    summary: "An operator vouches for the supplier's address, or takes the verification away; the note is public",
    request: { params: byId, body: jsonBody(api.judgeSupplier) },
    responses: { 200: json(api.supplierDesk, "The supplier"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator");
    const { id } = c.req.valid("param");
    await judgeSupplier(await hubOf(c), member, id, c.req.valid("json"));
    return c.json(await supplierDeskOf(c.get("db"), c.get("config"), nowS(c), id), 200);
  },
);

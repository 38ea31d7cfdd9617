/** Importing published grants: from the console, or from the command line with a token that does nothing else. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/import.ts";
import type { AppContext, AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { randomToken, tokenHash } from "../../lib/identity/token.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { beginImport, importPortion } from "../actions/grant-import.ts";
import { type Actor, auditRow } from "../audit.ts";
import type { HubConfig } from "../env.ts";
import { settleAfter } from "../jobs/settle.ts";
import { importView, importViews } from "../queries/grant-import.ts";
import { hubOf } from "./request.ts";

export const importsRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["import"];
const byId = z.object({ id: z.string().min(1).max(100) });
const TOKEN_MS = 3_600_000;

/** Who imports: somebody signed in, or whoever holds a token that somebody signed in has made. */
async function importer(c: AppContext<HubConfig>): Promise<Actor> {
  const bearer = /^Bearer ([A-Za-z0-9_-]{22,64})$/.exec(c.req.header("authorization") ?? "")?.[1];
  if (bearer === undefined) return (await requireRole(c, "operator", "finance")).member;
  const member = await c
    .get("db")
    .prepare(
      `SELECT member.id, member.name, member.role FROM import_token JOIN member ON member.id = import_token.member_id
       WHERE import_token.id = ? AND import_token.expires_at > ? AND member.state = 'active'
         AND member.role IN ('operator', 'finance')`,
    )
    .bind(tokenHash(bearer), c.get("now")())
    .first<Actor>();
  if (member === null) throw new Refused("not-signed-in");
  return member;
}

async function view(c: AppContext<HubConfig>, id: string) {
  const found = await importView(c.get("db"), id);
  if (found === null) throw new Refused("import-unknown");
  return found;
}

importsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/imports",
    tags,
    summary: "Imports so far, newest first",
    responses: { 200: json(api.importList, "Without notes"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator", "finance", "approver", "auditor");
    return c.json({ imports: await importViews(c.get("db")) }, 200);
  },
);

importsRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/imports/{id}",
    tags,
    summary: "One import with what was left out and why",
    request: { params: byId },
    responses: { 200: json(api.importView, "The import"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator", "finance", "approver", "auditor");
    return c.json(await view(c, c.req.valid("param").id), 200);
  },
);

importsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/imports/token",
    tags,
    summary: "A token for the command line: one hour, imports only, shown once",
    responses: { 201: json(z.object({ token: z.string(), expires_at: z.iso.datetime() }), "The token"), ...refusals },
  }),
  async (c) => {
    const { member } = await requireRole(c, "operator", "finance");
    const token = randomToken();
    const now = c.get("now")();
    const db = c.get("db");
    await db.batch([
      db.prepare("DELETE FROM import_token WHERE expires_at <= ?").bind(now),
      db
        .prepare("INSERT INTO import_token (id, member_id, expires_at) VALUES (?, ?, ?)")
        .bind(tokenHash(token), member.id, now + TOKEN_MS),
      auditRow(db, member, { action: "import.token", subject: "" }, now),
    ]);
    return c.json({ token, expires_at: new Date(now + TOKEN_MS).toISOString() }, 201);
  },
);

importsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/imports",
    tags,
    summary: "Begin an import, or find it again by the hash of its file",
    request: { body: jsonBody(api.beginImport) },
    responses: { 201: json(api.importView, "The import"), ...refusals },
  }),
  async (c) => {
    const actor = await importer(c);
    const id = await beginImport(await hubOf(c), actor, c.req.valid("json"));
    return c.json(await view(c, id), 201);
  },
);

importsRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/imports/{id}/portion",
    tags,
    summary: "The next grants of the file; a portion sent again adds nothing",
    request: { params: byId, body: jsonBody(api.importPortion) },
    responses: { 201: json(api.importView, "How far it is"), ...refusals },
  }),
  async (c) => {
    const actor = await importer(c);
    const { id } = c.req.valid("param");
    await importPortion(await hubOf(c), actor, id, c.req.valid("json"));
    const now = await view(c, id);
    if (now.state === "done") settleAfter(c);
    return c.json(now, 201);
  },
);

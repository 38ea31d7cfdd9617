/** Steward: which logs this node witnesses, and what became of them. The witness itself is open to all: workers/lib/witness. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { parseVkey } from "../../../shared/log/note.ts";
import * as api from "../../../shared/protocol/api/witness.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { beginBook } from "../actions/begin-book.ts";
import { announce } from "../announce.ts";
import { contextOf, type NodeContext } from "../context.ts";
import type { NodeConfig } from "../env.ts";
import { readWitnessing } from "../queries/witnessing.ts";

export const witnessingRoutes = new OpenAPIHono<AppEnv<NodeConfig>>();
const tags = ["witness"];
const MAX_LOGS = 200;

witnessingRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/witnessing",
    tags,
    summary: "Steward: the logs this node witnesses, the largest tree cosigned of each, and what was refused",
    responses: { 200: json(api.witnessing, "Hubs first"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    return c.json(await readWitnessing(contextOf(c)), 200);
  },
);

witnessingRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/witnessing/logs",
    tags,
    summary: "Steward: witness another log, by its verifier key; the key's name is the log's origin",
    request: { body: jsonBody(api.addWitnessedLog) },
    responses: { 201: json(api.witnessing, "The logs witnessed now"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    const { vkey } = c.req.valid("json");
    const key = parseVkey(vkey);
    if (!key.ok) throw new Refused("malformed-request", { detail: "not a verifier key of a log" });
    const context = contextOf(c);
    if (await isGiven(context, key.value.name)) throw new Refused("witness-log-known");
    await context.db
      .prepare(
        `INSERT INTO witness_log (origin, vkey, added_at) SELECT ?1, ?2, ?3
         WHERE (SELECT count(*) FROM witness_log) < ?4
         ON CONFLICT (origin) DO UPDATE SET vkey = excluded.vkey, added_at = excluded.added_at`,
      )
      .bind(key.value.name, vkey, context.now(), MAX_LOGS)
      .run();
    return c.json(await readWitnessing(context), 201);
  },
);

/** Whether a log is known by another key than the steward's to choose: this node's own, a hub's, one of the settings'. */
async function isGiven({ db, config }: NodeContext, origin: string): Promise<boolean> {
  if (origin === config.book.origin || config.witnessLogs.some((log) => log.origin === origin)) return true;
  return (await db.prepare("SELECT 1 FROM hub WHERE origin = ?").bind(origin).first()) !== null;
}

witnessingRoutes.openapi(
  createRoute({
    method: "delete",
    path: "/api/witnessing/logs",
    tags,
    summary: "Steward: cosign this log no more; what was cosigned is never forgotten",
    request: { query: z.object({ origin: z.string().min(1).max(400) }) },
    responses: { 200: json(api.witnessing, "The logs witnessed now"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    const context = contextOf(c);
    await context.db.prepare("DELETE FROM witness_log WHERE origin = ?").bind(c.req.valid("query").origin).run();
    return c.json(await readWitnessing(context), 200);
  },
);

witnessingRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/book/new",
    tags,
    summary: "Steward: begin a new book, because a hub has seen more of this one than the database holds",
    request: { body: jsonBody(api.beginBook) },
    responses: { 201: json(api.witnessing, "The new book; the old one is given up"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    const { confirm, reason } = c.req.valid("json");
    const context = contextOf(c);
    if (confirm !== context.config.origin) throw new Refused("malformed-request", { detail: "not this community" });
    await beginBook(context, reason);
    announce(c);
    return c.json(await readWitnessing(context), 201);
  },
);

/** The hub's witnesses: public to see, the operator's to choose. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { logged } from "../../../shared/protocol/api/console.ts";
import * as api from "../../../shared/protocol/api/witness.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { addOutsideWitness, changeRule, removeOutsideWitness } from "../actions/witness-rule.ts";
import type { HubConfig } from "../env.ts";
import { collectWitnesses } from "../jobs/collect-witnesses.ts";
import { settleAfter } from "../jobs/settle.ts";
import { readBooks } from "../queries/witnessed-books.ts";
import { readWitnesses } from "../queries/witnesses.ts";
import { hubOf } from "./request.ts";

export const witnessesRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["witness"];

witnessesRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/witnesses",
    tags,
    summary: "Who has cosigned this hub's log, how many must, and since when that many have",
    responses: { 200: json(api.hubWitnesses, "Communities first"), ...refusals },
  }),
  async (c) => c.json(await readWitnesses(c.get("db")), 200, { "cache-control": "no-cache" }),
);

witnessesRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/witnessing",
    tags,
    summary: "Operator: the books this hub witnesses, the largest cosigned of each, and what was refused",
    responses: { 200: json(api.witnessing, "By origin"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator", "auditor");
    return c.json(await readBooks(c.get("db"), c.get("config")), 200);
  },
);

witnessesRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/witnesses",
    tags,
    summary: "Operator: ask an outside witness from now on (C2SP tlog-witness)",
    request: { body: jsonBody(api.addOutsideWitness) },
    responses: { 201: json(api.hubWitnesses, "After the first time it was asked"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator");
    const hub = await hubOf(c);
    await addOutsideWitness(hub, c.req.valid("json"));
    await collectWitnesses(hub);
    return c.json(await readWitnesses(c.get("db")), 201);
  },
);

witnessesRoute.openapi(
  createRoute({
    method: "delete",
    path: "/api/witnesses",
    tags,
    summary: "Operator: ask an outside witness no more, unless the rule counts it",
    request: { query: z.object({ vkey: z.string().min(1).max(400) }) },
    responses: { 200: json(api.hubWitnesses, "The witnesses now"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator");
    await removeOutsideWitness(await hubOf(c), c.req.valid("query").vkey);
    return c.json(await readWitnesses(c.get("db")), 200);
  },
);

witnessesRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/witnesses/rule",
    tags,
    summary:
      "Operator: log which witnesses count and how many must sign; a change waits 14 days and needs the old quorum",
    request: { body: jsonBody(api.changeWitnessRule) },
    responses: { 201: json(logged, "The entry"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator");
    const entry = await changeRule(await hubOf(c), c.req.valid("json"));
    settleAfter(c);
    return c.json(entry, 201);
  },
);

witnessesRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/witnesses/ask",
    tags,
    summary: "Operator: ask those that lag behind now",
    responses: { 200: json(api.hubWitnesses, "After they were asked"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "operator");
    await collectWitnesses(await hubOf(c));
    return c.json(await readWitnesses(c.get("db")), 200);
  },
);

/** Steward: which keys each hub's log holds for this community, a recovery that waits, and the objection to one. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import * as api from "../../../shared/protocol/api/node-keys.ts";
import { problemCodes } from "../../../shared/protocol/problem.ts";
import type { AppEnv } from "../../lib/app.ts";
import { requireRole } from "../../lib/identity/session.ts";
import { json, jsonBody, refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import { contextOf, type NodeContext } from "../context.ts";
import type { NodeConfig } from "../env.ts";
import { keysAtHub, objectAt } from "../jobs/change-keys.ts";
import { heldKeys } from "../keys.ts";
import { readHub, readHubs } from "../queries/hub.ts";

export const keyRoutes = new OpenAPIHono<AppEnv<NodeConfig>>();
const tags = ["keys"];

keyRoutes.openapi(
  createRoute({
    method: "get",
    path: "/api/keys",
    tags,
    summary: "Steward: this node's keys, and what each hub's log holds of them",
    responses: { 200: json(api.nodeKeys, "Public keys only"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    return c.json(await readKeys(contextOf(c)), 200);
  },
);

keyRoutes.openapi(
  createRoute({
    method: "post",
    path: "/api/keys/object",
    tags,
    summary: "Steward: object to a recovery that this community did not begin; it waits once more",
    request: { body: jsonBody(api.objectBody) },
    responses: { 200: json(api.nodeKeys, "After the hub has taken it in"), ...refusals },
  }),
  async (c) => {
    await requireRole(c, "steward");
    const context = contextOf(c);
    const { hub: origin, recovery } = c.req.valid("json");
    const hub = await readHub(context.db, origin);
    if (hub === null) throw new Refused("not-found");
    const refusal = await objectAt(context, hub, recovery);
    if (refusal !== null) throw new Refused(problemCodes.find((code) => code === refusal) ?? "peer-invalid");
    return c.json(await readKeys(context), 200);
  },
);

async function readKeys(context: NodeContext): Promise<api.NodeKeysView> {
  const held = await heldKeys(context.config);
  const hubs = await readHubs(context.db);
  const known = await Promise.all(hubs.map(async (hub) => await keysAtHub(context, hub)));
  return {
    held: held.map(({ role, key, isNext }) => ({ role, key, next: isNext })),
    hubs: hubs.map(({ origin, name }, at) => {
      const keys = known[at] ?? null;
      return { origin, name, keys: keys?.keys ?? null, pending: keys?.pending ?? null };
    }),
  };
}

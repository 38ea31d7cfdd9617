/** `/.well-known/cocoon.json`: what this hub says of itself, for discovery. A key counts by its log entry. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { PROTOCOL, hubDescriptor } from "../../../shared/protocol/well-known.ts";
import type { AppEnv } from "../../lib/app.ts";
import { json, refusals } from "../../lib/openapi.ts";
import type { HubConfig } from "../env.ts";
import { hubKeys } from "../hub.ts";

export const wellKnownRoute = new OpenAPIHono<AppEnv<HubConfig>>();

wellKnownRoute.openapi(
  createRoute({
    method: "get",
    path: "/.well-known/cocoon.json",
    tags: ["discovery"],
    summary: "Who this is, and the keys of its log and statements",
    responses: { 200: json(hubDescriptor, "The descriptor"), ...refusals },
  }),
  async (c) => {
    const { name, origin, logOrigin, publicUrl, demo } = c.get("config");
    const { log, statement, witness } = await hubKeys(c.get("config"));
    const descriptor = {
      kind: "hub" as const,
      name,
      origin,
      log: { origin: logOrigin, vkey: log.vkey, url: `${publicUrl}/log` },
      statement_jwks: { keys: [{ ...statement.publicJwk, kid: statement.kid }] },
      ...(witness && { witness: { vkey: witness.vkey, url: `${publicUrl}/witness` } }),
      protocol: [...PROTOCOL],
      demo,
    };
    return c.json(descriptor, 200, { "cache-control": "public, max-age=60" });
  },
);

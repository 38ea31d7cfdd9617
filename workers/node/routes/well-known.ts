/** Discovery: what this node is, where its book is, and the reports a hub may have missed. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { reportPage } from "../../../shared/protocol/api/community.ts";
import { logOrigin } from "../../../shared/protocol/primitives.ts";
import { nodeDescriptor, PROTOCOL } from "../../../shared/protocol/well-known.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import type { AppEnv } from "../../lib/app.ts";
import { json, refusals } from "../../lib/openapi.ts";
import { cosignerOf } from "../../lib/witness/routes.ts";
import type { NodeConfig } from "../env.ts";
import { contextOf } from "../context.ts";
import { readCommunity } from "../queries/community-page.ts";

export const wellKnownRoutes = new OpenAPIHono<AppEnv<NodeConfig>>();
const tags = ["federation"];
const REPORTS = 20;

wellKnownRoutes.openapi(
  createRoute({
    method: "get",
    path: "/.well-known/cocoon.json",
    tags,
    summary: "Who this is; a key counts by its entry in a hub's log, not by this file",
    responses: { 200: json(nodeDescriptor, "The descriptor"), ...refusals },
  }),
  async (c) => {
    const config = c.get("config");
    const { name, region, book, hubs } = await readCommunity(contextOf(c));
    const { kty, crv, x } = config.reportJwk;
    const jwk = { kty, crv, x };
    const cosigner = await cosignerOf(config);
    return c.json(
      {
        kind: "node" as const,
        name,
        region,
        origin: config.origin,
        book: {
          origin: book.origin,
          vkey: book.vkey,
          url: `${config.publicUrl}${book.origin.slice(config.origin.length)}`,
        },
        report_jwks: { keys: [{ ...jwk, kid: thumbprint(jwk) }] },
        ...(cosigner && { witness: { vkey: cosigner.vkey, url: `${config.publicUrl}/witness` } }),
        hubs: hubs.map(({ origin, url, status }) => ({ origin, url, status })),
        protocol: [...PROTOCOL],
        demo: config.demo,
      },
      200,
      { "cache-control": "public, max-age=60" },
    );
  },
);

wellKnownRoutes.openapi(
  createRoute({
    method: "get",
    path: "/reports",
    tags,
    summary: "Signed reports in seq order, for a hub that missed some (pull repair)",
    request: {
      query: z.object({ after: z.coerce.number().int().min(0).default(0), hub: logOrigin.optional() }),
    },
    responses: { 200: json(reportPage, "Without `hub`: those for the first hub this community joined"), ...refusals },
  }),
  async (c) => {
    const { after, hub } = c.req.valid("query");
    const { results } = await c
      .get("db")
      .prepare(
        `SELECT seq, jws FROM report
         WHERE hub = coalesce(?1, (SELECT origin FROM hub ORDER BY requested_at LIMIT 1)) AND seq > ?2 ORDER BY seq LIMIT ?3`,
      )
      .bind(hub ?? null, after, REPORTS)
      .all<{ seq: number; jws: string }>();
    const last = results.length === REPORTS ? results.at(-1) : undefined;
    return c.json({ reports: results.map(({ jws }) => jws), next: last?.seq ?? null }, 200, {
      "cache-control": "no-cache",
    });
  },
);

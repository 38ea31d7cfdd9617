/**
 * What the hub has read of each community's book, served as the log it is (C2SP tlog-tiles) under the community's own
 * signature: a verdict stays checkable when the community is gone. docs/protocol.md §3.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { parseTilePath } from "../../../shared/log/tile-path.ts";
import { origin } from "../../../shared/protocol/primitives.ts";
import type { AppEnv } from "../../lib/app.ts";
import { IMMUTABLE } from "../../lib/log-routes.ts";
import { refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import type { HubConfig } from "../env.ts";
import { mirrorBundle, mirrorCheckpoint, mirrorTile } from "../queries/mirror-log.ts";

export const mirrorRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["log"];
const params = z.object({ origin });

mirrorRoute.openAPIRegistry.registerPath({
  method: "get",
  path: "/mirror/{origin}/checkpoint",
  tags,
  summary: "The newest checkpoint of this community's book that the hub has read up to, signed by the community",
  request: { params },
  responses: { 200: { description: "A signed note", content: { "text/plain": { schema: z.string() } } }, ...refusals },
});
mirrorRoute.get("/mirror/:origin/checkpoint", async (c) => {
  const note = await mirrorCheckpoint(c.get("db"), c.req.param("origin"));
  if (note === null) throw new Refused("issuer-unknown");
  return c.body(note, 200, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" });
});

mirrorRoute.openAPIRegistry.registerPath({
  method: "get",
  path: "/mirror/{origin}/tile/{path}",
  tags,
  summary: "A hash tile or, under `entries/`, an entry bundle of the mirrored book; the path contains slashes",
  request: { params: params.extend({ path: z.string() }) },
  responses: {
    200: {
      description: "Hashes of 32 bytes, or length-prefixed entries",
      content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
    },
    ...refusals,
  },
});
mirrorRoute.get("/mirror/:origin/tile/:path{.+}", async (c) => {
  const node = c.req.param("origin");
  const tile = parseTilePath(`tile/${c.req.param("path")}`);
  if (tile === null) throw new Refused("tile-unknown");
  const { level, index, width } = tile;
  const db = c.get("db");
  const bytes =
    level === "entries"
      ? await mirrorBundle(db, node, index, width)
      : await mirrorTile(db, node, { level, index, width });
  if (bytes === null) throw new Refused("tile-unknown");
  return c.body(bytes, 200, { "content-type": "application/octet-stream", "cache-control": IMMUTABLE });
});

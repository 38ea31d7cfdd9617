/**
 * What the hub has read of each community's book, served as the log it is (C2SP tlog-tiles) under the community's own
 * signature: a verdict stays checkable when the community is gone. docs/protocol.md §3.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { parseTilePath } from "../../../shared/log/tile-path.ts";
import { origin } from "../../../shared/protocol/primitives.ts";
import type { AppContext, AppEnv } from "../../lib/app.ts";
import { IMMUTABLE } from "../../lib/log-routes.ts";
import { refusals } from "../../lib/openapi.ts";
import { Refused } from "../../lib/problem.ts";
import type { HubConfig } from "../env.ts";
import { mirrorName } from "../mirror.ts";
import { mirrorBundle, mirrorCheckpoint, mirrorTile } from "../queries/mirror-log.ts";

export const mirrorRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["log"];
const generationParam = z.string().regex(/^([2-9]|[1-9][0-9])$/);

/** The first book of a community under its origin, a later one under its number beside it. */
const places = [
  {
    path: "/mirror/{origin}",
    route: "/mirror/:origin",
    params: z.object({ origin }),
    about: "this community's first book",
  },
  {
    path: "/mirror/{origin}/{generation}",
    route: "/mirror/:origin/:generation{[0-9]+}",
    params: z.object({ origin, generation: generationParam }),
    about: "a book that this community began after a loss",
  },
] as const;

function nameOf(c: AppContext<HubConfig>): string {
  const generation = generationParam.safeParse(c.req.param("generation") ?? "2");
  if (!generation.success) throw new Refused("issuer-unknown");
  return mirrorName(c.req.param("origin") ?? "", c.req.param("generation") === undefined ? 1 : Number(generation.data));
}

for (const { path, route, params, about } of places) {
  mirrorRoute.openAPIRegistry.registerPath({
    method: "get",
    path: `${path}/checkpoint`,
    tags,
    summary: `The newest checkpoint of ${about} that the hub has read up to, signed by the community`,
    request: { params },
    responses: {
      200: { description: "A signed note", content: { "text/plain": { schema: z.string() } } },
      ...refusals,
    },
  });
  mirrorRoute.get(`${route}/checkpoint`, async (c) => {
    const note = await mirrorCheckpoint(c.get("db"), nameOf(c));
    if (note === null) throw new Refused("issuer-unknown");
    return c.body(note, 200, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" });
  });

  mirrorRoute.openAPIRegistry.registerPath({
    method: "get",
    path: `${path}/tile/{path}`,
    tags,
    summary: `A hash tile or, under \`entries/\`, an entry bundle of the mirror of ${about}; the path contains slashes`,
    request: { params: params.extend({ path: z.string() }) },
    responses: {
      200: {
        description: "Hashes of 32 bytes, or length-prefixed entries",
        content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
      },
      ...refusals,
    },
  });
  mirrorRoute.get(`${route}/tile/:path{.+}`, async (c) => {
    const tile = parseTilePath(`tile/${c.req.param("path")}`);
    if (tile === null) throw new Refused("tile-unknown");
    const { level, index, width } = tile;
    const db = c.get("db");
    const bytes =
      level === "entries"
        ? await mirrorBundle(db, nameOf(c), index, width)
        : await mirrorTile(db, nameOf(c), { level, index, width });
    if (bytes === null) throw new Refused("tile-unknown");
    return c.body(bytes, 200, { "content-type": "application/octet-stream", "cache-control": IMMUTABLE });
  });
}

/**
 * A log over HTTP: C2SP tlog-tiles under `/log` or `/book`, and tlog-proofs by leaf. Tiles, bundles and their
 * partial forms never change once they exist, so they may be cached for ever; the checkpoint may not.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { Bytes } from "../../shared/bytes.ts";
import { parseTilePath } from "../../shared/log/tiles.ts";
import type { AppEnv } from "./app.ts";
import type { CommonConfig } from "./config.ts";
import { isLeaf, type LogKeys, readBundle, readCheckpoint, readNewest, readProof, readTile } from "./log-read.ts";
import { refusals } from "./openapi.ts";
import { Refused } from "./problem.ts";

export const IMMUTABLE = "public, max-age=31536000, immutable";
const SUFFIX = ".tlog-proof";
const text = z.string();

export function logRoutes<C extends CommonConfig>(options: {
  prefix: "/log" | "/book";
  keys: (config: C) => LogKeys;
}): OpenAPIHono<AppEnv<C>> {
  const { prefix, keys } = options;
  const app = new OpenAPIHono<AppEnv<C>>();
  describe(app, prefix);

  // A later book of a node is served under its number, and the one before not any more (docs/protocol.md §2).
  const prefixes = prefix === "/log" ? [prefix] : [prefix, `${prefix}/:generation{[1-9][0-9]?}`];
  for (const path of prefixes) serve(app, path, keys);
  return app;
}

function serve<C extends CommonConfig>(app: OpenAPIHono<AppEnv<C>>, path: string, keys: (config: C) => LogKeys): void {
  app.get(`${path}/checkpoint`, async (c) => {
    const note = await readCheckpoint(c.get("db"), keys(c.get("config")), generationOf(c));
    if (note === null) throw new Refused("tile-unknown");
    return c.body(note, 200, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" });
  });

  app.get(`${path}/head`, async (c) => {
    const note = await readNewest(c.get("db"), keys(c.get("config")), generationOf(c));
    if (note === null) throw new Refused("tile-unknown");
    return c.body(note, 200, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" });
  });

  app.get(`${path}/tile/:path{.+}`, async (c) => {
    const tile = parseTilePath(`tile/${c.req.param("path")}`);
    if (tile === null) throw new Refused("tile-unknown");
    const { level, index, width } = tile;
    const db = c.get("db");
    const bytes: Bytes | null =
      level === "entries"
        ? await readBundle(db, { index, width }, generationOf(c))
        : await readTile(db, { level, index, width }, generationOf(c));
    if (bytes === null) throw new Refused("tile-unknown");
    return c.body(bytes, 200, { "content-type": "application/octet-stream", "cache-control": IMMUTABLE });
  });

  app.get(`${path}/entries/:file`, async (c) => {
    const file = c.req.param("file");
    const leaf = file.slice(0, -SUFFIX.length);
    if (!file.endsWith(SUFFIX) || !isLeaf(leaf)) throw new Refused("entry-unknown");
    const proof = await readProof(c.get("db"), leaf, keys(c.get("config")), generationOf(c));
    if (proof === null) throw new Refused("entry-unknown");
    return c.body(proof, 200, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" });
  });
}

/** No book has the number 1 in its address: it would be a second one for the first. */
function generationOf(c: { req: { param(name: string): string | undefined } }): number {
  const text = c.req.param("generation");
  if (text === undefined) return 1;
  return text === "1" ? 0 : Number(text);
}

/** Paths with slashes in a parameter cannot be declared as routes, so they are described beside them. */
function describe<C extends CommonConfig>(app: OpenAPIHono<AppEnv<C>>, prefix: string): void {
  const tags = ["log"];
  const bytes = { "application/octet-stream": { schema: { type: "string" as const, format: "binary" } } };
  app.openAPIRegistry.registerPath({
    method: "get",
    path: `${prefix}/checkpoint`,
    tags,
    summary:
      "The newest checkpoint that has the quorum of the logged witness rule, with all cosignatures (C2SP tlog-checkpoint)",
    responses: { 200: { description: "A signed note", content: { "text/plain": { schema: text } } } },
  });
  app.openAPIRegistry.registerPath({
    method: "get",
    path: `${prefix}/head`,
    tags,
    summary: "The newest signed head, whether or not witnesses have seen it; may be ahead of the checkpoint",
    responses: { 200: { description: "A signed note", content: { "text/plain": { schema: text } } } },
  });
  app.openAPIRegistry.registerPath({
    method: "get",
    path: `${prefix}/tile/{path}`,
    tags,
    summary: "A hash tile or, under `entries/`, an entry bundle (C2SP tlog-tiles); the path contains slashes",
    request: { params: z.object({ path: text }) },
    responses: { 200: { description: "Hashes of 32 bytes, or length-prefixed entries", content: bytes }, ...refusals },
  });
  app.openAPIRegistry.registerPath({
    method: "get",
    path: `${prefix}/entries/{leaf}${SUFFIX}`,
    tags,
    summary: "Inclusion proof of an entry by its base64url leaf hash (C2SP tlog-proof)",
    request: { params: z.object({ leaf: text }) },
    responses: { 200: { description: "A tlog-proof", content: { "text/plain": { schema: text } } }, ...refusals },
  });
}

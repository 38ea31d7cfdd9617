/**
 * Short forms for route declarations, so that each route says what it takes and gives in a few lines, and
 * `/openapi.json`, generated from the same zod schemas the routes validate with.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ZodType } from "zod";
import { problem } from "../../shared/protocol/problem.ts";
import type { AppEnv } from "./app.ts";
import type { CommonConfig } from "./config.ts";

/** `request.body` of a JSON route. */
export function jsonBody<S extends ZodType>(schema: S) {
  return { required: true, content: { "application/json": { schema } } } as const;
}

/** One response of a JSON route. */
export function json<S extends ZodType>(schema: S, description: string) {
  return { description, content: { "application/json": { schema } } } as const;
}

/** The response of a 204. */
export const DONE = { description: "Done" } as const;

/** The refusals of every route; handlers throw them as `Refused`. */
export const refusals = {
  "4XX": { description: "Refused, with a stable code", content: { "application/problem+json": { schema: problem } } },
} as const;

export function serveOpenapi<C extends CommonConfig>(
  app: OpenAPIHono<AppEnv<C>>,
  info: { title: string; description: string },
): void {
  app.get("/openapi.json", (c) => {
    const document = app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: { ...info, version: "1" },
      servers: [{ url: c.get("config").publicUrl }],
    });
    // The generator copies a regular expression with its flags; a JSON Schema's pattern is the expression alone.
    const text = JSON.stringify(document).replaceAll('$/u"', '$"');
    return c.body(text, 200, { "content-type": "application/json", "cache-control": "public, max-age=300" });
  });
}

/**
 * The frame of both workers: request id, one structured log line per request, security headers, body limits,
 * cross-site and CORS rules, and every refusal as problem+json. It knows no route of its own.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { routePath } from "hono/route";
import { TrieRouter } from "hono/router/trie-router";
import { type CommonBindings, type CommonConfig, faultOfConfig } from "./config.ts";
import { type DbCounts, meter, noCounts } from "./d1.ts";
import { problemResponse, Refused, refusalOf, schemaProblem } from "./problem.ts";

export interface AppEnv<C extends CommonConfig = CommonConfig> {
  Bindings: CommonBindings;
  Variables: {
    config: C;
    /** the metered database: use this one, not `c.env.DB` */
    db: D1Database;
    requestId: string;
    /** Unix milliseconds */
    now: () => number;
    counts: DbCounts;
    /** one more structured line, for what is not the request's own */
    log: (line: Record<string, unknown>) => void;
  };
}
export type AppContext<C extends CommonConfig = CommonConfig> = Context<AppEnv<C>>;

export interface AppOptions<C extends CommonConfig> {
  config: (env: object) => C;
  /** largest body per exact path, in bytes; everything else gets DEFAULT_BODY_BYTES */
  bodyLimits?: Record<string, number>;
  /** GET paths with CORS `*`: exact, or a prefix that ends in `/` */
  publicPaths: string[];
  /** exact paths that take a POST from pages of other sites: they need no cookie and give none a meaning */
  openPosts?: string[];
  now?: () => number;
  log?: (line: Record<string, unknown>) => void;
}

export const DEFAULT_BODY_BYTES = 64 * 1024;

const SECURITY_HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

export function createApp<C extends CommonConfig>(options: AppOptions<C>): OpenAPIHono<AppEnv<C>> {
  const app = new OpenAPIHono<AppEnv<C>>({
    defaultHook: (result) => {
      if (!result.success) throw schemaProblem(result.error);
    },
  });
  app.use("*", frame(options));
  app.use("*", corsAndOrigin(options));
  app.use("*", limitBody(options.bodyLimits ?? {}));
  app.onError((error, c) => {
    const refused = refusalOf(error);
    c.error = error;
    if (refused) return problemResponse(refused.code, refused.extra, c.get("requestId"));
    return problemResponse("internal", {}, c.get("requestId"));
  });
  app.notFound((c) => {
    const allowed = allowedMethods(app, c.req.path);
    if (allowed.length === 0) return problemResponse("not-found", {}, c.get("requestId"));
    const allow = [...allowed, "OPTIONS"].join(", ");
    if (c.req.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    const response = problemResponse("method-not-allowed", {}, c.get("requestId"));
    response.headers.set("allow", allow);
    return response;
  });
  return app;
}

/** Outermost: everything below it, thrown or returned, leaves with these headers and one log line. */
function frame<C extends CommonConfig>(options: AppOptions<C>): MiddlewareHandler<AppEnv<C>> {
  const now = options.now ?? Date.now;
  const log = options.log ?? consoleLine;
  return async (c, next) => {
    const started = now();
    const requestId = crypto.randomUUID();
    const config = configOf(options, c.env, requestId, log);
    const counts = noCounts();
    c.set("requestId", requestId);
    c.set("config", config);
    c.set("now", now);
    c.set("counts", counts);
    c.set("log", log);
    c.set("db", meter(c.env.DB, counts));
    await next();
    // A page that other sites may frame says so itself; everything else is what it always is.
    const own = c.res.headers.get("content-security-policy");
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
    if (own !== null) c.res.headers.set("content-security-policy", own);
    if (config.publicUrl.startsWith("https:")) {
      c.res.headers.set("strict-transport-security", "max-age=31536000; includeSubDomains");
    }
    c.res.headers.set("x-request-id", requestId);
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
    if (config.meter) {
      const { queries, rowsRead, rowsWritten } = counts;
      c.res.headers.set(
        "x-cocoon-db",
        `queries=${String(queries)};read=${String(rowsRead)};written=${String(rowsWritten)}`,
      );
    }
    log(logLine(c, now() - started));
  };
}

/** A worker with wrong settings answers nothing; why stands in its log, without what was set. */
function configOf<C extends CommonConfig>(
  { config }: AppOptions<C>,
  env: object,
  id: string,
  log: (line: Record<string, unknown>) => void,
): C {
  try {
    return config(env);
  } catch (error) {
    log({ level: "error", id, code: "misconfigured", error: faultOfConfig(error) });
    throw error;
  }
}

/** Route patterns and codes only: never the path with its ids, the query, the body, a cookie or a token. */
function logLine<C extends CommonConfig>(c: Context<AppEnv<C>>, ms: number): Record<string, unknown> {
  const { queries, rowsRead, rowsWritten } = c.get("counts");
  const refused = c.error === undefined ? null : refusalOf(c.error);
  const bug = c.error !== undefined && refused === null ? c.error : null;
  return {
    level: bug ? "error" : "info",
    id: c.get("requestId"),
    method: c.req.method,
    route: routePath(c, -1),
    status: c.res.status,
    ms,
    ...(refused ? { code: refused.code } : {}),
    ...(refused?.reason === undefined ? {} : { reason: refused.reason }),
    ...(bug ? { code: "internal", error: bug.message, stack: bug.stack } : {}),
    db: { q: queries, r: rowsRead, w: rowsWritten },
  };
}

function consoleLine(line: Record<string, unknown>): void {
  // oxlint-disable-next-line no-console -- the worker's structured log
  console.log(JSON.stringify(line));
}

function corsAndOrigin<C extends CommonConfig>(options: AppOptions<C>): MiddlewareHandler<AppEnv<C>> {
  const isPublic = (path: string): boolean =>
    options.publicPaths.some((one) => (one.endsWith("/") ? path.startsWith(one) : path === one));
  const openPosts = new Set(options.openPosts);
  return async (c, next) => {
    const { method } = c.req;
    if (openPosts.has(c.req.path) && (method === "POST" || method === "OPTIONS")) return await openPost(c, next);
    const reading = method === "GET" || method === "HEAD" || method === "OPTIONS";
    if (!reading && fromAnotherSite(c)) throw new Refused("cross-site");
    if (reading && isPublic(c.req.path)) {
      if (method === "OPTIONS" && c.req.header("access-control-request-method") !== undefined) {
        return c.body(null, 204, {
          "access-control-allow-origin": "*",
          "access-control-allow-methods": "GET, HEAD",
          "access-control-allow-headers": "*",
          "access-control-max-age": "86400",
        });
      }
      await next();
      c.res.headers.set("access-control-allow-origin", "*");
      c.res.headers.set("access-control-expose-headers", "x-request-id, x-cocoon-db");
      c.res.headers.set("cross-origin-resource-policy", "cross-origin");
      return;
    }
    await next();
    c.res.headers.set("cross-origin-resource-policy", "same-origin");
  };
}

async function openPost(c: Context, next: () => Promise<void>): Promise<Response | undefined> {
  if (c.req.method === "OPTIONS" && c.req.header("access-control-request-method") !== undefined) {
    return c.body(null, 204, {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type",
      "access-control-max-age": "86400",
    });
  }
  await next();
  c.res.headers.set("access-control-allow-origin", "*");
  c.res.headers.set("cross-origin-resource-policy", "cross-origin");
  return undefined;
}

/** Browsers name the page that writes; peers and command lines send neither header and carry no ambient cookie. */
function fromAnotherSite<C extends CommonConfig>(c: Context<AppEnv<C>>): boolean {
  const origin = c.req.header("origin");
  if (origin !== undefined) return origin !== c.get("config").publicUrl;
  const site = c.req.header("sec-fetch-site");
  return site !== undefined && site !== "same-origin" && site !== "none";
}

function limitBody<C extends CommonConfig>(limits: Record<string, number>): MiddlewareHandler<AppEnv<C>> {
  const onError = (): never => {
    throw new Refused("body-too-large");
  };
  const byDefault = bodyLimit({ maxSize: DEFAULT_BODY_BYTES, onError });
  const byPath = new Map(Object.entries(limits).map(([path, maxSize]) => [path, bodyLimit({ maxSize, onError })]));
  return async (c, next) => await (byPath.get(c.req.path) ?? byDefault)(c, next);
}

const routers = new WeakMap<object, TrieRouter<string>>();

/** Which methods some route offers at this path: tells 405 from 404. Built at the first miss. */
function allowedMethods<C extends CommonConfig>(app: OpenAPIHono<AppEnv<C>>, path: string): string[] {
  let router = routers.get(app);
  if (!router) {
    router = new TrieRouter<string>();
    for (const route of app.routes) {
      if (route.method !== "ALL") router.add("GET", route.path, route.method);
    }
    routers.set(app, router);
  }
  return [...new Set(router.match("GET", path)[0].map(([method]) => method))].toSorted();
}

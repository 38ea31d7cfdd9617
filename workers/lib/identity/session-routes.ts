/** In and out over HTTP: who is signed in, sign-in, sign-out, recovery. */
import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import * as api from "../../../shared/protocol/api/identity.ts";
import type { AppEnv } from "../app.ts";
import type { CommonConfig } from "../config.ts";
import { DONE, json, jsonBody, refusals } from "../openapi.ts";
import { addressOf, limitBy, MINUTE_MS, rateLimiter } from "../rate-limit.ts";
import { clearCookie } from "./cookie.ts";
import { sessionAnswer } from "./member.ts";
import { newRecoveryCodes, recover } from "./recovery.ts";
import { authenticate, endSession, requireMember } from "./session.ts";
import { signIn, signInOptions } from "./sign-in.ts";

export function sessionRoutes<C extends CommonConfig>(app: OpenAPIHono<AppEnv<C>>): void {
  const tags = ["session"];
  const signIns = rateLimiter(60, MINUTE_MS);
  const recoveries = rateLimiter(10, MINUTE_MS);
  const changes = rateLimiter(30, MINUTE_MS);

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/session",
      tags,
      summary: "Who is signed in here",
      responses: { 200: json(api.session, "The member, or null") },
    }),
    async (c) => {
      const who = await authenticate(c);
      return c.json(await sessionAnswer(c, who?.member.id ?? null, who?.session.recovered), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/api/sign-in/options",
      tags,
      summary: "Begin to sign in by passkey",
      responses: { 200: json(api.ceremony, "Options for navigator.credentials.get"), ...refusals },
    }),
    async (c) => {
      limitBy(c, signIns, addressOf(c));
      return c.json(await signInOptions(c), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/api/sign-in",
      tags,
      summary: "Finish signing in",
      request: { body: jsonBody(api.finishSignIn) },
      responses: { 200: json(api.session, "Signed in, in a new session"), ...refusals },
    }),
    async (c) => {
      limitBy(c, signIns, addressOf(c));
      return c.json(await sessionAnswer(c, await signIn(c, c.req.valid("json"))), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/api/sign-out",
      tags,
      summary: "End this session",
      responses: { 204: DONE, ...refusals },
    }),
    async (c) => {
      const ended = endSession(c);
      if (ended.length > 0) await c.get("db").batch(ended);
      clearCookie(c, "session");
      return c.body(null, 204);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/api/recovery-codes",
      tags,
      summary: "Make ten new recovery codes; earlier ones stop working",
      responses: { 200: json(api.recoveryCodes, "Shown once"), ...refusals },
    }),
    async (c) => {
      const who = await requireMember(c);
      limitBy(c, changes, who.member.id);
      return c.json({ codes: await newRecoveryCodes(c, who.member.id) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/api/recover",
      tags,
      summary: "Come back with a recovery code, to register a new passkey",
      request: { body: jsonBody(api.recover) },
      responses: { 200: json(api.session, "Signed in; every other session has ended"), ...refusals },
    }),
    async (c) => {
      limitBy(c, recoveries, addressOf(c));
      return c.json(await sessionAnswer(c, await recover(c, c.req.valid("json").code), true), 200);
    },
  );
}

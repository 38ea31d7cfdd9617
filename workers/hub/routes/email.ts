/** Signing in by a mailed code over HTTP, and a supplier that introduces itself. Who is known is never answered. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import * as identity from "../../../shared/protocol/api/identity.ts";
import * as api from "../../../shared/protocol/api/party.ts";
import type { AppEnv } from "../../lib/app.ts";
import { sessionAnswer } from "../../lib/identity/member.ts";
import { tokenHash } from "../../lib/identity/token.ts";
import { DONE, json, jsonBody, refusals } from "../../lib/openapi.ts";
import { addressOf, limitBy, MINUTE_MS, rateLimiter } from "../../lib/rate-limit.ts";
import { requestCode, signInByCode } from "../actions/email-code.ts";
import { companyDomain } from "../actions/introduction.ts";
import { refuseAddresses } from "../actions/supplier.ts";
import type { HubConfig } from "../env.ts";
import { hubOf } from "./request.ts";

export const emailRoute = new OpenAPIHono<AppEnv<HubConfig>>();
const tags = ["session"];
const asks = rateLimiter(10, 10 * MINUTE_MS);
const asksForOne = rateLimiter(3, MINUTE_MS);
/** Of strangers to strangers, from everywhere together: this hub is nobody's way to write to others. */
const introductions = rateLimiter(60, 60 * MINUTE_MS);
const tries = rateLimiter(30, 10 * MINUTE_MS);

emailRoute.openapi(
  createRoute({
    method: "get",
    path: "/api/email-code",
    tags,
    summary: "Whether codes by e-mail work here",
    responses: { 200: json(api.emailCodeState, "The state") },
  }),
  (c) => c.json({ available: c.get("config").mail !== null }, 200),
);

emailRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/email-code",
    tags,
    summary: "Ask for a code; the answer is the same whether the address is known or not",
    request: { body: jsonBody(api.requestCode) },
    responses: { 204: DONE, ...refusals },
  }),
  async (c) => {
    limitBy(c, asks, addressOf(c));
    const { email, language } = c.req.valid("json");
    limitBy(c, asksForOne, tokenHash(email));
    await requestCode(c, await hubOf(c), { email, language, introduction: null });
    return c.body(null, 204);
  },
);

emailRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/email-code/sign-in",
    tags,
    summary: "Sign in with the code, in the browser that asked for it",
    request: { body: jsonBody(api.signInByCode) },
    responses: { 200: json(identity.session, "Signed in, in a new session"), ...refusals },
  }),
  async (c) => {
    limitBy(c, tries, addressOf(c));
    const memberId = await signInByCode(c, await hubOf(c), c.req.valid("json"));
    return c.json(await sessionAnswer(c, memberId), 200);
  },
);

emailRoute.openapi(
  createRoute({
    method: "post",
    path: "/api/suppliers/introduce",
    tags: ["supplier"],
    summary: "A supplier introduces itself: the code that is mailed makes the account",
    request: { body: jsonBody(api.introduceSupplier) },
    responses: { 204: DONE, ...refusals },
  }),
  async (c) => {
    limitBy(c, asks, addressOf(c));
    const introduction = c.req.valid("json");
    const { email, language } = introduction;
    companyDomain(email);
    limitBy(c, introductions, "all");
    refuseAddresses(introduction.name);
    limitBy(c, asksForOne, tokenHash(email));
    await requestCode(c, await hubOf(c), { email, language, introduction });
    return c.body(null, 204);
  },
);

/** Passkeys over HTTP: register (which ends every ceremony of joining), list, rename, remove. */
import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/identity.ts";
import type { AppEnv } from "../app.ts";
import type { CommonConfig } from "../config.ts";
import { DONE, json, jsonBody, refusals } from "../openapi.ts";
import { addressOf, limitBy, MINUTE_MS, rateLimiter } from "../rate-limit.ts";
import type { IdentityKind } from "./kind.ts";
import { sessionAnswer } from "./member.ts";
import { listPasskeys, removePasskey, renamePasskey } from "./passkey.ts";
import { addPasskey, finishRegistration } from "./registration.ts";
import { requireMember } from "./session.ts";

const byId = z.object({ id: z.string().min(1).max(1400) });

export function passkeyRoutes<C extends CommonConfig>(app: OpenAPIHono<AppEnv<C>>, kind: IdentityKind<C>): void {
  const tags = ["passkey"];
  const registrations = rateLimiter(60, MINUTE_MS);

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/passkeys",
      tags,
      summary: "My passkeys",
      responses: { 200: json(api.passkeyList, "Oldest first"), ...refusals },
    }),
    async (c) => {
      const who = await requireMember(c);
      return c.json({ passkeys: await listPasskeys(c, who.member.id) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/api/passkeys/options",
      tags,
      summary: "Begin to add another passkey",
      responses: { 200: json(api.ceremony, "Options for navigator.credentials.create"), ...refusals },
    }),
    async (c) => {
      const who = await requireMember(c, { recovered: true });
      limitBy(c, registrations, who.member.id);
      return c.json(await addPasskey(c, kind, who), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/api/passkeys",
      tags,
      summary: "Finish registering a passkey; after an invitation this creates the member",
      request: { body: jsonBody(api.finishRegistration) },
      responses: { 201: json(api.session, "Signed in, in a new session"), ...refusals },
    }),
    async (c) => {
      limitBy(c, registrations, addressOf(c));
      return c.json(await sessionAnswer(c, await finishRegistration(c, kind, c.req.valid("json"))), 201);
    },
  );

  app.openapi(
    createRoute({
      method: "patch",
      path: "/api/passkeys/{id}",
      tags,
      summary: "Rename a passkey",
      request: { params: byId, body: jsonBody(api.renamePasskey) },
      responses: { 204: DONE, ...refusals },
    }),
    async (c) => {
      const who = await requireMember(c);
      await renamePasskey(c, who.member.id, c.req.valid("param").id, c.req.valid("json").label);
      return c.body(null, 204);
    },
  );

  app.openapi(
    createRoute({
      method: "delete",
      path: "/api/passkeys/{id}",
      tags,
      summary: "Remove a passkey; every other session ends",
      request: { params: byId },
      responses: { 204: DONE, ...refusals },
    }),
    async (c) => {
      await removePasskey(c, kind, await requireMember(c), c.req.valid("param").id);
      return c.body(null, 204);
    },
  );
}

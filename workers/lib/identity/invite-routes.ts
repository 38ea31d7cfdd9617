/** Invitations over HTTP: anyone may look at one and begin to accept it; stewards and operators make them. */
import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import * as api from "../../../shared/protocol/api/identity.ts";
import type { AppEnv } from "../app.ts";
import type { CommonConfig } from "../config.ts";
import { DONE, json, jsonBody, refusals } from "../openapi.ts";
import { addressOf, limitBy, MINUTE_MS, rateLimiter } from "../rate-limit.ts";
import { createInvite, listInvites, openInvite, revokeInvite } from "./invite.ts";
import type { IdentityKind } from "./kind.ts";
import { acceptInvite } from "./registration.ts";
import { requireRole } from "./session.ts";

const byId = z.object({ id: z.string().min(1).max(64) });

export function inviteRoutes<C extends CommonConfig>(app: OpenAPIHono<AppEnv<C>>, kind: IdentityKind<C>): void {
  const tags = ["invite"];
  const looks = rateLimiter(60, MINUTE_MS);
  const makes = rateLimiter(60, MINUTE_MS);

  app.openapi(
    createRoute({
      method: "post",
      path: "/api/invites/inspect",
      tags,
      summary: "What an invitation offers; consumes nothing",
      request: { body: jsonBody(api.inspectInvite) },
      responses: { 200: json(api.inviteView, "The invitation"), ...refusals },
    }),
    async (c) => {
      limitBy(c, looks, addressOf(c));
      const invite = await openInvite(c, kind, c.req.valid("json").token);
      const { role, inviter, expiresAt } = invite;
      const community = await kind.placeName(c);
      return c.json({ role, community, inviter, expires_at: new Date(expiresAt).toISOString() }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/api/invites/accept",
      tags,
      summary: "Begin to join: a passkey ceremony bound to this browser",
      request: { body: jsonBody(api.acceptInvite) },
      responses: { 200: json(api.ceremony, "Options for navigator.credentials.create"), ...refusals },
    }),
    async (c) => {
      limitBy(c, looks, addressOf(c));
      const { token, name } = c.req.valid("json");
      return c.json(await acceptInvite(c, kind, await openInvite(c, kind, token), name), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/invites",
      tags,
      summary: "Invitations and what became of them",
      responses: { 200: json(api.inviteList, "Newest first"), ...refusals },
    }),
    async (c) => {
      await requireRole(c, kind.chief);
      return c.json({ invites: await listInvites(c) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/api/invites",
      tags,
      summary: "Invite someone",
      request: { body: jsonBody(api.createInvite) },
      responses: { 201: json(api.createdInvite, "The link is shown once"), ...refusals },
    }),
    async (c) => {
      const who = await requireRole(c, kind.chief);
      limitBy(c, makes, who.member.id);
      return c.json(await createInvite(c, kind, who.member.id, c.req.valid("json")), 201);
    },
  );

  app.openapi(
    createRoute({
      method: "delete",
      path: "/api/invites/{id}",
      tags,
      summary: "Withdraw an invitation",
      request: { params: byId },
      responses: { 204: DONE, ...refusals },
    }),
    async (c) => {
      await requireRole(c, kind.chief);
      await revokeInvite(c, c.req.valid("param").id);
      return c.body(null, 204);
    },
  );
}

/**
 * Joining, signing in and keeping access over HTTP (shared/protocol/api/identity.ts): the same routes at a node
 * and at a hub. What differs between them is an `IdentityKind`.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../app.ts";
import type { CommonConfig } from "../config.ts";
import { inviteRoutes } from "./invite-routes.ts";
import type { IdentityKind } from "./kind.ts";
import { passkeyRoutes } from "./passkey-routes.ts";
import { sessionRoutes } from "./session-routes.ts";

export function identityRoutes<C extends CommonConfig>(kind: IdentityKind<C>): OpenAPIHono<AppEnv<C>> {
  const app = new OpenAPIHono<AppEnv<C>>();
  sessionRoutes(app);
  inviteRoutes(app, kind);
  passkeyRoutes(app, kind);
  return app;
}

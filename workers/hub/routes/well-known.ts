/** `/.well-known/cocoon.json`: what this hub says of itself, for discovery. A key counts by its log entry. */
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { PROTOCOL, hubDescriptor } from "../../../shared/protocol/well-known.ts";
import type { Ed25519Jwk } from "../../../shared/protocol/primitives.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import type { AppContext, AppEnv } from "../../lib/app.ts";
import { json, refusals } from "../../lib/openapi.ts";
import type { HubConfig } from "../env.ts";
import { hubKeys } from "../hub.ts";
import { hubKeysView } from "../queries/keys.ts";

export const wellKnownRoute = new OpenAPIHono<AppEnv<HubConfig>>();

/** A copy names the keys of the hub it is a copy of: the log's as it was verified, the statement key by the log. */
async function copiedKeys(c: AppContext<HubConfig>, { vkey }: { vkey: string }) {
  const view = await hubKeysView(c.get("db"), { origin: c.get("config").logOrigin, vkey, next: null });
  const current = view?.keys.find(({ role, until }) => role === "statement" && until === null);
  if (current === undefined) throw new Error("a copy of a log without a policy");
  const publicJwk: Ed25519Jwk = { kty: "OKP", crv: "Ed25519", x: current.key };
  return { log: { vkey }, statement: { publicJwk, kid: thumbprint(publicJwk) }, witness: null };
}

wellKnownRoute.openapi(
  createRoute({
    method: "get",
    path: "/.well-known/cocoon.json",
    tags: ["discovery"],
    summary: "Who this is, and the keys of its log and statements",
    responses: { 200: json(hubDescriptor, "The descriptor"), ...refusals },
  }),
  async (c) => {
    const { name, origin, logOrigin, publicUrl, demo, mirror } = c.get("config");
    const { log, statement, witness } = mirror === null ? await hubKeys(c.get("config")) : await copiedKeys(c, mirror);
    const descriptor = {
      kind: "hub" as const,
      name,
      origin,
      log: { origin: logOrigin, vkey: log.vkey, url: `${publicUrl}/log` },
      statement_jwks: { keys: [{ ...statement.publicJwk, kid: statement.kid }] },
      ...(witness && { witness: { vkey: witness.vkey, url: `${publicUrl}/witness` } }),
      protocol: [...PROTOCOL],
      demo,
    };
    return c.json(descriptor, 200, { "cache-control": "public, max-age=60" });
  },
);

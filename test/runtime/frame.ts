/**
 * A worker made of workers/lib only, for tests of what hub and node share: the real frame, logs and identity in
 * workerd on D1, with a clock that tests can move.
 */
import { env } from "cloudflare:workers";
import { createApp } from "../../workers/lib/app.ts";
import { type CommonConfig, commonConfig, commonVars, configReader } from "../../workers/lib/config.ts";
import { commitOnly, type IdentityEvent } from "../../workers/lib/identity/kind.ts";
import { identityRoutes } from "../../workers/lib/identity/routes.ts";
import { logRoutes } from "../../workers/lib/log-routes.ts";
import { serveOpenapi } from "../../workers/lib/openapi.ts";
import { generateNoteKey } from "../../shared/log/note.ts";
import { z } from "zod";

export const ORIGIN = "https://community.example.org";

export interface Frame {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  clock: { now: number };
  lines: Record<string, unknown>[];
  events: IdentityEvent[];
  vkey: string;
}

const vars = z.object(commonVars);

export async function frame(overrides: Record<string, string> = {}): Promise<Frame> {
  const clock = { now: 1_790_000_000_000 };
  const lines: Record<string, unknown>[] = [];
  const events: IdentityEvent[] = [];
  const { skey, vkey } = await generateNoteKey("community.example.org/book");
  const bindings = { ...env, ...overrides };
  const app = createApp<CommonConfig>({
    config: configReader((raw) => commonConfig(vars.parse(raw))),
    publicPaths: ["/book/", "/openapi.json"],
    now: () => clock.now,
    log: (line) => lines.push(line),
  });
  app.route(
    "/",
    identityRoutes<CommonConfig>({
      chief: "steward",
      invitable: ["member", "steward"],
      placeName: () => Promise.resolve("Green Street"),
      commit: async (c, statements, event) => {
        events.push(event);
        await commitOnly(c, statements);
      },
    }),
  );
  app.route(
    "/",
    logRoutes<CommonConfig>({ prefix: "/book", keys: () => ({ origin: "community.example.org/book", skey }) }),
  );
  app.get("/api/fault", () => {
    throw new Error("a bug with a secret in it");
  });
  app.get("/api/flaky", () => {
    throw new Error("D1_ERROR: Network connection lost.");
  });
  app.post("/api/echo", async (c) => c.json({ length: (await c.req.arrayBuffer()).byteLength }, 200));
  serveOpenapi<CommonConfig>(app, { title: "Frame", description: "What every worker has." });
  return {
    fetch: async (path, init) => await app.request(`${ORIGIN}${path}`, init, bindings),
    clock,
    lines,
    events,
    vkey,
  };
}

/** The node's routes on the common frame. */
import { MAX_EVIDENCE_BYTES } from "../../shared/protocol/evidence.ts";
import { createApp } from "../lib/app.ts";
import { identityRoutes } from "../lib/identity/routes.ts";
import { evidenceRoutes } from "../lib/evidence/routes.ts";
import { keepEvidence } from "../lib/evidence/store.ts";
import { logRoutes } from "../lib/log-routes.ts";
import { serveOpenapi } from "../lib/openapi.ts";
import { witnessRoutes } from "../lib/witness/routes.ts";
import { ensureGenesis } from "./book.ts";
import { contextOf, nodeContext } from "./context.ts";
import { type NodeConfig, readConfig } from "./env.ts";
import { nodeIdentity } from "./identity.ts";
import { relearnHub } from "./jobs/follow-hub-keys.ts";
import { readHubs } from "./queries/hub.ts";
import { knownLogs } from "./queries/witnessing.ts";
import { MAX_AUDIT_BYTES, MAX_BEACON_BYTES } from "../../shared/protocol/audit-request.ts";
import { auditRoutes } from "./routes/audit.ts";
import { campaignRoutes } from "./routes/campaign.ts";
import { communityRoutes } from "./routes/community.ts";
import { hubRoutes } from "./routes/hub.ts";
import { meRoutes } from "./routes/me.ts";
import { keyRoutes } from "./routes/keys.ts";
import { memberRoutes } from "./routes/member.ts";
import { pledgeRoutes } from "./routes/pledge.ts";
import { receiptRoutes } from "./routes/receipt.ts";
import { wellKnownRoutes } from "./routes/well-known.ts";
import { witnessingRoutes } from "./routes/witnessing.ts";

/** `options` are for tests: a clock that can be moved, log lines that can be read. */
export function nodeApp(options: { now?: () => number; log?: (line: Record<string, unknown>) => void } = {}) {
  const app = createApp<NodeConfig>({
    config: readConfig,
    bodyLimits: {
      "/evidence": MAX_EVIDENCE_BYTES,
      "/audit": MAX_AUDIT_BYTES,
      "/witness/beacon": MAX_BEACON_BYTES,
    },
    openPosts: ["/evidence", "/witness/add-checkpoint"],
    publicPaths: [
      "/api/evidence",
      "/api/evidence/",
      "/book/",
      "/witness/",
      "/.well-known/cocoon.json",
      "/openapi.json",
      "/reports",
      "/api/community",
      "/api/campaigns",
      "/api/track/",
    ],
    ...options,
  });
  app.use("*", async (c, next) => {
    await ensureGenesis(nodeContext(c.env.DB, c.get("config"), c.get("now")));
    await next();
  });
  app.route("/", identityRoutes(nodeIdentity));
  app.route(
    "/",
    evidenceRoutes<NodeConfig>({
      page: "/check",
      hubKeys: async (c) => (await readHubs(c.get("db"))).map(({ vkey }) => vkey),
      keep: async (c, checked) => await keepEvidence(c.get("db"), checked, c.get("now")()),
    }),
  );
  app.route("/", logRoutes<NodeConfig>({ prefix: "/book", keys: (config) => config.book }));
  app.route(
    "/",
    witnessRoutes<NodeConfig>((c) => ({
      ...knownLogs(contextOf(c)),
      relearn: async (origin) => await relearnHub(contextOf(c), origin),
    })),
  );
  for (const routes of [
    wellKnownRoutes,
    communityRoutes,
    campaignRoutes,
    pledgeRoutes,
    receiptRoutes,
    meRoutes,
    memberRoutes,
    hubRoutes,
    witnessingRoutes,
    auditRoutes,
    keyRoutes,
  ]) {
    app.route("/", routes);
  }
  serveOpenapi(app, {
    title: "Cocoon node",
    description: "A community: its members, its pledge book, and what it tells its hubs.",
  });
  return app;
}

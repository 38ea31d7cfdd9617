/** The hub over HTTP: the frame, what every request waits for once, and where each noun is mounted. */
import { MAX_EVIDENCE_BYTES } from "../../shared/protocol/evidence.ts";
import { createApp } from "../lib/app.ts";
import { Refused } from "../lib/problem.ts";
import type { IdentityKind } from "../lib/identity/kind.ts";
import { identityRoutes } from "../lib/identity/routes.ts";
import type { LogKeys } from "../lib/log-read.ts";
import { evidenceRoutes } from "../lib/evidence/routes.ts";
import { logRoutes } from "../lib/log-routes.ts";
import { serveOpenapi } from "../lib/openapi.ts";
import { joinedParty } from "./actions/party.ts";
import { witnessRoutes } from "../lib/witness/routes.ts";
import { logEvidence } from "./actions/evidence.ts";
import { type HubConfig, readConfig } from "./env.ts";
import { settleAfter } from "./jobs/settle.ts";
import { openLogOnce } from "./jobs/open-log.ts";
import { MAX_BATCH_BYTES, MAX_IMPORT_BYTES } from "./limits.ts";
import { campaignsRoute } from "./routes/campaigns.ts";
import { communitiesRoute } from "./routes/communities.ts";
import { consoleRoute } from "./routes/console.ts";
import { joinsRoute } from "./routes/joins.ts";
import { logRoute } from "./routes/log.ts";
import { mirrorRoute } from "./routes/mirror.ts";
import { networkRoute } from "./routes/network.ts";
import { offersRoute } from "./routes/offers.ts";
import { emailRoute } from "./routes/email.ts";
import { partiesRoute } from "./routes/parties.ts";
import { alertsRoute } from "./routes/alerts.ts";
import { funderRoute } from "./routes/funder.ts";
import { intentionsRoute } from "./routes/intentions.ts";
import { productsRoute } from "./routes/products.ts";
import { proposalsRoute } from "./routes/proposals.ts";
import { recipientsRoute } from "./routes/recipients.ts";
import { deskRoute } from "./routes/desk.ts";
import { exportsRoute } from "./routes/exports.ts";
import { exportsNetworkRoute } from "./routes/exports-network.ts";
import { importsRoute } from "./routes/imports.ts";
import { fundingRoute } from "./routes/funding.ts";
import { matchingRoute } from "./routes/matching.ts";
import { embedRoute } from "./routes/embed.ts";
import { signalsRoute } from "./routes/signals.ts";
import { suppliersRoute } from "./routes/suppliers.ts";
import { targetingRoute } from "./routes/targeting.ts";
import { logKeysOf } from "./hub.ts";
import { hubOf } from "./routes/request.ts";
import { knownBooks, witnessedHeadQuery } from "./witnesses.ts";
import { witnessesRoute } from "./routes/witnesses.ts";
import { wellKnownRoute } from "./routes/well-known.ts";

const identity: IdentityKind<HubConfig> = {
  chief: "operator",
  invitable: ["operator", "finance", "approver", "auditor"],
  placeName: (c) => Promise.resolve(c.get("config").name),
  commit: async (c, statements, event) => {
    const joined = event.kind === "key-added" ? joinedParty(c.get("db"), event.memberId) : [];
    await c.get("db").batch([...statements, ...joined]);
  },
};

/** `options` are for tests: a clock that can be moved, log lines that can be read. */
export function hubApp(options: { now?: () => number; log?: (line: Record<string, unknown>) => void } = {}) {
  const app = createApp<HubConfig>({
    config: readConfig,
    bodyLimits: {
      "/log/entries": MAX_BATCH_BYTES,
      "/evidence": MAX_EVIDENCE_BYTES,
      "/api/products/import": MAX_IMPORT_BYTES,
      "/api/rates/import": MAX_IMPORT_BYTES,
    },
    publicPaths: [
      "/.well-known/cocoon.json",
      "/openapi.json",
      "/log/",
      "/mirror/",
      "/api/evidence",
      "/api/evidence/",
      "/witness/",
      "/api/witnesses",
      "/api/network",
      "/api/history",
      "/api/rates",
      "/api/campaigns",
      "/api/campaigns/",
      "/api/communities",
      "/api/communities/",
      "/api/keys",
      "/api/products",
      "/api/products/",
      "/api/recipients",
      "/api/recipients/",
      "/api/funding",
      "/api/funds",
      "/api/funds/",
      "/api/funders",
      "/api/funders/",
      "/api/awards",
      "/api/awards/",
      "/api/transfers",
      "/api/allocations",
      "/api/allocations/",
      "/api/flows",
      "/api/stages",
      "/api/loans",
      "/api/targeting",
      "/api/signals",
      "/api/suppliers",
      "/api/suppliers/",
      "/api/offers",
      "/exports/",
      "/embed/",
    ],
    openPosts: ["/evidence", "/log/entries", "/witness/add-checkpoint"],
    ...options,
  });
  app.use("*", async (c, next) => {
    if (c.get("config").mirror === null) await openLogOnce(await hubOf(c));
    else if (c.req.method !== "GET" && c.req.method !== "HEAD") throw new Refused("key-missing");
    await next();
  });
  app.route(
    "/",
    evidenceRoutes<HubConfig>({
      page: "/evidence/",
      hubKeys: async (c) => [(await hubOf(c)).keys.log.vkey],
      keep: async (c, checked) => {
        await logEvidence(await hubOf(c), checked);
        settleAfter(c);
      },
    }),
  );
  app.route("/", logRoutes<HubConfig>({ prefix: "/log", keys: logKeys }));
  app.route(
    "/",
    witnessRoutes<HubConfig>((c) => knownBooks(c.get("db"))),
  );
  for (const routes of [
    wellKnownRoute,
    logRoute,
    mirrorRoute,
    networkRoute,
    campaignsRoute,
    communitiesRoute,
    witnessesRoute,
    joinsRoute,
    productsRoute,
    consoleRoute,
    fundingRoute,
    importsRoute,
    exportsRoute,
    exportsNetworkRoute,
    targetingRoute,
    matchingRoute,
    deskRoute,
    proposalsRoute,
    recipientsRoute,
    suppliersRoute,
    offersRoute,
    emailRoute,
    partiesRoute,
    alertsRoute,
    funderRoute,
    intentionsRoute,
    signalsRoute,
    embedRoute,
    identityRoutes(identity),
  ]) {
    app.route("/", routes);
  }
  serveOpenapi(app, {
    title: "Cocoon hub",
    description: "Signed demand of many communities, added up so that anyone can recompute it.",
  });
  return app;
}

function logKeys(config: HubConfig): LogKeys {
  return { ...logKeysOf(config), newest: config.mirror?.head ?? null, witnessedHead: witnessedHeadQuery };
}

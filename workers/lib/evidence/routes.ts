/**
 * Evidence over HTTP, the same at hub and node: anyone may hand it in, from any page; it is checked before it is kept.
 * What is worth keeping is what a stranger can check too, so only hubs whose key is known here count.
 */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { evidenceHash, parseEvidence, verifyEvidence } from "../../../shared/evidence/verify.ts";
import { evidenceList, evidenceView } from "../../../shared/protocol/api/evidence.ts";
import { type Evidence, MAX_POSTED_ENTRIES, evidence, isPrivate } from "../../../shared/protocol/evidence.ts";
import { hash } from "../../../shared/protocol/primitives.ts";
import type { AppContext, AppEnv } from "../app.ts";
import type { CommonConfig } from "../config.ts";
import { IMMUTABLE } from "../log-routes.ts";
import { json, jsonBody, refusals } from "../openapi.ts";
import { Refused } from "../problem.ts";
import { addressOf, limitBy, MINUTE_MS, rateLimiter } from "../rate-limit.ts";
import { type Checked, evidenceDocument, keepClaim, knownEvidence, listEvidence } from "./store.ts";

/** Checking costs several signatures: a few a minute from one address. */
const submissions = rateLimiter(20, MINUTE_MS);

export interface EvidenceKeeper<C extends CommonConfig> {
  /** log keys of the hubs known here */
  hubKeys: (c: AppContext<C>) => Promise<string[]>;
  /** the page about evidence: requests to /evidence reach the worker before the pages do */
  page: string;
  /** keeps it; throws a conflict when another document of the kind was first */
  keep: (c: AppContext<C>, checked: Checked) => Promise<void>;
}

export function evidenceRoutes<C extends CommonConfig>(keeper: EvidenceKeeper<C>): OpenAPIHono<AppEnv<C>> {
  const app = new OpenAPIHono<AppEnv<C>>();
  const tags = ["evidence"];

  app.openapi(
    createRoute({
      method: "post",
      path: "/evidence",
      tags,
      summary: "Hand in a document that proves that a party broke a rule",
      request: { body: jsonBody(z.unknown()) },
      responses: {
        200: json(evidenceView, "It, or another of its kind against the same party, was kept before"),
        201: json(evidenceView, "It holds, and is kept"),
        202: json(evidenceView, "Kept as a claim: its signatures hold, its entries are too many to be read here"),
        ...refusals,
      },
    }),
    async (c) => {
      limitBy(c, submissions, addressOf(c));
      const db = c.get("db");
      const document = parseEvidence(c.req.valid("json"));
      if (document === null) throw new Refused("evidence-invalid", { detail: "malformed" });
      if (isPrivate(document)) throw new Refused("evidence-private");
      if (entriesOf(document) > MAX_POSTED_ENTRIES) throw new Refused("evidence-too-large");
      const sha256 = evidenceHash(document);
      const same = await knownEvidence(db, { sha256 });
      if (same !== null) return c.json(same, 200);
      const found = await verifyEvidence(document, await keeper.hubKeys(c));
      if (!found.ok && found.error.fault === "unread") {
        const claim = await keepClaim(db, document, sha256, c.get("now")());
        if (claim === null) throw new Refused("evidence-too-large");
        return c.json(claim, 202);
      }
      if (!found.ok) throw new Refused("evidence-invalid", { detail: found.error.fault });
      const { accused } = found.value;
      const { kind } = document;
      const before = await knownEvidence(db, { sha256, accused, kind });
      if (before !== null) return c.json(before, 200);
      await keeper.keep(c, { document, sha256, finding: found.value });
      const kept = await knownEvidence(db, { sha256, accused, kind });
      if (kept === null) throw new Error("evidence was kept and is not there");
      return c.json(kept, kept.sha256 === sha256 ? 201 : 200);
    },
  );

  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/evidence",
    tags,
    summary: "To the page about evidence",
    responses: { 302: { description: "Where the page is" } },
  });
  app.get("/evidence", (c) => c.redirect(keeper.page, 302));

  app.openapi(
    createRoute({
      method: "get",
      path: "/api/evidence",
      tags,
      summary: "The evidence kept here, against everybody or one party",
      request: { query: z.object({ accused: z.string().max(260).optional() }) },
      responses: { 200: json(evidenceList, "At most a hundred, by party"), ...refusals },
    }),
    async (c) => {
      const { accused } = c.req.valid("query");
      return c.json({ evidence: await listEvidence(c.get("db"), accused) }, 200, { "cache-control": "no-cache" });
    },
  );

  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/api/evidence/{sha256}",
    tags,
    summary: "A document of evidence: its bytes are RFC 8785 and have this SHA-256",
    request: { params: z.object({ sha256: hash }) },
    responses: { 200: json(evidence, "The document, in the form of its kind"), ...refusals },
  });
  app.get("/api/evidence/:sha256", async (c) => {
    const document = await evidenceDocument(c.get("db"), c.req.param("sha256"));
    if (document === null) throw new Refused("evidence-unknown");
    return c.body(document, 200, {
      "content-type": "application/json",
      "content-disposition": 'attachment; filename="evidence.json"',
      "cache-control": IMMUTABLE,
    });
  });

  return app;
}

/** Entries that are checked one by one. */
function entriesOf(document: Evidence): number {
  if (document.kind === "wrong-verdict") return (document.entries?.length ?? 0) + (document.book?.length ?? 0);
  return document.kind === "wrong-totals" && document.shown.by === "entries" ? document.shown.entries.length : 0;
}

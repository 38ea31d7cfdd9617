/** Who may do what at a hub: every declared route, as a stranger and in every role. */
import { describe, expect, it } from "vitest";
import { type City, campaignTerms, city, send } from "./city.ts";
import { treasury } from "./treasury.ts";

interface Call {
  body?: unknown;
  type?: string;
  query?: string;
  /** answered to a stranger */
  stranger: number;
  /** answered to the operator */
  operator: number;
  /** roles that are answered like the operator; the others get 403 where a stranger gets 401 */
  also?: readonly Role[];
  /** answered to roles that are answered like nobody else */
  own?: Partial<Record<Role, number>>;
}

type Role = "finance" | "approver" | "auditor" | "funder" | "supplier";
/** The people of the hub beside the operator, and those who sign in for a funder or a supplier. */
const OTHERS = ["finance", "approver", "auditor"] as const;
const PARTIES = ["funder", "supplier"] as const;
const EVERYONE: readonly Role[] = [...OTHERS, ...PARTIES];

const REASON = { body: { reason: "because" } };
const NOBODY = "nobody.example.org";
const HASH = "A".repeat(43);
const PROPOSAL = {
  events: [{ event: "recipient", id: "lab", name: "Lab", org_id: null, kind: "organisation", country: null }],
  idempotency_key: "0123456789abcdef",
};
const OFFER = {
  supplier: "nobody.example",
  campaign: HASH,
  currency: "EUR",
  tiers: [{ min_qty: "1", unit_price_minor: "1" }],
  max_qty: null,
  regions: [],
  conditions: "",
  valid_until: "2999-01-01T00:00:00Z",
  replaces: null,
};
const INTENTION = { fund: "nowhere", amount_minor: "100", due_on: null, note: "" };
const ALERT = {
  kind: "condition_met",
  campaign: HASH,
  category: null,
  region: null,
  min_units: null,
  at_price_minor: null,
  currency: null,
  webhook: "https://hooks.example.org/cocoon",
};
const IMPORT = {
  file_sha256: HASH,
  grants: 1,
  title: "Grants",
  publisher: "Somebody",
  url: "https://grants.example.org/",
  licence: "https://creativecommons.org/licenses/by/4.0/",
  funder: { name: "Somebody", org_id: null },
  currency: "GBP",
};

/** One call for every operation in /openapi.json: what is missing here fails the test. */
const CALLS: Record<string, Call> = {
  "GET /.well-known/cocoon.json": { stranger: 200, operator: 200 },
  "GET /log/checkpoint": { stranger: 200, operator: 200 },
  "GET /log/head": { stranger: 200, operator: 200 },
  "POST /witness/add-checkpoint": { body: "old", type: "text/plain", stranger: 400, operator: 400 },
  "GET /witness/{origin}/checkpoint": { stranger: 404, operator: 404 },
  "GET /api/witnesses": { stranger: 200, operator: 200 },
  "POST /api/witnesses": {
    body: { vkey: "w.example.org+00000000+BAAA", url: "https://w.example.org" },
    stranger: 401,
    operator: 400,
  },
  "DELETE /api/witnesses": { query: "?vkey=unknown", stranger: 401, operator: 200 },
  "POST /api/witnesses/rule": { body: { vkeys: [], k: 1, reason: "" }, stranger: 401, operator: 400 },
  "POST /api/witnesses/ask": { stranger: 401, operator: 200 },
  "GET /api/witnessing": { stranger: 401, operator: 200, also: ["auditor"] },
  "GET /log/tile/{path}": { stranger: 404, operator: 404 },
  "GET /mirror/{origin}/checkpoint": { stranger: 404, operator: 404 },
  "GET /mirror/{origin}/tile/{path}": { stranger: 404, operator: 404 },
  "GET /mirror/{origin}/{generation}/checkpoint": { stranger: 404, operator: 404 },
  "GET /mirror/{origin}/{generation}/tile/{path}": { stranger: 404, operator: 404 },
  "GET /log/entries/{leaf}.tlog-proof": { stranger: 404, operator: 404 },
  "POST /log/entries": { body: "nonsense", type: "application/jose", stranger: 400, operator: 400 },
  "GET /evidence": { stranger: 302, operator: 302 },
  "POST /evidence": { body: {}, stranger: 400, operator: 400 },
  "GET /api/evidence": { stranger: 200, operator: 200 },
  "GET /api/evidence/{sha256}": { stranger: 404, operator: 404 },
  "GET /log/totals": { stranger: 200, operator: 200 },
  "GET /api/network": { stranger: 200, operator: 200 },
  "GET /api/history": { stranger: 200, operator: 200 },
  "GET /api/rates": { stranger: 200, operator: 200 },
  "GET /api/campaigns": { stranger: 200, operator: 200 },
  "GET /api/campaigns/{id}": { stranger: 404, operator: 404 },
  "POST /api/campaigns": { body: campaignTerms(), stranger: 401, operator: 201 },
  "POST /api/campaigns/{id}/amend": { ...REASON, stranger: 401, operator: 404 },
  "POST /api/campaigns/{id}/close": {
    body: { outcome: "released", band: null, reason: "" },
    stranger: 401,
    operator: 404,
  },
  "GET /api/communities": { stranger: 200, operator: 200 },
  "GET /api/communities/{origin}": { stranger: 404, operator: 404 },
  "GET /api/communities/{origin}/keys": { stranger: 404, operator: 404 },
  "GET /api/keys": { stranger: 200, operator: 200 },
  "POST /api/communities/{origin}/audit": { stranger: 401, operator: 404 },
  "POST /api/communities/{origin}/suspend": { ...REASON, stranger: 401, operator: 404 },
  "POST /api/communities/{origin}/resume": { ...REASON, stranger: 401, operator: 404 },
  "POST /api/joins": { body: "nonsense", type: "application/jose", stranger: 400, operator: 400 },
  "GET /api/joins": { stranger: 401, operator: 200, also: ["auditor"] },
  "GET /api/joins/{origin}": { stranger: 404, operator: 404 },
  "POST /api/joins/{origin}/admit": { ...REASON, stranger: 401, operator: 404 },
  "POST /api/joins/{origin}/decline": { ...REASON, stranger: 401, operator: 404 },
  "GET /api/products": { stranger: 200, operator: 200 },
  "GET /api/products/{gtin}": { stranger: 404, operator: 404 },
  "POST /api/products/import": { body: "{}", type: "application/x-ndjson", stranger: 401, operator: 200 },
  "POST /api/rates/import": { body: "", type: "text/csv", stranger: 401, operator: 400 },
  "GET /api/console": { stranger: 401, operator: 200, also: OTHERS },
  "GET /api/funding": { stranger: 200, operator: 200 },
  "GET /api/funds": { stranger: 200, operator: 200 },
  "GET /api/funds/{id}": { stranger: 404, operator: 404 },
  "GET /api/funders": { stranger: 200, operator: 200 },
  "GET /api/funders/{id}": { stranger: 404, operator: 404 },
  "GET /api/recipients": { stranger: 200, operator: 200 },
  "GET /api/recipients/{id}": { stranger: 404, operator: 404 },
  "GET /api/awards": { stranger: 200, operator: 200 },
  "GET /api/awards/{id}": { stranger: 404, operator: 404 },
  "GET /api/transfers": { stranger: 200, operator: 200 },
  "GET /api/flows": { query: "?currency=EUR", stranger: 200, operator: 200 },
  "GET /api/stages": { query: "?currency=EUR", stranger: 200, operator: 200 },
  "GET /api/loans": { query: "?currency=EUR", stranger: 200, operator: 200 },
  "GET /api/signals": { stranger: 200, operator: 200 },
  "GET /api/campaigns/{id}/demand-curve": { stranger: 404, operator: 404 },
  "GET /api/campaigns/{id}/history": { stranger: 404, operator: 404 },
  "GET /embed/signals": { query: `?campaign=${HASH}`, stranger: 404, operator: 404 },
  "GET /embed/style.css": { stranger: 200, operator: 200 },
  "GET /exports/signals.csv": { stranger: 200, operator: 200 },
  "GET /api/targeting": { query: "?currency=EUR", stranger: 200, operator: 200 },
  "GET /api/funds/{id}/matching": { stranger: 404, operator: 404 },
  "POST /api/matching/preview": { body: { fund: "basics" }, stranger: 401, operator: 200, also: ["finance"] },
  "POST /api/matching/proposals": {
    body: {
      question: { fund: "basics" },
      id: "spring",
      results_sha256: HASH,
      idempotency_key: "0123456789abcdef",
    },
    stranger: 401,
    operator: 409,
    also: ["finance"],
  },
  "GET /api/allocations": { stranger: 200, operator: 200 },
  "GET /api/allocations/{id}": { stranger: 404, operator: 404 },
  "GET /api/allocations/{id}/inputs": { stranger: 404, operator: 404 },
  "GET /api/suppliers": { stranger: 200, operator: 200 },
  "GET /api/suppliers/{id}": { stranger: 404, operator: 404 },
  "POST /api/suppliers": {
    body: { name: "Acme", domain: "acme.example", country: null },
    stranger: 401,
    operator: 201,
  },
  "GET /api/supplier": { stranger: 401, operator: 403, own: { supplier: 200 } },
  "GET /api/suppliers/{id}/desk": { stranger: 401, operator: 404 },
  "POST /api/suppliers/{id}/verify-domain": { stranger: 401, operator: 404 },
  "POST /api/suppliers/{id}/verification": {
    body: { verified: "email", note: "Known to us" },
    stranger: 401,
    operator: 404,
  },
  "GET /api/offers": { stranger: 200, operator: 200 },
  "POST /api/offers": { body: OFFER, stranger: 401, operator: 404 },
  "POST /api/offers/{id}/withdraw": { ...REASON, stranger: 401, operator: 404, also: ["supplier"] },
  "GET /exports/360giving.json": { stranger: 404, operator: 404 },
  "GET /exports/360giving.csv": { stranger: 200, operator: 200 },
  "GET /exports/iati.xml": { stranger: 200, operator: 200 },
  "GET /exports/awards.atom": { stranger: 200, operator: 200 },
  "GET /exports/awards.csv": { stranger: 200, operator: 200 },
  "GET /exports/transfers.csv": { stranger: 200, operator: 200 },
  "GET /exports/allocations.csv": { stranger: 200, operator: 200 },
  "GET /exports/campaigns.csv": { stranger: 200, operator: 200 },
  "GET /exports/communities.csv": { stranger: 200, operator: 200 },
  "GET /exports/funds.csv": { stranger: 200, operator: 200 },
  "GET /exports/hypercert/{id}": { stranger: 404, operator: 404 },
  "GET /exports/offers.csv": { stranger: 200, operator: 200 },
  "GET /exports/data-dictionary.json": { stranger: 200, operator: 200 },
  "GET /api/proposals": { stranger: 401, operator: 200, also: OTHERS },
  "GET /api/proposals/{id}": { stranger: 401, operator: 404, also: OTHERS },
  "POST /api/proposals": { body: PROPOSAL, stranger: 401, operator: 201, also: ["finance"] },
  "POST /api/proposals/preview": { body: PROPOSAL, stranger: 401, operator: 200, also: ["finance"] },
  "POST /api/proposals/{id}/approve": { ...REASON, stranger: 401, operator: 404, also: ["approver"] },
  "POST /api/proposals/{id}/refuse": { ...REASON, stranger: 401, operator: 404, also: ["approver"] },
  "POST /api/proposals/{id}/withdraw": { ...REASON, stranger: 401, operator: 404, also: ["finance"] },
  "GET /api/imports": { stranger: 401, operator: 200, also: OTHERS },
  "GET /api/imports/{id}": { stranger: 401, operator: 404, also: OTHERS },
  "POST /api/imports/token": { body: {}, stranger: 401, operator: 201, also: ["finance"] },
  "POST /api/imports": { body: IMPORT, stranger: 401, operator: 201, also: ["finance"] },
  "POST /api/imports/{id}/portion": {
    body: { from: 0, grants: [{}] },
    stranger: 401,
    operator: 404,
    also: ["finance"],
  },
  "GET /api/desk": { stranger: 401, operator: 200, also: OTHERS },
  "GET /api/trial-balance": { query: "?currency=EUR", stranger: 401, operator: 200, also: OTHERS },
  "GET /api/audit": { stranger: 401, operator: 200, also: ["auditor"] },
  "GET /api/staff": { stranger: 401, operator: 200, also: OTHERS },
  "PATCH /api/staff/{id}": { body: { role: "auditor" }, stranger: 401, operator: 404 },
  "GET /api/email-code": { stranger: 200, operator: 200 },
  "GET /api/parties": { stranger: 401, operator: 200, also: ["auditor"] },
  "POST /api/parties": {
    body: { role: "funder", party: "nobody", name: "Nobody", email: null },
    stranger: 401,
    operator: 404,
  },
  "DELETE /api/parties/{id}": { stranger: 401, operator: 404 },
  "GET /api/funder": { stranger: 401, operator: 403, own: { funder: 200 } },
  "GET /api/funder/statement.csv": { query: "?year=2026", stranger: 401, operator: 403, own: { funder: 200 } },
  "POST /api/funder/intentions": { body: INTENTION, stranger: 401, operator: 403, own: { funder: 404 } },
  "GET /api/intentions": { stranger: 401, operator: 200, also: OTHERS },
  "POST /api/intentions/{id}/record": { stranger: 401, operator: 404, also: ["finance"] },
  "POST /api/intentions/{id}/decline": { stranger: 401, operator: 404, also: ["finance"] },
  "GET /api/alerts": { stranger: 401, operator: 403, own: { funder: 200, supplier: 200 } },
  "POST /api/alerts": { body: ALERT, stranger: 401, operator: 403, own: { funder: 404, supplier: 404 } },
  "PATCH /api/alerts/{id}": {
    body: { paused: true },
    stranger: 401,
    operator: 403,
    own: { funder: 404, supplier: 404 },
  },
  "DELETE /api/alerts/{id}": { stranger: 401, operator: 403, own: { funder: 404, supplier: 404 } },
  "POST /api/alerts/{id}/test": { stranger: 401, operator: 403, own: { funder: 404, supplier: 404 } },
  "GET /api/invites": { stranger: 401, operator: 200 },
  "POST /api/invites": { body: { role: "operator" }, stranger: 401, operator: 201 },
  "DELETE /api/invites/{id}": { stranger: 401, operator: 404 },
  "GET /api/passkeys": { stranger: 401, operator: 200, also: EVERYONE },
  "POST /api/passkeys/options": { stranger: 401, operator: 200, also: EVERYONE },
  "PATCH /api/passkeys/{id}": { body: { label: "Phone" }, stranger: 401, operator: 400, also: EVERYONE },
  "DELETE /api/passkeys/{id}": { stranger: 401, operator: 400, also: EVERYONE },
  "POST /api/recovery-codes": { stranger: 401, operator: 200, also: EVERYONE },
  "GET /api/session": { stranger: 200, operator: 200 },
};
/** Ceremonies that have no role: test/runtime/node/identity.test.ts. */
const CEREMONIES = [
  "POST /api/invites/inspect",
  "POST /api/invites/accept",
  "POST /api/passkeys",
  "POST /api/sign-in/options",
  "POST /api/sign-in",
  "POST /api/sign-out",
  "POST /api/recover",
  // test/runtime/hub/email-code.test.ts
  "POST /api/email-code",
  "POST /api/email-code/sign-in",
  "POST /api/suppliers/introduce",
];

async function operations(world: City): Promise<string[]> {
  const { paths } = await (
    await world.fetch("/openapi.json")
  ).json<{ paths: Record<string, Record<string, unknown>> }>();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

function addressOf(operation: string): [string, string] {
  const [method = "", path = ""] = operation.split(" ");
  const filled = path
    .replace("{path}", "0/999")
    .replace("{leaf}", HASH)
    .replace("{origin}", NOBODY)
    .replace("{gtin}", "4006381333931")
    .replace("{id}", HASH);
  return [method, filled];
}

async function ask(world: City, operation: string, call: Call, cookie: string): Promise<Response> {
  const [method, address] = addressOf(operation);
  const path = `${address}${call.query ?? ""}`;
  const body = call.type === undefined ? JSON.stringify(call.body) : String(call.body);
  return await world.fetch(path, {
    method,
    headers: { cookie, ...(call.body === undefined ? {} : { "content-type": call.type ?? "application/json" }) },
    ...(call.body === undefined ? {} : { body }),
  });
}

describe("every route", () => {
  it("is walked by this test", async () => {
    const world = await city();
    expect((await operations(world)).toSorted()).toEqual([...Object.keys(CALLS), ...CEREMONIES].toSorted());
  });

  it("answers strangers and every role as declared", { timeout: 60_000 }, async () => {
    const world = await treasury();
    await world.operator.call("POST", "/api/suppliers", { name: "Sail", domain: "sail.example", country: null });
    const people = [
      ...(await Promise.all(OTHERS.map((role) => world.staff(role, role)))),
      await world.account("funder", "meridian"),
      await world.account("supplier", "sail.example"),
    ];
    const cookies = [world.operator, ...people].map(({ jar }) =>
      [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
    );
    const answers: Record<string, number[]> = {};
    const declared: Record<string, number[]> = {};
    for (const [operation, call] of Object.entries(CALLS)) {
      answers[operation] = [];
      for (const cookie of ["", ...cookies])
        answers[operation].push((await ask(world, operation, call, cookie)).status);
      const isPublic = call.stranger !== 401;
      const others = EVERYONE.map(
        (role) => call.own?.[role] ?? (isPublic || call.also?.includes(role) ? call.operator : 403),
      );
      declared[operation] = [call.stranger, call.operator, ...others];
    }
    expect(answers).toEqual(declared);
  });

  it("refuses an operator's cookie on a page of another site", async () => {
    const world = await city();
    const answer = await world.operator.call("POST", "/api/campaigns", campaignTerms(), {
      origin: "https://evil.example.org",
    });
    expect(answer.code).toBe("cross-site");
  });

  it("answers readers anywhere without credentials, and no one else's pages the operator's data", async () => {
    const world = await city();
    const origin = "https://elsewhere.example.org";
    for (const path of [
      "/api/network",
      "/log/checkpoint",
      "/log/totals",
      "/.well-known/cocoon.json",
      "/api/campaigns",
    ]) {
      const { headers } = await world.fetch(path, { headers: { origin } });
      expect(headers.get("access-control-allow-origin")).toBe("*");
      expect(headers.get("access-control-allow-credentials")).toBe(null);
    }
    expect(
      (await world.fetch("/api/console", { headers: { origin } })).headers.get("access-control-allow-origin"),
    ).toBe(null);
  });

  it("tells a wrong method from a wrong address", async () => {
    const world = await city();
    expect((await send(world.fetch, "/api/network", "{}", "application/json")).code).toBe("method-not-allowed");
    expect((await world.fetch("/api/nothing")).status).toBe(404);
  });
});

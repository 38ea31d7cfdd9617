/** The page's own refusal to sign what was not asked for (dashboard/node/pledge/intent.ts). */
import { describe, expect, test } from "vitest";

import { type Intent, mismatchOf } from "../../../dashboard/node/pledge/intent.ts";
import type { PledgeDocument } from "../../../shared/protocol/document.ts";

const campaign = {
  id: "c".repeat(43),
  hub: "hub.example.org/log",
  currency: "EUR",
  bands_minor: ["300", "350", "400"],
};
const intent: Intent = {
  draft: { kind: "pledge", campaign: campaign.id, qty: "2", max_unit_price_minor: "399" },
  campaign,
  node: "node.example.org",
  replaces: null,
  site: "app.node.example.org",
};
const honest: PledgeDocument = {
  typ: "pledge",
  v: 1,
  node: "node.example.org",
  hub: "hub.example.org/log",
  rp_id: "node.example.org",
  campaign: campaign.id,
  terms_sha256: "t".repeat(43),
  account: "a".repeat(22),
  key: "k".repeat(43),
  replaces: null,
  seq: 1,
  issued_at: 1,
  valid_until: 2,
  nonce: "n".repeat(22),
  qty: "2",
  currency: "EUR",
  max_unit_price_minor: "399",
  band: 1,
  tolerance: "0",
};

test("a document that says what was asked is signed", () => {
  expect(mismatchOf(honest, intent)).toBe(null);
});

describe("a document that says something else is refused, by what differs", () => {
  const lies: [string, Partial<PledgeDocument>][] = [
    ["campaign", { campaign: "d".repeat(43) }],
    ["hub", { hub: "other.example.org/log" }],
    ["site", { node: "other.example.org" }],
    ["site", { rp_id: "example.com" }],
    ["site", { rp_id: "p.node.example.org" }],
    ["replaces", { replaces: "r".repeat(43) }],
    ["qty", { qty: "20" }],
    ["price", { max_unit_price_minor: "400" }],
    ["price", { currency: "USD" }],
    ["band", { band: 2 }],
    ["tolerance", { tolerance: "1" }],
  ];
  for (const [why, lie] of lies) {
    test(`${why}: ${JSON.stringify(lie)}`, () => {
      expect(mismatchOf({ ...honest, ...lie }, intent)).toBe(why);
    });
  }
});

test("a pledge is not signed where an interest or a withdrawal was asked for", () => {
  const { campaign: id } = intent.draft;
  expect(mismatchOf(honest, { ...intent, draft: { kind: "interest", campaign: id, qty: "2" } })).toBe("typ");
  expect(mismatchOf(honest, { ...intent, draft: { kind: "withdraw", campaign: id } })).toBe("typ");
});

test("a withdrawal must end exactly what is signed now", () => {
  const { qty: _q, currency: _c, max_unit_price_minor: _m, band: _b, tolerance: _t, ...envelope } = honest;
  const ask: Intent = { ...intent, draft: { kind: "withdraw", campaign: campaign.id }, replaces: "r".repeat(43) };
  expect(mismatchOf({ ...envelope, typ: "withdraw", replaces: "r".repeat(43) }, ask)).toBe(null);
  expect(mismatchOf({ ...envelope, typ: "withdraw", replaces: "s".repeat(43) }, ask)).toBe("replaces");
});

/** What a member and a steward are asked to do, and in which order (dashboard/node/asks.ts, run/duties.ts). */
import { expect, test } from "vitest";

import { asksFor } from "../../../dashboard/node/asks.ts";
import { dutiesOf, setupOf } from "../../../dashboard/node/run/duties.ts";
import type { Community, HubLink, MyPledge, NodeCampaign } from "../../../shared/protocol/api/community.ts";
import type { Me } from "../../../shared/protocol/api/identity.ts";

const now = Date.parse("2026-05-01T00:00:00Z");
const me: Me = { id: "m", name: "Ana", role: "member", passkeys: 1, recovery_codes_left: 10, recovered: false };

const hub: HubLink = {
  origin: "hub.example.org/log",
  url: "https://hub.example.org",
  name: "Hub",
  vkey: "v",
  status: "admitted",
  reason: "",
  delivery: {
    waiting: false,
    since: null,
    attempts: 0,
    next_at: null,
    last_error: null,
    last_seq: 3,
    last_delivered_at: null,
    receipt: null,
  },
  counted_book_size: 3,
  counted_at: null,
  failed_code: null,
  watch: null,
};
const community: Community = {
  named: true,
  name: "Row",
  about: "",
  region: "GB",
  languages: ["en"],
  members: 9,
  pledges: 3,
  origin: "node.example.org",
  demo: false,
  book: { origin: "node.example.org/book", size: 3, vkey: "v" },
  hubs: [hub],
};

function campaign(id: string, closes: string, state: NodeCampaign["state"] = "open"): NodeCampaign {
  return {
    id,
    hub: hub.origin,
    hub_url: hub.url,
    name: id,
    text: "",
    product: { gtin: null, name: id, brand: null },
    unit: "jar",
    currency: "EUR",
    reference_price_minor: "400",
    bands_minor: ["300"],
    max_qty: "5",
    goal_qty: "100",
    closes,
    state,
    closing: null,
    adopted: true,
    network: null,
    here: {
      pledges: 0,
      interest: "0",
      pledged: "0",
      committed: "0",
      purchased: "0",
      units_by_band: ["0"],
    },
  };
}

function pledge(id: string, kind: MyPledge["kind"], closes: string): MyPledge {
  return {
    campaign: id,
    campaign_name: id,
    unit: "jar",
    currency: "EUR",
    kind,
    qty: "1",
    max_unit_price_minor: "300",
    stage: "pledged",
    closes,
    theme: null,
    ticks: { signed_at: closes, book: { index: 1, leaf: "l" }, logged: null, counted: null, live: true },
  };
}

const kinds = (asks: { kind: string }[]) => asks.map((ask) => ask.kind);

test("nobody is asked to sign what they have signed and what is on its way into the book", () => {
  const campaigns = [campaign("a", "2026-06-01T12:00:00Z"), campaign("b", "2026-07-01T12:00:00Z")];
  const asks = asksFor(me, community, campaigns, [], now, [{ campaign: campaigns[0]!.id }]);
  expect(asks.map((ask) => ask.href)).toEqual([`/campaigns/${campaigns[1]!.id}`]);
});

test("at most three asks: safety first, then what ends soonest", () => {
  const campaigns = ["2026-09-01", "2026-07-01", "2026-08-01", "2026-06-01"].map((day) =>
    campaign(day, `${day}T00:00:00Z`),
  );
  const asks = asksFor({ ...me, recovery_codes_left: 0 }, community, campaigns, [], now);
  expect(asks.map((ask) => ask.href)).toEqual(["/me#keys", "/campaigns/2026-06-01", "/campaigns/2026-07-01"]);
});

test("someone who came in with a recovery code is asked for a passkey, not for codes", () => {
  expect(kinds(asksFor({ ...me, recovered: true, recovery_codes_left: 0 }, community, [], [], now))).toEqual([
    "add-passkey",
  ]);
});

test("nobody is reminded of what they have answered, except in its last days", () => {
  const soon = "2026-05-02T00:00:00Z";
  const later = "2026-06-02T00:00:00Z";
  const campaigns = [campaign("a", later), campaign("b", soon), campaign("c", later, "locked")];
  expect(
    kinds(asksFor(me, community, campaigns, [pledge("a", "pledge", later), pledge("b", "pledge", soon)], now)),
  ).toEqual(["decide"]);
  expect(
    kinds(asksFor(me, community, campaigns, [pledge("a", "interest", later), pledge("b", "pledge", soon)], now)),
  ).toEqual(["decide", "interest"]);
});

test("a steward is led through the three first steps", () => {
  const fresh = { ...community, named: false, members: 1, hubs: [] };
  expect(setupOf(fresh, 0).map((step) => step.done)).toEqual([false, false, false]);
  expect(kinds(asksFor({ ...me, role: "steward" }, fresh, [], [], now))).toEqual(["setup"]);
  expect(kinds(asksFor(me, fresh, [], [], now))).toEqual([]);
  const asked = { ...fresh, named: true, hubs: [{ ...hub, status: "requested" as const }] };
  expect(setupOf(asked, 1)).toMatchObject([{ done: true }, { done: true, asked: true }, { done: true }]);
});

test("a steward's duties name a refused report before a slow delivery, and a lone key last", () => {
  const waiting = { ...hub.delivery, waiting: true, attempts: 4 };
  const failing = { ...community, hubs: [{ ...hub, failed_code: "totals-mismatch", delivery: waiting }] };
  expect(kinds(dutiesOf(failing, 2, 1, false))).toEqual(["failed", "offered", "alone"]);
  expect(kinds(dutiesOf(failing, 0, 2, true))).toEqual(["stopped", "failed"]);
  expect(kinds(dutiesOf({ ...community, hubs: [{ ...hub, delivery: waiting }] }, 0, 2, false))).toEqual(["waiting"]);
  expect(dutiesOf(community, 0, null, false)).toEqual([]);
});

/** A hub whose log holds an offer that breaks a rule is found out; honest offers are counted. */
import { expect, test } from "vitest";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { verifyHub } from "../../../shared/verify/hub.ts";
import { EXIT } from "../../../shared/verify/report.ts";
import { START, TestHub } from "./world.ts";

type Offer = Omit<Claims<"offer+jwt">, "iss" | "iat" | "v">;

async function hubWithCampaign() {
  const hub = await TestHub.create();
  const { leaf: campaign } = await hub.campaign();
  const offer = (changes: Partial<Offer> = {}): Promise<{ index: number; leaf: string }> =>
    hub.say("offer+jwt", {
      supplier: { id: "acme", name: "Acme Ltd", domain: "acme.example", verified: "domain" },
      by: "supplier",
      campaign,
      currency: "EUR",
      tiers: [
        { min_qty: "50", unit_price_minor: "640" },
        { min_qty: "500", unit_price_minor: "580" },
      ],
      max_qty: null,
      regions: [],
      conditions: "",
      valid_until: START + 86_400,
      replaces: null,
      nonce: "A".repeat(22),
      ...changes,
    });
  return { hub, campaign, offer };
}

async function entriesOf(hub: TestHub) {
  const { checks, exit } = await verifyHub(hub.served.source, { now: hub.now });
  return { exit, ...checks.find(({ id }) => id === "entries")! };
}

test("offers that were posted, replaced and withdrawn verify, and are counted", async () => {
  const { hub, campaign, offer } = await hubWithCampaign();
  const first = await offer();
  const second = await offer({ replaces: first.leaf });
  await hub.say("offer-end+jwt", { offer: second.leaf, campaign, by: "supplier", reason: "Sold out." });
  await offer();
  await hub.publishTotals();
  expect(await entriesOf(hub)).toMatchObject({ exit: EXIT.ok, ok: true, facts: { offers: 3 } });
});

test.each<[string, Partial<Offer>]>([
  ["offer-currency", { currency: "USD" }],
  ["offer-tiers", { tiers: [1, 2].map((n) => ({ min_qty: String(n), unit_price_minor: "5" })) }],
  ["offer-validity", { valid_until: START }],
  ["offer-replaces", { replaces: "A".repeat(43) }],
  ["campaign-unknown", { campaign: "A".repeat(43) }],
])("a logged offer that breaks the rule %s makes the log invalid", async (code, changes) => {
  const { hub, offer } = await hubWithCampaign();
  const { index } = await offer(changes);
  await hub.publishTotals();
  expect(await entriesOf(hub)).toMatchObject({ exit: EXIT.invalid, ok: false, code, index });
});

test("a withdrawal of what no longer stands makes the log invalid", async () => {
  const { hub, campaign, offer } = await hubWithCampaign();
  const { leaf } = await offer();
  await hub.say("offer-end+jwt", { offer: leaf, campaign, by: "hub", reason: "The supplier asked." });
  const { index } = await hub.say("offer-end+jwt", { offer: leaf, campaign, by: "hub", reason: "" });
  await hub.publishTotals();
  expect(await entriesOf(hub)).toMatchObject({ exit: EXIT.invalid, code: "offer-unknown", index });
});

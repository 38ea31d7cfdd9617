/** The ranking as the hub serves it: from verified demand, recorded needs and decided awards, and recomputable by anyone. */
import { expect, it } from "vitest";
import type { Targeting } from "../../../shared/protocol/api/targeting.ts";
import { answer } from "../../../shared/targeting/target.ts";
import { expectReplayEqualsTables } from "./city.ts";
import { treasury } from "./treasury.ts";

it("ranks a campaign by what its gap unlocks, says why, and gives the inputs to compute it again", async () => {
  const world = await treasury();
  const campaign = await world.publish({
    currency: "EUR",
    reference_price_minor: "800",
    bands_minor: ["500", "600", "700", "800"],
    goal_qty: "10",
  });
  const node = await world.admitted("a.example.org");
  for (const qty of ["1", "1"]) node.pledge(campaign, qty, 3);
  for (const qty of ["2", "1", "1"]) node.pledge(campaign, qty, 2);
  for (const qty of ["1", "1", "1", "1", "1"]) node.pledge(campaign, qty, 1);
  await world.report(node);
  await world.settle();
  await world.record([{ event: "need", campaign, fixed_cost_minor: "3000", market_development_minor: "0", note: "" }]);
  await world.record([world.award("half", "1000", { campaign })]);
  const response = await world.fetch("/api/targeting?currency=EUR&budget_minor=5000");
  const served = await response.json<Targeting>();
  expect(served.targets[0]).toMatchObject({
    rank: 1,
    least_subsidy: { buyer_price_minor: "600", per_unit_minor: "200", units: "11", cost_minor: "2200" },
    need_minor: "5200",
    gap_minor: "4200",
    unlocked_minor: "6600",
    gross: { over: "6600", under: "5200", decimal: "1.2692" },
    marginal: { decimal: "1.5714" },
  });
  expect(served.targets[0]?.explanation.map(({ step }) => step)).toEqual([
    "subsidy-reaches-minimum",
    "fixed-costs",
    "already-committed",
    "fulfilment-prior",
  ]);
  expect(served.portfolio).toMatchObject({ method: "exact", chosen: [campaign], spent_minor: "4200" });
  expect(answer(served.inputs, 5000n)).toEqual({
    targets: served.targets,
    portfolio: served.portfolio,
    inputs_sha256: served.inputs_sha256,
  });
  const [, queries, read] = /queries=(\d+);read=(\d+)/.exec(response.headers.get("x-cocoon-db") ?? "") ?? [];
  expect({ queries: Number(queries) <= 5, read: Number(read) <= 20 }).toEqual({ queries: true, read: true });
});

it("goes by the offer that stands, names it, and goes back to what is expected when it expires", async () => {
  const world = await treasury();
  const campaign = await world.publish({ currency: "EUR", bands_minor: ["500", "600"], goal_qty: "10" });
  const node = await world.admitted("a.example.org");
  for (let n = 0; n < 5; n += 1) {
    node.pledge(campaign, "1", 1);
    node.pledge(campaign, "1", 0);
  }
  await world.report(node);
  await world.settle();
  const domain = "acme.example";
  await world.operator.call("POST", "/api/suppliers", { name: "Acme", domain, country: null });
  const note = "Known to us.";
  await world.operator.call("POST", `/api/suppliers/${domain}/verification`, { verified: "email", note });
  const offer = async (regions: string[], replaces: unknown) =>
    await world.operator.call("POST", "/api/offers", {
      supplier: domain,
      campaign,
      currency: "EUR",
      tiers: [{ min_qty: "6", unit_price_minor: "540" }],
      max_qty: "7",
      regions,
      conditions: "",
      valid_until: new Date(world.clock.now + 86_400_000).toISOString(),
      replaces,
    });
  const ranked = async () => {
    const response = await world.fetch("/api/targeting?currency=EUR");
    const served = await response.json<Targeting>();
    expect(response.headers.get("x-cocoon-db")).toMatch(/^queries=[1-5];/);
    return { target: served.targets[0], input: served.inputs[0] };
  };
  const some = await offer(["NL"], null);
  expect((await ranked()).input?.offers).toEqual([]);
  const everywhere = await offer([], some.body["leaf"]);
  const { target } = await ranked();
  expect(target?.explanation[0]).toEqual({
    step: "offer",
    values: { supplier: "Acme", price_minor: "540", minimum: "6" },
  });
  expect(target?.asks).toMatchObject([{ source: "offer", offer: { offer: everywhere.body["leaf"], tier: 0 } }]);
  // ten would pay 5.00, seven can be had
  expect(target?.least_subsidy).toEqual({
    buyer_price_minor: "500",
    per_unit_minor: "40",
    units: "7",
    cost_minor: "280",
  });
  world.later(2 * 86_400);
  await world.operator.call("POST", `/api/campaigns/${campaign}/amend`, { reason: "A word.", text: "Together." });
  expect((await ranked()).target?.asks[0]?.source).toBe("campaign");
  await expectReplayEqualsTables();
});

/** The ranking as the hub serves it: from verified demand, recorded needs and decided awards, and recomputable by anyone. */
import { expect, it } from "vitest";
import type { Targeting } from "../../../shared/protocol/api/targeting.ts";
import { answer } from "../../../shared/targeting/target.ts";
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
  node.pledge(campaign, "4", 3);
  node.pledge(campaign, "3", 2);
  node.pledge(campaign, "4", 1);
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

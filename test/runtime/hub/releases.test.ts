/** Awards that wait for demand: released by what the log shows and by nothing else. */
import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { DAY as DAY_OF_BOOK, type NodeDouble, random } from "./node-double.ts";
import { expectReplayEqualsTables } from "./city.ts";
import { type Treasury, treasury } from "./treasury.ts";

const DAY = 86_400;
let world: Treasury;
let node: NodeDouble;
let campaign: string;

beforeEach(async () => {
  world = await treasury();
  campaign = await world.publish();
  node = await world.admitted("a.example.org");
});

function waiting(id: string, change: Record<string, unknown> = {}) {
  const by = new Date(world.clock.now + 60 * DAY * 1000).toISOString().slice(0, 10);
  const demand = {
    kind: "demand",
    campaign,
    stage: "signed",
    min_units: "10",
    at_price_minor: "700",
    min_accounts: 1,
    min_communities: 1,
    hold_days: 7,
    by,
    ...change,
  };
  return world.award(id, "5000", { campaign, conditions: [demand] });
}

async function stateOf(id: string): Promise<string | null> {
  return await env.DB.prepare("SELECT state FROM award WHERE id = ?").bind(id).first<string>("state");
}

let pledged = "";

function withdraw(): void {
  node.append({ t: "withdraw", r: pledged, why: "left", d: DAY_OF_BOOK, n: random() });
}

async function demand(units: string, band = 1): Promise<void> {
  world.later(61);
  pledged = node.pledge(campaign, units, band);
  await world.report(node);
  await world.settle();
}

/** Days pass in which the community goes on reporting. */
async function days(count: number): Promise<void> {
  for (let day = 0; day < count; day += 1) {
    world.later(DAY);
    await world.report(node);
    await world.settle();
    await world.settle();
  }
}

describe("an award that waits for demand", () => {
  it("is released once the demand has been there for seven days, citing the entry since which it was", async () => {
    await world.record([waiting("subsidy")]);
    expect(await stateOf("subsidy")).toBe("reserved");
    await demand("12");
    await days(6);
    expect(await stateOf("subsidy")).toBe("reserved");
    await days(2);
    expect(await stateOf("subsidy")).toBe("payable");
    const entry = await env.DB.prepare(
      "SELECT data FROM log_entry WHERE idx = (SELECT max(idx) FROM transfer WHERE code = 'condition-met')",
    ).first<string>("data");
    expect(entry).not.toBeNull();
    await expectReplayEqualsTables();
  });

  it("is not released by a pulse of pledges", async () => {
    await world.record([waiting("subsidy")]);
    await demand("12");
    await days(5);
    world.later(61);
    withdraw();
    await world.report(node);
    await world.settle();
    await demand("12");
    await days(6);
    expect(await stateOf("subsidy")).toBe("reserved");
    await expectReplayEqualsTables();
  });

  it("is not released by units below its price, nor by a report without a verdict", async () => {
    await world.record([waiting("subsidy", { hold_days: 0 })]);
    await demand("12", 0);
    await world.settle();
    expect(await stateOf("subsidy")).toBe("reserved");
    world.later(61);
    node.reachable = false;
    node.pledge(campaign, "12", 2);
    await world.report(node);
    await world.settle();
    await world.settle();
    expect(await stateOf("subsidy")).toBe("reserved");
    node.reachable = true;
  });

  it("returns to its fund when its last day has passed", async () => {
    await world.record([waiting("subsidy")]);
    await days(61);
    expect(await stateOf("subsidy")).toBe("lapsed");
    expect(
      await env.DB.prepare("SELECT balance FROM account WHERE path = 'fund:basics:available'").first("balance"),
    ).toBe(1_000_000);
    await expectReplayEqualsTables();
  });

  it("cannot be released by people who say that the demand is there", async () => {
    await world.record([waiting("subsidy", { hold_days: 0 })]);
    const claim = {
      event: "condition",
      award: "subsidy",
      condition: 0,
      campaign,
      outcome: "met",
      held_since_index: 3,
      evidence_sha256: null,
      reason: "trust us",
      on: world.today,
    };
    expect((await world.propose([claim])).code).toBe("condition-not-met");
  });

  it("is not paid silently when the demand is gone again", async () => {
    await world.record([waiting("subsidy", { hold_days: 0 })]);
    await demand("12");
    await world.settle();
    expect(await stateOf("subsidy")).toBe("payable");
    world.later(61);
    withdraw();
    await world.report(node);
    await world.settle();
    const pay = {
      event: "disbursement",
      award: "subsidy",
      amount_minor: "5000",
      on: world.today,
      evidence_sha256: null,
    };
    expect((await world.propose([pay])).code).toBe("demand-doubtful");
    await world.record([{ ...pay, despite: "the supplier has delivered" }]);
    expect(await stateOf("subsidy")).toBe("closed");
    await expectReplayEqualsTables();
  });
});

/** From a signed report to the published number, and what becomes of books that lie. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { type City, city, expectReplayEqualsTables } from "./city.ts";
import type { NodeDouble } from "./node-double.ts";

let world: City;
let node: NodeDouble;
let campaign: string;

beforeEach(async () => {
  world = await city();
  node = await world.admitted("a.example.org");
  campaign = await world.publish();
});

describe("a true report", () => {
  it("moves the published number by what its book holds", async () => {
    node.pledge(campaign, "3", 2);
    node.pledge(campaign, "2", 0);
    await world.report(node);
    const network = await world.network();
    // 3 × min(900, 800) + 2 × 600
    expect(network.purchasing_power_minor).toBe("3600");
    expect(network).toMatchObject({ pledges: 2, communities: 1, members_declared: 20 });
    expect((await world.community(node.origin)).counted).toMatchObject({ seq: 1, verdict: "ok", book_size: 3 });
    await expectReplayEqualsTables();
  });
});

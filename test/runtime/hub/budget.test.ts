/** What operations cost in queries and rows, from D1's own meta (docs/storage.md). A free plan has 50 queries an invocation. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { meter, noCounts } from "../../../workers/lib/d1.ts";
import { settle } from "../../../workers/hub/jobs/settle.ts";
import { type City, city, send } from "./city.ts";
import type { NodeDouble } from "./node-double.ts";
import { treasury } from "./treasury.ts";

interface Cost {
  queries: number;
  read: number;
  written: number;
}

function costOf(response: Response): Cost {
  const fields = (response.headers.get("x-cocoon-db") ?? "")
    .split(";")
    .map((field) => field.split("=") as [string, string]);
  const cost = new Map(fields);
  return { queries: Number(cost.get("queries")), read: Number(cost.get("read")), written: Number(cost.get("written")) };
}

async function settleCost(world: City): Promise<Cost> {
  const counts = noCounts();
  await settle({ ...world.hub, db: meter(env.DB, counts) });
  return { queries: counts.queries, read: counts.rowsRead, written: counts.rowsWritten };
}

/** A network of some size, every community with a counted report. */
async function network(
  communities: number,
  campaigns: number,
): Promise<{ world: City; nodes: NodeDouble[]; ids: string[] }> {
  const world = await city({ REPORT_INTERVAL_S: "0", MAX_BATCH: "256" });
  const ids: string[] = [];
  for (let i = 0; i < campaigns; i += 1) ids.push(await world.publish({ name: `Campaign ${String(i)}` }));
  const nodes: NodeDouble[] = [];
  for (let i = 0; i < communities; i += 1) {
    const node = await world.admitted(`n${String(i)}.example.org`);
    for (const id of ids) node.pledge(id, "2", 1);
    nodes.push(node);
  }
  for (const node of nodes) await world.report(node);
  await world.settle();
  return { world, nodes, ids };
}

describe("what it costs", () => {
  it("reads one row in one query for /api/network, whatever the size of the network", async () => {
    for (const [communities, campaigns] of [
      [1, 1],
      [12, 6],
    ] as const) {
      const { world } = await network(communities, campaigns);
      const response = await world.fetch("/api/network");
      expect(costOf(response)).toEqual({ queries: 1, read: 1, written: 0 });
      const etag = response.headers.get("etag") ?? "";
      const known = await world.fetch("/api/network", { headers: { "if-none-match": etag } });
      expect({ status: known.status, body: await known.text() }).toEqual({ status: 304, body: "" });
    }
  });

  it("writes twelve rows for one report with the totals before it, and reads the same few in a larger network", async () => {
    const costs: Cost[] = [];
    for (const communities of [2, 12]) {
      const { world, nodes, ids } = await network(communities, 3);
      const [node] = nodes;
      node?.pledge(ids[0] ?? "", "1", 0);
      const answer = await world.submit((await node?.report(world.rules)) ?? "");
      expect(answer.status).toBe(202);
      costs.push(costOf(answer.response));
    }
    for (const cost of costs) {
      expect(cost.queries).toBeLessThanOrEqual(14);
      expect(cost.read).toBeLessThanOrEqual(45);
      // totals: entry 2, history 2, totals 1; report: entry 2, report 1, todo 1, community 1; tile 1, head 1
      expect(cost.written).toBeLessThanOrEqual(12);
    }
    expect(costs[1]?.read).toBeLessThanOrEqual((costs[0]?.read ?? 0) + 4);
  });

  it("stays inside one invocation of a free plan: report, verdict and totals together", async () => {
    const { world, nodes, ids } = await network(6, 3);
    const [node] = nodes;
    if (node === undefined) throw new Error("no node");
    node.reachable = false;
    node.pledge(ids[0] ?? "", "1", 0);
    const answer = await world.submit(await node.report(world.rules));
    node.reachable = true;
    world.later(61);
    const ingest = costOf(answer.response);
    const verdict = await settleCost(world);
    expect(ingest.queries + verdict.queries).toBeLessThanOrEqual(50);
    expect(verdict.written).toBeLessThanOrEqual(30);
  });

  it("takes no more queries for a hundred reports in one request than for one", async () => {
    const { world, nodes } = await network(1, 1);
    const [node] = nodes;
    if (node === undefined) throw new Error("no node");
    const reports: string[] = [];
    for (let i = 0; i < 100; i += 1) {
      const jws = await node.report(world.rules);
      node.accepted(jws);
      reports.push(jws);
    }
    const answer = await send(world.fetch, "/log/entries", JSON.stringify(reports), "application/json");
    const results = answer.body["results"] as { status: number }[];
    expect(results.every(({ status }) => status === 202)).toBe(true);
    const cost = costOf(answer.response);
    expect(cost.queries).toBeLessThanOrEqual(14);
    expect(cost.written).toBeLessThanOrEqual(100 * 4 + 10);
  });
});

describe("what money costs", () => {
  it("stays within 35 queries, 100 rows read and 40 written for a receipt, an award and a payment, however many came before", async () => {
    const world = await treasury();
    const cost = async (events: unknown[]): Promise<Cost> => costOf((await world.record(events)).response);
    const paid = { on: world.today, evidence_sha256: null };
    const receipt = { event: "receipt", funder: "meridian", fund: "basics", commitment: null, ...paid };
    const costs: Record<string, Cost> = {};
    for (let round = 0; round < 12; round += 1) {
      const id = `a${String(round)}`;
      costs["receipt"] = await cost([{ ...receipt, amount_minor: String(1_000 + round) }]);
      costs["award"] = await cost([world.award(id, String(1_000 + round))]);
      costs["disbursement"] = await cost([{ event: "disbursement", award: id, amount_minor: "1000", ...paid }]);
    }
    for (const [kind, { queries, read, written }] of Object.entries(costs)) {
      expect({ kind, isBounded: queries <= 35 && read <= 100 && written <= 40 }).toEqual({ kind, isBounded: true });
    }
  });
});

/** Suppliers' signals as a hub serves them: withheld alike in every form, bounded in cost, and made again from the log alone. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { CampaignHistory, DemandCurveView, RegionCell, Signals } from "../../../shared/protocol/api/signals.ts";
import { recountRelease } from "../../../shared/signals/recount.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { writeSignals } from "../../../workers/hub/jobs/write-signals.ts";
import { regionCells } from "../../../workers/hub/signal-rows.ts";
import { type City, BANDS, city, codeOf } from "./city.ts";
import type { NodeDouble } from "./node-double.ts";
import { treasury } from "./treasury.ts";

const MONTH = "2026-09";

async function signals(world: City, query = ""): Promise<Signals> {
  const response = await world.fetch(`/api/signals${query}`);
  expect(response.status).toBe(200);
  return await response.json<Signals>();
}

async function curve(world: City, id: string, region = "*"): Promise<DemandCurveView> {
  return await (await world.fetch(`/api/campaigns/${id}/demand-curve?region=${region}`)).json<DemandCurveView>();
}

/** A community in a region; reports say so. */
async function community(world: City, name: string, region: string) {
  const node = await world.admitted(`${name}.example.org`);
  const report = async (): Promise<void> => {
    world.later(61);
    const profile = { name, region, languages: ["en"], members: 20 };
    const jws = await node.report(world.rules, { profile });
    expect((await world.submit(jws)).status).toBe(202);
    node.accepted(jws);
  };
  return { node, report };
}

function pledges(node: NodeDouble, campaign: string, accounts: number, qty = "2", band = 1): void {
  for (let at = 0; at < accounts; at += 1) node.pledge(campaign, qty, band);
}

/** Settles until nothing is left to check and the signals are written. */
async function settled(world: City): Promise<void> {
  await world.settle();
  await world.settle();
}

async function cellsFromLog(id: string, sizes: readonly number[]): Promise<RegionCell[]> {
  const { results } = await env.DB.prepare("SELECT data FROM log_entry ORDER BY idx").all<{ data: string }>();
  const items = results.map(({ data }, index) => {
    const parsed = parseStatement(data);
    if (!parsed.ok) throw new Error("not a statement");
    return { index, leaf: parsed.value.leaf, statement: parsed.value.statement };
  });
  return regionCells(recountRelease(items, id, sizes), BANDS);
}

function accounts(cells: readonly RegionCell[]): Record<string, number | string | null> {
  return Object.fromEntries(cells.map(({ region, withheld, shown }) => [region, withheld ?? shown?.accounts ?? null]));
}

describe("demand by region and month", () => {
  it("withholds a region under five accounts, and the sum leaves it out too", async () => {
    const world = await city();
    const id = await world.publish();
    const berlin = await community(world, "berlin", "DE-BE");
    const leeds = await community(world, "leeds", "GB-LDS");
    pledges(berlin.node, id, 6, "2", 2);
    pledges(berlin.node, id, 5, "2", 0);
    pledges(leeds.node, id, 3);
    await berlin.report();
    await leeds.report();
    await settled(world);
    const answer = await signals(world);
    expect(accounts(answer.cells)).toEqual({ "*": 11, "DE-BE": 11, "GB-LDS": "few" });
    expect(answer).toMatchObject({ k: 5, next: null, facets: { regions: ["*", "DE-BE", "GB-LDS"], months: [MONTH] } });
    expect(answer.cells[1]).toMatchObject({
      month: MONTH,
      currency: "USD",
      campaign: { id, unit: "litre" },
      shown: {
        pledged: "22",
        committed: "0",
        likely: { low: "0", mid: "11", high: "22" },
        curve: [
          { price_minor: "600", units: "22", accounts: 11 },
          { price_minor: "700", units: "12", accounts: 6 },
          { price_minor: "800", units: "12", accounts: 6 },
        ],
      },
    });
    expect(await curve(world, id, "GB-LDS")).toMatchObject({ withheld: "few", shown: null });
    expect((await curve(world, id)).shown).toEqual(answer.cells[0]?.shown);
  });

  it("holds small steps back until five accounts have come, and every form says the same", async () => {
    const world = await city();
    const id = await world.publish();
    const { node, report } = await community(world, "berlin", "DE-BE");
    const seen: unknown[] = [];
    for (const more of [10, 4, 1]) {
      pledges(node, id, more);
      await report();
      await settled(world);
      const { cells } = await signals(world, `?campaign=${id}&month=${MONTH}&region=DE-BE`);
      const csv = await (await world.fetch(`/exports/signals.csv?region=DE-BE`)).text();
      const row = csv.trim().split("\n").at(-1)?.split(",") ?? [];
      seen.push([cells.map(({ shown }) => shown?.accounts), row[9], (await curve(world, id, "DE-BE")).shown?.accounts]);
    }
    expect(seen).toEqual([
      [[10], "10", 10],
      [[10], "10", 10],
      [[15], "15", 15],
    ]);
    const history = await (await world.fetch(`/api/campaigns/${id}/history`)).json<CampaignHistory>();
    expect(history.points.map(({ date, accounts: n, pledged }) => [date, n, pledged])).toEqual([
      ["2026-09-21", 15, "30"],
    ]);
  });

  it("keeps a month as it ended and carries an open campaign into the next", async () => {
    const world = await city();
    const id = await world.publish();
    const { node, report } = await community(world, "berlin", "DE-BE");
    pledges(node, id, 6);
    await report();
    await settled(world);
    world.later(12 * 86_400);
    pledges(node, id, 5);
    await report();
    await settled(world);
    const { cells, facets } = await signals(world, "?region=*");
    expect(cells.map(({ month, shown }) => [month, shown?.accounts])).toEqual([
      ["2026-10", 11],
      [MONTH, 6],
    ]);
    expect(facets.months).toEqual(["2026-10", MONTH]);
    const first = await signals(world, "?limit=1");
    expect(first.cells.map(({ month }) => month)).toEqual(["2026-10", "2026-10"]);
    const second = await signals(world, `?limit=1&after=${first.next ?? ""}`);
    expect(second.cells.map(({ month }) => month)).toEqual([MONTH, MONTH]);
  });

  it("is made again, cell for cell, from the log and the sizes alone", async () => {
    const world = await city();
    const id = await world.publish();
    const places = [
      await community(world, "berlin", "DE-BE"),
      await community(world, "leeds", "GB-LDS"),
      await community(world, "valencia", "ES-V"),
    ];
    for (const round of [7, 1, 3, 6, 2, 9]) {
      for (const [at, { node, report }] of places.entries()) {
        pledges(node, id, Math.max(0, round - 2 * at), String(1 + at), (round + at) % 3);
        await report();
      }
      await settled(world);
    }
    const { sizes } = await curve(world, id);
    expect(sizes.length).toBeGreaterThan(2);
    const { cells } = await signals(world, `?campaign=${id}`);
    const told = cells.map(({ region, withheld, shown }) => ({ region, withheld, shown }));
    expect(told).toEqual(await cellsFromLog(id, sizes));
  });

  it("lets the later of two overlapping runs fail as a whole", async () => {
    const world = await city();
    const id = await world.publish();
    const { node, report } = await community(world, "berlin", "DE-BE");
    pledges(node, id, 6);
    await report();
    await world.settle();
    await Promise.all([writeSignals(world.hub), writeSignals(world.hub)]);
    expect((await curve(world, id)).sizes.length).toBe(1);
  });
});

it("says which demand a subsidy already pays for", async () => {
  const world = await treasury();
  const id = await world.publish({ currency: "EUR", reference_price_minor: "900" });
  const { node, report } = await community(world, "berlin", "DE-BE");
  pledges(node, id, 6, "3", 1);
  pledges(node, id, 5, "2", 0);
  await report();
  await settled(world);
  await world.record([
    world.award("cheaper", "2000", {
      campaign: id,
      instrument: "price_subsidy",
      use: "price_subsidy",
      subsidy: { per_unit_minor: "200", max_units: "10" },
    }),
  ]);
  const { funded } = await signals(world);
  expect(funded).toEqual([
    {
      award: "cheaper",
      campaign: { id, name: "Oat drink", unit: "litre" },
      currency: "EUR",
      buyer_price_minor: "700",
      subsidy_per_unit_minor: "200",
      max_units: "10",
      units: "10",
      state: "payable",
    },
  ]);
  expect((await signals(world, "?category=en:pastas")).funded).toEqual([]);
});

describe("the widget", () => {
  it("is a page for other sites' frames, without scripts and cookies, and shows the same cell", async () => {
    const world = await city();
    const id = await world.publish({ name: 'Oats <script>alert("1")</script>' });
    const { node, report } = await community(world, "berlin", "DE-BE");
    const before = await (await world.fetch(`/embed/signals?campaign=${id}`)).text();
    expect(before).toContain("Nothing is shown yet");
    pledges(node, id, 6, "3");
    await report();
    await settled(world);
    const response = await world.fetch(`/embed/signals?campaign=${id}&lang=es`);
    const page = await response.text();
    expect(page).toContain('<span class="number">6</span> cuentas quieren 18 × litre');
    expect(page).toContain("Oats &lt;script&gt;");
    expect(page).not.toMatch(/<script|style=|<img|\son[a-z]+=/);
    const header = (name: string): string | null => response.headers.get(name);
    expect(header("content-security-policy")).toMatch(/^default-src 'none'; style-src 'self'; frame-ancestors \*;/);
    expect([header("set-cookie"), header("cross-origin-resource-policy"), header("x-content-type-options")]).toEqual([
      null,
      "cross-origin",
      "nosniff",
    ]);
    expect((await world.fetch("/api/signals")).headers.get("content-security-policy")).toContain(
      "frame-ancestors 'none'",
    );
    expect((await world.fetch("/embed/signals?campaign=x")).status).toBe(400);
    expect((await world.fetch(`/embed/signals?campaign=${id}&lang=xx`)).status).toBe(400);
  });
});

describe("cost and bad input", () => {
  it("answers in five queries and a few rows for each month of a campaign", async () => {
    const world = await city();
    const id = await world.publish();
    const { node, report } = await community(world, "berlin", "DE-BE");
    pledges(node, id, 6);
    await report();
    await settled(world);
    for (const path of ["/api/signals", `/api/campaigns/${id}/demand-curve`, `/api/campaigns/${id}/history`]) {
      const header = (await world.fetch(path)).headers.get("x-cocoon-db") ?? "";
      const [, queries, read] = /queries=(\d+);read=(\d+)/.exec(header) ?? [];
      expect({ path, queries: Number(queries) <= 5, read: Number(read) <= 20 }).toEqual({
        path,
        queries: true,
        read: true,
      });
    }
  });

  it("reads at most five hundred rows of a hub with fifty campaigns over three years, whatever is asked for", async () => {
    const world = await city();
    const id = await world.publish();
    const { node, report } = await community(world, "berlin", "DE-BE");
    pledges(node, id, 6);
    await report();
    await settled(world);
    const copies = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 49)`;
    await env.DB.batch([
      env.DB.prepare(`INSERT INTO campaign ${copies} SELECT printf('%043d', i) AS id, idx + 1000 + i, closes, ended, terms, closing,
        sums, watches, offers FROM n JOIN campaign WHERE campaign.id = ?`).bind(id),
      env.DB.prepare(`INSERT INTO signal_release ${copies} SELECT printf('%043d', i), size, seen, month, gtin,
        CASE WHEN i = 49 THEN 'en:rare' END, regions, '2023-10', data FROM n JOIN signal_release WHERE campaign = ?`).bind(
        id,
      ),
      env.DB
        .prepare(`INSERT OR IGNORE INTO signal_month WITH RECURSIVE m (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM m WHERE i < 35)
        SELECT strftime('%Y-%m', '2023-10-01', i || ' months'), r.campaign, s.data FROM m JOIN signal_release AS r JOIN signal_month AS s`),
    ]);
    const costs: Record<string, boolean> = {};
    for (const query of [
      "",
      "limit=60",
      "category=en:rare",
      `campaign=${id}`,
      "month=2024-02",
      "region=DE-BE&limit=60",
    ]) {
      const response = await world.fetch(`/api/signals?${query}`);
      const { cells, next } = await response.clone().json<Signals>();
      const [, queries, read] = /queries=(\d+);read=(\d+)/.exec(response.headers.get("x-cocoon-db") ?? "") ?? [];
      costs[query] = Number(queries) <= 5 && Number(read) <= 500 && (cells.length > 0 || next !== null);
    }
    expect(Object.entries(costs).filter(([, isBounded]) => !isBounded)).toEqual([]);
    const found: string[] = [];
    for (let next: string | null = ""; next !== null;) {
      const page: Signals = await signals(world, `?category=en:rare&region=*${next === "" ? "" : `&after=${next}`}`);
      found.push(...page.cells.map(({ month }) => month));
      next = page.next;
    }
    expect([found.length, found[0], found.at(-1)]).toEqual([36, MONTH, "2023-10"]);
  });

  it.each(["region=Berlin", "month=2026-13", "campaign=x", "product=abc", "after=1", "limit=61", "limit=0"])(
    "refuses %s",
    async (query) => {
      const world = await city();
      const response = await world.fetch(`/api/signals?${query}`);
      expect([response.status, codeOf(await response.json())]).toEqual([400, "malformed-request"]);
    },
  );

  it("does not know a campaign that is not there", async () => {
    const world = await city();
    for (const path of ["demand-curve", "history"]) {
      const response = await world.fetch(`/api/campaigns/${"A".repeat(43)}/${path}`);
      expect([response.status, codeOf(await response.json())]).toEqual([404, "campaign-unknown"]);
    }
  });
});

/** However much money there is: every public page about it asks at most five questions and reads at most five hundred rows. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import daily from "../../data/ecb/eurofxref-daily-sample.csv?raw";
import { crowd } from "./crowd.ts";
import { type Treasury, treasury } from "./treasury.ts";

const QUERIES = 5;
const ROWS = 500;
const SIZE = {
  funds: 60,
  funders: 200,
  recipients: 2000,
  awards: 20_000,
  transfers: 100_000,
  from: "2016-01-01",
  days: 3600,
};
let world: Treasury;

function costOf(response: Response): { queries: number; read: number } {
  const [, queries, read] = /queries=(\d+);read=(\d+)/.exec(response.headers.get("x-cocoon-db") ?? "") ?? [];
  return { queries: Number(queries), read: Number(read) };
}

async function get(path: string): Promise<Response> {
  const response = await world.fetch(path);
  expect({ path, status: response.status }).toEqual({ path, status: 200 });
  return response;
}

/** Once: nothing here writes. */
beforeAll(async () => {
  world = await treasury();
  const campaign = await world.publish({ currency: "EUR" });
  const community = await world.admitted("a.example.org");
  community.pledge(campaign, "3", 2);
  await world.report(community);
  await world.record([
    world.award("first", "100", { campaign }),
    { event: "disbursement", award: "first", amount_minor: "100", on: world.today, evidence_sha256: null },
  ]);
  const cookie = [...world.operator.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const headers = { "content-type": "text/csv", cookie };
  await world.fetch("/api/rates/import", { method: "POST", body: daily, headers });
  await crowd({ fund: "basics", funder: "meridian", recipient: "lab", award: "first" }, SIZE);
}, 120_000);

describe("a hub with a hundred thousand transfers", () => {
  it("keeps every page about money inside its budget", { timeout: 120_000 }, async () => {
    const campaign = await env.DB.prepare("SELECT id FROM campaign").first<string>("id");
    const pages = [
      "/api/funding",
      "/api/funds?limit=100",
      "/api/funds/fund-7",
      "/api/funders",
      "/api/funders/funder-7",
      "/api/awards",
      "/api/awards?fund=fund-7",
      "/api/awards?funder=funder-7",
      "/api/awards?recipient=recipient-7",
      "/api/awards?instrument=loan",
      "/api/awards?year=2018",
      "/api/awards?state=payable",
      "/api/awards?state=payable,active",
      "/api/awards?state=lapsed",
      "/api/awards?fund=fund-7&state=lapsed",
      "/api/awards?fund=fund-7&recipient=recipient-8",
      `/api/awards?campaign=${campaign ?? ""}`,
      "/api/awards?community=a.example.org",
      "/api/awards/award-7",
      "/api/transfers",
      "/api/transfers?limit=100",
      "/api/transfers?fund=fund-7",
      "/api/transfers?fund=fund-7&code=fee",
      "/api/transfers?award=award-7",
      "/api/transfers?account=recipient:recipient-7:rnd",
      "/api/transfers?code=fee",
      "/api/transfers?code=disbursement",
      "/api/transfers?currency=JPY",
      "/api/transfers?from=2017-01-01&to=2017-01-31",
      "/api/transfers?currency=EUR&code=receipt&from=2017-01-01",
      "/api/stages?currency=EUR",
      "/api/stages?currency=EUR&resolution=year",
      "/api/loans?currency=EUR",
      "/api/recipients",
      "/api/recipients?limit=100",
      "/api/recipients/recipient-7",
      "/api/targeting?currency=EUR",
      `/api/campaigns/${campaign ?? ""}`,
      "/api/communities/a.example.org",
      "/api/rates",
      "/api/rates?date=2026-04-14&currency=USD&to=GBP",
      "/api/network",
    ];
    const over: unknown[] = [];
    for (const page of pages) {
      const cost = costOf(await get(page));
      if (!(cost.queries <= QUERIES && cost.read <= ROWS)) over.push({ page, ...cost });
    }
    expect(over).toEqual([]);
  });
});

it("refuses to convert more at once than one request can, having read no more than that", async () => {
  const response = await world.fetch("/api/flows?currency=EUR&convert=USD");
  const { code } = await response.json<{ code: string }>();
  expect({ status: response.status, code }).toEqual({ status: 400, code: "period-too-large" });
  expect(costOf(response).read).toBeLessThanOrEqual(10_100);
  // two days of it are few enough; the only rates here are of another year
  const short = await world.fetch("/api/flows?currency=EUR&convert=USD&from=2017-01-01&to=2017-01-02");
  expect((await short.json<{ code: string }>()).code).toBe("rate-missing");
});

describe("pages with filters, followed to their end", () => {
  async function walk(path: string, list: "awards" | "transfers"): Promise<Record<string, unknown>[]> {
    const all: Record<string, unknown>[] = [];
    for (let after: string | null = ""; after !== null;) {
      const at = after === "" ? "" : `&after=${encodeURIComponent(after)}`;
      const response = await get(`${path}${at}`);
      expect(costOf(response).read).toBeLessThanOrEqual(ROWS);
      const body = await response.json<Record<string, unknown>>();
      all.push(...(body[list] as Record<string, unknown>[]));
      after = body["next"] as string | null;
    }
    return all;
  }
  const ids = async (sql: string): Promise<unknown[]> =>
    (await env.DB.prepare(sql).all<{ id: unknown }>()).results.map(({ id }) => id);

  it("show every transfer once, in order, whatever is filtered", { timeout: 120_000 }, async () => {
    const where: [string, string, string][] = [
      ["fund=fund-7&code=receipt", "'fund:fund-7:available' IN (from_path, to_path) AND code = 'receipt'", "seq"],
      ["fund=fund-7&code=fee", "false", "seq"],
      ["code=fee", "false", "seq"],
      [
        "currency=EUR&code=award&from=2017-01-01&to=2017-01-20",
        "code = 'award' AND on_day BETWEEN '2017-01-01' AND '2017-01-20'",
        "on_day DESC, seq",
      ],
      ["from=2017-01-01&to=2017-01-05", "on_day BETWEEN '2017-01-01' AND '2017-01-05'", "on_day DESC, seq"],
      ["award=award-7&code=award", "award = 'award-7' AND code = 'award'", "seq"],
    ];
    for (const [query, condition, order] of where) {
      const shown = await walk(`/api/transfers?${query}`, "transfers");
      const expected = await ids(`SELECT seq AS id FROM transfer WHERE ${condition} ORDER BY ${order} DESC`);
      expect([query, shown.map(({ seq }) => seq)]).toEqual([query, expected]);
    }
  });

  it("show every award once, in order, whatever is filtered", { timeout: 120_000 }, async () => {
    const where: [string, string][] = [
      ["fund=fund-7&state=payable", "fund = 'fund-7' AND state = 'payable'"],
      [
        "fund=fund-7&state=payable,active&instrument=loan",
        "fund = 'fund-7' AND state IN ('payable', 'active') AND instrument = 'loan'",
      ],
      [
        "year=2016&funder=funder-3&state=closed,active",
        "decided_on LIKE '2016%' AND funder = 'funder-3' AND state IN ('closed', 'active')",
      ],
      ["state=payable,active&year=2016&limit=40", "decided_on LIKE '2016%' AND state IN ('payable', 'active')"],
      ["recipient=recipient-8&instrument=grant", "recipient = 'recipient-8' AND instrument = 'grant'"],
    ];
    for (const [query, condition] of where) {
      const shown = await walk(`/api/awards?${query}`, "awards");
      const expected = await ids(`SELECT id FROM award WHERE ${condition} ORDER BY decided_on DESC, id DESC`);
      expect([query, shown.map(({ id }) => id)]).toEqual([query, expected]);
    }
  });
});

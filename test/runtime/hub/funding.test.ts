/** The public pages of money: every figure is a sum of transfers, flows balance, and pages read few rows. */
import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type {
  AwardDetail,
  Flows,
  FundDetail,
  FundingOverview,
  LoanBook,
  StageSeries,
} from "../../../shared/protocol/api/capital.ts";
import type { MoneyStages } from "../../../shared/protocol/api/money.ts";
import { expectReplayEqualsTables } from "./city.ts";
import { type Treasury, treasury } from "./treasury.ts";

let world: Treasury;

async function get<T>(path: string): Promise<T> {
  const response = await world.fetch(path);
  expect({ path, status: response.status }).toEqual({ path, status: 200 });
  return await response.json<T>();
}

function daysAgo(days: number): string {
  return new Date(world.clock.now - days * 86_400_000).toISOString().slice(0, 10);
}

beforeEach(async () => {
  world = await treasury();
  const paid = { on: world.today, evidence_sha256: null };
  const loan = {
    instrument: "loan",
    use: "market_development",
    recipient: "mill",
    is_pri: true,
    schedule: [
      { due_on: daysAgo(30), principal_minor: "100000", interest_minor: "2000" },
      { due_on: daysAgo(2), principal_minor: "100000", interest_minor: "1000" },
    ],
    decided_on: daysAgo(90),
  };
  await world.record([
    { event: "recipient", id: "mill", name: "Mill", org_id: null, kind: "supplier", country: "IT" },
    world.award("trial", "300000", { decided_on: daysAgo(40) }),
    { event: "disbursement", award: "trial", amount_minor: "250000", ...paid },
    { event: "release", award: "trial", amount_minor: "50000", reason: "cheaper", on: world.today },
    world.award("line", "200000", loan),
    { event: "disbursement", award: "line", amount_minor: "200000", on: daysAgo(80), evidence_sha256: null },
    {
      event: "repayment",
      award: "line",
      principal_minor: "100000",
      interest_minor: "2000",
      on: daysAgo(31),
      evidence_sha256: null,
    },
    { event: "fee", fund: "basics", provider: "bank", amount_minor: "500", reason: "account", ...paid },
  ]);
});

function identities(stages: MoneyStages): void {
  const of = (field: keyof MoneyStages) => BigInt(stages[field]);
  expect(of("available_minor")).toBe(
    of("received_minor") +
      of("recycled_minor") +
      of("interest_minor") +
      of("gains_minor") +
      of("clawed_back_minor") +
      of("released_minor") -
      of("awarded_minor") -
      of("fees_minor") +
      of("exchanged_minor"),
  );
  expect(of("awarded_minor")).toBe(
    of("reserved_minor") + of("payable_minor") + of("disbursed_minor") + of("released_minor"),
  );
}

describe("the stages of money", () => {
  it("add up, and equal the balances of the ledger", async () => {
    const { currencies } = await get<FundingOverview>("/api/funding");
    const [stages] = currencies as [MoneyStages];
    identities(stages);
    const balance = (path: string) =>
      env.DB.prepare("SELECT coalesce(sum(balance), 0) AS sum FROM account WHERE path LIKE ?").bind(path).first("sum");
    expect({
      available: Number(stages.available_minor),
      payable: Number(stages.payable_minor),
      outstanding: Number(stages.outstanding_minor),
    }).toEqual({
      available: await balance("fund:%"),
      payable: await balance("award:%:payable"),
      outstanding: await balance("pri:%"),
    });
    const fund = await get<FundDetail>("/api/funds/basics");
    expect(fund.stages).toEqual(stages);
    await expectReplayEqualsTables();
  });

  it("hold at the end of every month", async () => {
    const { points } = await get<StageSeries>("/api/stages?currency=EUR");
    expect(points.length).toBeGreaterThan(2);
    for (const { stages } of points) identities(stages);
    const { currencies } = await get<FundingOverview>("/api/funding");
    expect(points.at(-1)?.stages).toEqual(currencies[0]);
  });
});

describe("flows", () => {
  it("balance for any period, and are read back as they were computed", async () => {
    for (const query of ["", `&from=${daysAgo(60)}&to=${daysAgo(10)}`, `&from=${daysAgo(31)}`, "&top=2"]) {
      const path = `/api/flows?currency=EUR${query}`;
      const first = await get<Flows>(path);
      for (const { id, stage } of first.nodes) {
        if (stage !== "fund" && stage !== "use") continue;
        const sum = (side: "source" | "target") =>
          first.links
            .filter((link) => link[side] === id)
            .reduce((total, link) => total + BigInt(link.amount_minor), 0n);
        expect(sum("source")).toBe(sum("target"));
      }
      expect(await get<Flows>(path)).toEqual(first);
    }
  });

  it("are served from one row once they were computed", async () => {
    await get("/api/flows?currency=EUR");
    const again = await world.fetch("/api/flows?currency=EUR");
    expect(again.headers.get("x-cocoon-db")).toMatch(/queries=1;read=[12];/);
  });

  it("refuse a period that ends before it begins, and a day that does not exist", async () => {
    expect((await world.fetch("/api/flows?currency=EUR&from=2026-02-02&to=2026-01-01")).status).toBe(400);
    expect((await world.fetch("/api/flows?currency=EUR&from=2026-02-31")).status).toBe(400);
  });
});

describe("loans", () => {
  it("say what is out, what came back and what is overdue", async () => {
    expect(await get<LoanBook>("/api/loans?currency=EUR")).toMatchObject({
      disbursed_minor: "200000",
      outstanding_minor: "100000",
      repaid_minor: "100000",
      interest_minor: "2000",
      overdue_minor: "101000",
      recycling: { over: "1100000", under: "1000000", decimal: "1.1000" },
    });
    const { schedule } = await get<AwardDetail>("/api/awards/line");
    expect(schedule.map(({ state }) => state)).toEqual(["paid", "overdue"]);
  });
});

it("reads few rows and asks few questions for each page", async () => {
  const pages = [
    "/api/funding",
    "/api/funds",
    "/api/funds/basics",
    "/api/funders",
    "/api/funders/meridian",
    "/api/awards",
    "/api/awards?fund=basics&state=payable,closed",
    "/api/awards/line",
    "/api/transfers",
    "/api/transfers?fund=basics",
    "/api/stages?currency=EUR",
    "/api/loans?currency=EUR",
    "/api/recipients",
  ];
  for (const page of pages) {
    const response = await world.fetch(page);
    const [, queries, read] = /queries=(\d+);read=(\d+)/.exec(response.headers.get("x-cocoon-db") ?? "") ?? [];
    expect({ page, queries: Number(queries) <= 5, read: Number(read) <= 120 }).toEqual({
      page,
      queries: true,
      read: true,
    });
  }
});

describe("recipients", () => {
  it("says what one was given, less what was released, with the awards behind it", async () => {
    const awards = await get<{ awards: { recipient: { id: string } }[] }>("/api/awards");
    const { id } = awards.awards.find(({ recipient }) => recipient.id !== "mill")!.recipient;
    expect(await get(`/api/recipients/${id}`)).toMatchObject({
      id,
      given: [{ currency: "EUR", awarded_minor: "250000", disbursed_minor: "250000", awards: 1 }],
    });
    expect(await get("/api/recipients/mill")).toMatchObject({
      name: "Mill",
      origin: null,
      given: [{ awarded_minor: "200000", disbursed_minor: "200000", awards: 1 }],
    });
  });

  it("finds a community's awards by its origin, which only a community may have", async () => {
    const club = { event: "recipient", id: "club", name: "Club", org_id: null, country: "GB", origin: "club.example" };
    expect((await world.propose([{ ...club, kind: "supplier" }])).status).toBe(400);
    await world.record([{ ...club, kind: "community" }, world.award("rent", "10000", { recipient: "club" })]);
    expect(await get("/api/recipients/club")).toMatchObject({ origin: "club.example", kind: "community" });
    expect(await get("/api/awards?community=club.example")).toMatchObject({ awards: [{ id: "rent" }], total: null });
    expect(await get("/api/awards?community=other.example")).toMatchObject({ awards: [] });
    await expectReplayEqualsTables();
  });
});

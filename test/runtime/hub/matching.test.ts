/** Matching runs at a hub: the estimate is the result, the inputs follow from the log alone, and two people record it. */
import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { sha256url } from "../../../shared/bytes.ts";
import type { AllocationDetail, MatchingEstimate } from "../../../shared/protocol/api/matching.ts";
import { emptyNetwork } from "../../../shared/network/state.ts";
import { applyStatement } from "../../../shared/network/fold.ts";
import type { Statement } from "../../../shared/protocol/statement.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { parseJws } from "../../../shared/signing/jws.ts";
import { inputsFromState } from "../../../shared/targeting/inputs.ts";
import { allocationFaults } from "../../../shared/targeting/recorded.ts";
import { dataDictionary } from "../../../shared/standards/dictionary.ts";
import { run } from "../../../shared/targeting/run.ts";
import { CapitalReplay } from "../../../workers/hub/capital-replay.ts";
import type { Answer } from "../person.ts";
import { expectReplayEqualsTables } from "./city.ts";
import { type Treasury, treasury } from "./treasury.ts";

let world: Treasury;
let oats: string;
let soap: string;
const KEY = "0123456789abcdef";

beforeEach(async () => {
  world = await treasury();
  const terms = { currency: "EUR", reference_price_minor: "800", bands_minor: ["500", "600", "700", "800"] };
  oats = await world.publish({ ...terms, goal_qty: "10" });
  soap = await world.publish({ ...terms, name: "Soap", goal_qty: "12" });
  await world.publish({ name: "In dollars" });
  for (const [origin, accounts] of [
    ["a.example.org", 6],
    ["b.example.org", 5],
    ["c.example.org", 2],
  ] as const) {
    const node = await world.admitted(origin);
    for (let account = 0; account < accounts; account += 1) {
      node.pledge(oats, "2", 1);
      if (account < 5) node.pledge(soap, "3", 2);
    }
    await world.report(node);
    await world.settle();
  }
  await world.record([
    { event: "need", campaign: oats, fixed_cost_minor: "3000", market_development_minor: "0", note: "" },
  ]);
  await world.record([world.award("half", "1000", { campaign: oats })]);
  await world.settle();
});

async function estimate(query = ""): Promise<MatchingEstimate> {
  const response = await world.fetch(`/api/funds/basics/matching${query}`);
  expect(response.status).toBe(200);
  return await response.json<MatchingEstimate>();
}

async function propose(made: MatchingEstimate, change: Record<string, unknown> = {}): Promise<Answer> {
  const { method, pool_minor } = made.inputs.params;
  return await world.operator.call("POST", "/api/matching/proposals", {
    question: { fund: "basics", method, pool_minor },
    id: "spring",
    results_sha256: made.run.results_sha256,
    idempotency_key: KEY,
    ...change,
  });
}

/** Rows written, and whether it stays inside 30 queries and 100 rows read. */
function spentBy({ response }: Answer) {
  const header = response.headers.get("x-cocoon-db") ?? "";
  const [queries = 99, read = 999, written = 99] = [...header.matchAll(/=(\d+)/g)].map(([, number]) => Number(number));
  return { written, isCheap: queries <= 30 && read <= 100 };
}

/** The state that the log alone folds to, at a size. */
async function folded(size: number) {
  const { results } = await env.DB.prepare("SELECT data, kind, leaf FROM log_entry WHERE idx < ? ORDER BY idx")
    .bind(size)
    .all<{ data: string; kind: Statement["kind"]; leaf: string }>();
  const network = emptyNetwork();
  const capital = new CapitalReplay();
  for (const [index, { data, kind, leaf }] of results.entries()) {
    const jws = parseJws(data);
    if (!jws.ok) throw new Error(jws.error);
    const statement = { kind, claims: jws.value.claims } as Statement;
    if (statement.kind === "fund+jwt") capital.add(network, index, statement.claims);
    applyStatement(network, { index, leaf, statement });
  }
  return { network, capital: capital.state };
}

describe("an estimate", () => {
  it.each(["demand_weighted", "quadratic", "clustered"])(
    "by %s is what anyone computes from the log alone, within the budget of a public page",
    async (method) => {
      const response = await world.fetch(`/api/funds/basics/matching?method=${method}&pool_minor=5000`);
      const { inputs, run: made } = await response.json<MatchingEstimate>();
      expect(run(inputs)).toEqual(made);
      const { network, capital } = await folded(inputs.log.size);
      const again = inputsFromState(network, capital, { params: inputs.params, log: inputs.log });
      expect(canonicalJson(again)).toBe(canonicalJson(inputs));
      expect(made.results.map(({ campaign }) => campaign)).toEqual([oats, soap].toSorted());
      const [, queries, read] = /queries=(\d+);read=(\d+)/.exec(response.headers.get("x-cocoon-db") ?? "") ?? [];
      expect({ queries: Number(queries), read: Number(read) <= 60 }).toEqual({
        queries: method === "demand_weighted" ? 4 : 5,
        read: true,
      });
    },
  );

  it("shares out what the fund has, and counts what was awarded before", async () => {
    const { available_minor, inputs, run: made } = await estimate();
    expect({ available_minor, pool: inputs.params.pool_minor }).toEqual({ available_minor: "999000", pool: "999000" });
    // 26 units at 6.00 need no more than the ten that the supplier asks for; 3.00 a unit less 10.00 awarded
    expect(made.results.find(({ campaign }) => campaign === oats)).toMatchObject({
      need_minor: "8200",
      gap_minor: "7200",
      amount_minor: "7200",
    });
  });

  it("by community merges the small one and says so, and of named campaigns tells why each is left out", async () => {
    const made = await estimate("?method=clustered&pool_minor=5000");
    expect(made.run.excluded).toContainEqual({
      campaign: oats,
      community: "c.example.org",
      reason: "small-community-merged",
      detail: null,
    });
    const { campaigns } = await (
      await world.fetch("/api/campaigns")
    ).json<{ campaigns: { id: string; currency: string }[] }>();
    const dollars = campaigns.find(({ currency }) => currency === "USD")!.id;
    const named = await estimate(`?campaigns=${dollars},${oats}`);
    expect(named.run.excluded).toEqual([
      { campaign: dollars, community: null, reason: "other-currency", detail: null },
    ]);
    expect(named.run.results).toHaveLength(1);
  });

  it.each([
    ["?method=lottery", 400, "malformed-request"],
    ["?pool_minor=-1", 400, "malformed-request"],
    ["?campaigns=x", 400, "malformed-request"],
    [`?campaigns=${"A".repeat(43)}`, 404, "campaign-unknown"],
  ])("with %s is refused", async (query, status, code) => {
    const response = await world.fetch(`/api/funds/basics/matching${query}`);
    expect({ status: response.status, code: (await response.json<{ code: string }>()).code }).toEqual({ status, code });
  });

  it("of more communities than may be read is refused, but for the method that reads none", async () => {
    await env.DB.prepare("UPDATE network SET sums = json_set(sums, '$.communities', 101)").run();
    const response = await world.fetch("/api/funds/basics/matching?method=clustered");
    expect(await response.json()).toMatchObject({ code: "matching-too-large", detail: "more than 100 communities" });
    expect(
      (await world.operator.call("POST", "/api/matching/preview", { fund: "basics", method: "clustered" })).status,
    ).toBe(200);
    expect((await world.fetch("/api/funds/basics/matching")).status).toBe(200);
  });

  it("of a closed or unknown fund is refused", async () => {
    expect(await (await world.fetch("/api/funds/nothing/matching")).json()).toMatchObject({ code: "fund-unknown" });
    await world.record([
      {
        event: "fund",
        id: "old",
        name: "Old",
        funder: null,
        currency: "EUR",
        restriction: { purpose: "" },
        status: "closed",
      },
    ]);
    expect(await (await world.fetch("/api/funds/old/matching")).json()).toMatchObject({ code: "fund-closed" });
  });
});

describe("a run that is recorded", () => {
  it("was seen by two people, comes out again from what is published, and awards may name it", async () => {
    const made = await estimate("?pool_minor=5000");
    const proposed = await propose(made, { note: "For the spring" });
    expect(proposed.body).toMatchObject({ state: "waiting", needs_approval: true });
    expect(spentBy(proposed)).toEqual({ written: 5, isCheap: true });
    const id = String(proposed.body["id"]);
    expect((await world.operator.call("POST", `/api/proposals/${id}/approve`, { reason: "" })).code).toBe(
      "own-proposal",
    );
    const approved = await world.approve(id);
    expect({ status: approved.status, ...spentBy(approved) }).toEqual({ status: 201, written: 14, isCheap: true });
    const detail = await (await world.fetch("/api/allocations/spring")).json<AllocationDetail>();
    expect(detail).toMatchObject({
      fund: { name: "Basics" },
      currency: "EUR",
      pool_minor: "5000",
      given_minor: "5000",
    });
    expect(detail.results.map(({ campaign }) => campaign.name).toSorted()).toEqual(["Oat drink", "Soap"]);
    expect(canonicalJson(detail.inputs)).toBe(canonicalJson(made.inputs));
    const bytes = await (await world.fetch("/api/allocations/spring/inputs")).bytes();
    expect(sha256url(bytes)).toBe(made.run.inputs_sha256);
    const entry = await env.DB.prepare("SELECT data FROM log_entry WHERE idx = ?")
      .bind(detail.entry.index)
      .first<string>("data");
    const jws = parseJws(entry ?? "");
    const event = jws.ok ? (jws.value.claims as { events: Parameters<typeof allocationFaults>[0][] }).events[0] : null;
    expect(allocationFaults(event!, detail.inputs!)).toEqual([]);
    const { network, capital } = await folded(detail.size);
    expect(canonicalJson(inputsFromState(network, capital, made.inputs))).toBe(canonicalJson(detail.inputs));

    const line = detail.results[0]!;
    const named = { campaign: line.campaign.id, allocation: "spring", use: "price_subsidy" };
    const more = String(Number(line.amount_minor) + 1);
    expect((await world.propose([world.award("first", more, named)])).code).toBe("allocation-terms");
    await world.record([world.award("first", line.amount_minor, named)]);
    const page = await (await world.fetch("/api/allocations?fund=basics")).json<{ allocations: { id: string }[] }>();
    expect(page.allocations.map((one) => one.id)).toEqual(["spring"]);
    const [header = "", first = "", ...rest] = (await (await world.fetch("/exports/allocations.csv")).text()).split(
      "\n",
    );
    expect(header.split(",")).toEqual(Object.keys(dataDictionary.files["allocations.csv"]));
    expect(first).toMatch(/^spring,basics,demand_weighted,EUR,50\.00,/);
    expect(rest.filter((row) => row !== "")).toHaveLength(1);
    await expectReplayEqualsTables();
  });

  it("is the same proposal for the same key, and one id is recorded once", async () => {
    const made = await estimate("?pool_minor=5000");
    const first = await propose(made);
    expect((await propose(made)).body["id"]).toBe(first.body["id"]);
    const second = await propose(made, { idempotency_key: "another-key-0001" });
    expect(second.status).toBe(201);
    expect((await world.approve(String(first.body["id"]))).status).toBe(201);
    expect((await world.approve(String(second.body["id"]))).code).toBe("allocation-exists");
    const third = await propose(await estimate("?pool_minor=5000"), { idempotency_key: "another-key-0002" });
    expect(third.code).toBe("allocation-exists");
  });

  it("is refused above what the fund has, also when the money has gone before it is approved", async () => {
    const above = await estimate("?pool_minor=999001");
    expect((await propose(above)).code).toBe("overspent");
    const all = await propose(await estimate());
    expect(all.status).toBe(201);
    await world.record([world.award("between", "500")]);
    expect((await world.approve(String(all.body["id"]))).code).toBe("overspent");
  });

  it("is refused when it does not come to what was looked at, and when it is written by hand", async () => {
    const made = await estimate("?pool_minor=5000");
    await world.record([world.award("between", "500", { campaign: oats })]);
    expect((await propose(made)).code).toBe("allocation-changed");
    const event = {
      event: "allocation",
      id: "mine",
      fund: "basics",
      method: "demand_weighted",
      pool_minor: "5000",
      size: 1,
      inputs_sha256: made.run.inputs_sha256,
      results_sha256: made.run.results_sha256,
      results: [],
    };
    expect((await world.propose([event])).code).toBe("allocation-by-hand");
  });

  it("shows nothing of a proposal that nobody approved", async () => {
    await propose(await estimate("?pool_minor=5000"));
    expect((await world.fetch("/api/allocations/spring")).status).toBe(404);
    expect((await world.fetch("/api/allocations/spring/inputs")).status).toBe(404);
    const page = await (await world.fetch("/api/allocations")).json<{ allocations: unknown[] }>();
    expect(page.allocations).toEqual([]);
  });
});

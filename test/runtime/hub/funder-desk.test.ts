/** A funder's own desk: all that is its own, nothing of anybody else, and what it says it might give. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { FunderDesk, IntentionList } from "../../../shared/protocol/api/party.ts";
import type { Person } from "../person.ts";
import { expectReplayEqualsTables } from "./city.ts";
import { type Treasury, treasury } from "./treasury.ts";

/** Two funders with a fund each: one lends, one has given nothing out yet. */
async function twoFunders(): Promise<{ world: Treasury; meridian: Person; acorn: Person }> {
  const world = await treasury();
  const own = (id: string, funder: string) => ({
    event: "fund",
    id,
    name: id,
    funder,
    currency: "EUR",
    restriction: { purpose: "" },
    status: "open",
  });
  const receipt = (funder: string, fund: string, on = world.today) => ({
    event: "receipt",
    funder,
    fund,
    commitment: null,
    amount_minor: "500000",
    on,
    evidence_sha256: null,
  });
  await world.record([
    { event: "funder", id: "acorn", name: "Acorn", org_id: null, kind: "company", country: null, url: null },
    own("tides", "meridian"),
    own("seeds", "acorn"),
    receipt("meridian", "tides"),
    receipt("acorn", "seeds", "2025-03-04"),
    {
      event: "commitment",
      id: "promise",
      funder: "meridian",
      fund: "basics",
      kind: "gift",
      amount_minor: "70000",
      state: "committed",
      due_on: "2027-01-01",
    },
  ]);
  await world.record([
    world.award("boat", "120000", {
      title: "=HYPERLINK(1)",
      fund: "tides",
      instrument: "loan",
      is_pri: true,
      schedule: [
        { due_on: "2026-12-01", principal_minor: "60000", interest_minor: "600" },
        { due_on: "2027-12-01", principal_minor: "60000", interest_minor: "300" },
      ],
    }),
  ]);
  await world.record([
    {
      event: "disbursement",
      award: "boat",
      amount_minor: "120000",
      on: world.today,
      evidence_sha256: null,
    },
  ]);
  return { world, meridian: await world.account("funder", "meridian"), acorn: await world.account("funder", "acorn") };
}

async function deskOf(who: Person): Promise<FunderDesk> {
  const { status, body } = await who.call("GET", "/api/funder");
  expect(status).toBe(200);
  return body as unknown as FunderDesk;
}

describe("a funder's desk", () => {
  it("shows its funds, promises, awards and what is due to come back", async () => {
    const { meridian } = await twoFunders();
    const desk = await deskOf(meridian);
    expect(desk.funder).toEqual({ id: "meridian", name: "Meridian" });
    expect(desk.funds.map(({ id, stages }) => [id, stages.available_minor])).toEqual([["tides", "380000"]]);
    expect(desk.commitments.map(({ id, amount_minor, received_minor }) => [id, amount_minor, received_minor])).toEqual([
      ["promise", "70000", "0"],
    ]);
    expect(desk.awards.map(({ id, outstanding_minor }) => [id, outstanding_minor])).toEqual([["boat", "120000"]]);
    expect(desk.due.map(({ due_on, principal_minor, state }) => [due_on, principal_minor, state])).toEqual([
      ["2026-12-01", "60000", "due"],
      ["2027-12-01", "60000", "due"],
    ]);
    expect([desk.email, desk.years]).toEqual([false, [2026]]);
  });

  it("shows nothing of another funder, whoever asks and however", async () => {
    const { world, meridian, acorn } = await twoFunders();
    const theirs = JSON.stringify(await deskOf(acorn));
    for (const secret of ["meridian", "tides", "boat", "promise"]) expect(theirs).not.toContain(secret);
    await meridian.call("POST", "/api/funder/intentions", {
      fund: "basics",
      amount_minor: "5",
      due_on: null,
      note: "between us",
    });
    expect((await deskOf(acorn)).intentions).toEqual([]);
    const sheet = await (
      await acorn.call("GET", "/api/funder/statement.csv?year=2026&funder=meridian")
    ).response.text();
    expect(sheet.trim().split("\n")).toHaveLength(1);
    expect((await world.operator.call("GET", "/api/funder")).code).toBe("not-allowed");
  });

  it("is read in ten queries", async () => {
    const { meridian } = await twoFunders();
    const { response } = await meridian.call("GET", "/api/funder");
    const queries = Number(/queries=(\d+)/.exec(response.headers.get("x-cocoon-db") ?? "")?.[1]);
    expect(queries).toBe(10);
  });
});

describe("the statement of a year", () => {
  it("has every transfer of that year that is its own, in units that people read and no formula", async () => {
    const { meridian, acorn } = await twoFunders();
    const { response } = await meridian.call("GET", "/api/funder/statement.csv?year=2026");
    expect(response.headers.get("content-disposition")).toContain("statement-2026.csv");
    const lines = (await response.text()).trim().split("\n");
    expect(lines[0]).toBe(
      "day,code,currency,amount,amount_minor,from,to,award,title,recipient,transfer,log_index,reverses",
    );
    // its gift to the hub's own fund, its gift to its own, the award out of it and what was paid
    expect(lines.slice(1).map((line) => line.split(",").slice(1, 4).join(" "))).toEqual([
      "receipt EUR 10000.00",
      "receipt EUR 5000.00",
      "award EUR 1200.00",
      "investment EUR 1200.00",
    ]);
    expect(lines.join("\n")).toContain("'=HYPERLINK(1)");
    const rows = async (who: Person, year: number) =>
      (await (await who.call("GET", `/api/funder/statement.csv?year=${String(year)}`)).response.text())
        .trim()
        .split("\n").length - 1;
    expect([await rows(acorn, 2025), await rows(acorn, 2026), await rows(meridian, 2025)]).toEqual([1, 0, 0]);
  });
});

describe("what a funder might give", () => {
  const say = async (who: Person, change: object = {}) =>
    await who.call("POST", "/api/funder/intentions", {
      fund: "basics",
      amount_minor: "250000",
      due_on: "2027-06-01",
      note: "If the board agrees in May.",
      ...change,
    });

  it("waits for finance, who records it in the log without the note", async () => {
    const { world, meridian } = await twoFunders();
    const said = await say(meridian);
    expect(said.status).toBe(201);
    const id = String(said.body["id"]);
    const finance = await world.staff("finance", "Fay");
    const waiting = (await finance.call("GET", "/api/intentions")).body as unknown as IntentionList;
    expect(waiting.intentions).toMatchObject([
      { id, state: "new", amount_minor: "250000", funder: { name: "Meridian" }, fund: { name: "Basics" } },
    ]);
    const desk = async () => JSON.stringify((await finance.call("GET", "/api/desk")).body);
    expect(await desk()).toContain("intention-new");
    expect((await finance.call("POST", `/api/intentions/${id}/record`)).status).toBe(204);
    expect(await desk()).not.toContain("intention-new");
    const fund = await (await world.fetch("/api/funds/basics")).json<{ commitments: object[] }>();
    expect(fund.commitments).toMatchObject([
      { id, state: "intention", amount_minor: "250000", due_on: "2027-06-01" },
      {},
    ]);
    const entries = await env.DB.prepare("SELECT data FROM log_entry").all<{ data: string }>();
    const logged = entries.results.map(({ data }) =>
      atob((data.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")),
    );
    expect(logged.join("")).not.toContain("board agrees");
    expect((await deskOf(meridian)).intentions).toMatchObject([{ id, state: "recorded" }]);
    await expectReplayEqualsTables();
  });

  it("is recorded or declined once, also by two at the same instant", async () => {
    const { world, meridian } = await twoFunders();
    const id = String((await say(meridian)).body["id"]);
    const finance = await world.staff("finance", "Fay");
    const answers = await Promise.all([
      finance.call("POST", `/api/intentions/${id}/record`),
      world.operator.call("POST", `/api/intentions/${id}/decline`),
    ]);
    expect(answers.map(({ code }) => code).toSorted()).toEqual(["", "intention-settled"]);
    expect((await finance.call("POST", `/api/intentions/${id}/decline`)).code).toBe("intention-settled");
    const audit = JSON.stringify((await world.operator.call("GET", "/api/audit")).body);
    expect(audit.match(/intention\.(record|decline)/g)).toHaveLength(1);
  });

  it("is for open funds, in whole minor units, and no more than twenty at a time", async () => {
    const { world, meridian } = await twoFunders();
    expect((await say(meridian, { fund: "nowhere" })).code).toBe("fund-unknown");
    expect((await say(meridian, { amount_minor: "0" })).code).toBe("malformed-request");
    expect((await say(meridian, { amount_minor: "9007199254740992" })).code).toBe("malformed-request");
    expect((await say(meridian, { note: "x".repeat(1001) })).code).toBe("malformed-request");
    const closed = {
      event: "fund",
      id: "seeds",
      name: "seeds",
      funder: "acorn",
      currency: "EUR",
      restriction: { purpose: "" },
      status: "closed",
    };
    await world.record([closed]);
    expect((await say(meridian, { fund: "seeds" })).code).toBe("fund-closed");
    const codes: string[] = [];
    for (let turn = 0; turn < 21; turn += 1) {
      codes.push((await say(meridian)).code);
      world.later(10);
    }
    expect(codes.filter((code) => code !== "")).toEqual(["rate-limited"]);
  });
});

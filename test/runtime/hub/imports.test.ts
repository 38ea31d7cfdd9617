/** Importing published grants: all 783 of a real file to the penny, in any number of tries, and what is left out and why. */
import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import sample from "../../data/360giving/sample-abct-grants-2013-2021.json";
import type { ImportView } from "../../../shared/protocol/api/import.ts";
import { readGrantFile } from "../../../shared/standards/grant-file.ts";
import { expectReplayEqualsTables } from "./city.ts";
import { type Treasury, treasury } from "./treasury.ts";

type Grant = Record<string, unknown>;
const grants = (sample as unknown as { grants: Grant[] }).grants;
const HASH = "A".repeat(43);
let world: Treasury;

beforeEach(async () => {
  world = await treasury();
});

function begin(count: number, change: Record<string, unknown> = {}) {
  return {
    file_sha256: HASH,
    grants: count,
    title: "Grants 2013 to 2021",
    publisher: "A B Charitable Trust",
    url: "https://www.abcharitabletrust.org.uk/",
    licence: "https://creativecommons.org/licenses/by/4.0/",
    funder: { name: "A B Charitable Trust", org_id: "GB-CHC-1000147" },
    currency: "GBP",
    ...change,
  };
}

async function send(list: readonly unknown[], change: Record<string, unknown> = {}): Promise<ImportView> {
  const begun = await world.operator.call("POST", "/api/imports", begin(list.length, change));
  expect({ status: begun.status, code: begun.code }).toEqual({ status: 201, code: "" });
  let view = begun.body as unknown as ImportView;
  while (view.state === "running") {
    const from = view.done;
    const answer = await world.operator.call("POST", `/api/imports/${view.id}/portion`, {
      from,
      grants: list.slice(from, from + 10),
    });
    expect({ status: answer.status, code: answer.code }).toEqual({ status: 201, code: "" });
    view = answer.body as unknown as ImportView;
  }
  return view;
}

function grant(change: Grant = {}): Grant {
  return { ...grants[0], id: `360G-test-${Math.random()}`, ...change };
}

describe("a real file", () => {
  it("comes in whole: 783 grants and GBP 12,785,625 exactly", { timeout: 60_000 }, async () => {
    const view = await send(grants);
    expect(view).toMatchObject({ imported: 783, skipped: 0, total_minor: "1278562500", state: "done" });
    const fund = await (await world.fetch(`/api/funds/${view.fund}`)).json<Record<string, unknown>>();
    expect(fund).toMatchObject({
      awards: 783,
      stages: { received_minor: "1278562500", disbursed_minor: "1278562500", available_minor: "0" },
      source: { publisher: "A B Charitable Trust" },
    });
    const flows = await world.fetch("/api/flows?currency=GBP&from=2013-01-01&to=2021-12-31");
    expect(await flows.json()).toMatchObject({ stages: { disbursed_minor: "1278562500" } });
    const page = await world.fetch("/api/awards?limit=50");
    expect(Number(/read=(\d+)/.exec(page.headers.get("x-cocoon-db") ?? "")?.[1])).toBeLessThanOrEqual(500);
    await expectReplayEqualsTables();
  });

  it("goes on where it stopped, and adds nothing when a portion is sent again", async () => {
    const list = grants.slice(0, 25);
    const begun = await world.operator.call("POST", "/api/imports", begin(list.length));
    const path = `/api/imports/${String(begun.body["id"])}/portion`;
    const portion = { from: 0, grants: list.slice(0, 10) };
    await world.operator.call("POST", path, portion);
    const again = await world.operator.call("POST", path, portion);
    expect(again.body).toMatchObject({ done: 10, imported: 10, skipped: 0 });
    const both = await Promise.all(
      [1, 2].map(() => world.operator.call("POST", path, { from: 10, grants: list.slice(10, 20) })),
    );
    for (const { status } of both) expect(status).toBe(201);
    expect(await send(list)).toMatchObject({ imported: 25, skipped: 0, state: "done" });
    expect((await world.operator.call("POST", path, { from: 40, grants: list.slice(0, 1) })).status).toBe(400);
    await expectReplayEqualsTables();
  });
});

describe("a portion that is too large for one entry", () => {
  it("goes into two, each with all grants up to its place", async () => {
    const large = (at: number, change: Grant = {}): Grant =>
      grant({
        id: `360G-${String(at)}-${"x".repeat(190)}`,
        title: "食".repeat(140),
        recipientOrganization: [{ id: `org-${String(at)}-${"y".repeat(190)}`, name: "食".repeat(200) }],
        ...change,
      });
    const list = Array.from({ length: 10 }, (_, at) => large(at, at === 8 ? { amountAwarded: 0 } : {}));
    expect(await send(list)).toMatchObject({ imported: 9, skipped: 1, done: 10, state: "done" });
    const { results } = await env.DB.prepare("SELECT DISTINCT idx FROM award").all();
    expect(results).toHaveLength(2);
    await expectReplayEqualsTables();
  });
});

describe("what is said of a file", () => {
  it.each([
    { title: "Grants, ask jo@example.org" },
    { publisher: "jo@example.org" },
    { funder: { name: "jo@example.org", org_id: null } },
  ])("has no e-mail address: %j", async (change) => {
    expect((await world.operator.call("POST", "/api/imports", begin(1, change))).code).toBe("email-in-text");
  });
});

describe("what is left out", () => {
  it("is said with its reason, and the rest comes in", async () => {
    const twice = grant();
    const list = [
      twice,
      { ...twice },
      grant({ currency: "EUR" }),
      grant({ amountAwarded: 0 }),
      grant({ amountAwarded: 10.005 }),
      grant({ awardDate: "2021-02-31" }),
      grant({ awardDate: "2999-01-01" }),
      grant({ id: "360G-test-a\nb" }),
      grant({ fundingOrganization: [{ id: "GB-CHC-1", name: "Somebody else" }] }),
      { title: "nothing else" },
      grant({ description: "Write to jane.doe@example.org for more." }),
      grant({ recipientOrganization: undefined, recipientIndividual: { id: "jane-doe", name: "Jane Doe" } }),
      grant({ amountAwarded: 0.1 + 0.2 }),
    ];
    const view = await send(list);
    const { body } = await world.operator.call("GET", `/api/imports/${view.id}`);
    const notes = (body as unknown as ImportView).notes.map(({ grant: at, code, skipped }) => [at, code, skipped]);
    expect(notes).toEqual([
      [1, "duplicate-id", true],
      [2, "other-currency", true],
      [3, "amount-not-positive", true],
      [4, "amount-too-precise", true],
      [5, "date-impossible", true],
      [6, "date-in-future", true],
      [7, "id-line-break", true],
      [8, "other-funder", true],
      [9, "schema", true],
      [10, "email-in-text", false],
      [11, "individual-named", false],
      [12, "amount-too-precise", true],
    ]);
    expect(view).toMatchObject({ imported: 3, skipped: 10 });
    const everything = await env.DB.prepare(
      "SELECT group_concat(data) || (SELECT group_concat(text) FROM award_text) || (SELECT group_concat(data) FROM log_entry) AS all_text FROM recipient",
    ).first<string>("all_text");
    expect(everything).not.toMatch(/jane/i);
    await expectReplayEqualsTables();
  });

  it("is the same for a spreadsheet, and every fault of a row has a reason of its own", async () => {
    const header =
      "Identifier,Title,Description,Currency,Amount Awarded,Award Date,Recipient Org:Identifier,Recipient Org:Name,Funding Org:Identifier,Funding Org:Name";
    const line = (id: string, change: Partial<Record<"title" | "text" | "currency" | "amount" | "org", string>> = {}) =>
      [
        `360G-test-${id}`,
        change.title ?? "Bread",
        change.text ?? "For bread",
        change.currency ?? "GBP",
        change.amount ?? "10.50",
        "2021-01-26",
        change.org ?? "GB-CHC-1164883",
        "Bakers",
        "GB-CHC-1000147",
        "A B Charitable Trust",
      ].join(",");
    const file = readGrantFile(
      [
        header,
        line("a"),
        line("a"),
        line("b", { title: "=HYPERLINK(1)" }),
        line("c", { amount: "=1+1" }),
        line("d", { amount: "0.123456789012345678" }),
        line("e", { currency: "QQQ" }),
        line("f", { text: "Ask jane.doe@example.org" }),
        line("g", { org: "ZZ-NO-1" }),
      ].join("\r\n"),
    );
    if (!file.ok) throw new Error(file.error);
    const view = await send(file.value.grants);
    expect(view).toMatchObject({ imported: 4, skipped: 4, total_minor: "4200" });
    const { body } = await world.operator.call("GET", `/api/imports/${view.id}`);
    const notes = (body as unknown as ImportView).notes.map(({ grant: at, code, skipped }) => [at, code, skipped]);
    expect(notes).toEqual([
      [1, "duplicate-id", true],
      [2, "formula-cell", false],
      [3, "formula-cell", true],
      [4, "amount-too-precise", true],
      [5, "currency-unknown", true],
      [6, "email-in-text", false],
      [7, "org-id-unknown", false],
    ]);
    const csv = await (await world.fetch(`/exports/360giving.csv?fund=${view.fund}`)).text();
    expect(csv).toContain("'=HYPERLINK(1)");
    expect(csv).not.toContain("jane.doe");
    await expectReplayEqualsTables();
  });

  it("is begun by nobody's number: the funder's identifier has a register and its form", async () => {
    const funder = (org_id: string) => begin(1, { funder: { name: "Trust", org_id } });
    expect((await world.operator.call("POST", "/api/imports", funder("ZZ-NO-1"))).code).toBe("org-id-unknown");
    expect((await world.operator.call("POST", "/api/imports", funder("GB-CHC-1"))).code).toBe("org-id-number");
  });

  it("refuses a token that is wrong, has expired, or belongs to nobody who may", async () => {
    const made = await world.operator.call("POST", "/api/imports/token", {});
    const post = async (token: string) =>
      await world.fetch("/api/imports", {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(begin(1)),
      });
    const token = String(made.body["token"]);
    expect((await post("A".repeat(32))).status).toBe(401);
    expect((await post(token)).status).toBe(201);
    world.later(3601);
    expect((await post(token)).status).toBe(401);
    expect((await world.approver.call("POST", "/api/imports/token", {})).code).toBe("not-allowed");
  });
});

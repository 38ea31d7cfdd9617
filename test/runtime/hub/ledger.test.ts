/** Money at the hub: recorded in one batch with the log, approved by two people, guarded by the database. */
import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { type Treasury, treasury } from "./treasury.ts";
import { expectReplayEqualsTables } from "./city.ts";

let world: Treasury;
beforeEach(async () => {
  world = await treasury();
});

async function balance(path: string): Promise<number | null> {
  return await env.DB.prepare("SELECT balance FROM account WHERE path = ?").bind(path).first<number>("balance");
}

describe("recording", () => {
  it("logs facts at once and keeps the balances", async () => {
    expect(await balance("fund:basics:available")).toBe(1_000_000);
    await expectReplayEqualsTables();
  });

  it("waits for somebody else before money is given away", async () => {
    const proposed = await world.propose([world.award("trial", "4000")]);
    expect(proposed).toMatchObject({ status: 201, body: { state: "waiting", needs_approval: true } });
    expect(await balance("award:trial:payable")).toBeNull();
    const own = await world.operator.call("POST", `/api/proposals/${String(proposed.body["id"])}/approve`, {
      reason: "",
    });
    expect(own.code).toBe("own-proposal");
    const approved = await world.approve(String(proposed.body["id"]));
    expect(approved).toMatchObject({ status: 201, body: { state: "logged" } });
    expect(await balance("award:trial:payable")).toBe(4000);
    expect(await balance("fund:basics:available")).toBe(996_000);
    await expectReplayEqualsTables();
  });

  it("refuses to spend what is not there, twice the same award, and what the fund is not for", async () => {
    expect((await world.propose([world.award("big", "1000001")])).code).toBe("overspent");
    await world.record([world.award("one", "100")]);
    expect((await world.propose([world.award("one", "100")])).code).toBe("award-exists");
    expect((await world.propose([world.award("two", "100")])).code).toBe("award-duplicate");
    expect((await world.propose([{ ...world.award("three", "10"), use: "hub_ops" }])).code).toBe(
      "restriction-violated",
    );
    await expectReplayEqualsTables();
  });

  it("moves nothing of an entry of which one event is refused", async () => {
    const before = await balance("fund:basics:available");
    const refused = await world.propose([
      {
        event: "receipt",
        funder: "meridian",
        fund: "basics",
        commitment: null,
        amount_minor: "5",
        on: world.today,
        evidence_sha256: null,
      },
      {
        event: "receipt",
        funder: "nobody",
        fund: "basics",
        commitment: null,
        amount_minor: "5",
        on: world.today,
        evidence_sha256: null,
      },
    ]);
    expect(refused.code).toBe("funder-unknown");
    expect(await balance("fund:basics:available")).toBe(before);
  });

  it("lets two approvers log one entry", async () => {
    const proposed = await world.propose([world.award("race", "100")]);
    const path = `/api/proposals/${String(proposed.body["id"])}/approve`;
    const answers = await Promise.all([
      world.approver.call("POST", path, { reason: "" }),
      world.second.call("POST", path, { reason: "" }),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    expect(await balance("award:race:payable")).toBe(100);
    await expectReplayEqualsTables();
  });

  it("undoes a receipt once", async () => {
    const { results } = await env.DB.prepare("SELECT idx, event FROM transfer WHERE code = 'receipt'").all<{
      idx: number;
      event: number;
    }>();
    const { idx, event } = results[0]!;
    const undo = { event: "reversal", index: idx, of: event, reason: "booked twice", on: world.today };
    await world.record([undo]);
    expect(await balance("fund:basics:available")).toBe(0);
    expect((await world.propose([undo])).code).toBe("already-reversed");
    await expectReplayEqualsTables();
  });
});

describe("the database", () => {
  const row = "(seq, idx, event, currency, from_path, to_path, amount, code, on_day, regranted, booked_at, chain)";
  const insert = (verb: string, values: string) =>
    env.DB.prepare(`${verb} INTO transfer ${row} VALUES ${values}`).run();

  it.each(["INSERT OR REPLACE", "INSERT OR IGNORE", "INSERT"])(
    "refuses to write a transfer again with %s",
    async (verb) => {
      await expect(
        insert(
          verb,
          "(0, 0, 0, 'EUR', 'ext:funder:x', 'fund:basics:available', 1, 'receipt', '2026-01-01', 0, 0, 'x')",
        ),
      ).rejects.toThrow(/transfer-immutable/);
    },
  );

  it("refuses to change or delete a transfer", async () => {
    await expect(env.DB.prepare("UPDATE transfer SET amount = 1").run()).rejects.toThrow(/transfer-immutable/);
    await expect(env.DB.prepare("DELETE FROM transfer").run()).rejects.toThrow(/transfer-immutable/);
  });

  it("refuses an overdraft, another ledger's account, and an amount that is not positive", async () => {
    const next = "(99, 0, 0, ";
    await expect(
      insert("INSERT", `${next}'EUR', 'fund:empty:available', 'fee:bank', 1, 'fee', '2026-01-01', 0, 0, 'x')`),
    ).rejects.toThrow(/account_no_overdraft/);
    await expect(
      insert("INSERT", `${next}'GBP', 'ext:funder:x', 'fund:basics:available', 1, 'receipt', '2026-01-01', 0, 0, 'x')`),
    ).rejects.toThrow(/ledger-mismatch/);
    await expect(
      insert("INSERT", `${next}'EUR', 'ext:funder:x', 'fund:basics:available', 0, 'receipt', '2026-01-01', 0, 0, 'x')`),
    ).rejects.toThrow(/transfer_amount/);
    expect(await env.DB.prepare("SELECT count(*) AS n FROM transfer").first("n")).toBe(1);
  });

  it("takes back the whole batch when a transfer in it is refused", async () => {
    const good = env.DB.prepare("INSERT INTO award_text (award, text) VALUES ('x', 'y')");
    const bad = env.DB.prepare("UPDATE transfer SET amount = 1");
    await expect(env.DB.batch([good, bad])).rejects.toThrow(/transfer-immutable/);
    expect(await env.DB.prepare("SELECT count(*) AS n FROM award_text").first("n")).toBe(0);
  });
});

/** A hub that signs something untrue about money is found out by its own log, whatever its totals say. */
import { describe, expect, test } from "vitest";
import { sha256url, utf8 } from "../../../shared/bytes.ts";
import type { FundEvent, Transfer } from "../../../shared/protocol/fund.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { verifyHub } from "../../../shared/verify/hub.ts";
import { EXIT } from "../../../shared/verify/report.ts";
import { award, demand, fee, pay, receipt, repay, settle, undo } from "../capital/events.ts";
import { DAY, PEOPLE, type TestHub, makeWorld } from "./world.ts";

/** What the check of the entries says; null when it found nothing. */
async function found(hub: TestHub): Promise<{ exit: number; code?: string; index?: number; detail: string } | null> {
  const { checks, exit } = await verifyHub(hub.served.source, { now: hub.now });
  const entries = checks.find(({ id }) => id === "entries")!;
  if (entries.ok) return null;
  const { code, index, detail } = entries;
  return { exit, detail, ...(code !== undefined && { code }), ...(index !== undefined && { index }) };
}

const more = receipt("acme", "plastics", 500, { on: DAY });

test("an honest hub's money passes: received, awarded, released by demand and paid in part", async () => {
  const { hub } = await makeWorld();
  const { checks, network } = await verifyHub(hub.served.source, { now: hub.now });
  expect(checks.find(({ id }) => id === "entries")).toMatchObject({ ok: true, facts: { transfers: 4 } });
  expect(network?.funding?.[0]).toMatchObject({
    currency: "EUR",
    received_minor: "1000000",
    awarded_minor: "300000",
    payable_minor: "200000",
    disbursed_minor: "100000",
    available_minor: "700000",
  });
});

describe("transfers that are not those the events make", () => {
  const other: [string, (made: Transfer[]) => Transfer[]][] = [
    ["another amount", ([one]) => [{ ...one!, amount_minor: "501" }]],
    ["another account", ([one]) => [{ ...one!, to: "fund:mine:available" }]],
    ["another day", ([one]) => [{ ...one!, on: "2026-05-27" }]],
    ["another reason", ([one]) => [{ ...one!, code: "regrant" }]],
    ["one too many", ([one]) => [one!, one!]],
    ["none", () => []],
  ];
  test.each(other)("%s", async (_, transfers) => {
    const { hub } = await makeWorld();
    const { index } = await hub.money(PEOPLE, [more], { transfers });
    await hub.publishTotals();
    const words = `event 0 of entry ${index} breaks a rule of money: The transfers are not those that the events make (journal-wrong)`;
    expect(await found(hub)).toEqual({ exit: EXIT.invalid, code: "capital-rule", index, detail: words });
  });
});

describe("an entry whose events break a rule", () => {
  const made = (event: FundEvent): Claims<"fund+jwt">["transfers"] =>
    event.event === "disbursement"
      ? [
          {
            event: 0,
            currency: "EUR",
            from: "award:deo:payable",
            to: "recipient:lab:rnd",
            amount_minor: event.amount_minor,
            code: "disbursement",
            on: event.on,
            award: "deo",
          },
        ]
      : [];

  test.each<[string, FundEvent]>([
    ["overspent", pay("deo", 200_001, { on: DAY })],
    ["date-in-future", pay("deo", 1, { on: "2026-05-29" })],
    ["condition-settled", settle("deo", 0, "met", { on: DAY })],
    ["award-exists", award("deo", 300_000, { decided_on: DAY })],
    ["award-state", repay("deo", 1, 0, DAY)],
    ["transfer-unknown", undo(0, 0, DAY)],
  ])("%s", async (code, event) => {
    const { hub } = await makeWorld();
    const { index } = await hub.say("fund+jwt", { by: PEOPLE, events: [event], transfers: made(event) });
    await hub.publishTotals();
    expect(await found(hub)).toMatchObject({ exit: EXIT.invalid, code: "capital-rule", index });
    expect((await found(hub))?.detail).toContain(`(${code}`);
  });
});

describe("who said so", () => {
  const ana = sha256url(utf8("ana"));
  test.each<[string, Claims<"fund+jwt">["by"]]>([
    ["own-proposal", { proposed: ana, approved: ana }],
    ["needs-approval", { proposed: ana, approved: null }],
    ["needs-approval", null],
  ])("%s", async (code, by) => {
    const { hub } = await makeWorld();
    const { index } = await hub.money(PEOPLE, [{ ...fee("plastics", "bank", 100), on: DAY }], { by });
    await hub.publishTotals();
    expect(await found(hub)).toMatchObject({ exit: EXIT.invalid, code: "capital-rule", index });
    expect((await found(hub))?.detail).toContain(`(${code})`);
  });
});

describe("a release that the log does not prove", () => {
  /** An award that waits, and an entry by rule that says its demand is there. */
  async function released(terms: Parameters<typeof demand>[0], since: (hub: TestHub) => number) {
    const { hub, campaign } = await makeWorld();
    const conditions = [demand({ campaign, hold_days: 0, ...terms })];
    await hub.money(PEOPLE, [award("two", 1_000, { conditions, decided_on: DAY })]);
    const met = settle("two", 0, "met", { campaign, held_since_index: since(hub), on: DAY });
    const transfers: Transfer[] = [
      {
        event: 0,
        currency: "EUR",
        from: "award:two:reserved",
        to: "award:two:payable",
        amount_minor: "1000",
        code: "condition-met",
        on: DAY,
        award: "two",
      },
    ];
    await hub.say("fund+jwt", { by: null, events: [met], transfers });
    await hub.publishTotals();
    return found(hub);
  }
  const last = (hub: TestHub) => hub.log.size - 1;

  test("passes when the demand is there", async () => {
    expect(await released({}, last)).toBeNull();
  });

  test.each<[string, Parameters<typeof demand>[0], (hub: TestHub) => number]>([
    ["more units than were pledged", { min_units: "11" }, last],
    ["held for a week that has not passed", { hold_days: 7 }, last],
    ["more communities than there are", { min_communities: 3 }, last],
    ["another index than the log's", {}, () => 3],
  ])("%s", async (_, terms, since) => {
    const fault = await released(terms, since);
    expect(fault).toMatchObject({ exit: EXIT.invalid, code: "capital-rule" });
    expect(fault?.detail).toContain("condition-not-met");
  });
});

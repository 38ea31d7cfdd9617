/** A recorded matching run is held against its published inputs, and these against the log. */
import { describe, expect, test } from "vitest";
import { toBase64 } from "../../../shared/bytes.ts";
import type { MatchingInputs, MatchingParams } from "../../../shared/protocol/api/matching.ts";
import type { FundEventOf } from "../../../shared/protocol/fund.ts";
import { canonicalBytes } from "../../../shared/signing/canonical.ts";
import { inputsFromState } from "../../../shared/targeting/inputs.ts";
import { allocationEvent } from "../../../shared/targeting/recorded.ts";
import { run } from "../../../shared/targeting/run.ts";
import { verifyHub } from "../../../shared/verify/hub.ts";
import { EXIT } from "../../../shared/verify/report.ts";
import { PEOPLE, flip, makeWorld } from "./world.ts";

const params: MatchingParams = {
  fund: "plastics",
  method: "quadratic",
  pool_minor: "100000",
  campaigns: null,
  instrument: "grant",
  use: "rnd",
  region: null,
  min_contribution_minor: "0",
  max_contribution_minor: null,
};

interface Lies {
  /** what is signed instead */
  event?: Partial<FundEventOf<"allocation">>;
  /** what the run is made from and published, instead of what the log says */
  inputs?: (honest: MatchingInputs) => MatchingInputs;
  /** what is published instead of that */
  published?: (used: MatchingInputs) => MatchingInputs | null;
}

const INPUTS = "/api/allocations/spring/inputs";

/** A hub that shares out a pool. */
async function shared({ event: change = {}, inputs: other = (one) => one, published = (one) => one }: Lies = {}) {
  const { hub, campaign } = await makeWorld();
  await hub.money(PEOPLE, [
    {
      event: "need",
      campaign,
      fixed_cost_minor: "400000",
      market_development_minor: "0",
      expected_price_minor: "800",
      expected_minimum_units: "9",
      note: "",
    },
  ]);
  const log = { origin: hub.log.origin, size: hub.log.size, root: toBase64(hub.log.root()) };
  const used = other(inputsFromState(hub.state, hub.capital, { params, log })!);
  const event = { ...allocationEvent("spring", used, run(used)), ...change };
  const { index } = await hub.money(PEOPLE, [event]);
  const served = published(used);
  if (served !== null) hub.api.set(INPUTS, canonicalBytes(served));
  await hub.publishTotals();
  return { hub, index, used, source: hub.served.source };
}

/** What the verifier says to it. */
async function checked(lies: Lies = {}) {
  const { hub, index, used, source } = await shared(lies);
  const { checks, exit } = await verifyHub(source, { now: hub.now });
  return { exit, index, used, check: checks.find(({ id }) => id === "matching") };
}

const poorer = (inputs: MatchingInputs): MatchingInputs => ({
  ...inputs,
  campaigns: inputs.campaigns.map((one) => ({ ...one, target: { ...one.target, committed_minor: "399999" } })),
});

describe("a recorded run", () => {
  test("passes when its inputs are those of the log and give its amounts", async () => {
    const { exit, check, used } = await checked();
    expect(used.campaigns[0]?.contributions.map(({ community }) => community)).toEqual(["a.example", "b.example"]);
    expect({ exit, check }).toMatchObject({
      exit: EXIT.ok,
      check: { ok: true, facts: { again: 1, without: 0, late: 0 } },
    });
  });

  test.each<[string, string, Lies]>([
    ["amounts its inputs do not give", "allocation-wrong", { event: { results: [] } }],
    ["a pool its inputs do not name", "allocation-wrong", { event: { pool_minor: "100001" } }],
    ["inputs that were changed afterwards", "allocation-wrong", { published: poorer }],
    ["inputs that the log does not say", "allocation-inputs", { inputs: poorer }],
    ["a day that was not the log's", "allocation-inputs", { inputs: (one) => ({ ...one, day: "2026-01-01" }) }],
  ])("with %s is found out", async (_, code, lies) => {
    const { exit, check, index } = await checked(lies);
    expect({ exit, check }).toMatchObject({ exit: EXIT.invalid, check: { ok: false, code, index } });
  });

  test("with any byte of its inputs changed is found out", async () => {
    const { hub, source } = await shared();
    const bytes = hub.api.get(INPUTS)!;
    for (let at = 0; at < bytes.length; at += 97) {
      hub.api.set(INPUTS, flip(bytes, at));
      const { exit, checks } = await verifyHub(source, { now: hub.now });
      expect({ at, exit, code: checks.find(({ id }) => id === "matching")?.code }).toEqual({
        at,
        exit: EXIT.invalid,
        code: "allocation-wrong",
      });
    }
  });

  test("whose inputs are not published is counted and nothing more", async () => {
    const { exit, check } = await checked({ published: () => null });
    expect({ exit, check }).toMatchObject({
      exit: EXIT.ok,
      check: { ok: true, facts: { again: 0, without: 1, late: 0 } },
    });
  });
});

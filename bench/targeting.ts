/** The formulas of targeting in this process: a thousand campaigns ranked, a pool shared out among them, a full quadratic run. */
import { sha256url, utf8 } from "../shared/bytes.ts";
import { matchingInputs } from "../shared/targeting/inputs.ts";
import { run } from "../shared/targeting/run.ts";
import { answer } from "../shared/targeting/target.ts";
import { waterFill } from "../shared/targeting/water-fill.ts";
import type { TargetingInput } from "../shared/protocol/api/targeting.ts";
import { figure, median, type Figure } from "./figures.ts";

const CAMPAIGNS = 1000;
/** As many pairs as a hub takes into one run: workers/hub/limits.ts. */
const MATCHED = 20;
const COMMUNITIES = 50;
const ROUNDS = 15;

/** Campaigns unlike each other, and the same in every run. */
function campaign(at: number): TargetingInput {
  const spread = (factor: number, below: number): number => (at * factor + 7) % below;
  return {
    id: sha256url(utf8(`campaign ${at}`)),
    name: `Campaign ${at}`,
    unit: "piece",
    currency: "EUR",
    closes: "2027-01-01T00:00:00Z",
    state: "open",
    bands_minor: Array.from({ length: 8 }, (_, band) => String(400 + band * 100)),
    units_by_band: Array.from({ length: 8 }, (_, band) => String(spread(31 + band, 900))),
    accounts: 40,
    communities: 5,
    supplier_price_minor: String(900 + spread(17, 400)),
    minimum_units: String(500 + spread(13, 1000)),
    price_source: "campaign",
    offers: [],
    fixed_cost_minor: String(spread(101, 500_000)),
    market_development_minor: "0",
    committed_minor: String(spread(57, 100_000)),
    fulfilled_units: String(spread(3, 80)),
    locked_units: "100",
    network_fulfilled_units: "8000",
    network_locked_units: "10000",
  };
}

function millisecondsOf(work: () => unknown): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return median(times);
}

export function benchTargeting(): Figure[] {
  const inputs = Array.from({ length: CAMPAIGNS }, (_, at) => campaign(at));
  const text = JSON.stringify(inputs);
  const parsing = millisecondsOf(() => JSON.parse(text) as unknown);
  const ranking = millisecondsOf(() => answer(inputs, 10_000_000n));
  const shares = inputs.map(({ id }, at) => ({
    id,
    weight: BigInt((at * 7919) % 100_003),
    cap: BigInt((at * 104_729) % 50_021),
  }));
  const filling = millisecondsOf(() => waterFill(12_000_000n, shares));
  const matching = matchingInputs({
    params: {
      fund: "bench",
      method: "clustered",
      pool_minor: "10000000",
      campaigns: null,
      instrument: "grant",
      use: "price_subsidy",
      region: null,
      min_contribution_minor: "0",
      max_contribution_minor: null,
    },
    fund: { currency: "EUR", restriction: { purpose: "" } },
    log_time: 1_790_000_000,
    log: { origin: "hub.example.org/log", size: 1, root: "" },
    campaigns: inputs.slice(0, MATCHED).map((target, at) => ({
      target,
      contributions: Array.from({ length: COMMUNITIES }, (_, n) => ({
        community: `c${n}.example.org`,
        groups: [{ accounts: 3 + ((at + n) % 40), amount_minor: String(1000 + ((at * 31 + n * 7919) % 90_000)) }],
      })),
    })),
  });
  const matched = millisecondsOf(() => run(matching));
  return [
    figure("ranking of 1,000 campaigns with reasons, portfolio and hash", ranking, "ms", { atMost: 50 }),
    figure("the same, against parsing its inputs as JSON", ranking / parsing, "times"),
    figure("water-fill over 1,000 campaigns", filling, "ms"),
    figure("matching run by community, 1,000 pairs", matched, "ms"),
  ];
}

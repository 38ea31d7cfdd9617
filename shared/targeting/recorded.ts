/** A recorded run and its published inputs (docs/targeting.md §8): run again, byte for byte, or where they part. */
import type { MatchingInputs, MatchingRun } from "../protocol/api/matching.ts";
import type { FundEventOf } from "../protocol/fund.ts";
import { canonicalJson } from "../signing/canonical.ts";
import { run } from "./run.ts";

type Allocation = FundEventOf<"allocation">;

/** What the log keeps of a run: amounts above zero, and the hashes. */
export function allocationEvent(id: string, { params, log }: MatchingInputs, made: MatchingRun): Allocation {
  return {
    event: "allocation",
    id,
    fund: params.fund,
    method: params.method,
    pool_minor: params.pool_minor,
    size: log.size,
    inputs_sha256: made.inputs_sha256,
    results_sha256: made.results_sha256,
    results: made.results.flatMap(({ campaign, amount_minor }) =>
      amount_minor === "0" ? [] : [{ campaign, amount_minor }],
    ),
  };
}

/** Which parts of the entry the inputs do not lead to; none: they are its inputs, and give its results. */
export function allocationFaults(recorded: Allocation, inputs: MatchingInputs): (keyof Allocation)[] {
  const again = allocationEvent(recorded.id, inputs, run(inputs));
  const parts = ["fund", "method", "pool_minor", "size", "inputs_sha256", "results_sha256", "results"] as const;
  return parts.filter((part) => canonicalJson(again[part]) !== canonicalJson(recorded[part]));
}

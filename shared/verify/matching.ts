/**
 * Recorded matching runs (docs/targeting.md §8): their published inputs have the hash of the log and are what the log says
 * at their size, and running them again gives the amounts of the log. Inputs are beside the log: a run whose inputs are
 * not served is counted, not faulted.
 */
import { type Bytes, fromUtf8, sha256url, toBase64 } from "../bytes.ts";
import type { CapitalState } from "../capital/state.ts";
import type { NetworkState } from "../network/state.ts";
import { type MatchingInputs, matchingInputs } from "../protocol/api/matching.ts";
import type { FundEventOf } from "../protocol/fund.ts";
import type { Statement } from "../protocol/statement.ts";
import { canonicalJson } from "../signing/canonical.ts";
import { inputsFromState } from "../targeting/inputs.ts";
import { allocationFaults } from "../targeting/recorded.ts";
import { fetchIfThere } from "./fetch.ts";
import { Fault, counted } from "./report.ts";
import { parseJson } from "./snapshot.ts";
import type { Log } from "./tlog.ts";

/** Runs whose inputs are read in one verification. */
const MAX_RUNS = 100;
const MAX_RUN_BYTES = 2_097_152;

interface Recorded {
  index: number;
  event: FundEventOf<"allocation">;
  /** null: not served here */
  inputs: MatchingInputs | null;
  /** parts of the entry that the bytes served do not lead to */
  faults: string[];
  /** whether they are what the log says; null: its size had gone by when the run was met */
  isOfTheLog: boolean | null;
}

export class MatchingRuns {
  readonly #log: Log;
  readonly #runs: Recorded[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  /** Reads the inputs of the runs in an entry, before what it speaks of is folded. */
  async expect(index: number, statement: Statement): Promise<void> {
    if (statement.kind !== "fund+jwt") return;
    for (const event of statement.claims.events) {
      if (event.event !== "allocation") continue;
      const bytes = this.#runs.length < MAX_RUNS ? await inputsOf(this.#log, event.id) : null;
      this.#runs.push({ index, event, isOfTheLog: null, ...(bytes === null ? NOT_SERVED : judged(event, bytes)) });
    }
  }

  /** whether the state at this log size is asked for */
  wants(size: number): boolean {
    return this.#runs.some(({ inputs }) => inputs?.log.size === size);
  }

  onSize(size: number, root: Bytes, network: NetworkState, capital: CapitalState): void {
    for (const one of this.#runs) {
      if (one.inputs?.log.size !== size) continue;
      // runs of the log that this one was forked from are about that one
      const log = { origin: network.policy?.claims.iss ?? this.#log.origin, size, root: toBase64(root) };
      const again = inputsFromState(network, capital, { params: one.inputs.params, log });
      one.isOfTheLog = again !== null && canonicalJson(again) === canonicalJson(one.inputs);
    }
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  check() {
    for (const { index, event, faults, isOfTheLog } of this.#runs) {
      if (faults.length > 0) {
        const words = `the matching run ${event.id} of entry ${index} is not what its published inputs lead to: ${faults.join(", ")}`;
        throw new Fault("allocation-wrong", words, { index });
      }
      if (isOfTheLog === false) {
        const words = `the published inputs of the matching run ${event.id} are not what the log says at ${event.size}`;
        throw new Fault("allocation-inputs", words, { index });
      }
    }
    const again = this.#runs.filter(({ inputs }) => inputs !== null).length;
    const without = this.#runs.length - again;
    const late = this.#runs.filter(({ inputs, isOfTheLog }) => inputs !== null && isOfTheLog === null).length;
    const rest = [
      ...(late === 0 ? [] : [`${counted(late, "run speaks", "runs speak")} of a size too far back to compare`]),
      ...(without === 0 ? [] : [`${counted(without, "run has", "runs have")} no inputs here`]),
    ];
    const said = `${counted(again, "matching run comes", "matching runs come")} out again from inputs that are what the log says`;
    return { value: true, detail: [said, ...rest].join("; "), facts: { again, without, late } };
  }
}

const NOT_SERVED = { inputs: null, faults: [] };

function judged(event: Recorded["event"], bytes: Bytes): Pick<Recorded, "inputs" | "faults"> {
  if (sha256url(bytes) !== event.inputs_sha256) return { inputs: null, faults: ["inputs_sha256"] };
  const parsed = matchingInputs.safeParse(parseJson(fromUtf8(bytes)));
  if (!parsed.success) return { inputs: null, faults: ["inputs"] };
  return { inputs: parsed.data, faults: allocationFaults(event, parsed.data) };
}

/** Null where they are not there or cannot be reached. */
async function inputsOf({ source }: Log, id: string): Promise<Bytes | null> {
  return await fetchIfThere(source, `/api/allocations/${encodeURIComponent(id)}/inputs`, MAX_RUN_BYTES).catch(
    () => null,
  );
}

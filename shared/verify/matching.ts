/**
 * Recorded matching runs (docs/targeting.md §8): their published inputs are what the log says at their size, and running them
 * again gives the amounts and hashes of the log. Inputs are beside the log: a run without them is counted, not faulted.
 */
import { type Bytes, fromUtf8, toBase64 } from "../bytes.ts";
import type { CapitalState } from "../capital/state.ts";
import type { NetworkState } from "../network/state.ts";
import { type MatchingInputs, allocationDetail, allocationPage } from "../protocol/api/matching.ts";
import type { FundEventOf } from "../protocol/fund.ts";
import { canonicalJson } from "../signing/canonical.ts";
import { inputsFromState } from "../targeting/inputs.ts";
import { allocationFaults } from "../targeting/recorded.ts";
import { fetchIfThere } from "./fetch.ts";
import { Fault, counted } from "./report.ts";
import { parseJson } from "./snapshot.ts";
import type { LoggedStatement } from "./statements.ts";
import type { Log } from "./tlog.ts";

/** Runs whose inputs are read in one verification: the newest. */
const MAX_RUNS = 20;
const MAX_PAGE_BYTES = 65_536;
const MAX_RUN_BYTES = 2_097_152;

export class MatchingRuns {
  readonly #origin: string;
  readonly #inputs: ReadonlyMap<string, MatchingInputs>;
  readonly #events: { index: number; event: FundEventOf<"allocation"> }[] = [];
  readonly #notOfTheLog = new Set<string>();

  private constructor(origin: string, inputs: ReadonlyMap<string, MatchingInputs>) {
    this.#origin = origin;
    this.#inputs = inputs;
  }

  /** Whatever is published that can be read; the rest stays without inputs. */
  static async published(log: Log): Promise<MatchingRuns> {
    const inputs = new Map<string, MatchingInputs>();
    const page = allocationPage.safeParse(await read(log, `/api/allocations?limit=${MAX_RUNS}`, MAX_PAGE_BYTES));
    for (const { id } of page.success ? page.data.allocations : []) {
      const detail = allocationDetail.safeParse(
        await read(log, `/api/allocations/${encodeURIComponent(id)}`, MAX_RUN_BYTES),
      );
      if (detail.success && detail.data.inputs !== null) inputs.set(id, detail.data.inputs);
    }
    return new MatchingRuns(log.origin, inputs);
  }

  /** log sizes at which the facts of a run can be compared */
  get sizes(): number[] {
    return [...this.#inputs.values()].map(({ log }) => log.size);
  }

  onSize(size: number, root: Bytes, network: NetworkState, capital: CapitalState): void {
    for (const [id, inputs] of this.#inputs) {
      if (inputs.log.size !== size) continue;
      const log = { origin: this.#origin, size, root: toBase64(root) };
      const again = inputsFromState(network, capital, { params: inputs.params, log });
      if (again === null || canonicalJson(again) !== canonicalJson(inputs)) this.#notOfTheLog.add(id);
    }
  }

  onStatement({ index, statement }: LoggedStatement): void {
    if (statement.kind !== "fund+jwt") return;
    for (const event of statement.claims.events) if (event.event === "allocation") this.#events.push({ index, event });
  }

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  check() {
    let again = 0;
    for (const { index, event } of this.#events) {
      const inputs = this.#inputs.get(event.id);
      if (inputs === undefined) continue;
      const faults = allocationFaults(event, inputs);
      if (faults.length > 0) {
        const words = `the matching run ${event.id} of entry ${index} is not what its published inputs lead to: ${faults.join(", ")}`;
        throw new Fault("allocation-wrong", words, { index });
      }
      if (this.#notOfTheLog.has(event.id)) {
        const words = `the published inputs of the matching run ${event.id} are not what the log says at ${event.size}`;
        throw new Fault("allocation-inputs", words, { index });
      }
      again += 1;
    }
    const without = this.#events.length - again;
    const rest = without === 0 ? "" : `; ${counted(without, "run", "runs")} without inputs here`;
    return {
      value: true,
      detail: `${counted(again, "matching run comes", "matching runs come")} out again from inputs that are what the log says${rest}`,
      facts: { again, without },
    };
  }
}

/** Undefined for whatever is not there, not reachable or not JSON. */
async function read({ source }: Log, path: string, maxBytes: number): Promise<unknown> {
  try {
    const bytes = await fetchIfThere(source, path, maxBytes);
    return bytes === null ? undefined : parseJson(fromUtf8(bytes));
  } catch {
    return undefined;
  }
}

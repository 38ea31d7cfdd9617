/**
 * What a verification found: one line per check, and an exit code (docs/protocol.md §10). A failed check names a
 * stable code and, where there is one, the log index.
 */
import type { Evidence } from "../protocol/evidence.ts";
import { TooLarge, Unreachable } from "./source.ts";

/** In this order; a check that could not be reached is not listed. */
export const checkIds = [
  "descriptor",
  "checkpoint",
  "remembered",
  "tiles",
  "consistency",
  "entries",
  "log-key",
  "matching",
  "proofs",
  "totals",
  "network",
  "freshness",
  "witnesses",
  "books",
] as const;
export type CheckId = (typeof checkIds)[number];

export const EXIT = { ok: 0, invalid: 1, stale: 2, network: 3, splitView: 4 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

export interface Check<Id extends string = CheckId> {
  id: Id;
  ok: boolean;
  /** stable reason, when not ok */
  code?: string;
  /** one English sentence for the terminal; the dashboard words it from id, code and facts */
  detail: string;
  /** numbers and names the detail speaks of */
  facts: Record<string, string | number>;
  /** log or book index of the first fault */
  index?: number;
  /** the node, where the check is about one book */
  subject?: string;
}

export interface Progress {
  step: CheckId;
  done: number;
  total: number;
}

/** Ends a check. Thrown, because a fault deep in a stream ends everything that depends on it. */
export class Fault extends Error {
  override name = "Fault";
  readonly code: string;
  readonly exit: Exit;
  readonly index: number | undefined;
  readonly facts: Check["facts"];
  /** what proves it to others, where something does */
  readonly evidence: Evidence | undefined;

  constructor(
    code: string,
    detail: string,
    options: { exit?: Exit; index?: number; facts?: Check["facts"]; evidence?: Evidence } = {},
  ) {
    super(detail);
    this.code = code;
    this.exit = options.exit ?? EXIT.invalid;
    this.index = options.index;
    this.facts = options.facts ?? {};
    this.evidence = options.evidence;
  }
}

/** Runs checks one after the other and keeps what each found. */
export class Checks<Id extends string> {
  readonly list: Check<Id>[] = [];
  readonly evidence: Evidence[] = [];
  #exit: Exit = EXIT.ok;

  get exit(): Exit {
    return this.#exit;
  }

  /** Returns the check's value, or undefined when it failed. */
  async run<T>(
    id: Id,
    check: () => Promise<{ value: T; detail: string; facts?: Record<string, string | number> }>,
    subject?: string,
  ): Promise<T | undefined> {
    const about = subject === undefined ? {} : { subject };
    try {
      const { value, detail, facts = {} } = await check();
      this.list.push({ id, ok: true, detail, facts, ...about });
      return value;
    } catch (error) {
      const fault = asFault(error);
      const at = fault.index === undefined ? {} : { index: fault.index };
      this.list.push({ id, ok: false, code: fault.code, detail: fault.message, facts: fault.facts, ...at, ...about });
      if (fault.evidence !== undefined) this.evidence.push(fault.evidence);
      this.#exit = worse(this.#exit, fault.exit);
      return undefined;
    }
  }
}

/** A split view outweighs an invalid log, that an unreachable one, that a stale one. */
function worse(a: Exit, b: Exit): Exit {
  const order: readonly Exit[] = [EXIT.ok, EXIT.stale, EXIT.network, EXIT.invalid, EXIT.splitView];
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof Unreachable) return new Fault("unreachable", error.message, { exit: EXIT.network });
  if (error instanceof TooLarge) return new Fault("too-large", error.message);
  throw error;
}

/** "1 entry", "2 entries": for the English of `detail`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

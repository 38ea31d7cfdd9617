/**
 * The entries a document is about: carried in it, or only named by the signed head they lead to and read wherever a log, a
 * mirror or a copy serves them. Whoever serves them is trusted for nothing: their root is in the document.
 */
import { type Bytes, equal } from "../bytes.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { leafHash, rootOf } from "../log/merkle.ts";
import { type Result, ok } from "../result.ts";
import type { BookSource } from "../verify/book.ts";
import { Fault } from "../verify/report.ts";
import { type Source, TooLarge, Unreachable } from "../verify/source.ts";
import type { StatementReader } from "../verify/statements.ts";
import { type Chunk, type Log, readLog } from "../verify/tlog.ts";
import { type NotEvidence, refuse } from "./refusal.ts";

/** Where what a document only names is read. */
export interface Elsewhere {
  /** the hub's log, with its mirrors */
  hub: Source;
  bookOf: BookSource;
}

/** Gives every entry under `head` to `take`, in order; refused unless they lead to it. `take` refuses nothing by throwing. */
export async function readCarried(
  head: Checkpoint,
  carried: readonly Bytes[],
  take: (chunk: Chunk) => Promise<void>,
): Promise<Result<null, NotEvidence>> {
  const leaves = carried.map((entry) => leafHash(entry));
  if (carried.length !== head.size || !equal(rootOf(leaves), head.root))
    return refuse("proof-invalid", `the entries do not lead to the root of ${head.origin} that was signed`);
  await take({ start: 0, entries: [...carried], leaves });
  return ok(null);
}

/** The same from where a log is served. What is not there, or is something else, is said of nobody. */
export async function readServed(
  head: Checkpoint,
  log: Log | null,
  take: (chunk: Chunk) => Promise<void>,
): Promise<Result<null, NotEvidence>> {
  if (log === null)
    return refuse(
      "unread",
      `it rests on ${head.size} entries of ${head.origin} that are not in it and were not read here`,
    );
  try {
    for await (const chunk of readLog(log, head)) await take(chunk);
    return ok(null);
  } catch (error) {
    if (!(error instanceof Fault || error instanceof Unreachable || error instanceof TooLarge)) throw error;
    return refuse("unread", `${log.source.name}${log.prefix} does not serve the entries it rests on: ${error.message}`);
  }
}

export type Reading = (take: (chunk: Chunk) => Promise<void>) => Promise<Result<null, NotEvidence>>;

/**
 * The first `size` entries as statements: their first fault, or null, once all that was read leads to the signed head. The
 * entries behind them are not judged.
 */
export async function readStatements(
  reader: StatementReader,
  size: number,
  read: Reading,
): Promise<Result<Fault | null, NotEvidence>> {
  const found: { fault: Fault | null } = { fault: null };
  const attempt = async (step: () => Promise<unknown>): Promise<void> => {
    try {
      if (found.fault === null) await step();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      found.fault = error;
    }
  };
  const under = await read(
    async ({ start, entries, leaves }) =>
      await attempt(async () => {
        const count = Math.max(0, size - start);
        await reader.add({ start, entries: entries.slice(0, count), leaves: leaves.slice(0, count) });
      }),
  );
  if (!under.ok) return under;
  await attempt(async () => await reader.finish());
  return ok(found.fault);
}

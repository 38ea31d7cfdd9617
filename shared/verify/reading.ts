/** One pass over a hub's log for two checks: its tiles lead to the signed root, and its entries keep the rules. */
import { type Bytes, equal, toBase64, toBase64url } from "../bytes.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { startOf } from "../witness/change.ts";
import { hubKeysOf } from "../network/keys.ts";
import type { NetworkState } from "../network/state.ts";
import { headlineOf, networkJson, stateHash } from "../network/summary.ts";
import type { Network } from "../protocol/api/network.ts";
import type { Ed25519Jwk } from "../protocol/primitives.ts";
import type { Headline } from "../protocol/statement.ts";
import { fail, ok } from "../result.ts";
import type { MatchingRuns } from "./matching.ts";
import { type CheckId, type Checks, Fault, type Progress, counted } from "./report.ts";
import type { Snapshot } from "./snapshot.ts";
import { type LoggedStatement, StatementReader, type StatementsRead } from "./statements.ts";
import { type Log, readLog, splitView } from "./tlog.ts";

export interface Sample {
  index: number;
  /** base64url leaf hash, as in the path of its proof */
  leaf: string;
  hash: Bytes;
}
/** What the log comes to at the size the published totals speak of. */
export interface Recomputed {
  root: Bytes;
  headline: Headline;
  state_sha256: string;
  /** the hub's key that signs totals of this size */
  statement_jwk: Ed25519Jwk;
  network: Network;
}
export interface Reading extends StatementsRead {
  samples: Sample[];
  recomputed: Recomputed | null;
}
export interface ReadingHooks {
  onProgress?: ((progress: Progress) => void) | undefined;
  onStatement?: ((entry: LoggedStatement) => void) | undefined;
  onTotals?: ((state: NetworkState) => void) | undefined;
}

const SAMPLES = 5;

export async function readWhole(
  checks: Checks<CheckId>,
  log: Log,
  { head, served, published }: Snapshot,
  remembered: Checkpoint | undefined,
  hooks: ReadingHooks & { runs: MatchingRuns },
): Promise<Reading | undefined> {
  const totals = published.totals?.claims;
  // by its form alone: who has signed it is known once the entries are
  const wanted = sampleIndexes(startOf(served) ?? head, head.size);
  const samples: Sample[] = [];
  const found: { recomputed: Recomputed | null; rootThen: Bytes | null; entries: { fault: unknown } | null } = {
    recomputed: null,
    rootThen: null,
    entries: null,
  };
  const reader = new StatementReader(log.origin, {
    onRead: async (index, statement) => hooks.runs.expect(index, statement),
    sizes: { has: (size) => size === totals?.size || size === remembered?.size || hooks.runs.wants(size) },
    onSize(size, state, root, capital) {
      hooks.runs.onSize(size, root, state, capital);
      if (size === remembered?.size) found.rootThen = root;
      const keys = hubKeysOf(state);
      if (totals === undefined || size !== totals.size || keys === null) return;
      const at = { origin: log.origin, size, root: toBase64(root), iat: totals.iat };
      found.recomputed = {
        root,
        headline: headlineOf(state),
        state_sha256: stateHash(state),
        statement_jwk: keys.statement_jwk,
        network: networkJson(state, at),
      };
      hooks.onTotals?.(state);
    },
    onStatement: hooks.onStatement,
  });

  const read = await checks.run("tiles", async () => {
    let done = 0;
    for await (const chunk of readLog(log, head)) {
      for (const index of wanted) {
        const hash = chunk.leaves[index - chunk.start];
        if (hash !== undefined) samples.push({ index, leaf: toBase64url(hash), hash });
      }
      // A bad entry does not end this check: whether the bytes are those that were signed is a matter of its own.
      found.entries ??= await reader.add(chunk).then(
        () => null,
        (fault: unknown) => ({ fault }),
      );
      done += chunk.entries.length;
      hooks.onProgress?.({ step: "tiles", done, total: head.size });
    }
    return {
      value: true,
      detail: `${counted(done, "entry", "entries")} and every tile above lead to the signed root`,
      facts: { entries: done },
    };
  });
  if (read === undefined) return undefined;
  const finished = found.entries === null ? await reader.finish().then(ok, fail) : fail(found.entries.fault);

  if (remembered !== undefined)
    await checks.run("consistency", async () => sameBeginning(log, remembered, found.rootThen));

  return checks.run("entries", async () => {
    if (!finished.ok) throw finished.error;
    const { state, statements, totals: logged, totals_unchecked, offers, key_changes } = finished.value;
    const transfers = state.capital?.transfers ?? 0;
    const moved =
      transfers === 0 ? "" : `; ${counted(transfers, "transfer", "transfers")} of money, each made by its event`;
    const offered =
      offers === 0 ? "" : `; ${counted(offers, "supplier's offer", "suppliers' offers")} within their rules`;
    const changed =
      key_changes === 0
        ? ""
        : `; ${counted(key_changes, "change", "changes")} of keys, each by those who may and proven by the new key`;
    return {
      value: { ...finished.value, samples, recomputed: found.recomputed },
      detail: `${counted(statements, "statement", "statements")} signed by the keys current there, in unbroken chains; ${logged - totals_unchecked} logged totals recomputed${moved}${offered}${changed}`,
      facts: { statements, totals: logged, totals_unchecked, transfers, offers, key_changes },
    };
  });
}

/** The checkpoint of an earlier run against the root of as many entries today. */
function sameBeginning(log: Log, remembered: Checkpoint, root: Bytes | null) {
  const { size } = remembered;
  if (root === null)
    throw new Fault("not-reached", `entry ${size} was not reached, so an earlier run cannot be compared`);
  if (!equal(root, remembered.root)) throw splitView(log, size);
  return { value: true, detail: `the first ${size} entries are those of an earlier run`, facts: { size } };
}

/** First, last, and a few that the log could not choose before its root was fixed. */
function sampleIndexes({ size: shown, root }: Checkpoint, most: number): Set<number> {
  const size = Math.min(shown, most);
  const indexes = new Set<number>();
  if (size === 0) return indexes;
  indexes.add(0).add(size - 1);
  for (let at = 0; indexes.size < Math.min(SAMPLES, size) && at + 4 <= root.length; at += 4) {
    const drawn = root.slice(at, at + 4).reduce((value, byte) => value * 256 + byte, 0);
    indexes.add(drawn % size);
  }
  return indexes;
}

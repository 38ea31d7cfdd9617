/**
 * Verifies a hub (docs/protocol.md §10): from its log alone to every number it publishes. Runs in
 * Node and in the browser. The address is only transport; the log's key is the identity.
 */
import { equal, fromBase64url, toBase64, toBase64url } from "../bytes.ts";
import { KeyEntries, type Scene, accuse } from "../evidence/accuse.ts";
import { openCheckpoint } from "../log/checkpoint.ts";
import type { Network } from "../protocol/api/network.ts";
import type { Evidence } from "../protocol/evidence.ts";
import { MAX_LOGGED_BYTES } from "../protocol/statement.ts";
import { type BookSource, checkBook } from "./book.ts";
import { BookJournal, subjectOf } from "./book-journal.ts";
import { MatchingRuns } from "./matching.ts";
import { checkFreshness, checkProofs, checkTotals, compareNetwork } from "./published.ts";
import { LogKeys, checkLogKey } from "./log-key.ts";
import { type ReadingHooks, readWhole } from "./reading.ts";
import { type Check, type CheckId, Checks, EXIT, type Exit, Fault } from "./report.ts";
import { type Snapshot, identify, takeSnapshot } from "./snapshot.ts";
import { type Source, Unreachable } from "./source.ts";
import type { PolicyWitness } from "../witness/policy.ts";
import { type Log, openNote, splitView } from "./tlog.ts";
import { checkWitnesses, isWitnessed } from "./witnesses.ts";

export type { BookSource } from "./book.ts";
export type { Check, Exit, Progress } from "./report.ts";

export interface Remembered {
  vkey: string;
  note: string;
  /** roots of the tree's perfect subtrees, base64url: with them a rewritten log is proven to others, without only noticed */
  frontier?: readonly string[] | undefined;
}

export interface VerifyOptions extends ReadingHooks {
  /** pins the log's key; without it the hub's own descriptor is believed, and the report says so */
  vkey?: string | undefined;
  /** also read each community's book, from where this says, and repeat every verdict */
  books?: BookSource | undefined;
  /** the signed checkpoint that an earlier run kept of the log with this key, or of this log under an earlier one */
  remembered?: ((vkey: string) => Remembered | undefined) | undefined;
  /** C2SP tlog-policy text: decides instead of the rule in the log */
  policy?: string | undefined;
  /** where a witness's own copy is read; without it they are not asked */
  witnessSource?: ((witness: PolicyWitness) => Source) | undefined;
  /** the verifier's clock, Unix seconds */
  now: number;
}

export interface VerifyReport {
  ok: boolean;
  exit: Exit;
  checks: Check[];
  /** name and key of the log, once known */
  origin: string | null;
  vkey: string | null;
  /** of the checkpoint that was verified */
  size: number;
  root: string;
  /** the signed checkpoint, to remember for the next run */
  checkpoint: string | null;
  /** of that checkpoint's tree, to remember with it */
  frontier: string[];
  /** the numbers as recomputed here, whatever the hub says */
  network: Network | null;
  /** documents that prove a fault to others */
  evidence: Evidence[];
}

type FoundOut = Omit<VerifyReport, "ok" | "exit" | "checks" | "evidence">;

export async function verifyHub(source: Source, options: VerifyOptions): Promise<VerifyReport> {
  const checks = new Checks<CheckId>();
  const found: FoundOut = {
    origin: null,
    vkey: null,
    size: 0,
    root: "",
    checkpoint: null,
    frontier: [],
    network: null,
  };
  const scene = await runChecks(source, options, checks, found);
  for (const check of scene === null ? [] : checks.list.filter(({ ok }) => !ok)) {
    const document = scene && (await accuse(check, scene));
    if (document !== null) checks.evidence.push(document);
  }
  return { ok: checks.exit === EXIT.ok, exit: checks.exit, checks: checks.list, evidence: checks.evidence, ...found };
}

/** Null when nothing was read that could prove anything. */
async function runChecks(
  source: Source,
  options: VerifyOptions,
  checks: Checks<CheckId>,
  found: FoundOut,
): Promise<Scene | null> {
  const identity = await checks.run("descriptor", () => identify(source, options.vkey));
  if (identity === undefined) return null;
  const log: Log = { source, prefix: "/log", ...identity, maxEntryBytes: MAX_LOGGED_BYTES };
  Object.assign(found, identity);

  const snapshot = await checks.run("checkpoint", () => takeSnapshot(log, options.vkey !== undefined));
  if (snapshot === undefined) return null;
  const { head, published } = snapshot;
  Object.assign(found, { vkey: log.vkey, size: head.size, root: toBase64(head.root), checkpoint: head.note });

  const known = options.remembered?.(log.vkey);
  const remembered =
    known && (await checks.run("remembered", () => recall({ ...log, vkey: known.vkey }, head, known.note)));

  const logKeys = new LogKeys();
  const journal = options.books === undefined ? null : new BookJournal();
  const { totals: signed } = published;
  const scene: Scene = {
    log,
    head,
    totals: signed && { size: signed.claims.size, jws: signed.jws },
    keys: new KeyEntries(),
    journal,
    remembered:
      known?.frontier === undefined || remembered === undefined
        ? null
        : { note: known.note, checkpoint: remembered, frontier: known.frontier.map(fromBase64url) },
    elsewhere: { hub: source, bookOf: options.books ?? nobody },
  };
  const runs = new MatchingRuns(log);
  const reading = await readWhole(checks, log, snapshot, remembered, {
    ...options,
    runs,
    onStatement(entry) {
      journal?.add(entry);
      scene.keys.add(entry);
      if (entry.statement.kind === "hub-policy+jwt") logKeys.begin();
      if (entry.statement.kind === "hub-key+jwt") logKeys.add(entry.index, entry.statement.claims);
      options.onStatement?.(entry);
    },
  });
  if (reading === undefined) return scene;
  found.frontier = reading.frontier.hashes.map(toBase64url);
  const before = options.vkey ?? known?.vkey ?? log.vkey;
  if (logKeys.links.length > 0 || before !== log.vkey) {
    const followed = await checks.run("log-key", async () =>
      checkLogKey(logKeys, log.vkey, before, remembered !== undefined),
    );
    if (followed === undefined) return scene;
    log.others = logKeys.all();
    const newest = logKeys.newest(log.vkey);
    if ((await openCheckpoint(head.note, newest, log.origin)).ok) found.vkey = newest;
  }

  if (!runs.isEmpty) await checks.run("matching", async () => runs.check());
  await checks.run("proofs", () => checkProofs(log, head, reading.samples));
  // Shown even when the hub's own totals are wrong: this is what the log comes to.
  found.network = reading.recomputed?.network ?? null;
  const totals = await checks.run("totals", () => checkTotals(log, head, published, reading));
  const { recomputed } = reading;
  if (recomputed !== null)
    await checks.run("network", async () => compareNetwork(published.network, recomputed.network));
  if (totals !== undefined) await checks.run("freshness", async () => checkFreshness(totals.claims.iat, options.now));
  const { state, starts } = reading;
  if (isWitnessed(state, options.policy)) {
    const { policy: pinned, witnessSource, now } = options;
    const question = { log, served: snapshot.served, head, state, starts, pinned, witnessSource, now };
    await checks.run("witnesses", () => checkWitnesses(question));
  }

  if (journal === null || options.books === undefined) return scene;
  const nodes = journal.nodes();
  for (const [done, node] of nodes.entries()) {
    options.onProgress?.({ step: "books", done, total: nodes.length });
    const bookSource = options.books;
    await checks.run("books", () => checkBook(node, journal, bookSource, source), subjectOf(node));
  }
  return scene;
}

/** Books are not read in this run. */
const nobody: BookSource = ({ url }) => ({ name: url, get: () => Promise.reject(new Unreachable(url)) });

async function recall(log: Log, head: Snapshot["head"], note: string) {
  const remembered = await openNote(log, note);
  const { size } = remembered;
  if (size > head.size) {
    throw new Fault("older-than-remembered", `this log was seen with ${size} entries before`, { exit: EXIT.stale });
  }
  if (size === head.size && !equal(remembered.root, head.root)) {
    const isSameKey = (await openCheckpoint(head.note, log.vkey, log.origin)).ok;
    throw splitView(log, size, isSameKey ? [note, head.note] : undefined);
  }
  return { value: remembered, detail: `this log was seen with ${size} entries before`, facts: { size } };
}

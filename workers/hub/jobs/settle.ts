/**
 * What follows once something was logged: verdicts as far as one invocation goes, then the numbers are signed.
 * Runs after the answer, and from the cron as the backstop; every step may be cut off and repeated.
 */
import type { AppContext } from "../../lib/app.ts";
import { type DbCounts, meter, noCounts, pause } from "../../lib/d1.ts";
import type { HubConfig } from "../env.ts";
import { type Hub, openHub } from "../hub.ts";
import { CHECK_STEPS, COLLECT_EVERY_S, COLLECT_QUERIES, FREE_PLAN_QUERIES } from "../limits.ts";
import { checkReports } from "./check-reports.ts";
import { logLine } from "../log-line.ts";
import { collectWitnesses } from "./collect-witnesses.ts";
import { releaseAwards } from "./release-awards.ts";
import { pullReports } from "./pull-reports.ts";
import { signTotals } from "./sign-totals.ts";
import { writeSignals } from "./write-signals.ts";

export interface SettleOptions {
  /** communities that this hub has missed reports of */
  gaps?: readonly string[];
  /** on a busy hub there is always another book to read: this run leaves room for suppliers' signals */
  forSignals?: boolean;
}

export async function settle(hub: Hub, options: SettleOptions = {}): Promise<void> {
  if (options.gaps !== undefined && options.gaps.length > 0) await pullReports(hub, options.gaps);
  const { forSignals = false } = options;
  const most = forSignals ? 1 : CHECK_STEPS;
  let steps = 0;
  let step = await checkReports(hub);
  const isIdle = step === "idle";
  while (step === "more" && steps < most) {
    steps += 1;
    if (steps < most) step = await checkReports(hub);
  }
  // A run that has read books has spent its queries: what follows from their demand waits for the next one.
  if (steps === 0) await releaseAwards(hub);
  await signTotals(hub);
  if (isIdle || forSignals) await writeSignals(hub);
}

/** A burst of requests is settled together: while more keep coming, up to ten pauses of SETTLE_MS. */
const MAX_PAUSES = 10;
/** A job that has not begun by then was cut off with its request. */
const GIVEN_UP_MS = 5_000;

interface Waiting {
  since: number;
  joined: number;
  gaps: Set<string>;
}
/** By configuration: an isolate has one. */
const waiting = new WeakMap<HubConfig, Waiting>();

/** Settles once the answer is on its way, on a database handle with counts of its own. */
export function settleAfter(c: AppContext<HubConfig>, { gaps = [] }: SettleOptions = {}): void {
  const config = c.get("config");
  const now = c.get("now");
  const other = waiting.get(config);
  if (other !== undefined && now() - other.since < GIVEN_UP_MS) {
    other.joined += 1;
    for (const gap of gaps) other.gaps.add(gap);
    return;
  }
  const mine: Waiting = { since: now(), joined: 0, gaps: new Set(gaps) };
  waiting.set(config, mine);
  const spentBefore = c.get("counts").queries;
  const work = async (hub: Hub, counts: DbCounts): Promise<void> => {
    for (let pauses = 0, seen = -1; pauses < MAX_PAUSES && seen !== mine.joined; pauses += 1) {
      seen = mine.joined;
      await pause(config.settleMs);
    }
    if (waiting.get(config) === mine) waiting.delete(config);
    await settle(hub, { gaps: [...mine.gaps] });
    // What does not fit into this invocation is the schedule's.
    if (spentBefore + counts.queries + COLLECT_QUERIES <= FREE_PLAN_QUERIES) await collectInTurn(hub);
  };
  c.executionCtx.waitUntil(runJob(c.env, now, "settle", work));
}

/** By configuration: when witnesses were last asked, Unix milliseconds. */
const collected = new WeakMap<HubConfig, number>();

/** Every entry would be too often on a busy hub; the schedule catches up with the last one. */
async function collectInTurn(hub: Hub): Promise<void> {
  const every = Math.min(COLLECT_EVERY_S, hub.config.reportIntervalS) * 1000;
  const last = collected.get(hub.config);
  if (last !== undefined && hub.now() - last < every) return;
  collected.set(hub.config, hub.now());
  await collectWitnesses(hub);
}

/** Runs a job with its own query counts and one log line; what fails is logged and left to the next run. */
export async function runJob(
  env: AppContext<HubConfig>["env"],
  now: () => number,
  job: string,
  work: (hub: Hub, counts: DbCounts) => Promise<void>,
): Promise<void> {
  const counts = noCounts();
  const started = now();
  try {
    await work(await openHub(env, meter(env.DB, counts), now), counts);
    logLine({ level: "info", job, ms: now() - started, db: counts });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    logLine({ level: "error", job, ms: now() - started, db: counts, error: message });
  }
}

/**
 * The verdicts (docs/protocol.md §3): for each logged report without one, read the book's new entries, fold them,
 * compare, and log `report-check`. One step takes one report of each of a few communities and a bounded number of
 * entries; progress is stored before a verdict is logged, so a crash between any two writes repeats work and
 * nothing else.
 */
import { type Result, fail, ok } from "../../../shared/result.ts";
import { cited } from "../../../shared/book/fold.ts";
import type { Verdict } from "../../../shared/book/judge.ts";
import type { Touched } from "../../../shared/book/state.ts";
import { jsonParameter } from "../../lib/d1.ts";
import { type OpenVerdict, logVerdicts } from "../actions/report-check.ts";
import type { Hub } from "../hub.ts";
import { BOOK_UNAVAILABLE_AFTER_S, SLICE_ENTRIES, SLICE_NODES } from "../limits.ts";
import { type BundlePart, type Mirror, applySlice, keptAfter, nextStep, parseSlice, verifiedAfter } from "../mirror.ts";
import { type MirrorChange, citedQueries, isOvertaken, loadCited, mirrorWrites } from "../queries/mirror.ts";
import { type WaitingReport, waitingReports } from "../queries/waiting-reports.ts";
import { readBook } from "./read-book.ts";

interface Reading {
  waiting: WaitingReport;
  from: MirrorChange["from"];
  mirror: Mirror;
  restarted: boolean;
  /** verified size, and what was served, before this step */
  verifiedBefore: number;
  keptBefore: Mirror["kept"];
  data: Awaited<ReturnType<typeof readBook>> | "none";
}

/** One step. `idle`: nothing waited; `more`: another step would find something to do. */
export async function checkReports(hub: Hub): Promise<"idle" | "done" | "more"> {
  const nowS = Math.floor(hub.now() / 1000);
  const waiting = await waitingReports(hub.db, nowS, SLICE_NODES);
  if (waiting.length === 0) return "idle";
  const slice = Math.max(1, Math.floor(SLICE_ENTRIES / waiting.length));
  const readings = await Promise.all(waiting.map(async (one) => await beginReading(hub, one, slice)));
  const applied = await applyReadings(hub, readings);
  const changes: MirrorChange[] = [];
  const verdicts: OpenVerdict[] = [];
  const later: Later[] = [];
  for (const reading of readings) {
    const { waiting: report, mirror } = reading;
    const verdict = verdictOf(reading, nowS);
    if (!verdict.ok) later.push(verdict.error === "unreadable" ? backOff(report, nowS) : goOn(report, nowS));
    if (verdict.ok) {
      mirror.verified = verifiedAfter(mirror, report.target, verdict.value);
      mirror.kept = keptAfter(mirror, report.target, verdict.value);
      verdicts.push({ ...report, verdict: verdict.value });
    }
    const { from, restarted, verifiedBefore, keptBefore } = reading;
    const { touched = null, bundles = [] } = applied.get(mirror.origin) ?? {};
    const isServedAnew = mirror.kept?.size !== keptBefore?.size || mirror.kept?.generation !== keptBefore?.generation;
    const isChanged = touched !== null || restarted || mirror.verified.size !== verifiedBefore || isServedAnew;
    const moved = mirror.kept?.generation !== keptBefore?.generation;
    if (isChanged) changes.push({ from, mirror, restarted, touched, bundles, moved });
  }
  const writes = [...mirrorWrites(hub.db, changes), ...laterWrites(hub.db, later)];
  try {
    if (writes.length > 0) await hub.db.batch(writes);
  } catch (error) {
    if (isOvertaken(error)) return "done";
    throw error;
  }
  if (verdicts.length > 0) await logVerdicts(hub, verdicts);
  const isProgress = verdicts.length > 0 || changes.length > 0;
  const isUnfinished = later.some(({ unreadable_since }) => unreadable_since === null);
  const isMore = isUnfinished || waiting.length === SLICE_NODES || waiting.some(({ queued }) => queued > 1);
  return isProgress && isMore ? "more" : "done";
}

async function beginReading(hub: Hub, waiting: WaitingReport, slice: number): Promise<Reading> {
  const { target, generation: book } = waiting;
  let { mirror } = waiting;
  const from = { origin: mirror.origin, generation: mirror.generation, size: mirror.frontier.size };
  const verifiedBefore = mirror.verified.size;
  const keptBefore = mirror.kept;
  let step = nextStep(mirror, target, slice);
  const restarted = step.do === "restart";
  if (step.do === "restart") {
    mirror = step.mirror;
    step = nextStep(mirror, target, slice);
  }
  const { size } = target;
  const data = step.do === "read" ? await readBook(hub.peer, waiting.url, book, { ...step, size }) : "none";
  return { waiting, from, mirror, restarted, verifiedBefore, keptBefore, data };
}

interface Applied {
  touched: Touched;
  bundles: BundlePart[];
}

/** Loads what the new entries cite, for all books at once, and applies them. */
async function applyReadings(hub: Hub, readings: readonly Reading[]): Promise<Map<string, Applied>> {
  const slices = readings.flatMap((reading) => {
    const { mirror, data } = reading;
    return data === "none" || data === null ? [] : [{ reading, slice: parseSlice(mirror, data) }];
  });
  const applied = new Map<string, Applied>();
  if (slices.length === 0) return applied;
  const heads: [string, string][] = [];
  const keys: [string, string][] = [];
  const campaigns = new Set<string>();
  for (const { reading, slice } of slices) {
    const { origin, book } = reading.mirror;
    const wanted = cited(slice.items.map(({ entry }) => entry));
    // After a restart the stored chains and keys belong to the reading that was given up.
    if (!reading.restarted) {
      heads.push(...wanted.heads.map((head): [string, string] => [origin, head]));
      keys.push(...wanted.keys.map((key): [string, string] => [origin, key]));
    }
    for (const campaign of [...wanted.campaigns, ...book.tallies.keys()]) campaigns.add(campaign);
  }
  const mirrors = new Map(slices.map(({ reading }) => [reading.mirror.origin, reading.mirror]));
  const results = await hub.db.batch(citedQueries(hub.db, { heads, keys, campaigns: [...campaigns] }));
  const rules = loadCited(mirrors, results);
  for (const { reading, slice } of slices) {
    const touched = applySlice(reading.mirror, slice, (campaign) => rules.get(campaign));
    applied.set(reading.mirror.origin, { touched, bundles: slice.bundles });
  }
  return applied;
}

function verdictOf(reading: Reading, nowS: number): Result<Verdict, "unreadable" | "unfinished"> {
  const { mirror, waiting } = reading;
  if (reading.data === null) {
    const { unreadableSince } = waiting;
    const isOver = unreadableSince !== null && nowS - unreadableSince >= BOOK_UNAVAILABLE_AFTER_S;
    return isOver ? ok({ ok: false, code: "book-unavailable" }) : fail("unreadable");
  }
  const step = nextStep(mirror, waiting.target, 1);
  return step.do === "judge" ? ok(step.verdict) : fail("unfinished");
}

const FIRST_RETRY_S = 60;
const LAST_RETRY_S = 3600;

/** When a report that got no verdict is looked at again. */
interface Later {
  report_idx: number;
  next_at: number;
  attempts: number;
  unreadable_since: number | null;
}

function backOff({ target, attempts, unreadableSince }: WaitingReport, nowS: number): Later {
  return {
    report_idx: target.index,
    next_at: nowS + Math.min(LAST_RETRY_S, FIRST_RETRY_S * 2 ** attempts),
    attempts: attempts + 1,
    unreadable_since: unreadableSince ?? nowS,
  };
}

/** A long book goes on behind the reports that came meanwhile: nobody's book keeps the others waiting. */
function goOn({ target }: WaitingReport, nowS: number): Later {
  return { report_idx: target.index, next_at: nowS, attempts: 0, unreadable_since: null };
}

function laterWrites(db: D1Database, later: readonly Later[]): D1PreparedStatement[] {
  if (later.length === 0) return [];
  return [
    db
      .prepare(
        `UPDATE report_todo SET next_at = later.value ->> 'next_at', attempts = later.value ->> 'attempts',
         unreadable_since = later.value ->> 'unreadable_since'
         FROM json_each(?) AS later WHERE report_todo.report_idx = later.value ->> 'report_idx'`,
      )
      .bind(jsonParameter(later)),
  ];
}

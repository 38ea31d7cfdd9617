/**
 * When a watcher raises its voice: once when something begins to be wrong, once when what is wrong changes, once when all is
 * well again. In between it only writes its line. Pure, so that a sequence of rounds can be tested.
 */
import type { VerifyReport } from "../../shared/verify/hub.ts";

/** One line of the watcher's log, and the body of its webhook. */
export interface WatchLine {
  type: "watch.ok" | "watch.alarm" | "watch.still" | "watch.recovered";
  /** RFC 3339 */
  timestamp: string;
  data: {
    hub: string;
    /** of `npm run verify` */
    exit: number;
    size: number | null;
    root: string | null;
    /** what failed, each as check and stable code, with the log index where there is one */
    faults: { check: string; code: string; index: number | null; subject: string | null; detail: string }[];
  };
}

/** What was wrong after the last round: "" for nothing. Sizes and indexes are left out, so that a growing log is not news. */
export type Known = string;

export function judge(known: Known, hub: string, report: VerifyReport, at: string): { line: WatchLine; known: Known } {
  const faults = report.checks
    .filter(({ ok }) => !ok)
    .map(({ id, code, index, subject, detail }) => ({
      check: id,
      code: code ?? "",
      index: index ?? null,
      subject: subject ?? null,
      detail,
    }));
  const now = faults
    .map(({ check, code, subject }) => `${check} ${code} ${subject ?? ""}`)
    .toSorted()
    .join("\n");
  const data = { hub, exit: report.exit, size: report.size, root: report.root, faults };
  return { line: { type: typeOf(known, now), timestamp: at, data }, known: now };
}

function typeOf(known: Known, now: Known): WatchLine["type"] {
  if (now === "") return known === "" ? "watch.ok" : "watch.recovered";
  return now === known ? "watch.still" : "watch.alarm";
}

export function isNews({ type }: WatchLine): boolean {
  return type === "watch.alarm" || type === "watch.recovered";
}

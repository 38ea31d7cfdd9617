/**
 * The recount in this browser, shared by every page: runs the verifier in a worker so that nothing freezes and keeps its
 * last report. From the first good one on it remembers the log's key and newest checkpoint, so that a hub that changes its
 * key or rewrites its past is noticed by everyone who came before.
 */
import { useEffect, useReducer } from "preact/hooks";

import type { VerifyReport } from "../../shared/verify/hub.ts";
import type { CheckState } from "../parts/check.tsx";
import type { Recount } from "../parts/recount-outcome.tsx";
import { verifyInWorker } from "../parts/verify.ts";

const STORE = "cocoon.log";
const UNREACHABLE_EXIT = 3;
const listeners = new Set<() => void>();

let recount: Recount = { check: { state: "idle" }, step: "", report: null, at: null };

function publish(next: Partial<Recount>): void {
  recount = { ...recount, ...next };
  for (const notify of listeners) notify();
}

export function runRecount({ books = false }: { books?: boolean } = {}): void {
  if (recount.check.state === "running") return;
  publish({ check: { state: "running", done: 0, total: 0 }, step: "", report: null });
  void recountHere(books);
}

async function recountHere(books: boolean): Promise<void> {
  const known = remembered();
  const order = {
    task: "hub" as const,
    base: location.origin,
    pinned: known?.vkey ?? null,
    remembered: known?.checkpoint ?? null,
    books,
  };
  const outcome = await verifyInWorker(order, {
    onProgress: ({ done, total, step }) => publish({ check: { state: "running", done, total }, step }),
  });
  const at = new Date().toISOString();
  if (outcome.kind !== "hub") return publish({ check: { state: "unreachable" }, report: null, at });
  remember(outcome.report);
  publish({ check: verdict(outcome.report), report: outcome.report, at });
}

function verdict(report: VerifyReport): CheckState {
  if (report.ok) return { state: "ok", size: report.size };
  return report.exit === UNREACHABLE_EXIT ? { state: "unreachable" } : { state: "failed", size: report.size };
}

export function useRecount(): Recount {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const notify = () => redraw(null);
    listeners.add(notify);
    return () => void listeners.delete(notify);
  }, []);
  return recount;
}

interface Remembered {
  vkey: string;
  checkpoint: string;
}

export function remembered(): Remembered | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORE) ?? "null");
    const good = typeof kept === "object" && kept !== null && "vkey" in kept && "checkpoint" in kept;
    return good && typeof kept.vkey === "string" && typeof kept.checkpoint === "string" ? (kept as Remembered) : null;
  } catch {
    return null; // without storage each visit trusts the key it is shown, as the page says
  }
}

function remember({ ok, vkey, checkpoint }: VerifyReport): void {
  if (!ok || vkey === null || checkpoint === null) return;
  try {
    localStorage.setItem(STORE, JSON.stringify({ vkey, checkpoint }));
  } catch {
    // see above
  }
}

/** After an announced change of key: the next recount trusts what it is shown. */
export function forgetLog(): void {
  try {
    localStorage.removeItem(STORE);
  } catch {
    // nothing was kept
  }
}

/** Runs the network's own verifier (shared/verify) beside the page: same code as the command line, same answer. */
import { collectDropped } from "../../shared/evidence/collect.ts";
import type { Evidence } from "../../shared/protocol/evidence.ts";
import { EXIT } from "../../shared/verify/report.ts";
import { verifyHub, type VerifyReport } from "../../shared/verify/hub.ts";
import { followPledge, type PledgeReport } from "../../shared/verify/pledge.ts";
import { httpSource, type Source } from "../../shared/verify/source.ts";

export type VerifyOrder =
  | {
      task: "hub";
      base: string;
      /** the log's key, if it is known beforehand, and the newest checkpoint seen under it */
      pinned: string | null;
      remembered: string | null;
      /** also read every community's book, or the hub's copy of it, and repeat every verdict */
      books: boolean;
    }
  | { task: "pledge"; receipt: unknown; hub: string; node: string };
export type VerifyAnswer =
  | { kind: "progress"; step: string; done: number; total: number }
  | { kind: "hub"; report: VerifyReport }
  | { kind: "pledge"; report: PledgeReport; evidence: Evidence | null }
  | { kind: "broken" };

const PROGRESS_EVERY_MS = 80;

function answer(message: VerifyAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker speaks to its page only
  self.postMessage(message);
}

function sourceAt(base: string): Source {
  return httpSource(
    base,
    (url, init) => fetch(url, init),
    (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  );
}

async function run(order: VerifyOrder): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  try {
    if (order.task === "pledge") {
      const sources = { hubSource: sourceAt(order.hub), nodeSource: sourceAt(order.node) };
      const report = await followPledge(order.receipt, { now, ...sources });
      const isWrong = report.exit === EXIT.invalid || report.exit === EXIT.splitView;
      const receipt = isWrong ? report.receipt : null;
      const evidence = receipt && (await collectDropped(receipt, sources.hubSource, sources.nodeSource));
      return answer({ kind: "pledge", report, evidence });
    }
    let told = 0;
    const { pinned, remembered } = order;
    const report = await verifyHub(sourceAt(order.base), {
      vkey: pinned ?? undefined,
      remembered: () => (pinned === null || remembered === null ? undefined : { vkey: pinned, note: remembered }),
      now,
      books: order.books ? (node) => sourceAt(node.url) : undefined,
      onProgress(progress) {
        if (Date.now() - told < PROGRESS_EVERY_MS) return;
        told = Date.now();
        answer({ kind: "progress", ...progress });
      },
    });
    answer({ kind: "hub", report });
  } catch {
    answer({ kind: "broken" });
  }
}

self.addEventListener("message", ({ data }: MessageEvent<VerifyOrder>) => void run(data));

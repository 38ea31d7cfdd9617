/** Runs the network's own verifier (shared/verify) beside the page: same code as the command line, same answer. */
import { verifyHub, type VerifyReport } from "../../shared/verify/hub.ts";
import { httpSource } from "../../shared/verify/source.ts";

export interface RecountOrder {
  base: string;
  /** the log's key of an earlier visit, and the newest checkpoint seen then */
  pinned: string | null;
  remembered: string | null;
}
export type RecountAnswer =
  | { kind: "progress"; step: string; done: number; total: number }
  | { kind: "report"; report: VerifyReport }
  | { kind: "broken" };

const PROGRESS_EVERY_MS = 80;

function answer(message: RecountAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker speaks to its page only
  self.postMessage(message);
}

async function recount({ base, pinned, remembered }: RecountOrder): Promise<void> {
  let told = 0;
  try {
    const source = httpSource(
      base,
      (url, init) => fetch(url, init),
      (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    );
    const report = await verifyHub(source, {
      vkey: pinned ?? undefined,
      remembered: () => (pinned === null || remembered === null ? undefined : { vkey: pinned, note: remembered }),
      now: Math.floor(Date.now() / 1000),
      onProgress(progress) {
        if (Date.now() - told < PROGRESS_EVERY_MS) return;
        told = Date.now();
        answer({ kind: "progress", ...progress });
      },
    });
    answer({ kind: "report", report });
  } catch {
    answer({ kind: "broken" });
  }
}

self.addEventListener("message", ({ data }: MessageEvent<RecountOrder>) => void recount(data));

/** Orders a verification from the worker and waits for it; the page stays free meanwhile. */
import type { VerifyAnswer, VerifyOrder } from "./verify-worker.ts";

export type Progress = Extract<VerifyAnswer, { kind: "progress" }>;
export type Outcome = Exclude<VerifyAnswer, Progress>;

export async function verifyInWorker(
  order: VerifyOrder,
  options: { onProgress?: (progress: Progress) => void; signal?: AbortSignal } = {},
): Promise<Outcome> {
  const worker = new Worker(new URL("./verify-worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<Outcome>((resolve) => {
      options.signal?.addEventListener("abort", () => resolve({ kind: "broken" }));
      worker.addEventListener("error", () => resolve({ kind: "broken" }));
      worker.addEventListener("message", ({ data }: MessageEvent<VerifyAnswer>) => {
        if (data.kind === "progress") options.onProgress?.(data);
        else resolve(data);
      });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a page speaks to its own worker only
      worker.postMessage(order);
    });
  } finally {
    worker.terminate();
  }
}

/** The verify worker of the dashboard, as it is built, in Chromium: given the same order as the page gives it. */
import { existsSync, readFileSync } from "node:fs";
import { launchChromium } from "../scripts/chromium.ts";
import type { VerifyReport } from "../shared/verify/hub.ts";
import type { ServedYear } from "./long-log/served-year.ts";

/** As dashboard/parts/verify-worker.ts has them: what the page sends, and what it gets. */
interface Order {
  task: "hub";
  base: string;
  pinned: string | null;
  remembered: string | null;
  books: boolean;
}
type Answer = { kind: "hub"; report: VerifyReport } | { kind: "progress" } | { kind: "broken" };

export interface BrowserRun {
  seconds: number;
  /** of the process that page and worker share; null where /proc does not tell */
  peakMb: number | null;
}

export async function verifyInBrowser({ url, vkey, page, worker }: ServedYear): Promise<BrowserRun> {
  const browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    await tab.goto(page);
    const order: Order = { task: "hub", base: url, pinned: vkey, remembered: null, books: false };
    const start = performance.now();
    const answer = await tab.evaluate(ordered, { worker, order });
    const seconds = (performance.now() - start) / 1000;
    if (answer.kind !== "hub" || !answer.report.ok)
      throw new Error(`the browser refuses the log: ${JSON.stringify(answer)}`);
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const peaks = processInfo.flatMap(({ type, id }) => (type === "renderer" ? [peakMb(id)] : []));
    return { seconds, peakMb: peaks.includes(null) ? null : Math.max(...peaks.map(Number)) };
  } finally {
    await browser.close();
  }
}

/** Runs in the page. */
async function ordered({ worker, order }: { worker: string; order: Order }): Promise<Answer> {
  const running = new Worker(worker, { type: "module" });
  return await new Promise((resolve, reject) => {
    running.addEventListener("error", (event) => reject(new Error(event.message)));
    running.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      if (data.kind !== "progress") resolve(data);
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a page speaks to its own worker only
    running.postMessage(order);
  });
}

function peakMb(pid: number): number | null {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return null;
  const [, kb] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(path, "utf8")) ?? [];
  return kb === undefined ? null : Number(kb) / 1000;
}

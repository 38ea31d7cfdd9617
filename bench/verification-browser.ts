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
  /** of its own, by the process that page and worker share; null where /proc does not tell */
  peakMb: number | null;
}

export async function verifyInBrowser({ url, vkey, page, worker }: ServedYear): Promise<BrowserRun> {
  const browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    await tab.goto(page);
    const order: Order = { task: "hub", base: url, pinned: vkey, remembered: null, books: false };
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const memory = watchMemory(processInfo.flatMap(({ type, id }) => (type === "renderer" ? [id] : [])));
    const start = performance.now();
    const answer = await tab.evaluate(ordered, { worker, order });
    const seconds = (performance.now() - start) / 1000;
    const peakMb = memory.stop();
    if (answer.kind !== "hub" || !answer.report.ok)
      throw new Error(`the browser refuses the log: ${JSON.stringify(answer)}`);
    return { seconds, peakMb };
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

/** The most that one of these processes had of its own: not what it shares with others, such as the browser's code. */
function watchMemory(pids: readonly number[]): { stop(): number | null } {
  let peak: number | null = null;
  const timer = setInterval(() => {
    for (const pid of pids) {
      const path = `/proc/${pid}/status`;
      const [, kb] = existsSync(path) ? (/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(path, "utf8")) ?? []) : [];
      if (kb !== undefined) peak = Math.max(peak ?? 0, Number(kb) / 1000);
    }
  }, 50);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}

/** Reading: the public numbers, and a full verification of the log by the library the command line uses. */
import { verifyHub } from "../shared/verify/hub.ts";
import { workerBytes, firstLoadBytes, FIRST_LOAD_LIMIT, WORKER_LIMIT } from "../scripts/sizes.ts";
import type { NetworkMember } from "../scripts/network.ts";
import { httpSource } from "../shared/verify/source.ts";
import { canMeasureCpu, cpuMs, settle } from "./cpu.ts";
import { figure, median, secondsOf, type Figure } from "./figures.ts";
import { meterOf, type Meter } from "./meter.ts";

const REQUESTS = 300;
const VERIFICATIONS = 3;

export async function benchNetworkPage(hub: NetworkMember): Promise<Figure[]> {
  const times: number[] = [];
  let meter: Meter = { queries: 0, read: 0, written: 0 };
  await settle(hub.pid());
  const before = canMeasureCpu() ? cpuMs(hub.pid()) : 0;
  for (let i = 0; i < REQUESTS; i += 1) {
    const start = performance.now();
    const response = await fetch(`${hub.url}/api/network`);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`/api/network: ${response.status}`);
    times.push(performance.now() - start);
    meter = meterOf(response.headers.get("x-cocoon-db"));
  }
  const spent = canMeasureCpu() ? cpuMs(hub.pid()) - before : 0;
  return [
    figure("/api/network latency, median", median(times), "ms"),
    figure("queries of /api/network", meter.queries, "queries", { atMost: 3 }),
    figure("rows read by /api/network", meter.read, "rows", { atMost: 200 }),
    ...(canMeasureCpu() ? [figure("CPU of /api/network", spent / REQUESTS, "ms")] : []),
  ];
}

export async function benchVerification(hub: NetworkMember): Promise<Figure[]> {
  const rates: number[] = [];
  let size = 0;
  for (let i = 0; i < VERIFICATIONS; i += 1) {
    const seconds = await secondsOf(async () => {
      const report = await verifyHub(httpSource(hub.url, fetch, pause), {
        vkey: hub.vkey,
        now: Math.floor(Date.now() / 1000),
      });
      if (!report.ok) throw new Error(`the log does not verify: ${JSON.stringify(report.checks)}`);
      size = report.size;
    });
    rates.push(size / seconds);
  }
  return [
    figure("full verification of the log", median(rates), "entries/s"),
    figure("entries in the log that was verified", size, "entries"),
  ];
}

export async function sizes(): Promise<Figure[]> {
  const [hubPage, nodePage, hubWorker, nodeWorker] = await Promise.all([
    firstLoadBytes("hub"),
    firstLoadBytes("node"),
    workerBytes("hub"),
    workerBytes("node"),
  ]);
  return [
    figure("hub dashboard, first load, gzip", hubPage / 1000, "kB", { atMost: FIRST_LOAD_LIMIT / 1000 }),
    figure("node dashboard, first load, gzip", nodePage / 1000, "kB", { atMost: FIRST_LOAD_LIMIT / 1000 }),
    figure("hub worker, gzip", hubWorker / 1000, "kB", { atMost: WORKER_LIMIT / 1000 }),
    figure("node worker, gzip", nodeWorker / 1000, "kB", { atMost: WORKER_LIMIT / 1000 }),
  ];
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Processor time of a workerd process, user and system, from /proc: the clock inside a worker stands still, so this is
 * the only way to know what an operation costs. In ticks of 10 ms: measure over many operations.
 */
import { existsSync, readFileSync } from "node:fs";

const TICK_MS = 10;

export function canMeasureCpu(): boolean {
  return existsSync("/proc/self/stat");
}

export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Waits until background work (verdicts, deliveries) has died down, so that it is not counted with the next round. */
export async function settle(pid: number, patienceMs = 5000): Promise<void> {
  if (!canMeasureCpu()) return await pause(500);
  const end = performance.now() + patienceMs;
  let before = cpuMs(pid);
  while (performance.now() < end) {
    await pause(150);
    const now = cpuMs(pid);
    if (now - before <= TICK_MS) return;
    before = now;
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

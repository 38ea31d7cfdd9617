/**
 * workerd processes of the embedded network, found by marks in their environment: to kill or measure one, and to end
 * those that outlived a start which was itself killed and that would keep its ports.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

const WORKER = "COCOON_WORKER";
const PARENT = "COCOON_PARENT";

export function processMarks(origin: string): Record<string, string> {
  return { [WORKER]: origin, [PARENT]: String(process.pid) };
}

/** Our own child that serves this origin. */
export function workerdOf(origin: string): number {
  const marks = Object.entries(processMarks(origin)).map(([name, value]) => `${name}=${value}`);
  const found = existsSync("/proc/self/environ")
    ? marked().find(({ environment }) => marks.every((mark) => environment.includes(mark)))?.pid
    : fromPs(marks);
  if (found === undefined) throw new Error(`no running workerd for ${origin}`);
  return found;
}

/** Where the system shows environments (/proc); elsewhere a taken port is reported as such. */
export async function endOrphans(origins: string[]): Promise<void> {
  const ours = new Set(origins.map((origin) => `${WORKER}=${origin}`));
  const orphans = marked().filter(({ environment }) => {
    const parent = environment.find((entry) => entry.startsWith(`${PARENT}=`))?.slice(PARENT.length + 1);
    return parent !== undefined && !isAlive(parent) && environment.some((entry) => ours.has(entry));
  });
  for (const { pid } of orphans) process.kill(pid, "SIGKILL");
  for (let wait = 0; wait < 40 && orphans.some(({ pid }) => isAlive(String(pid))); wait += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A zombie has ended, although nobody has asked how. */
function isAlive(pid: string): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

function marked(): { pid: number; environment: string[] }[] {
  if (!existsSync("/proc/self/environ")) return [];
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      return environment.some((entry) => entry.startsWith(`${WORKER}=`)) ? [{ pid: Number(pid), environment }] : [];
    } catch {
      // it ended while we looked, or belongs to someone else
      return [];
    }
  });
}

function fromPs(marks: string[]): number | undefined {
  const listing = execFileSync("ps", ["-A", "-E", "-ww", "-o", "pid=,command="], { encoding: "utf8" });
  const line = listing.split("\n").find((one) => marks.every((mark) => one.includes(mark)));
  return line === undefined ? undefined : Number(line.trim().split(/\s+/)[0]);
}

/**
 * The embedded network: one hub and K nodes on one machine, in workerd, with persistent databases, real assets and
 * real HTTP between them. The base of `npm start`, of the tests and of the benchmark. Peers are on loopback, which a
 * deployed worker refuses.
 */
import { join } from "node:path";
import { readBuilt } from "./build.ts";
import { loadKeys } from "./network/keys.ts";
import { embeddedWorker, type EmbeddedWorker, type Internet } from "./network/worker.ts";

export interface NetworkOptions {
  /** the hub's port; the nodes have the ones after it */
  port: number;
  nodes: number;
  /** where keys and databases are kept; null keeps everything in memory, for as long as nothing restarts */
  data: string | null;
  demo?: boolean;
  internet?: Internet;
  vars?: { hub?: Record<string, string>; node?: Record<string, string> };
  /** seconds between calls of scheduled(); 0 leaves it to the caller */
  tickSeconds?: number;
  onLog?: (name: string, line: string) => void;
}

export interface NetworkMember extends EmbeddedWorker {
  /** the one-time link for the first operator or steward */
  readonly setupUrl: string;
  /** the key of its log or book */
  readonly vkey: string;
}

export interface Network {
  hub: NetworkMember;
  nodes: NetworkMember[];
  all: NetworkMember[];
  stop(): Promise<void>;
}

export async function bootNetwork(options: NetworkOptions): Promise<Network> {
  const names = ["hub", ...nodeNames(options.nodes)];
  const all = await Promise.all(names.map((name, i) => member(name, options.port + i, options)));
  const started = await Promise.allSettled(all.map((worker) => worker.start()));
  const failed = started.find((result) => result.status === "rejected");
  if (failed) {
    await Promise.all(all.map((worker) => worker.stop()));
    throw failed.reason;
  }
  const [hub, ...nodes] = all as [NetworkMember, ...NetworkMember[]];
  const stopClock = startClock(all, options);
  return {
    hub,
    nodes,
    all,
    async stop() {
      await stopClock();
      await Promise.all(all.map((worker) => worker.stop()));
    },
  };
}

/** a, b, … z, aa, ab, … : names that sort by first start. */
export function nodeNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const last = String.fromCharCode(97 + (i % 26));
    return i < 26 ? last : nodeNames(Math.floor(i / 26)).at(-1) + last;
  });
}

async function member(name: string, port: number, options: NetworkOptions): Promise<NetworkMember> {
  const kind = name === "hub" ? "hub" : "node";
  const folder = options.data === null ? null : join(options.data, name);
  const origin = `localhost:${port}`;
  const { secrets, vkey } = await loadKeys(folder && join(folder, "keys.json"), kind, origin);
  const worker = embeddedWorker({
    name,
    kind,
    built: async () => await readBuilt(kind),
    port,
    database: folder && join(folder, "database"),
    internet: options.internet,
    onLog: options.onLog,
    bindings: {
      ORIGIN: origin,
      PUBLIC_URL: `http://${origin}`,
      LOOPBACK: "true",
      ...(kind === "hub" && { NAME: options.demo ? "Cocoon demo hub" : "Cocoon hub" }),
      ...(options.demo && { DEMO: "true" }),
      // On one machine everybody wants to see the number move.
      ...(kind === "node" && { BOOK_BATCH_S: "0" }),
      ...secrets,
      ...options.vars?.[kind],
    },
  });
  return Object.assign(worker, { vkey, setupUrl: `${worker.url}/join#${secrets.SETUP_TOKEN}` });
}

/** Cron triggers do not fire by themselves on one machine. A round that is still running is not started again. */
function startClock(workers: NetworkMember[], { tickSeconds = 5, onLog }: NetworkOptions): () => Promise<void> {
  if (tickSeconds === 0) return async () => undefined;
  let round: Promise<unknown> | null = null;
  const timer = setInterval(() => {
    round ??= Promise.all(
      workers
        .filter((worker) => worker.running)
        .map(async (worker) => {
          await worker.scheduled().catch((error: unknown) => onLog?.(worker.name, String(error)));
        }),
    ).finally(() => {
      round = null;
    });
  }, tickSeconds * 1000);
  return async () => {
    clearInterval(timer);
    await round;
  };
}

/**
 * One worker of the embedded network: its own workerd process, database, static assets and port, so that a test
 * can kill one and keep the others. Assets and routing behave as wrangler.toml says. Not for deployment.
 */
import type { Readable } from "node:stream";
import { createInterface } from "node:readline";
import { Log, LogLevel, Miniflare, Response as LocalResponse, type Request as LocalRequest } from "miniflare";
import type { BuiltWorker, Kind } from "../build.ts";
import { applyMigrations, type LocalDatabase } from "./migrations.ts";
import { processMarks, workerdOf } from "./process.ts";

/** A request on its way from one worker to another, in a form that can be kept, changed and sent again. */
export interface Message {
  from: string;
  url: string;
  method: string;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer>;
}
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer>;
}
/** The "internet" between workers; `forward` delivers. Throwing is a broken connection. */
export type Internet = (message: Message, forward: (message: Message) => Promise<Answer>) => Promise<Answer>;

export interface WorkerOptions {
  name: string;
  kind: Kind;
  /** read at every start, so that a new build is picked up */
  built: () => Promise<BuiltWorker>;
  port: number;
  /** folder of the database; null keeps it in memory */
  database: string | null;
  bindings: Record<string, string>;
  internet?: Internet | undefined;
  onLog?: ((name: string, line: string) => void) | undefined;
}

export interface EmbeddedWorker {
  readonly name: string;
  readonly kind: Kind;
  readonly origin: string;
  readonly url: string;
  readonly running: boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL, as a power cut would. */
  kill(): Promise<void>;
  /** every cron trigger of wrangler.toml, one after the other */
  scheduled(): Promise<void>;
  database(): Promise<LocalDatabase>;
  pid(): number;
}

export const HOST = "127.0.0.1";

export function embeddedWorker(options: WorkerOptions): EmbeddedWorker {
  const { name, kind, port } = options;
  const origin = `localhost:${port}`;
  let miniflare: Miniflare | null = null;
  let crons: string[] = [];

  function running(): Miniflare {
    if (miniflare === null) throw new Error(`${name} is not running`);
    return miniflare;
  }

  return {
    name,
    kind,
    origin,
    url: `http://${origin}`,
    get running() {
      return miniflare !== null;
    },
    async start() {
      if (miniflare !== null) return;
      const built = await options.built();
      crons = built.settings.crons;
      const made = new Miniflare({
        host: HOST,
        port: 0,
        cf: false,
        logRequests: false,
        d1Persist: options.database ?? false,
        log: new Log(LogLevel.ERROR),
        unsafeTriggerHandlers: true,
        unsafeRuntimeEnv: processMarks(origin),
        handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
          for (const stream of [stdout, stderr]) readLines(stream, (line) => options.onLog?.(name, line));
        },
        workers: [
          {
            name: kind,
            modules: [{ type: "ESModule", path: `${kind}.js`, contents: built.script }],
            compatibilityDate: built.settings.compatibilityDate,
            compatibilityFlags: built.settings.compatibilityFlags,
            bindings: { ...built.settings.vars, ...options.bindings },
            d1Databases: { DB: kind },
            ...(options.internet && { outboundService: outbound(name, options.internet) }),
            unsafeDirectSockets: [{ host: HOST, port }],
            assets: {
              workerName: kind,
              directory: built.assets,
              binding: "ASSETS",
              routerConfig: { has_user_worker: true, static_routing: { user_worker: built.settings.runWorkerFirst } },
              assetConfig: {
                compatibility_date: built.settings.compatibilityDate,
                not_found_handling: built.settings.notFoundHandling,
                has_static_routing: true,
              },
            },
          },
        ],
      });
      try {
        await made.ready;
        await applyMigrations(await made.getD1Database("DB"), built.migrations);
      } catch (error) {
        await made.dispose();
        throw error;
      }
      miniflare = made;
    },
    async stop() {
      const stopping = miniflare;
      miniflare = null;
      await stopping?.dispose();
    },
    async kill() {
      const killed = running();
      process.kill(workerdOf(origin), "SIGKILL");
      miniflare = null;
      await killed.dispose();
    },
    async scheduled() {
      const entry = await running().ready;
      for (const cron of crons) {
        const response = await fetch(new URL(`/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(cron)}`, entry));
        const outcome = await response.text();
        if (!response.ok) throw new Error(`scheduled() of ${name}: ${outcome}`);
      }
    },
    async database() {
      return await running().getD1Database("DB");
    },
    pid() {
      return workerdOf(origin);
    },
  };
}

function outbound(from: string, internet: Internet) {
  return async (request: LocalRequest): Promise<LocalResponse> => {
    const message: Message = {
      from,
      url: request.url,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      body: new Uint8Array(await request.arrayBuffer()),
    };
    try {
      const { status, headers, body } = await internet(message, deliver);
      return new LocalResponse([204, 304].includes(status) ? null : body, { status, headers });
    } catch {
      return new LocalResponse("the connection broke", { status: 502 });
    }
  };
}

async function deliver({ url, method, headers, body }: Message): Promise<Answer> {
  const { host: _host, "content-length": _length, "transfer-encoding": _encoding, ...rest } = headers;
  const response = await fetch(url, {
    method,
    headers: rest,
    redirect: "manual",
    ...(body.length > 0 && { body }),
  });
  // fetch has already undone the content encoding
  const { "content-encoding": _, "content-length": __, ...answered } = Object.fromEntries(response.headers);
  return { status: response.status, headers: answered, body: new Uint8Array(await response.arrayBuffer()) };
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on("line", onLine);
}

/**
 * `npm run restore -- <hub url> --data DIR`: verifies a hub and builds its whole public state again from what it publishes, as
 * a copy under the hub's own signatures or, with --fork, as a hub that goes on under a name and keys of its own.
 * Exit codes: those of verify (docs/protocol.md §10); 64 for a wrong command line.
 */
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { EXIT } from "../shared/verify/report.ts";
import { type VerifyReport, verifyHub } from "../shared/verify/hub.ts";
import type { HubKeys } from "../shared/signing/keys.ts";
import { Wrong, runCommand } from "./command.ts";
import { loadKeys } from "./network/keys.ts";
import { openDatabase } from "./restore/database.ts";
import { writeDump } from "./restore/dump.ts";
import { type Fork, type Restored, restoreHub } from "./restore/hub.ts";
import { keeping } from "./restore/source.ts";
import { addressOf, bookSource, isLoopback, sourceAt } from "./verify/address.ts";
import { printHub, progressBar } from "./verify/print.ts";
import { pinnedKey } from "./verify/pinned.ts";

const USAGE = `Usage:
  npm run restore -- <hub url> --data <folder> [--sql <file>] [--port <n>] [--vkey <key>] [--stale]
  npm run restore -- <hub url> --data <folder> --fork [--origin <host>] [--name <name>] [--sql <file>] [--port <n>] [--vkey <key>] [--stale]

  --data    a folder that is not there yet; npm start -- --data <folder> runs what is in it
  --fork    goes on as a hub of its own: new keys, a new origin, and a first entry that names the parent
  --origin  the fork's origin for ever; without it the one on this machine, localhost:<port>
  --name    the fork's public name; without it the parent's
  --sql     writes the database as SQL too, for wrangler d1 execute --file: a file that is not there yet
  --port    where it runs on this machine, 8787 unless told
  --vkey    the log's verifier key; without it the hub's own word is taken, and said so
  --stale   also when its newest numbers are old or its witnesses are missing: the hub may be gone, and this a copy of it`;
const FIRST_PORT = 8787;

interface Options {
  hub: string;
  data: string;
  sql: string | null;
  vkey: string | undefined;
  port: number;
  fork: { origin: string; name: string | undefined } | null;
  stale: boolean;
}

async function main(): Promise<number> {
  const options = readOptions();
  await requireFree(options.data);
  if (options.sql !== null) await requireFree(options.sql);
  const isLocal = isLoopback(new URL(options.hub));
  const source = keeping(sourceAt(options.hub));
  const bar = progressBar();
  const report = await verifyHub(source, {
    now: Math.floor(Date.now() / 1000),
    vkey: options.vkey,
    books: (node) => bookSource(node.url, isLocal),
    onProgress: bar.show,
  });
  const { origin, vkey, checkpoint: head, exit } = report;
  const isGood = exit === EXIT.ok || (exit === EXIT.stale && options.stale) || isBookAway(report);
  if (!isGood || origin === null || vkey === null || head === null) {
    bar.end();
    printHub(options.hub, report);
    process.stderr.write("Nothing was written: this is not a state to go on from.\n");
    return exit;
  }
  const made = await build({ ...options, source: { source, origin, vkey, head }, show: bar.show });
  bar.end();
  process.stdout.write(`${made.join("\n")}\n`);
  return EXIT.ok;
}

/** A community that is away, and whose book the hub never served, is missing here as it is there. */
function isBookAway({ exit, checks }: VerifyReport): boolean {
  const failed = checks.filter(({ ok }) => !ok);
  return exit === EXIT.network && failed.every(({ id, code }) => id === "books" && code === "unreachable");
}

type Building = Omit<Options, "hub" | "vkey"> & {
  source: Parameters<typeof restoreHub>[1];
  show: ReturnType<typeof progressBar>["show"];
};

/** Beside its place first, so that a folder under its own name is always whole. */
async function build({ data, sql, port, fork, source, show }: Building): Promise<string[]> {
  const draft = `${data}.restoring`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(join(draft, "hub"), { recursive: true });
  const parent = source.origin.replace(/\/log$/, "");
  const origin = fork?.origin ?? parent;
  const keys = (await loadKeys(join(draft, "hub", "keys.json"), "hub", origin)) as HubKeys;
  const { db, close } = await openDatabase(join(draft, "hub", "database"));
  const child: Fork | null =
    fork === null ? null : { keys, origin, name: fork.name ?? "", nowS: Math.floor(Date.now() / 1000) };
  let restored: Restored;
  try {
    const onProgress = (step: string, done: number, total: number) => show({ step, done, total });
    restored = await restoreHub(db, source, { fork: child, onProgress });
  } finally {
    await close();
  }
  const { name, currency } = restored;
  const hub: Record<string, string> = { NAME: name, CURRENCY: currency, ORIGIN: origin };
  if (fork === null) Object.assign(hub, { MIRROR_OF: source.vkey, MIRROR_HEAD: source.head });
  const settings = { port, nodes: 0, demo: false, hub };
  await writeFile(join(draft, "settings.json"), `${JSON.stringify(settings, null, 2)}\n`);
  if (sql !== null) await writeDump(join(draft, "hub", "database"), sql);
  await mkdir(dirname(data), { recursive: true });
  await rename(draft, data);
  const missing = restored.missing === 0 ? "" : `; ${restored.missing} texts or inputs it names are served nowhere`;
  return [
    `${data}: ${restored.size} entries, ${restored.books} books${missing}`,
    fork === null
      ? `  a copy of ${source.origin} under its own signatures; it cannot grow`
      : `  a hub of its own, ${origin}/log, that goes on from ${source.origin}; its communities have to join it`,
    `  its key      ${fork === null ? source.vkey : keys.vkey}`,
    `  run it       npm start -- --data ${data}`,
    ...(sql === null ? [] : [`  as SQL       ${sql}`]),
  ];
}

async function requireFree(path: string): Promise<void> {
  const there = await stat(path).catch(() => null);
  if (there !== null) throw new Wrong(`There is something already: ${path}`);
}

function readOptions(): Options {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        data: { type: "string" },
        sql: { type: "string" },
        fork: { type: "boolean", default: false },
        origin: { type: "string" },
        name: { type: "string" },
        port: { type: "string", default: String(FIRST_PORT) },
        vkey: { type: "string" },
        stale: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new Wrong(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  const [hub] = positionals;
  if (hub === undefined || positionals.length > 1) throw new Wrong("Name the hub's address.");
  if (values.data === undefined) throw new Wrong("Name a folder with --data.");
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1024 || port > 65_000) throw new Wrong("--port is from 1024 to 65000.");
  if (!values.fork && (values.origin !== undefined || values.name !== undefined))
    throw new Wrong("Only a fork has an origin and a name of its own: --fork.");
  return {
    hub: addressOf(hub, values.vkey !== undefined),
    data: resolve(values.data),
    sql: values.sql === undefined ? null : resolve(values.sql),
    vkey: pinnedKey(values.vkey),
    port,
    fork: values.fork ? { origin: values.origin ?? `localhost:${port}`, name: values.name } : null,
    stale: values.stale,
  };
}

await runCommand(main, USAGE);

/**
 * `npm run build`: dashboards and workers into dist/, as the embedded network serves them. Each target is
 * skipped while the files it is made of are unchanged (by content). Deployment bundles workers itself, by wrangler.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat, writeFile, mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export type Kind = "hub" | "node";
export const KINDS: readonly Kind[] = ["hub", "node"];
export const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "dist");

/** What the embedded network has to know of wrangler.toml; written by the build, so that starting needs no wrangler. */
export interface WorkerSettings {
  compatibilityDate: string;
  compatibilityFlags: string[];
  crons: string[];
  runWorkerFirst: string[];
  notFoundHandling: "single-page-application" | "404-page" | "none";
  vars: Record<string, string>;
}

export interface BuiltWorker {
  script: string;
  settings: WorkerSettings;
  assets: string;
  migrations: string;
}

interface Target {
  name: string;
  /** files and folders the result depends on */
  sources: string[];
  make: () => Promise<void>;
}

export function workerPaths(kind: Kind): { script: string; settings: string; assets: string; migrations: string } {
  return {
    script: join(DIST, "workers", `${kind}.js`),
    settings: join(DIST, "workers", `${kind}.json`),
    assets: join(DIST, kind),
    migrations: join(ROOT, "migrations", kind),
  };
}

export async function readBuilt(kind: Kind): Promise<BuiltWorker> {
  const paths = workerPaths(kind);
  const [script, settings] = await Promise.all([readFile(paths.script, "utf8"), readFile(paths.settings, "utf8")]);
  return { ...paths, script, settings: JSON.parse(settings) as WorkerSettings };
}

/** Brings dist/ up to date; answers the names of the targets that were made anew. */
export async function build(onProgress: (line: string) => void = () => undefined): Promise<string[]> {
  const results = await Promise.allSettled(targets().map((target) => makeIfChanged(target, onProgress)));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return results.flatMap((result) => (result.status === "fulfilled" && result.value !== null ? [result.value] : []));
}

function targets(): Target[] {
  const toolchain = ["package-lock.json", "wrangler.toml", "tsconfig.base.json", "scripts/build.ts"];
  return KINDS.flatMap((kind) => [
    {
      name: `worker ${kind}`,
      sources: [...toolchain, "shared", "workers"],
      make: () => bundleWorker(kind),
    },
    {
      name: `dashboard ${kind}`,
      sources: [...toolchain, "shared", "dashboard"],
      make: () => bundleDashboard(kind),
    },
  ]);
}

async function makeIfChanged(target: Target, onProgress: (line: string) => void): Promise<string | null> {
  const stamp = join(DIST, ".stamps", target.name.replace(" ", "-"));
  const digest = await digestOf(target.sources);
  if ((await readFile(stamp, "utf8").catch(() => "")) === digest) return null;
  onProgress(`building ${target.name}`);
  await rm(stamp, { force: true });
  await target.make();
  await mkdir(join(DIST, ".stamps"), { recursive: true });
  await writeFile(stamp, digest);
  return target.name;
}

async function digestOf(sources: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) {
    for (const path of await filesUnder(join(ROOT, source))) {
      hash
        .update(`${relative(ROOT, path)}\0`)
        .update(await readFile(path))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

async function filesUnder(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) return [];
  if (found.isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function bundleWorker(kind: Kind): Promise<void> {
  const paths = workerPaths(kind);
  const { build: bundle } = await import("esbuild");
  await bundle({
    entryPoints: [join(ROOT, "workers", kind, "index.ts")],
    outfile: paths.script,
    bundle: true,
    format: "esm",
    target: "es2024",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    keepNames: true,
    logLevel: "warning",
  });
  await writeFile(paths.settings, `${JSON.stringify(await settingsOf(kind), null, 2)}\n`);
}

async function settingsOf(kind: Kind): Promise<WorkerSettings> {
  const { unstable_readConfig: readConfig } = await import("wrangler");
  const config = readConfig({ config: join(ROOT, "wrangler.toml"), env: kind });
  const { run_worker_first: first, not_found_handling: notFound } = config.assets ?? {};
  if (!config.compatibility_date || !Array.isArray(first) || !notFound) {
    throw new Error(`wrangler.toml: env.${kind} needs compatibility_date, run_worker_first and not_found_handling`);
  }
  return {
    compatibilityDate: config.compatibility_date,
    // on one machine peers live on loopback, which this flag forbids (architecture: docs/architecture.md)
    compatibilityFlags: config.compatibility_flags.filter((flag: string) => flag !== "global_fetch_strictly_public"),
    crons: config.triggers.crons ?? [],
    runWorkerFirst: first,
    notFoundHandling: notFound,
    vars: config.vars as Record<string, string>,
  };
}

async function bundleDashboard(kind: Kind): Promise<void> {
  const { build: bundle } = await import("vite");
  await bundle({ configFile: join(ROOT, "dashboard/vite.config.ts"), mode: kind, logLevel: "warn" });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = await build((line) => console.log(line));
  if (made.length === 0) console.log("dist/ is up to date");
}

/**
 * `npm run deploy:hub` / `deploy:node`: migrations, worker, dashboard and, at the first time, its keys. A worker that
 * has keys keeps them: a new log key would end the log. `-- --dry-run` does everything that needs no account.
 * Migrations come first, so that a new worker never meets an old database; they are made to bear the old worker.
 */
import { execFile, spawn } from "node:child_process";
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { unstable_readConfig as readConfig } from "wrangler";
import { type HubKeys, makeWitnessKey, type NodeKeys } from "../shared/signing/keys.ts";
import { build, KINDS, ROOT, type Kind } from "./build.ts";
import { makeKeys } from "./network/keys.ts";

const KEYS = join(ROOT, "deploy-keys");
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");

interface Place {
  kind: Kind;
  origin: string;
  publicUrl: string;
  placeholders: string[];
}

async function main(): Promise<void> {
  const [kind, ...rest] = process.argv.slice(2);
  const dryRun = rest.includes("--dry-run");
  if (!isKind(kind) || rest.some((arg) => arg !== "--dry-run")) {
    throw new Error("usage: npm run deploy:hub | deploy:node [-- --dry-run]");
  }
  const place = readPlace(kind);
  if (place.placeholders.length > 0 && !dryRun) {
    throw new Error(
      `wrangler.toml, env.${kind}: set ${place.placeholders.join(", ")}.\n` +
        `A database is made by \`npx wrangler d1 create cocoon-${kind}\`. ORIGIN and PUBLIC_URL are for ever: ` +
        "the log, the joins and every passkey are bound to them.",
    );
  }
  await build((line) => console.log(line));
  if (dryRun) await rehearse(place);
  else await deploy(place);
}

function isKind(value: string | undefined): value is Kind {
  return KINDS.some((kind) => kind === value);
}

function readPlace(kind: Kind): Place {
  const { vars, d1_databases: databases } = readConfig({ config: join(ROOT, "wrangler.toml"), env: kind });
  const { ORIGIN: origin, PUBLIC_URL: publicUrl } = vars as Record<string, string>;
  if (!origin || !publicUrl?.startsWith("https://")) {
    throw new Error(`wrangler.toml, env.${kind}: ORIGIN and an https PUBLIC_URL are needed`);
  }
  const placeholders = [
    ...(origin.endsWith("example.org") ? ["ORIGIN"] : []),
    ...(publicUrl.endsWith("example.org") ? ["PUBLIC_URL"] : []),
    ...(databases.some(({ database_id: id }: { database_id?: string }) => !id || id.startsWith("00000000-"))
      ? ["database_id"]
      : []),
  ];
  return { kind, origin, publicUrl, placeholders };
}

/** Nothing is kept and nobody is called: does it build, and are the keys well-formed? */
async function rehearse(place: Place): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "cocoon-deploy-"));
  try {
    await makeKeys(place.kind, place.origin);
    await wrangler("deploy", "--env", place.kind, "--dry-run", "--outdir", folder);
    console.log("rehearsed: nothing was uploaded, no key was kept");
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function deploy({ kind, origin, publicUrl }: Place): Promise<void> {
  const file = join(KEYS, `${kind}-${origin.replaceAll(":", "_")}.json`);
  const names = await secretNames(kind);
  const hasKeys = names.includes(kind === "hub" ? "LOG_KEY" : "BOOK_KEY");
  await wrangler("d1", "migrations", "apply", "DB", "--env", kind, "--remote");
  if (hasKeys) {
    await wrangler("deploy", "--env", kind);
    if (!names.includes("WITNESS_KEY")) await addWitnessKey(kind, origin);
    console.log(`\n${publicUrl} runs the new version with the keys it had`);
    return;
  }
  const keys = await keepKeys(file, kind, origin);
  const folder = await mkdtemp(join(tmpdir(), "cocoon-deploy-"));
  try {
    const secrets = join(folder, "secrets.json");
    await writeFile(secrets, JSON.stringify(keys.secrets), { mode: 0o600 });
    // in one step with the version (not `secret bulk` after it), so that no version ever runs without its keys
    await wrangler("deploy", "--env", kind, "--secrets-file", secrets);
  } finally {
    await rm(folder, { recursive: true });
  }
  console.log(`\n${publicUrl} is up.`);
  console.log(`  its key      ${keys.vkey}`);
  console.log(`  set it up    ${publicUrl}/join#${keys.secrets.SETUP_TOKEN}   (works once)`);
  console.log(`  keys         ${file}`);
  console.log("Move that file offline: it holds the recovery key, the only way back after a loss.");
}

/** A worker from before there were witnesses gets the key that came later; losing it costs nothing but its signatures. */
async function addWitnessKey(kind: Kind, origin: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "cocoon-deploy-"));
  try {
    const secrets = join(folder, "secrets.json");
    await writeFile(secrets, JSON.stringify({ WITNESS_KEY: await makeWitnessKey(origin) }), { mode: 0o600 });
    await wrangler("secret", "bulk", secrets, "--env", kind);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function keepKeys(file: string, kind: Kind, origin: string): Promise<HubKeys | NodeKeys> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) return JSON.parse(await readFile(file, "utf8")) as HubKeys | NodeKeys;
  const keys = await makeKeys(kind, origin);
  await mkdir(KEYS, { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  return keys;
}

/** Empty where the worker does not exist yet; any other failure ends the deployment rather than risk its keys. */
async function secretNames(kind: Kind): Promise<string[]> {
  try {
    const list = [WRANGLER, "secret", "list", "--env", kind, "--format", "json"];
    const { stdout } = await promisify(execFile)(process.execPath, list, { cwd: ROOT });
    return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    if (/10007|does not exist/.test(stdout + stderr)) return [];
    throw new Error(`couldn't ask which secrets the worker has: ${stderr || String(error)}`, { cause: error });
  }
}

async function wrangler(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [WRANGLER, ...args], { cwd: ROOT, stdio: "inherit" });
  const code = await new Promise<number | null>((resolve) => child.on("exit", resolve));
  if (code !== 0) throw new Error(`wrangler ${args.slice(0, 2).join(" ")} failed`);
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

/**
 * Where the keys of one worker are: a file its operator keeps, and the worker's secrets. For a worker of `npm start` both
 * are one file, which it reads when it starts.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { unstable_readConfig as readConfig } from "wrangler";
import { COSIGNATURE, ED25519, generateNoteKey } from "../../shared/log/note.ts";
import { type PrivateJwk, generateEd25519 } from "../../shared/signing/ed25519.ts";
import { ROOT } from "../build.ts";
import { nodeNames } from "../network.ts";
import { type Role, secretOf } from "./roles.ts";

export interface KeyFile {
  secrets: Record<string, string>;
  vkey?: string;
  recoveryJwk?: PrivateJwk;
  /** the recovery key that takes its place once the recovery that names it is in effect */
  recoveryJwkNext?: PrivateJwk;
  /** keys that were replaced: not needed for anything but to know them again */
  former?: { secret: string; value: string; at: string }[];
  /** when the keys to come were made */
  nextSince?: string;
  /** signed recoveries by log, stored before they are sent */
  recoveries?: Record<string, string>;
}

export interface Vault {
  kind: "hub" | "node";
  origin: string;
  /** where the worker answers */
  url: string;
  file: string;
  read(): Promise<KeyFile>;
  write(keys: KeyFile): Promise<void>;
  /** null takes a secret away; all of them in one step */
  setSecrets(secrets: Record<string, string | null>): Promise<void>;
  /** what the operator must do for the worker to see them; null: nothing */
  afterwards: string | null;
}

const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");

export async function deployedVault(kind: "hub" | "node", file?: string): Promise<Vault> {
  const { vars } = readConfig({ config: join(ROOT, "wrangler.toml"), env: kind });
  const { ORIGIN: origin = "", PUBLIC_URL: url = "" } = vars as Record<string, string>;
  if (origin === "" || origin.endsWith("example.org")) throw new Error(`wrangler.toml, env.${kind}: set ORIGIN`);
  const path = resolve(file ?? join(ROOT, "deploy-keys", `${kind}-${origin.replaceAll(":", "_")}.json`));
  return {
    kind,
    origin,
    url,
    ...fileAt(path),
    setSecrets: async (secrets) => await setDeployed(kind, secrets),
    afterwards: null,
  };
}

async function setDeployed(kind: string, secrets: Record<string, string | null>): Promise<void> {
  const run = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, [WRANGLER, ...args, "--env", kind], { cwd: ROOT })).stdout;
  const listed = JSON.parse(await run("secret", "list", "--format", "json")) as { name: string }[];
  const there = new Set(listed.map(({ name }) => name));
  const wanted = Object.entries(secrets).filter(([name, value]) => value !== null || there.has(name));
  const folder = await mkdtemp(join(tmpdir(), "cocoon-keys-"));
  try {
    const path = join(folder, "secrets.json");
    await writeFile(path, JSON.stringify(Object.fromEntries(wanted)), { mode: 0o600 });
    await run("secret", "bulk", path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function embeddedVault(kind: "hub" | "node", data: string, name: string): Promise<Vault> {
  const settings = JSON.parse(await readFile(join(data, "settings.json"), "utf8")) as { port: number; nodes: number };
  const at = ["hub", ...nodeNames(settings.nodes)].indexOf(name);
  if (at === -1 || (name === "hub") !== (kind === "hub")) throw new Error(`${data} has no ${kind} named ${name}`);
  const origin = `localhost:${settings.port + at}`;
  const file = fileAt(resolve(data, name, "keys.json"));
  return {
    kind,
    origin,
    url: `http://${origin}`,
    ...file,
    async setSecrets(secrets) {
      const keys = await file.read();
      const kept = Object.entries({ ...keys.secrets, ...secrets }).filter(([, value]) => value !== null);
      await file.write({ ...keys, secrets: Object.fromEntries(kept) as Record<string, string> });
    },
    afterwards: "Start the network again (npm start): it reads its keys when it starts.",
  };
}

function fileAt(file: string): Pick<Vault, "file" | "read" | "write"> {
  return {
    file,
    async read() {
      const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw error;
      });
      return text === null ? { secrets: {} } : (JSON.parse(text) as KeyFile);
    },
    async write(keys) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(`${file}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
  };
}

/** Keys to come for these roles: those of an earlier attempt, or new ones, in the file before anybody hears of them. */
export async function makeNext(
  vault: Vault,
  chosen: readonly Role[],
  { newRecovery = false }: { newRecovery?: boolean } = {},
): Promise<KeyFile> {
  const before = await vault.read();
  const isNew = newRecovery && before.recoveryJwkNext === undefined;
  const keys: KeyFile = isNew ? { ...before, recoveryJwkNext: await generateEd25519() } : before;
  const made: Record<string, string> = {};
  for (const role of chosen) {
    const name = `${secretOf[role]}_NEXT`;
    if (keys.secrets[name] === undefined) made[name] = await newSecret(role, vault.origin);
  }
  if (Object.keys(made).length === 0 && !isNew) return keys;
  const next = { ...keys, secrets: { ...keys.secrets, ...made }, nextSince: new Date().toISOString() };
  await vault.write(next);
  return next;
}

async function newSecret(role: Role, origin: string): Promise<string> {
  if (role === "statement" || role === "report") return JSON.stringify(await generateEd25519());
  const type = role === "witness" ? COSIGNATURE : ED25519;
  return (await generateNoteKey(`${origin}/${role}`, undefined, type)).skey;
}

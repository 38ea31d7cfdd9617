/**
 * The secrets of one worker: made once, kept in a file only its owner can read, given to the worker as bindings.
 * The recovery key is never given to a worker; on one machine it lies beside the others, in earnest offline.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeHubKeys, makeNodeKeys, makeWitnessKey, type HubKeys, type NodeKeys } from "../../shared/signing/keys.ts";
import type { Kind } from "../build.ts";

type Keys = HubKeys | NodeKeys;

export async function makeKeys(kind: Kind, origin: string): Promise<Keys> {
  return kind === "hub" ? await makeHubKeys(origin) : await makeNodeKeys(origin);
}

/** Reads the file, or makes it at the first start; `null` keeps the keys in memory only. */
export async function loadKeys(file: string | null, kind: Kind, origin: string): Promise<Keys> {
  if (file === null) return await makeKeys(kind, origin);
  const kept = await readFile(file, "utf8").catch(() => null);
  if (kept !== null) return await completed(file, JSON.parse(kept) as Keys, origin);
  const made = await makeKeys(kind, origin);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  return made;
}

/** A folder from before there were witnesses gets the key that came later. */
async function completed(file: string, keys: Keys, origin: string): Promise<Keys> {
  const { WITNESS_KEY: known } = keys.secrets as Partial<Keys["secrets"]>;
  if (known !== undefined) return keys;
  const secrets = { ...keys.secrets, WITNESS_KEY: await makeWitnessKey(origin) };
  const made = { ...keys, secrets } as Keys;
  await writeFile(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  return made;
}

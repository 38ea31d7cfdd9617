/** What the reader pins on the command line: wrong here it is a wrong command line, and no fault of any hub. */
import { readFile } from "node:fs/promises";
import { parseVkey } from "../../shared/log/note.ts";
import { parsePolicy } from "../../shared/witness/policy.ts";
import { Wrong } from "../command.ts";

export function pinnedKey(vkey: string | undefined): string | undefined {
  if (vkey !== undefined && !parseVkey(vkey).ok) throw new Wrong(`Not the verifier key of a log: ${vkey}`);
  return vkey;
}

export async function pinnedPolicy(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new Wrong(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (!parsePolicy(text).ok) throw new Wrong(`Not a C2SP tlog-policy: ${file}`);
  return text;
}

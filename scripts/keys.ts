/**
 * `npm run keys -- …`: keys that take the place of others (docs/operate.md, "Keys"). A new key is in the file before
 * anything else happens, the secret is the order, the log is where it happens: each command may be run again after a
 * crash anywhere and goes on where it stopped. Exit codes: 0; 1 when it could not be done; 64 for a wrong command line.
 */
import { type Asked, USAGE, readCommand } from "./keys/arguments.ts";
import { object } from "./keys/object.ts";
import { recoverHub, recoverNode } from "./keys/recover.ts";
import { finish, rotate } from "./keys/rotate.ts";
import { show } from "./keys/show.ts";
import { deployedVault, embeddedVault, type Vault } from "./keys/vault.ts";
import { Wrong, runCommand } from "./command.ts";

async function main(): Promise<number> {
  const asked = readCommand(process.argv.slice(2));
  try {
    await act(asked, await openVault(asked));
    return 0;
  } catch (error) {
    if (error instanceof Wrong || !(error instanceof Error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function act(asked: Asked, vault: Vault): Promise<void> {
  const { chosen, hubs, newRecovery, isForced } = asked;
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  if (asked.act === "show") await show(vault, hubs, say);
  else if (asked.act === "object") await object(vault, hubs, say);
  else if (asked.act === "rotate") await rotate(vault, chosen, say);
  else if (asked.act === "finish") await finish(vault, { chosen, now: Date.now(), isForced, say });
  else if (asked.kind === "hub") await recoverHub(vault, chosen, { newRecovery }, say);
  else await recoverNode(vault, chosen, { hubs, newRecovery }, say);
}

async function openVault({ kind, data, name, file }: Asked): Promise<Vault> {
  if (data === undefined) return await deployedVault(kind, file);
  return await embeddedVault(kind, data, name ?? (kind === "hub" ? "hub" : "a"));
}

await runCommand(main, USAGE);

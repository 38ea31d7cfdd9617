/**
 * `npm run keys -- rotate|finish|recover hub|node`: keys that take the place of others (docs/operate.md, "Keys"). A new
 * key is in the file before anything else happens, the secret is the order, the log is where it happens: each command
 * may be run again after a crash anywhere and goes on where it stopped.
 *   --keys statement,log | report,book   which ones; all of them if not said
 *   --file FILE                          the key file; deploy-keys/<kind>-<origin>.json if not said
 *   --hub URL                            recover node: a hub to tell (again for each); the node's own list if not said
 *   --data DIR --name NAME               a worker of `npm start` instead of a deployed one: hub, a, b, …
 *   --now                                finish: do not wait 30 days before an old log or book key stops signing
 */
import { parseArgs } from "node:util";
import { finish, rotate } from "./keys/rotate.ts";
import { recoverHub, recoverNode } from "./keys/recover.ts";
import { deployedVault, embeddedVault, roles, type Role } from "./keys/vault.ts";

const USAGE = `usage: npm run keys -- rotate|finish|recover hub|node
  [--keys statement,log|report,book] [--file FILE] [--hub URL]... [--data DIR --name NAME] [--now]`;

class Wrong extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const [act, kind] = positionals;
  if ((kind !== "hub" && kind !== "node") || positionals.length > 2) throw new Wrong("Say whose keys: hub or node.");
  const vault =
    values.data === undefined
      ? await deployedVault(kind, values.file)
      : await embeddedVault(kind, values.data, values.name ?? (kind === "hub" ? "hub" : "a"));
  const chosen = chosenRoles(values.keys, kind);
  const say = (line: string): void => console.log(line);
  if (act === "rotate") await rotate(vault, chosen, say);
  else if (act === "finish") await finish(vault, { now: Date.now(), isForced: values.now, say });
  else if (act !== "recover") throw new Wrong("Say what to do: rotate, finish or recover.");
  else if (kind === "hub") await recoverHub(vault, chosen, say);
  else await recoverNode(vault, chosen, values.hub, say);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        keys: { type: "string" },
        file: { type: "string" },
        hub: { type: "string", multiple: true, default: [] },
        data: { type: "string" },
        name: { type: "string" },
        now: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new Wrong((error as Error).message);
  }
}

function chosenRoles(text: string | undefined, kind: "hub" | "node"): Role[] {
  const all = roles[kind];
  if (text === undefined) return [...all];
  return text.split(",").map((name) => {
    const role = all.find((one) => one === name);
    if (role === undefined) throw new Wrong(`A ${kind} has no key "${name}": ${all.join(", ")}`);
    return role;
  });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Wrong ? `${error.message}\n\n${USAGE}` : (error as Error).message);
  process.exitCode = error instanceof Wrong ? 64 : 1;
}

/** What a command line of `npm run keys` asks for, or a sentence about what is wrong with it. */
import { parseArgs } from "node:util";
import { Wrong } from "../command.ts";
import { type Role, roles } from "./roles.ts";

export const USAGE = `Usage:
  npm run keys -- show    hub|node   which keys each log holds, which are in the file, a recovery that waits
  npm run keys -- rotate  hub|node   next keys beside the current ones, until every log has them
  npm run keys -- finish  hub|node   the next keys in the place of the old ones
  npm run keys -- recover hub|node   after a loss or theft, with the recovery key in the file
  npm run keys -- object  node       to a recovery that this community did not begin

  --keys statement,log | report,book,witness
                       which ones; all of them if not said. recover: "none" with --new-recovery-key
  --file FILE          the key file; deploy-keys/<kind>-<origin>.json if not said
  --hub URL            a hub to ask or tell (again for each); the node's own list if not said
  --new-recovery-key   recover: the recovery key is replaced too
  --now                finish: do not wait for those who rely on an old log, book or witness key
  --data DIR --name N  a worker of \`npm start\` instead of a deployed one: hub, a, b, …`;

const ACTS = ["show", "rotate", "finish", "recover", "object"] as const;
type Act = (typeof ACTS)[number];
/** Which commands an option belongs to. */
const OPTIONS = {
  keys: ["rotate", "finish", "recover"],
  hub: ["show", "recover", "object"],
  "new-recovery-key": ["recover"],
  now: ["finish"],
} as const satisfies Record<string, readonly Act[]>;

export interface Asked {
  act: Act;
  kind: "hub" | "node";
  chosen: Role[];
  newRecovery: boolean;
  isForced: boolean;
  hubs: string[];
  file: string | undefined;
  data: string | undefined;
  name: string | undefined;
}

export function readCommand(argv: readonly string[]): Asked {
  const { values, positionals } = readArguments(argv);
  const [first, kind] = positionals;
  const act = ACTS.find((one) => one === first);
  if (act === undefined) throw new Wrong(`Say what to do: ${ACTS.join(", ")}.`);
  if ((kind !== "hub" && kind !== "node") || positionals.length > 2) throw new Wrong("Say whose keys: hub or node.");
  if (act === "object" && kind === "hub")
    throw new Wrong("A hub's recovery takes effect at once: nobody objects to it.");
  for (const [option, acts] of Object.entries(OPTIONS) as [keyof typeof OPTIONS, readonly Act[]][]) {
    const value = values[option];
    const isGiven = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
    if (isGiven && !acts.includes(act)) throw new Wrong(`--${option} says nothing about ${act}.`);
  }
  const { data, name, file, hub: hubs, now: isForced, "new-recovery-key": newRecovery } = values;
  if (name !== undefined && data === undefined) throw new Wrong("--name needs --data.");
  if (file !== undefined && data !== undefined) throw new Wrong("--data has its own file: leave out --file.");
  if (kind === "hub" && hubs.length > 0) throw new Wrong("--hub is for a node's keys.");
  const wrongUrl = hubs.find((url) => !/^https?:$/.test(URL.parse(url)?.protocol ?? ""));
  if (wrongUrl !== undefined) throw new Wrong(`--hub needs a full address: ${wrongUrl}`);
  const chosen = values.keys === "none" && newRecovery ? [] : chosenRoles(values.keys, kind);
  return { act, kind, chosen, newRecovery, isForced, hubs, file, data, name };
}

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        keys: { type: "string" },
        file: { type: "string" },
        hub: { type: "string", multiple: true, default: [] },
        data: { type: "string" },
        name: { type: "string" },
        now: { type: "boolean", default: false },
        "new-recovery-key": { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new Wrong(error instanceof Error ? error.message : String(error));
  }
}

function chosenRoles(text: string | undefined, kind: "hub" | "node"): Role[] {
  const all = roles[kind];
  if (text === undefined) return [...all];
  return text.split(",").map((name) => {
    const role = all.find((one) => one === name);
    if (role === undefined) throw new Wrong(`A ${kind} has no key "${name}": ${all.join(", ")}.`);
    return role;
  });
}

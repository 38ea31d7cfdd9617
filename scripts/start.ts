/**
 * `npm start`: a hub and its nodes on this machine, with a demo network inside unless told otherwise.
 *   --port N    the hub's port; nodes get the ones after it       --nodes K   how many communities
 *   --data DIR  where keys and databases are kept                 --fresh     forget that folder first
 *   --empty     no demo: prints the setup links instead
 */
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readLogList } from "../shared/witness/log-list.ts";
import { build } from "./build.ts";
import { demoLinks, seedDemo } from "./demo/seed.ts";
import { recallDemo } from "./demo/memory.ts";
import { bootNetwork, type Network } from "./network.ts";
import { keepMail, openMailbox } from "./network/mailbox.ts";
import { takenPorts } from "./network/ports.ts";
import { endOrphans } from "./network/process.ts";
import { openSetupLinks } from "./network/setup.ts";

interface Settings {
  port: number;
  nodes: number;
  demo: boolean;
  /** variables of a hub that `npm run restore` has made */
  hub?: Record<string, string>;
}

/** Of three communities two can draw the lot that the third is audited by. */
const FIRST_SETTINGS: Settings = { port: 8787, nodes: 3, demo: true };
/** Tighter than the once a minute of a deployed network, so that a newcomer sees a pledge arrive. */
const DEMO_REPORT_INTERVAL_S = "2";
/** Nothing leaves this machine. */
const MAIL_FROM = "hub@localhost";

class Wrong extends Error {}

async function main(): Promise<void> {
  const { data, fresh, settings: asked } = readArguments();
  const logs = witnessLogs();
  if (fresh) await forget(data);
  const kept = await readSettings(data);
  const settings = merge(kept, asked);
  await endOrphans(Array.from({ length: settings.nodes + 1 }, (_, i) => `localhost:${settings.port + i}`));
  const taken = await takenPorts(settings.port, settings.nodes + 1);
  if (taken.length > 0) {
    const advice = kept
      ? "If Cocoon is running already, stop it, or begin another: --data DIR --port N"
      : "Choose others: --port N";
    throw new Wrong(`Taken already: port ${taken.join(", ")}. ${advice}`);
  }
  await build((line) => console.log(`  ${line}`));
  await mkdir(data, { recursive: true });
  await writeFile(join(data, "settings.json"), `${JSON.stringify(settings, null, 2)}\n`);
  const mailbox = await openMailbox(await keepMail(join(data, "mail")));
  const network = await bootNetwork({
    ...settings,
    data,
    vars: {
      hub: { REPORT_INTERVAL_S: DEMO_REPORT_INTERVAL_S, SMTP_URL: mailbox.url, MAIL_FROM, ...settings.hub },
      node: { REPORT_INTERVAL_S: DEMO_REPORT_INTERVAL_S, ...logs },
    },
    onLog: logInto(data),
  });
  stopOnSignals(network);
  printAddresses(network, settings, data);
  if (settings.demo) await showDemo(network, join(data, "demo.json"));
  else await printSetupLinks(network);
  console.log("\nCtrl-C stops it; the next start continues with the same data and keys.");
}

function readArguments(): { data: string; fresh: boolean; settings: Partial<Settings> } {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        port: { type: "string" },
        nodes: { type: "string" },
        data: { type: "string", default: ".cocoon" },
        fresh: { type: "boolean", default: false },
        empty: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    throw new Wrong((error as Error).message);
  }
  const settings: Partial<Settings> = {};
  if (values.port !== undefined) settings.port = wholeNumber("--port", values.port, 1024, 65_000);
  if (values.nodes !== undefined) settings.nodes = wholeNumber("--nodes", values.nodes, 1, 50);
  if (values.empty) settings.demo = false;
  return { data: resolve(values.data), fresh: values.fresh, settings };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Wrong(`${name} must be a whole number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}

async function readSettings(data: string): Promise<Settings | null> {
  const text = await readFile(join(data, "settings.json"), "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as Settings);
}

/** Only a folder that a network was kept in is removed. */
async function forget(data: string): Promise<void> {
  if ((await readSettings(data)) === null) return;
  await rm(data, { recursive: true });
}

/** Ports are part of the origins that keys are bound to, and whether it is a demo is said in the log: both stay. */
function merge(kept: Settings | null, asked: Partial<Settings>): Settings {
  if (kept === null) return { ...FIRST_SETTINGS, ...asked };
  const again = "Use --fresh to begin anew, or another folder with --data DIR.";
  if (asked.port !== undefined && asked.port !== kept.port) {
    throw new Wrong(`This folder holds a network at port ${kept.port}; its addresses cannot change. ${again}`);
  }
  if (asked.demo === false && kept.demo) throw new Wrong(`This folder holds a demo network. ${again}`);
  return { ...kept, ...(asked.nodes !== undefined && { nodes: asked.nodes }) };
}

/** Logs of others that every community of this network is to witness, one vkey a line. */
function witnessLogs(): Record<string, string> {
  const { WITNESS_LOGS: logs = "" } = process.env;
  const list = readLogList(logs);
  if (!list.ok) throw new Wrong(`WITNESS_LOGS holds one verifier key a line; line ${list.error} is none.`);
  return logs === "" ? {} : { WITNESS_LOGS: logs };
}

function printAddresses({ hub, nodes }: Network, { demo }: Settings, data: string): void {
  console.log(`\nready: ${demo ? "a demo network, labelled as such on every page" : "an empty network"}`);
  console.log(`  hub          ${hub.url}`);
  for (const node of nodes) console.log(`  community ${node.name}  ${node.url}`);
  console.log(`  check it     npm run verify -- ${hub.url}`);
  console.log(`  data, logs   ${data}`);
  console.log(`  mail         ${join(data, "mail")}   (what the hub writes to people: codes, alerts)`);
}

async function showDemo(network: Network, file: string): Promise<void> {
  const memory = recallDemo(file);
  if (!memory.complete) {
    console.log("\nfilling the demo network, in the open, through the public API:");
    await seedDemo(network, memory, (line) => console.log(`  ${line}`));
  }
  const links = await demoLinks(network, memory);
  console.log("\nlook around as (each link works once; a new one is printed at every start):");
  console.log(`  operator     ${links.operator}`);
  console.log(`  steward      ${links.steward}`);
  console.log(`  member       ${links.member}`);
  console.log(`  funder       ${links.funder}`);
  console.log(`  supplier     ${links.supplier}`);
}

async function printSetupLinks(network: Network): Promise<void> {
  const links = await openSetupLinks(network);
  if (links.length === 0) return;
  console.log("\nset up by (each link works once):");
  for (const { who, url } of links) console.log(`  ${who.padEnd(12)} ${url}`);
}

function logInto(data: string): (name: string, line: string) => void {
  const file = createWriteStream(join(data, "workers.log"), { flags: "w" });
  return (name, line) => file.write(`${name} ${line}\n`);
}

function stopOnSignals(network: Network): void {
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // miniflare's own handler ends the process before its databases are closed
    process.removeAllListeners(signal);
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      console.log("\nstopping");
      void network.stop().finally(() => process.exit(0));
    });
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Wrong)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

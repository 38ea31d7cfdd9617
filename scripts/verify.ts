/**
 * `npm run verify -- <hub url>`: recounts a hub's numbers from its signed log (docs/protocol.md §10).
 * `npm run verify -- pledge receipt.json`: follows one pledge into the published total.
 * `npm run verify -- evidence file.json`: whether a document proves that a party broke a rule, offline.
 * Exit codes: 0 ok, 1 invalid, 2 stale, 3 network, 4 split view; 64 for a wrong command line.
 */
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { collectDropped } from "../shared/evidence/collect.ts";
import { refuse } from "../shared/evidence/refusal.ts";
import { parseEvidence, verifyEvidence } from "../shared/evidence/verify.ts";
import { receipt as receiptSchema } from "../shared/protocol/document.ts";
import { verifyHub } from "../shared/verify/hub.ts";
import { followPledge } from "../shared/verify/pledge.ts";
import { EXIT } from "../shared/verify/report.ts";
import { type Source, Unreachable } from "../shared/verify/source.ts";
import { Wrong, runCommand } from "./command.ts";
import { addressOf, bookSource, isLoopback, sourceAt } from "./verify/address.ts";
import { writeEvidence } from "./verify/evidence-file.ts";
import { readState, recallOf, rememberedAfter, writeState } from "./verify/memory.ts";
import { printEvidence, printHub, printPledge, progressBar } from "./verify/print.ts";

const USAGE = `Usage:
  npm run verify -- <hub url> [--vkey <key>] [--books] [--book <origin>=<url>]... [--state <file>] [--policy <file>] [--json]
  npm run verify -- pledge <receipt.json> [--hub <url>] [--node <url>] [--json]
  npm run verify -- evidence <file.json> [--vkey <key>] [--json]

  --vkey   the log's verifier key; without it the hub's own word is taken, and said so
  --books  also read every community's pledge book and repeat every verdict
  --book   where to read a community's book, if not at its own address
  --policy the witnesses that must have cosigned (C2SP tlog-policy); without it the log's own rule
  --state  remember the log's checkpoint in this file, and compare with the one remembered; what proves that the log
           is not the same any more is written beside it
  --json   one JSON object on stdout`;

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  const now = Math.floor(Date.now() / 1000);
  const [first, second] = positionals;
  if (first === "pledge") {
    if (second === undefined || positionals.length > 2) throw new Wrong("Name the receipt file.");
    return verifyPledge(second, { hub: values.hub, node: values.node, json: values.json, now });
  }
  if (first === "evidence") {
    if (second === undefined || positionals.length > 2) throw new Wrong("Name the file.");
    return verifyDocument(second, { vkey: values.vkey, json: values.json });
  }
  if (first === undefined || positionals.length > 1) throw new Wrong("Name the hub's address.");
  const overrides = readOverrides(values.book);
  const hub = addressOf(first, values.vkey !== undefined);
  const isLocal = isLoopback(new URL(hub));
  const remembered = values.state === undefined ? {} : await readState(values.state);
  const bar = progressBar();
  const report = await verifyHub(sourceAt(hub), {
    now,
    vkey: values.vkey,
    remembered: (vkey) => recallOf(remembered, vkey),
    books: values.books ? (node) => bookSource(overrides.get(node.origin) ?? node.url, isLocal) : undefined,
    policy: values.policy === undefined ? undefined : await readText(values.policy),
    witnessSource: ({ url }) => bookSource(url ?? "", isLocal),
    onProgress: bar.show,
  });
  bar.end();
  if (values.state !== undefined) {
    await writeState(values.state, rememberedAfter(remembered, report));
    for (const file of await writeEvidence(dirname(values.state), report.evidence))
      process.stderr.write(`The proof is in ${file}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else printHub(hub, report);
  return report.exit;
}

/** Says the same wherever it is run: nothing is asked of anybody. */
async function verifyDocument(file: string, { vkey, json }: { vkey: string | undefined; json: boolean }) {
  const document = parseEvidence(await readJson(file));
  const found =
    document === null
      ? refuse("malformed", "not a document of evidence of this version")
      : await verifyEvidence(document, vkey === undefined ? null : [vkey]);
  const pinned = vkey !== undefined;
  if (json)
    process.stdout.write(`${JSON.stringify({ ok: found.ok, pinned, ...(found.ok ? found.value : found.error) })}\n`);
  else printEvidence(file, found, pinned ? null : (document?.hub.vkey ?? null));
  return found.ok ? EXIT.ok : EXIT.invalid;
}

async function verifyPledge(
  file: string,
  options: { hub: string | undefined; node: string | undefined; json: boolean; now: number },
): Promise<number> {
  const content = await readJson(file);
  const parsed = receiptSchema.safeParse(content);
  const hub = options.hub ?? (parsed.success ? parsed.data.hub.url : "");
  const node = options.node ?? (parsed.success ? parsed.data.node.url : "");
  // An unreadable receipt names no addresses; it is refused before any is asked.
  const nowhere: Source = {
    name: "nowhere",
    get: () => Promise.reject(new Unreachable("the receipt names no address")),
  };
  const hubSource = parsed.success ? sourceAt(addressOf(hub, true)) : nowhere;
  const nodeSource = parsed.success ? sourceAt(addressOf(node, true)) : nowhere;
  const report = await followPledge(content, { now: options.now, hubSource, nodeSource });
  if (report.receipt !== null && (report.exit === EXIT.invalid || report.exit === EXIT.splitView)) {
    const evidence = await collectDropped(report.receipt, hubSource, nodeSource);
    if (evidence !== null)
      for (const written of await writeEvidence(dirname(file), [evidence]))
        process.stderr.write(`The proof is in ${written}\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else printPledge(file, report);
  return report.exit;
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        vkey: { type: "string" },
        books: { type: "boolean", default: false },
        book: { type: "string", multiple: true, default: [] },
        state: { type: "string" },
        policy: { type: "string" },
        json: { type: "boolean", default: false },
        hub: { type: "string" },
        node: { type: "string" },
      },
    });
  } catch (error) {
    throw new Wrong(error instanceof Error ? error.message : String(error));
  }
}

function readOverrides(pairs: readonly string[]): Map<string, string> {
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new Wrong(`--book needs <origin>=<url>: ${pair}`);
      return [pair.slice(0, at), addressOf(pair.slice(at + 1), true)];
    }),
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new Wrong(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new Wrong(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

await runCommand(main, USAGE);

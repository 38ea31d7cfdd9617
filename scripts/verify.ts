/**
 * `npm run verify -- <hub url>`: recounts a hub's numbers from its signed log (docs/protocol.md §10).
 * `npm run verify -- pledge receipt.json`: follows one pledge into the published total.
 * `npm run verify -- evidence file.json`: whether a document proves that a party broke a rule; offline, unless it only names
 * the entries it rests on.
 * Exit codes: 0 ok, 1 invalid, 2 stale, 3 network, 4 split view; 64 for a wrong command line.
 */
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { collectDropped } from "../shared/evidence/collect.ts";
import type { Elsewhere } from "../shared/evidence/entries.ts";
import { refuse } from "../shared/evidence/refusal.ts";
import { parseEvidence, verifyEvidence } from "../shared/evidence/verify.ts";
import { receipt as receiptSchema } from "../shared/protocol/document.ts";
import type { Evidence } from "../shared/protocol/evidence.ts";
import { verifyHub } from "../shared/verify/hub.ts";
import { followPledge } from "../shared/verify/pledge.ts";
import { EXIT } from "../shared/verify/report.ts";
import { type Source, Unreachable } from "../shared/verify/source.ts";
import { Wrong, runCommand } from "./command.ts";
import { addressOf, bookSource, isLoopback, sourceAt } from "./verify/address.ts";
import { nextSteps, sendEvidence, writeEvidence } from "./verify/evidence-file.ts";
import { readState, recallOf, rememberedAfter, writeState } from "./verify/memory.ts";
import { printEvidence, printHub, printPledge, progressBar } from "./verify/print.ts";
import { pinnedKey, pinnedPolicy } from "./verify/pinned.ts";

const USAGE = `Usage:
  npm run verify -- <hub url> [--vkey <key>] [--books] [--book <origin>=<url>]... [--state <file>] [--policy <file>]
                              [--evidence <folder>] [--json]
  npm run verify -- pledge <receipt.json> [--hub <url>] [--node <url>] [--json]
  npm run verify -- evidence <file.json> [--vkey <key>] [--hub <url>] [--book <origin>=<url>]... [--send <url>]... [--json]

  --vkey   the log's verifier key; without it the hub's own word is taken, and said so
  --books  also read every community's pledge book and repeat every verdict
  --book   where to read a community's book, if not at its own address
  --policy the witnesses that must have cosigned (C2SP tlog-policy); without it the log's own rule
  --state  remember the log's tree in this file, and compare with the one remembered
  --evidence  where proofs of what is found wrong are written; else beside the state file, else here
  --hub    where entries are read that a proof only names: the hub, a copy of it, or whoever serves its log
  --send   hand a proof that holds to this community or hub
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
    const { hub, json } = values;
    return verifyDocument(second, {
      vkey: pinnedKey(values.vkey),
      hub,
      json,
      books: readOverrides(values.book),
      to: values.send,
    });
  }
  if (first === undefined || positionals.length > 1) throw new Wrong("Name the hub's address.");
  const overrides = readOverrides(values.book);
  const hub = addressOf(first, values.vkey !== undefined);
  const isLocal = isLoopback(new URL(hub));
  const remembered = values.state === undefined ? {} : await readState(values.state);
  const bar = progressBar();
  const report = await verifyHub(sourceAt(hub), {
    now,
    vkey: pinnedKey(values.vkey),
    remembered: (vkey) => recallOf(remembered, vkey),
    books: values.books ? (node) => bookSource(overrides.get(node.origin) ?? node.url, isLocal) : undefined,
    policy: await pinnedPolicy(values.policy),
    witnessSource: ({ url }) => bookSource(url ?? "", isLocal),
    onProgress: bar.show,
  });
  bar.end();
  if (values.state !== undefined) {
    await writeState(values.state, rememberedAfter(remembered, report));
  }
  await leave(values.evidence ?? (values.state === undefined ? "." : dirname(values.state)), report.evidence);
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else printHub(hub, report);
  return report.exit;
}

/** Writes proofs, and says on stderr where they are and what can be done with them. */
async function leave(folder: string, documents: readonly Evidence[]): Promise<void> {
  const files = await writeEvidence(folder, documents);
  for (const [at, document] of documents.entries()) process.stderr.write(nextSteps(files[at] ?? "", document));
}

/** Says the same wherever it is run: what is read elsewhere must lead to a root that is in the document. */
async function verifyDocument(
  file: string,
  options: {
    vkey: string | undefined;
    hub: string | undefined;
    json: boolean;
    books: ReadonlyMap<string, string>;
    to: readonly string[];
  },
): Promise<number> {
  const { vkey, json } = options;
  const recipients = options.to.map((url) => addressOf(url, true));
  const document = parseEvidence(await readJson(file));
  const found =
    document === null
      ? refuse("malformed", "not a document of evidence of this version")
      : await verifyEvidence(document, vkey === undefined ? null : [vkey], elsewhereOf(document, options));
  const pinned = vkey !== undefined;
  const sent =
    document === null || !found.ok
      ? []
      : await Promise.all(recipients.map(async (to) => await sendEvidence(document, to)));
  const result = { ok: found.ok, pinned, ...(found.ok ? found.value : found.error), ...(sent.length > 0 && { sent }) };
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else printEvidence(file, found, { unpinned: pinned ? null : (document?.hub.vkey ?? null), sent });
  if (!found.ok) return found.error.fault === "unread" ? EXIT.network : EXIT.invalid;
  return sent.every(({ ok }) => ok) ? EXIT.ok : EXIT.network;
}

/** The log is read at the hub unless told otherwise: its name is its address. */
function elsewhereOf(
  { hub: { origin } }: Evidence,
  { hub, books }: { hub: string | undefined; books: ReadonlyMap<string, string> },
): Elsewhere {
  const host = origin.replace(/\/log$/, "");
  const isLocal = hub !== undefined && isLoopback(new URL(addressOf(hub, true)));
  return {
    hub: sourceAt(hub === undefined ? `https://${host}` : addressOf(hub, true)),
    bookOf: (node) => bookSource(books.get(node.origin) ?? node.url, isLocal),
  };
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
    if (evidence !== null) await leave(dirname(file), [evidence]);
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
        evidence: { type: "string" },
        send: { type: "string", multiple: true, default: [] },
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

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new Wrong(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

await runCommand(main, USAGE);

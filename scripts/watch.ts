/**
 * `npm run watch -- <hub url>`: verifies a hub again and again, remembers what it saw, and raises an alarm by exit code, log
 * line and webhook. It does what `npm run verify` does, with the memory of all its rounds.
 * Exit codes: those of verify (docs/protocol.md §10); 64 for a wrong command line.
 */
import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { EXIT } from "../shared/verify/report.ts";
import { verifyHub } from "../shared/verify/hub.ts";
import { Wrong, runCommand } from "./command.ts";
import { addressOf, bookSource, isLoopback, sourceAt } from "./verify/address.ts";
import { nextSteps, writeEvidence } from "./verify/evidence-file.ts";
import { readState, recallOf, rememberedAfter, writeState } from "./verify/memory.ts";
import { pinnedKey } from "./verify/pinned.ts";
import { isNews, judge, type Known, type WatchLine } from "./watch/alarm.ts";
import { deliver } from "./watch/webhook.ts";

const USAGE = `Usage:
  npm run watch -- <hub url> [--every <seconds>] [--books] [--vkey <key>] [--state <file>] [--evidence <folder>]
                             [--webhook <url>] [--once] [--stay]

  --every    seconds between two rounds, 300 unless told, at least 10
  --books    also read every community's pledge book and repeat every verdict
  --vkey     the log's verifier key; without it the hub's own word is taken in the first round
  --state    remember the log's tree in this file, so that a restarted watcher still notices a rewritten history
  --evidence where proofs of what is found wrong are written; else beside the state file, else here
  --webhook  where alarms go; signed with the secret in WATCH_WEBHOOK_SECRET (whsec_…)
  --once     one round, for a cron: the exit code is the alarm
  --stay     go on after a proof of wrongdoing; without it the watcher ends with its exit code`;

async function main(): Promise<number> {
  const options = readOptions();
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  const { hub, every_ms, isOnce, stays } = options;
  let remembered = options.state === undefined ? {} : await readState(options.state);
  let vkey = options.vkey;
  let known: Known = "";
  let worst: number = EXIT.ok;
  while (!stop.signal.aborted) {
    const report = await verifyHub(sourceAt(hub), {
      now: Math.floor(Date.now() / 1000),
      vkey,
      remembered: (key) => recallOf(remembered, key),
      books: options.books ? (node) => bookSource(node.url, isLoopback(new URL(hub))) : undefined,
      witnessSource: ({ url }) => bookSource(url ?? "", isLoopback(new URL(hub))),
      onProgress: () => undefined,
    });
    remembered = rememberedAfter(remembered, report);
    // From the first sound round on, the hub cannot change its key without being noticed.
    if (report.exit === EXIT.ok && report.vkey !== null) vkey ??= report.vkey;
    const judged = judge(known, hub, report, new Date().toISOString());
    known = judged.known;
    // The alarm first: a disk that is full keeps nobody from hearing it.
    await say(judged.line, options.webhook);
    if (options.state !== undefined) await writeState(options.state, remembered);
    const files = await writeEvidence(options.evidence, report.evidence);
    for (const [at, document] of report.evidence.entries()) process.stderr.write(nextSteps(files[at] ?? "", document));
    worst = report.exit === EXIT.ok ? worst : report.exit;
    const isProof = report.exit === EXIT.invalid || report.exit === EXIT.splitView;
    if (isOnce || (isProof && !stays)) return report.exit;
    await pause(every_ms, undefined, { signal: stop.signal }).catch(() => undefined);
  }
  return worst;
}

async function say(line: WatchLine, webhook: { url: string; secret: string } | null): Promise<void> {
  const isDelivered = webhook !== null && isNews(line) ? await deliver(line, { ...webhook, id: randomUUID() }) : null;
  const delivery = isDelivered === null ? {} : { webhook: isDelivered ? "delivered" : "failed" };
  process.stdout.write(`${JSON.stringify({ ...line, ...delivery })}\n`);
}

function readOptions() {
  const { values, positionals } = readArguments();
  const [address] = positionals;
  if (address === undefined || positionals.length > 1) throw new Wrong("Name the hub's address.");
  const every = Number(values.every);
  if (!Number.isInteger(every) || every < 10 || every > 86_400) throw new Wrong("--every needs 10 to 86400 seconds.");
  return {
    hub: addressOf(address, values.vkey !== undefined),
    every_ms: every * 1000,
    books: values.books,
    vkey: pinnedKey(values.vkey),
    state: values.state,
    evidence: values.evidence ?? (values.state === undefined ? "." : dirname(values.state)),
    isOnce: values.once,
    stays: values.stay,
    webhook: values.webhook === undefined ? null : webhookOf(values.webhook),
  };
}

function webhookOf(address: string): { url: string; secret: string } {
  const secret = process.env["WATCH_WEBHOOK_SECRET"] ?? "";
  if (!/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret))
    throw new Wrong("--webhook needs a secret of at least 24 bytes, whsec_… in base64, in WATCH_WEBHOOK_SECRET.");
  return { url: addressOf(address, false), secret };
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        every: { type: "string", default: "300" },
        books: { type: "boolean", default: false },
        vkey: { type: "string" },
        state: { type: "string" },
        evidence: { type: "string" },
        webhook: { type: "string" },
        once: { type: "boolean", default: false },
        stay: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new Wrong(error instanceof Error ? error.message : String(error));
  }
}

await runCommand(main, USAGE);

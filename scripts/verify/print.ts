/** What `verify` shows a person: a line per check, the numbers, and a bar while a long log is read. */
import { styleText } from "node:util";
import type { Found } from "../../shared/evidence/refusal.ts";
import { formatAmountPlain } from "../../shared/money/amount.ts";
import type { Check, Progress, VerifyReport } from "../../shared/verify/hub.ts";
import type { PledgeReport } from "../../shared/verify/pledge.ts";

const VERDICTS = ["verified", "invalid", "stale", "could not be read", "split view"];

export function printHub(address: string, report: VerifyReport): void {
  const lines = [address, ...report.checks.map(line), ""];
  const { network } = report;
  if (network !== null) {
    const { purchasing_power_minor, currency, pledges, communities, log, as_of } = network;
    lines.push(
      `  ${currency} ${formatAmountPlain(BigInt(purchasing_power_minor), currency)} of purchasing power, ${pledges} pledges, ${communities} communities`,
      `  recomputed here from entries 0 to ${log.size - 1}, as of ${as_of}`,
      "",
    );
  }
  if (report.vkey !== null) lines.push(`  log key  ${report.vkey}`, `  root     ${report.root} at ${report.size}`, "");
  lines.push(verdict(report.exit));
  process.stdout.write(`${lines.join("\n")}\n`);
}

export function printPledge(file: string, report: PledgeReport): void {
  const tick = (isTrue: boolean) => (isTrue ? "✔" : "·");
  const { signed, in_book, logged, counted } = report.ticks;
  const ticks = [
    `${tick(signed)} signed by you`,
    `${tick(in_book)} in your community's book`,
    `${tick(logged)} in the network log`,
    `${tick(counted)} inside the published total, still live`,
  ];
  process.stdout.write(
    `${[file, ...report.checks.map(line), "", `  ${ticks.join("\n  ")}`, "", verdict(report.exit)].join("\n")}\n`,
  );
}

/** `unpinned`: the log key that only the document itself names. `sent`: who was handed it, and what they answered. */
export function printEvidence(
  file: string,
  found: Found,
  { unpinned, sent }: { unpinned: string | null; sent: readonly { to: string; said: string }[] },
): void {
  const lines = found.ok
    ? [styleText("red", `  ${found.value.detail}`), "", `  against  ${found.value.accused}`]
    : [`  ${found.error.detail}`];
  if (unpinned !== null)
    lines.push(`  log key  ${unpinned}`, "           by the document's own word: compare it, or pin it with --vkey");
  for (const { to, said } of sent) lines.push(`  sent to  ${to}: ${said}`);
  process.stdout.write(`${[file, ...lines, "", found.ok ? "proven" : unproven(found.error.fault)].join("\n")}\n`);
}

function unproven(fault: string): string {
  return fault === "unread"
    ? "could not be checked: name with --hub who serves the log (unread, exit code 3)"
    : `proves nothing (${fault}, exit code 1)`;
}

function line({ id, ok, code, detail, index, subject }: Check<string>): string {
  const mark = ok ? styleText("green", "✔") : styleText("red", "✘");
  const about = subject === undefined ? "" : `${subject}: `;
  const why = ok ? "" : styleText("red", ` [${code}${index === undefined ? "" : ` at ${index}`}]`);
  return `  ${mark} ${id.padEnd(11)} ${about}${detail}${why}`;
}

function verdict(exit: number): string {
  const words = VERDICTS[exit] ?? "unknown";
  return exit === 0 ? styleText("green", words) : styleText("red", `${words} (exit code ${exit})`);
}

type Shown = Omit<Progress, "step"> & { step: string };

const WIDTH = 30;
const LONG_RUN_MS = 5_000;

/** On a terminal a bar; elsewhere a line now and then, once a run turns out long. Both on stderr. */
export function progressBar(): { show: (progress: Shown) => void; end: () => void } {
  const isTerminal = process.stderr.isTTY;
  let lastShown = Date.now();
  let isDrawn = false;
  return {
    show({ step, done, total }) {
      const wait = isTerminal ? 100 : LONG_RUN_MS;
      if (Date.now() - lastShown < wait) return;
      lastShown = Date.now();
      const part = total === 0 ? 1 : done / total;
      const percent = `${Math.floor(part * 100)} %`.padStart(5);
      const filled = Math.round(part * WIDTH);
      const bar = `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)}`;
      process.stderr.write(
        isTerminal ? `\r${bar} ${percent} ${step} ${done} of ${total}` : `${percent} ${step} ${done} of ${total}\n`,
      );
      isDrawn = isTerminal;
    },
    end() {
      if (isDrawn) process.stderr.write("\r\u001b[2K");
    },
  };
}

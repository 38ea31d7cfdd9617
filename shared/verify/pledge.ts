/**
 * Follows one pledge from a member's receipt to the published total (docs/protocol.md §10): document, signature,
 * commitment, key, book, no later entry that ends it, report, verdict, totals. Each step is a check of its own.
 */
import { rulesFrom } from "../network/book-rules.ts";
import { generationOfProof } from "../network/book-origin.ts";
import type { BookReset } from "../network/resets.ts";
import type { Receipt } from "../protocol/document.ts";
import type { VerifyReport } from "./hub.ts";
import { checkGivenUp, checkKey, checkLive, readBook, refuseGivenUp } from "./pledge-book.ts";
import { checkReport, checkTotals, readHub } from "./pledge-hub.ts";
import { checkCommitment, checkSignature, openReceipt } from "./receipt.ts";
import { type Check, Checks, EXIT, type Exit } from "./report.ts";
import type { Source } from "./source.ts";

export type PledgeCheckId =
  | "receipt"
  | "signature"
  | "commitment"
  | "key"
  | "book"
  | "live"
  | "hub"
  | "report"
  | "totals";

export interface PledgeReport {
  /** everything the receipt claims is proven, and the pledge is inside the published total */
  ok: boolean;
  exit: Exit;
  checks: Check<PledgeCheckId>[];
  /** the four ticks of the member's page */
  ticks: { signed: boolean; in_book: boolean; logged: boolean; counted: boolean };
  receipt: Receipt | null;
  hub: VerifyReport | null;
}

export interface FollowOptions {
  now: number;
  hubSource: Source;
  nodeSource: Source;
}

export async function followPledge(file: unknown, options: FollowOptions): Promise<PledgeReport> {
  const checks = new Checks<PledgeCheckId>();
  const report: PledgeReport = {
    ok: false,
    exit: EXIT.ok,
    checks: checks.list,
    ticks: { signed: false, in_book: false, logged: false, counted: false },
    receipt: null,
    hub: null,
  };
  await runChecks(file, options, checks, report);
  return { ...report, ok: checks.exit === EXIT.ok, exit: checks.exit };
}

async function runChecks(
  file: unknown,
  options: FollowOptions,
  checks: Checks<PledgeCheckId>,
  report: PledgeReport,
): Promise<void> {
  const { ticks } = report;
  const opened = await checks.run("receipt", async () => openReceipt(file));
  if (opened === undefined) return;
  const { receipt, entry } = opened;
  report.receipt = receipt;
  const signed = await checks.run("signature", () => checkSignature(receipt));
  const committed = await checks.run("commitment", async () => checkCommitment(receipt, entry));
  ticks.signed = signed !== undefined && committed !== undefined;

  const hub = await checks.run("hub", () => readHub(receipt, options));
  report.hub = hub?.report ?? null;
  const known = hub === undefined ? null : hub.trail;
  const reset = known?.reset ?? null;
  if (known !== null && reset !== null && isGivenUp(receipt, reset)) {
    await checks.run("book", () => checkGivenUp(receipt, options.nodeSource, known.vkeys));
    await checks.run("live", async () => refuseGivenUp(reset));
    return;
  }
  const book = await checks.run("book", () => readBook(receipt, options.nodeSource, known?.vkeys));
  if (book === undefined) return;
  const key = await checks.run("key", async () => checkKey(receipt, book));
  ticks.in_book = key !== undefined;
  if (known === null) return;
  const live = await checks.run("live", async () => checkLive(receipt, book, rulesFrom(known.campaigns)));
  const carried = await checks.run("report", () => checkReport(receipt, book, known));
  ticks.logged = carried !== undefined;
  if (live === undefined || carried === undefined) return;
  const counted = await checks.run("totals", async () => checkTotals(receipt, known, live.committed));
  ticks.counted = counted !== undefined;
}

function isGivenUp({ entry, node }: Receipt, { generation }: BookReset): boolean {
  return generationOfProof(entry.proof, node.origin) < generation;
}

/**
 * A log of 100,000 entries verified end to end, by the command line in a process of its own and by the dashboard's worker in a
 * browser, beside the least that any verifier has to do: one signature verified, one leaf hashed.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../scripts/build.ts";
import { utf8 } from "../shared/bytes.ts";
import { signer, generateEd25519 } from "../shared/signing/ed25519.ts";
import { figure, median, secondsOf, type Figure } from "./figures.ts";
import { servedYear, type ServedYear } from "./long-log/served-year.ts";
import { verifyInBrowser } from "./verification-browser.ts";

const ENTRIES = 100_000;
/** Signatures and hashes of the bare limits, and how many the platform has at a time. */
const BARE = 20_000;
const AT_ONCE = 256;
const ENTRY_BYTES = 1200;
const RUNS = 3;

export async function benchVerificationOfMany(say: (line: string) => void): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "cocoon-bench-log-"));
  let year: ServedYear | undefined;
  try {
    const making = await secondsOf(async () => {
      year = await servedYear(folder, ENTRIES);
    });
    if (year === undefined) throw new Error("no log was made");
    say("verification in Node …");
    return [
      figure("a log of 100,000 entries and its books made", ENTRIES / making, "entries/s"),
      ...(await inNode(year)),
      ...(await inBrowser(year, say)),
    ];
  } finally {
    await year?.close();
    await rm(folder, { recursive: true });
  }
}

/** Each run has its own bare limits right beside it: others may use this machine. */
async function inNode(year: ServedYear): Promise<Figure[]> {
  const runs: Run[] = [];
  const signatures: number[] = [];
  const hashes: number[] = [];
  for (let at = 0; at < RUNS; at += 1) {
    signatures.push(await bareSignatures());
    hashes.push(await bareHashes());
    runs.push(await verifyByCommand(year, []));
  }
  const books = await verifyByCommand(year, ["--books"]);
  const best = Math.max(...runs.map(({ seconds }) => ENTRIES / seconds));
  const ratios = runs.map(({ seconds }, at) => (ENTRIES / seconds / (signatures[at] ?? 0)) * 100);
  const hashRatios = runs.map(({ seconds }, at) => (ENTRIES / seconds / (hashes[at] ?? 0)) * 100);
  return [
    figure("bare limit: Ed25519 signatures, 256 at a time", Math.max(...signatures), "entries/s"),
    figure("bare limit: SHA-256 of an entry", Math.max(...hashes), "entries/s"),
    figure("`npm run verify` of 100,000 entries, best of 3", best, "entries/s", { atLeast: 4000 }),
    figure("the same against bare signatures", median(ratios), "%"),
    figure("the same against bare hashes", median(hashRatios), "%"),
    figure("its processor time an entry, all threads", Math.min(...runs.map(({ allUs }) => allUs)) / ENTRIES, "µs"),
    figure("of that on its main thread", Math.min(...runs.map(({ mainUs }) => mainUs)) / ENTRIES, "µs"),
    figure("its peak memory", Math.max(...runs.map(({ peakMb }) => peakMb)), "MB", { atMost: 300 }),
    figure("with every book (`--books`): time", books.seconds, "s"),
    figure("with every book: peak memory", books.peakMb, "MB", { atMost: 300 }),
  ];
}

async function inBrowser(year: ServedYear, say: (line: string) => void): Promise<Figure[]> {
  say("verification in the browser …");
  const { seconds, peakMb } = await verifyInBrowser(year);
  return [
    figure("the verify worker in Chromium, 100,000 entries", ENTRIES / seconds, "entries/s", { atLeast: 2000 }),
    ...(peakMb === null ? [] : [figure("most memory that its process had of its own", peakMb, "MB", { atMost: 300 })]),
  ];
}

interface Run {
  seconds: number;
  /** processor time, user and system, of all its threads and of the one that JavaScript runs on */
  allUs: number;
  mainUs: number;
  peakMb: number;
}

/**
 * Told by the process itself when it ends, on a channel of its own. Not its `maxRSS`: that begins at what the process had that
 * started it.
 */
const TELL = `import { existsSync, readFileSync, writeSync } from "node:fs";
process.on("exit", () => {
  const all = process.cpuUsage();
  const main = process.threadCpuUsage();
  const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "";
  writeSync(3, JSON.stringify({ all: all.user + all.system, main: main.user + main.system, peakKb: Number(/VmHWM:\\s+(\\d+)/.exec(status)?.[1] ?? 0) }));
});`;

/** The command as package.json has it, start of the process included. */
async function verifyByCommand({ url, vkey }: ServedYear, more: string[]): Promise<Run> {
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { scripts: { verify: string } };
  const [, ...command] = scripts.verify.split(" ");
  const tell = `--import=data:text/javascript,${encodeURIComponent(TELL)}`;
  const start = performance.now();
  const child = spawn(process.execPath, [tell, ...command, url, "--vkey", vkey, "--json", ...more], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const texts = ["", ""];
  for (const [at, stream] of [child.stdio[1], child.stdio[3]].entries())
    stream?.on("data", (chunk: Buffer) => (texts[at] += chunk.toString()));
  await new Promise((resolve) => child.on("close", resolve));
  const seconds = (performance.now() - start) / 1000;
  const [report = "", usage = ""] = texts;
  if (child.exitCode !== 0) throw new Error(`the log does not verify: ${report.slice(0, 2000)}`);
  const { all, main, peakKb } = JSON.parse(usage) as { all: number; main: number; peakKb: number };
  return { seconds, allUs: all, mainUs: main, peakMb: peakKb / 1000 };
}

async function bareSignatures(): Promise<number> {
  const pair = await signer(await generateEd25519());
  const raw = Buffer.from(pair.publicJwk.x, "base64url");
  const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
  const message = utf8("x".repeat(ENTRY_BYTES));
  const signature = await pair.sign(message);
  const seconds = await secondsOf(async () => {
    for (let at = 0; at < BARE; at += AT_ONCE)
      await Promise.all(
        Array.from({ length: AT_ONCE }, () => crypto.subtle.verify({ name: "Ed25519" }, key, signature, message)),
      );
  });
  return BARE / seconds;
}

async function bareHashes(): Promise<number> {
  const message = utf8("x".repeat(ENTRY_BYTES));
  const seconds = await secondsOf(() => {
    for (let at = 0; at < BARE; at += 1) createHash("sha256").update(message).digest();
    return Promise.resolve();
  });
  return BARE / seconds;
}

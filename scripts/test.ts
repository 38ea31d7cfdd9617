/**
 * `npm test`: brings dist/ up to date, makes sure that a browser starts, runs every project of vitest.config.ts and
 * says in one line what came of it. Arguments go to vitest: `npm test -- --project unit shared/log`.
 */
import { rm, readFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { build, ROOT } from "./build.ts";
import { launchChromium } from "./chromium.ts";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  success: boolean;
  testResults: { name: string; status: string; assertionResults: unknown[] }[];
}

const args = process.argv.slice(2);
const projects = args.flatMap((arg, i) => (arg === "--project" ? [args[i + 1]] : []));

const onlyUnit = projects.length > 0 && projects.every((name) => name === "unit");

if (!onlyUnit) await build((line) => console.log(line));
if (projects.length === 0 || projects.includes("browser")) await requireBrowser();
const folder = await mkdtemp(join(tmpdir(), "cocoon-test-"));
const file = join(folder, "report.json");
const exit = await vitest([...args, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`]);
const report = await readFile(file, "utf8").then(
  (text) => JSON.parse(text) as Report,
  () => null,
);
await rm(folder, { recursive: true });
process.exitCode = conclude(report, exit);

async function requireBrowser(): Promise<void> {
  try {
    const browser = await launchChromium();
    console.log(`browser: Chromium ${browser.version()}`);
    await browser.close();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}

async function vitest(options: string[]): Promise<number> {
  const child = spawn(process.execPath, [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", ...options], {
    cwd: ROOT,
    stdio: "inherit",
  });
  return await new Promise((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
}

/** A file that could not even be loaded, and a crash of the runner, count as failures: the line must be true. */
function conclude(report: Report | null, exit: number): number {
  const passed = report?.numPassedTests ?? 0;
  const unloaded = report?.testResults.filter((f) => f.status === "failed" && f.assertionResults.length === 0) ?? [];
  const counted = (report?.numFailedTests ?? 0) + unloaded.length;
  const failed = counted === 0 && (exit !== 0 || passed === 0) ? 1 : counted;
  for (const { name } of unloaded) console.log(`did not load: ${name}`);
  if (counted === 0 && failed > 0) console.log(`vitest ended with exit code ${exit} and ${passed} passed tests`);
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  if (skipped > 0) console.log(`${skipped} skipped`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

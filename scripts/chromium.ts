/**
 * The browser that tests drive: CHROMIUM_PATH, else an installed Chromium or Chrome, else the one inside an npm
 * package. The first that really starts is used; if none does, the error names the command that installs one.
 */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser, type LaunchOptions } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC_APPLICATIONS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
// containers run as root, where Chromium's own sandbox does not start; the pages are ours
const ARGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];

export async function launchChromium(): Promise<Browser> {
  const failures: string[] = [];
  for (const candidate of candidates()) {
    const options = await candidate().catch((error: unknown) => String(error));
    if (options === null) continue;
    if (typeof options === "string") {
      failures.push(options);
      continue;
    }
    try {
      return await chromium.launch({ headless: true, args: ARGS, timeout: 30_000, ...options });
    } catch (error) {
      failures.push(`${options.executablePath}: ${String(error).split("\n").slice(0, 4).join(" ")}`);
    }
  }
  throw new Error(
    [
      "No browser starts here, and the browser tests are not skipped. Install one:",
      "  npx playwright-core install --with-deps chromium",
      "or name one: CHROMIUM_PATH=/path/to/chromium npm test",
      ...failures.map((failure) => `  tried ${failure}`),
    ].join("\n"),
  );
}

function candidates(): (() => Promise<LaunchOptions | null>)[] {
  const named = process.env["CHROMIUM_PATH"];
  if (named) return [async () => ({ executablePath: named })];
  return [
    ...installed().map((executablePath) => async () => ({ executablePath })),
    async () => {
      const executablePath = chromium.executablePath();
      return existsSync(executablePath) ? { executablePath } : null;
    },
    packaged,
  ];
}

function installed(): string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...paths, ...MAC_APPLICATIONS].filter((path) => existsSync(path));
}

/** @sparticuz/chromium brings the shared libraries too, but only unpacks them where it believes to be on Lambda. */
async function packaged(): Promise<LaunchOptions> {
  const before = { ...process.env };
  process.env["AWS_EXECUTION_ENV"] ??= "AWS_Lambda_nodejs22.x";
  try {
    const { default: sparticuz } = await import("@sparticuz/chromium");
    const executablePath = await sparticuz.executablePath();
    const { LD_LIBRARY_PATH = "", FONTCONFIG_PATH = "" } = process.env;
    return { executablePath, env: { ...(before as Record<string, string>), LD_LIBRARY_PATH, FONTCONFIG_PATH } };
  } finally {
    // other processes that we start have nothing to do with these libraries
    for (const name of ["AWS_EXECUTION_ENV", "LD_LIBRARY_PATH", "FONTCONFIG_PATH"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

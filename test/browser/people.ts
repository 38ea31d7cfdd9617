/** People at real browsers: a context of their own, a virtual authenticator (CDP WebAuthn), and axe to look over their shoulder. */
import axe from "axe-core";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { Person } from "../../scripts/demo/client.ts";

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 900 };

/** With a passkey-capable device; errors of the page's own code are collected. */
export async function openPerson(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ context: BrowserContext; page: Page; errors: string[] }> {
  const context = await browser.newContext({ viewport: PHONE, locale: "en-GB", ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  context.on("weberror", (error) => errors.push(String(error.error())));
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { context, page, errors };
}

/** The session a client made over the API, for pages that only its holder sees. */
export async function lendSession(context: BrowserContext, { browser }: Person): Promise<void> {
  const cookies = browser
    .cookie()
    .split("; ")
    .map((pair) => pair.split(/=(.*)/s) as [string, string]);
  await context.addCookies(cookies.map(([name, value]) => ({ name, value, url: browser.url })));
}

/** Another screen or other colours for the page that is there: it is drawn again, as when somebody turns a phone. */
export async function lookAs(
  page: Page,
  { viewport, colorScheme }: { viewport: { width: number; height: number }; colorScheme: "light" | "dark" },
): Promise<void> {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  // observers of size speak after one frame, what they change is drawn with the next
  await page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  });
}

/** The page has settled: its main heading is there and nothing says that it is loading. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1").first().waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"], .bones') === null);
}

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

interface AxeOptions {
  resultTypes: ["violations"];
  runOnly?: { type: "tag"; values: string[] };
}

/** What is wrong with the page, in words; empty when nothing is. */
export async function faultsOf(
  page: Page,
  where: string,
  about: "everything" | "colour" = "everything",
): Promise<string[]> {
  // evaluated, not added as a script: the page's own policy forbids foreign scripts
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  const options: AxeOptions = {
    resultTypes: ["violations"],
    ...(about === "colour" && { runOnly: { type: "tag", values: ["cat.color"] } }),
  };
  const { violations } = await page.evaluate(
    async (asked) =>
      await (globalThis as unknown as { axe: { run(options: AxeOptions): Promise<AxeResult> } }).axe.run(asked),
    options,
  );
  const found = violations.map(
    ({ id, nodes }) => `${where}: ${id}: ${nodes[0]!.html.slice(0, 200)} ${nodes[0]!.failureSummary ?? ""}`,
  );
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return wide > 0 ? [...found, `${where}: scrolls sideways by ${wide} px`] : found;
}

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
  page.on("pageerror", (error) => errors.push(String(error)));
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

/** The page has settled: its main heading is there and nothing says that it is loading. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1").first().waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"], .skeleton') === null);
}

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** What is wrong with the page, in words; empty when nothing is. */
export async function faultsOf(page: Page, where: string): Promise<string[]> {
  // evaluated, not added as a script: the page's own policy forbids foreign scripts
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    async () => await (globalThis as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run(),
  );
  const found = violations.map(
    ({ id, nodes }) => `${where}: ${id}: ${nodes[0]!.html.slice(0, 200)} ${nodes[0]!.failureSummary ?? ""}`,
  );
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return wide > 0 ? [...found, `${where}: scrolls sideways by ${wide} px`] : found;
}

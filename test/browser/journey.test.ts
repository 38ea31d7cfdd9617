/** What a newcomer does, in a real browser: set up, invite, join, pledge, see the number move, check it. */
import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../../scripts/chromium.ts";
import { createAuthenticator } from "../../scripts/demo/authenticator.ts";
import { admit, importRates, join, publishCampaign } from "../../scripts/demo/client.ts";
import { CAMPAIGNS } from "../../scripts/demo/plan.ts";
import { RATES } from "../../scripts/demo/seed.ts";
import { eventually, openEmptyNetwork, publicNumbers, type EmptyNetwork } from "../network.ts";
import { DESK, openPerson } from "./people.ts";

let browser: Browser;
let net: EmptyNetwork;

beforeAll(async () => {
  [browser, net] = await Promise.all([launchChromium(), openEmptyNetwork({ nodes: 1 })]);
});
afterAll(async () => {
  await browser.close();
  await net.close();
});

test("setup link → steward → invitation → a second phone joins → pledges → the hub's number moves → the check is green", async () => {
  const { hub } = net;
  const node = net.network.nodes[0]!;
  const operator = await join(hub.setupUrl, "Operator", createAuthenticator());
  const closes = new Date(Date.now() + 30 * 86_400_000).toISOString();
  await importRates(operator, await readFile(RATES, "utf8"));
  const campaign = await publishCampaign(operator, { ...CAMPAIGNS[0]!, closes });

  // the steward's first minutes
  const steward = await openPerson(browser, { viewport: DESK });
  await steward.page.goto(node.setupUrl);
  await steward.page.getByLabel("Your name").fill("Sten");
  await steward.page.getByRole("button", { name: "Create my passkey" }).click();
  await steward.page.getByRole("button", { name: "Later" }).click();
  const api = steward.context.request;
  const headers = { origin: node.url };
  const profile = { name: "Kirkstall Food Club", about: "Neighbours.", region: "GB-LDS", languages: ["en"] };
  expect((await api.put(`${node.url}/api/community`, { data: profile, headers })).status()).toBe(200);
  const preview = (await (
    await api.post(`${node.url}/api/hubs/preview`, { data: { url: hub.url }, headers })
  ).json()) as { vkey: string };
  expect(preview.vkey).toBe(hub.vkey);
  expect((await api.post(`${node.url}/api/hubs`, { data: { url: hub.url, vkey: preview.vkey }, headers })).ok()).toBe(
    true,
  );
  await admit(operator, node.origin, "a test");
  await api.post(`${node.url}/api/hubs/refresh`, { data: {}, headers });
  expect((await api.post(`${node.url}/api/campaigns/${campaign}/adopt`, { data: {}, headers })).ok()).toBe(true);

  // an invitation, made on the page
  await steward.page.goto(`${node.url}/run/invites`);
  await steward.page.getByRole("button", { name: "New invitation" }).click();
  await steward.page.getByRole("button", { name: "Make an invitation" }).click();
  const link = await eventually(async () => {
    const text = await steward.page.locator("main").innerText();
    const fields = await steward.page
      .locator("input")
      .evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    const found = /http:\/\/\S+\/join#[\w-]+/.exec([text, ...fields].join("\n"));
    expect(found).not.toBeNull();
    return found![0];
  });

  // a member joins on another phone, in under a minute, and signs in again
  const member = await openPerson(browser);
  const began = performance.now();
  await member.page.goto(link);
  await member.page.getByText("invites you to Kirkstall Food Club").waitFor();
  await member.page.getByLabel("Your name").fill("Mina");
  await member.page.getByRole("button", { name: "Create my passkey" }).click();
  await member.page.getByText("Welcome, Mina").waitFor();
  expect(performance.now() - began).toBeLessThan(60_000);
  await member.page.getByRole("button", { name: "Later" }).click();

  // the hub's page, before
  const visitor = await openPerson(browser, { viewport: DESK });
  await visitor.page.goto(hub.url);
  await visitor.page.locator("main h1").first().waitFor();
  const before = await visitor.page.locator("main").innerText();

  // the pledge: three units, only at 2.30 or less
  await member.page.goto(`${node.url}/campaigns/${campaign}`);
  await member.page.getByLabel("I want", { exact: true }).fill("3");
  await member.page.getByLabel(/^Only if this or less/).fill("2.30");
  await member.page.getByRole("button", { name: "Go on" }).click();
  await member.page.getByText("I want 3 × bag of 500 g").waitFor();
  await member.page.getByText("Checked here: this is exactly what you will sign").waitFor();
  await member.page.getByRole("button", { name: "Sign with passkey" }).click();
  await member.page.getByText("Your pledge is in the book").waitFor();
  await eventually(async () =>
    expect(await publicNumbers(hub)).toMatchObject({ pledges: 1, stages: { pledged: "3" } }),
  );

  // the hub's page, after, and the check
  await visitor.page.reload();
  // 3 × 2.30 EUR at the day's rate
  await visitor.page.getByText(/\$8\b/).first().waitFor();
  await visitor.page.getByText("in 1 pledge from 1 community").first().waitFor();
  expect(before).not.toMatch(/\$8\b|in 1 pledge/);
  await visitor.page.getByRole("button", { name: "Check this" }).first().click();
  await visitor.page
    .getByText(/Recounted here: it is right, up to entry \d/)
    .first()
    .waitFor();
  await visitor.page.goto(`${hub.url}/check`);
  await visitor.page.getByRole("button", { name: "Start the recount" }).click();
  await visitor.page.getByText(/It is right: all \d+ entries add up/).waitFor();

  expect([...steward.errors, ...member.errors, ...visitor.errors]).toEqual([]);
});

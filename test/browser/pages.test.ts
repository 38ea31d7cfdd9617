/** Every page of both apps, on a phone and at a desk: no violation axe knows of, nothing that scrolls sideways. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KINDS } from "../../scripts/build.ts";
import { launchChromium } from "../../scripts/chromium.ts";
import { createAuthenticator } from "../../scripts/demo/authenticator.ts";
import { invite, inviteParty, join, pledge, publishCampaign, type Person } from "../../scripts/demo/client.ts";
import { seedFunding } from "../../scripts/demo/funding.ts";
import { DEMO_RUN, seedMatching } from "../../scripts/demo/matching.ts";
import { CAMPAIGNS } from "../../scripts/demo/plan.ts";
import { DEMO_SUPPLIER, seedSupplier } from "../../scripts/demo/supplier.ts";
import { createdAlert } from "../../shared/protocol/api/alert.ts";
import { saidIntention } from "../../shared/protocol/api/party.ts";
import { FIRST_LOAD_LIMIT, firstLoadBytes, WORKER_LIMIT, workerBytes } from "../../scripts/sizes.ts";
import { eventually, newMember, openTestNetwork, publicNumbers, type TestNetwork } from "../network.ts";
import { DESK, faultsOf, lendSession, lookAs, openPerson, PHONE, settled } from "./people.ts";

/** Pages look as they do where there is a mail server; nothing is sent. */
const NO_MAIL = { SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "hub@hub.example.org" };

let browser: Browser;
let net: TestNetwork;
let member: Person;
let funder: Person;
let supplier: Person;
let leaf: string;
let invitation: string;

beforeAll(async () => {
  [browser, net] = await Promise.all([
    launchChromium(),
    openTestNetwork({ vars: { hub: { DEMO: "true", ...NO_MAIL }, node: { DEMO: "true" } } }),
  ]);
  member = await newMember(net.communities[0]!, "Mina");
  const other = await newMember(net.communities[1]!, "Ben");
  await pledge(other, { kind: "pledge", campaign: net.campaign, qty: "5", max_unit_price_minor: "250" });
  ({ leaf } = await pledge(member, { kind: "pledge", campaign: net.campaign, qty: "2", max_unit_price_minor: "230" }));
  invitation = await invite(net.communities[0]!.steward, "member");
  await eventually(async () => expect(await publicNumbers(net.hub)).toMatchObject({ pledges: 2 }));
  const approver = await join(await invite(net.operator, "approver"), "Ada", createAuthenticator());
  const closes = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const mushrooms = await publishCampaign(net.operator, { ...CAMPAIGNS[1]!, closes });
  const scene = { campaigns: [net.campaign, mushrooms], community: net.communities[0]!.node.origin, now: Date.now() };
  await seedFunding(net.operator, approver, scene);
  await seedMatching(net.operator, approver);
  await seedSupplier(net.operator, { campaign: net.campaign, now: Date.now() });
  const partner = async (role: "funder" | "supplier", party: string) =>
    await join(await inviteParty(net.operator, { role, party, name: "Flora" }), "Flora", createAuthenticator());
  funder = await partner("funder", "meridian");
  supplier = await partner("supplier", DEMO_SUPPLIER);
  const intention = { fund: "plastic-free-basics", amount_minor: "250000", due_on: null, note: "If the board agrees." };
  await funder.browser.send("POST", "/api/funder/intentions", intention, saidIntention);
  const alert = {
    kind: "units_at_price",
    campaign: net.campaign,
    category: null,
    region: null,
    min_units: "5000",
    at_price_minor: null,
    currency: null,
    webhook: "https://hooks.example.org/a-path-that-is-longer-than-a-phone-is-wide/cocoon",
  };
  await funder.browser.send("POST", "/api/alerts", alert, createdAlert);
});
afterAll(async () => {
  await browser.close();
  await net.close();
});

interface Visit {
  who: string;
  url: string;
  session: Person | null;
  paths: string[];
}

function visits(): Visit[] {
  const { node, steward } = net.communities[0]!;
  const origin = encodeURIComponent(node.origin);
  const { campaign, operator, hub } = net;
  return [
    {
      who: "anyone at the hub",
      url: hub.url,
      session: null,
      paths: [
        "/",
        "/campaigns",
        `/campaigns/${campaign}`,
        "/communities",
        `/communities/${origin}`,
        "/funding",
        "/funding?currency=EUR",
        "/funds",
        "/funds/plastic-free-basics",
        "/funders/meridian",
        "/signals",
        "/awards",
        "/awards/paper-line",
        "/awards/seal-machine",
        "/recipients/kirkstall",
        "/transfers",
        "/targeting",
        "/allocations",
        `/allocations/${DEMO_RUN}`,
        "/suppliers",
        "/suppliers/molino-vall.example",
        "/check",
        "/guarantees",
        "/privacy",
        "/evidence",
        "/log",
        "/log?entry=0",
        "/witnesses",
        "/sign-in",
        "/introduce",
        "/join",
        "/recover",
        "/nowhere",
      ],
    },
    { who: "a funder", url: hub.url, session: funder, paths: ["/funder", "/alerts", "/me", "/console"] },
    { who: "a supplier", url: hub.url, session: supplier, paths: ["/supplier", "/alerts"] },
    {
      who: "the operator",
      url: hub.url,
      session: operator,
      paths: [
        "/me",
        "/console",
        "/console/joins",
        "/console/witnesses",
        "/console/keys",
        "/console/communities",
        "/console/campaigns",
        "/console/campaigns/new",
        `/console/campaigns/${campaign}`,
        "/console/suppliers",
        "/console/suppliers/molino-vall.example",
        "/console/catalogue",
        "/console/rates",
        "/console/money",
        "/console/money/new",
        "/console/money/new?event=award",
        "/console/money/new?event=receipt",
        "/console/money/proposals",
        "/console/money/matching",
        "/console/money/matching?fund=plastic-free-basics",
        "/console/money/ledger",
        "/console/audit",
        "/console/staff",
        "/console/parties",
        "/console/imports",
        "/console/operators",
      ],
    },
    {
      who: "anyone at a node",
      url: node.url,
      session: null,
      paths: [
        "/",
        "/campaigns",
        `/campaigns/${campaign}`,
        "/check",
        "/privacy",
        "/sign-in",
        new URL(invitation).pathname + new URL(invitation).hash,
        "/recover",
        "/nowhere",
      ],
    },
    {
      who: "a member",
      url: node.url,
      session: member,
      paths: ["/", "/campaigns", `/campaigns/${campaign}`, "/me", "/me/receipts", `/me/receipts/${leaf}`],
    },
    {
      who: "a steward",
      url: node.url,
      session: steward,
      paths: [
        "/",
        "/run",
        "/run/profile",
        "/run/invites",
        "/run/members",
        "/run/campaigns",
        "/run/hub",
        "/run/witnessing",
        "/run/keys",
      ],
    },
  ];
}

const places = [
  "anyone at the hub",
  "a funder",
  "a supplier",
  "the operator",
  "anyone at a node",
  "a member",
  "a steward",
];
const looks = [
  { name: "on a phone", viewport: PHONE, colorScheme: "light", about: "everything" },
  { name: "at a desk", viewport: DESK, colorScheme: "light", about: "everything" },
  { name: "on a phone, in the dark", viewport: PHONE, colorScheme: "dark", about: "colour" },
] as const;

/** Two tabs share the walk: one is drawn while the other waits for its answers. */
const TABS = 2;

/** Each page is loaded once and looked at three times. In the dark only colours are others: the document is the phone's. */
test.each(places)("every page that %s sees is accessible, on a phone, at a desk and in the dark", async (place) => {
  const { who, url, session, paths } = visits().find((visit) => visit.who === place)!;
  // a colour on its way to another is no colour of the page
  const { context, page: first, errors } = await openPerson(browser, { reducedMotion: "reduce" });
  if (session) await lendSession(context, session);
  const faults: string[] = [];
  const toVisit = [...paths];
  async function walk(page: Page): Promise<void> {
    for (let path = toVisit.shift(); path !== undefined; path = toVisit.shift()) {
      await lookAs(page, looks[0]);
      await page.goto(url + path);
      const label = page.getByText("Demo network").first();
      await label.waitFor({ timeout: 5000 }).catch(() => faults.push(`${path} is not labelled as a demo`));
      for (const { name, about, ...look } of looks) {
        await lookAs(page, look);
        await settled(page);
        faults.push(...(await faultsOf(page, `${who}, ${name}, ${path}`, about)));
      }
    }
  }
  const tabs = [first, ...(await Promise.all(Array.from({ length: TABS - 1 }, () => context.newPage())))];
  await Promise.all(tabs.map(walk));
  expect([...faults, ...errors]).toEqual([]);
  await context.close();
});

test("a fork says whose log it continues and from where, with the way to both", async () => {
  const { context, page, errors } = await openPerson(browser);
  await page.route("**/api/network", async (route) => {
    const response = await route.fetch();
    const parent = { origin: "old.example.org/log", size: 7, root: `${"A".repeat(43)}=` };
    await route.fulfill({ response, json: { ...(await response.json()), parent } });
  });
  for (const path of ["/", "/log", "/guarantees"]) {
    await page.goto(net.hub.url + path);
    const line = page.getByText("continues old.example.org from entry 7");
    await line.waitFor();
    const links = await line.getByRole("link").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    expect(links).toEqual(["//old.example.org/", "/log?entry=7"]);
  }
  expect(errors).toEqual([]);
  await context.close();
});

test("both apps speak Spanish to a browser that asks for it", async () => {
  const { page, errors } = await openPerson(browser, { locale: "es-ES" });
  for (const url of [net.hub.url, net.communities[0]!.node.url]) {
    await page.goto(url);
    await settled(page);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("es");
    expect(await page.locator("body").innerText()).toMatch(/comunidad/i);
    await page.getByRole("contentinfo").getByRole("link", { name: "Qué se ve de ti" }).click();
    await page.getByRole("heading", { name: "Qué hace el borrado" }).waitFor();
    expect(await faultsOf(page, `${url} in Spanish`)).toEqual([]);
  }
  expect(errors).toEqual([]);
});

test.each(KINDS)("the %s's first load and its worker stay small", async (kind) => {
  expect(await firstLoadBytes(kind)).toBeLessThanOrEqual(FIRST_LOAD_LIMIT);
  expect(await workerBytes(kind)).toBeLessThanOrEqual(WORKER_LIMIT);
});

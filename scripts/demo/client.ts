/**
 * What a person does with Cocoon, over the public API only: join, sign in, pledge; steward a community; run a hub.
 * The demo network, the tests and the benchmark speak through it, so it knows nothing a browser would not know.
 */
import { z } from "zod";
import { documentHash } from "../../shared/signing/document.ts";
import { toBase64url } from "../../shared/bytes.ts";
import { ratePortions } from "../../shared/money/ecb-portions.ts";
import {
  drafted,
  hubPreview,
  nodeCampaignList,
  receiptSummary,
  type DraftPledge,
  type ReceiptSummary,
} from "../../shared/protocol/api/community.ts";
import { joinList, logged, type PublishCampaign } from "../../shared/protocol/api/console.ts";
import { ceremony, createdInvite, recoveryCodes, session, type Role } from "../../shared/protocol/api/identity.ts";
import { importResult, type ImportResult, MAX_RATE_DAYS } from "../../shared/protocol/api/network.ts";
import { invitedParty, type PartyRole } from "../../shared/protocol/api/party.ts";
import type { Authenticator } from "./authenticator.ts";
import { openBrowser, type Browser } from "./http.ts";

/** Someone at one worker: a browser with a session, and the device that signs. */
export interface Person {
  browser: Browser;
  device: Authenticator;
}

const anything = z.unknown();

// ---------------------------------------------------------------- anyone

/** `link` is a `/join#<token>` URL: an invitation or the setup link. */
export async function join(link: string, name: string, device: Authenticator): Promise<Person> {
  const { origin, hash } = new URL(link);
  const browser = openBrowser(origin);
  const { challenge_id, options } = await browser.send(
    "POST",
    "/api/invites/accept",
    { token: hash.slice(1), name },
    ceremony,
  );
  const response = await device.create(options, origin);
  await browser.send("POST", "/api/passkeys", { challenge_id, response, label: "Demo device" }, session);
  return { browser, device };
}

export async function signIn(url: string, device: Authenticator): Promise<Person> {
  const browser = openBrowser(url);
  const { challenge_id, options } = await browser.send("POST", "/api/sign-in/options", {}, ceremony);
  const response = await device.get(options, url);
  await browser.send("POST", "/api/sign-in", { challenge_id, response }, session);
  return { browser, device };
}

/** A link that signs its holder in once, `/recover#<code>`. */
export async function signInLink({ browser }: Person): Promise<string> {
  const { codes } = await browser.send("POST", "/api/recovery-codes", {}, recoveryCodes);
  return `${browser.url}/recover#${codes[0]}`;
}

export async function invite({ browser }: Person, role: Role): Promise<string> {
  const { url } = await browser.send("POST", "/api/invites", { role }, createdInvite);
  return url;
}

/** A link for somebody who will sign in for this funder or supplier. */
export async function inviteParty(
  { browser }: Person,
  account: { role: PartyRole; party: string; name: string },
): Promise<string> {
  const { url } = await browser.send("POST", "/api/parties", { ...account, email: null }, invitedParty);
  if (url === null) throw new Error("an invitation without an address is a link");
  return url;
}

// ---------------------------------------------------------------- members

/** Draft, compare the hash, sign, hand in: what the pledge page does. */
export async function pledge({ browser, device }: Person, intent: DraftPledge): Promise<ReceiptSummary> {
  const draft = await browser.send("POST", "/api/pledges/draft", intent, drafted);
  const hash = toBase64url(documentHash(draft.document));
  if (hash !== draft.hash || hash !== draft.options.challenge) {
    throw new Error("the page was asked to sign something else than the document it was shown");
  }
  const response = await device.get(draft.options, browser.url);
  return await browser.send("POST", "/api/pledges", { challenge_id: draft.challenge_id, response }, receiptSummary);
}

// ---------------------------------------------------------------- stewards

export async function describeCommunity(
  { browser }: Person,
  community: { name: string; about: string; region: string; languages: string[] },
): Promise<void> {
  await browser.send("PUT", "/api/community", community, anything);
}

export async function joinHub({ browser }: Person, url: string): Promise<void> {
  const { vkey } = await browser.send("POST", "/api/hubs/preview", { url }, hubPreview);
  await browser.send("POST", "/api/hubs", { url, vkey }, anything);
}

/** Brings the hub's campaigns and standing to the node now, and delivers what waits. */
export async function refreshHubs({ browser }: Person): Promise<void> {
  await browser.send("POST", "/api/hubs/refresh", {}, anything);
}

export async function offeredCampaigns({ browser }: Person): Promise<string[]> {
  const { campaigns } = await browser.get("/api/campaigns/offered", nodeCampaignList);
  return campaigns.map(({ id }) => id);
}

export async function adopt({ browser }: Person, campaign: string): Promise<void> {
  await browser.send("POST", `/api/campaigns/${campaign}/adopt`, {}, anything);
}

// ---------------------------------------------------------------- operators

export async function waitingJoins({ browser }: Person): Promise<string[]> {
  const { joins } = await browser.get("/api/joins", joinList);
  return joins.map(({ origin }) => origin);
}

export async function admit({ browser }: Person, node: string, reason: string): Promise<void> {
  await browser.send("POST", `/api/joins/${encodeURIComponent(node)}/admit`, { reason }, anything);
}

/** `lines` of Open Food Facts JSONL; one request. */
export async function importProducts({ browser }: Person, lines: string[]): Promise<ImportResult> {
  const body = { type: "application/x-ndjson", content: `${lines.join("\n")}\n` };
  return await browser.send("POST", "/api/products/import", body, importResult);
}

export async function importRates({ browser }: Person, csv: string): Promise<void> {
  for (const content of ratePortions(csv, MAX_RATE_DAYS)) {
    await browser.send("POST", "/api/rates/import", { type: "text/csv", content }, anything);
  }
}

export async function publishCampaign({ browser }: Person, campaign: PublishCampaign): Promise<string> {
  const { leaf } = await browser.send("POST", "/api/campaigns", campaign, logged);
  return leaf;
}

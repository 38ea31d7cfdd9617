/**
 * Fills an empty network with the demo: catalogue, rates, campaigns, communities, members and their pledges, all
 * through the public API. Each step looks first whether it was done, so it continues where it was interrupted.
 */
import { readFile } from "node:fs/promises";
import { join as joinPath } from "node:path";
import { z } from "zod";
import { myPledges } from "../../shared/protocol/api/community.ts";
import type { PartyRole } from "../../shared/protocol/api/party.ts";
import { productPage, ratesView } from "../../shared/protocol/api/network.ts";
import { ROOT } from "../build.ts";
import type { Network, NetworkMember } from "../network.ts";
import {
  admit,
  adopt,
  describeCommunity,
  importProducts,
  importRates,
  invite,
  inviteParty,
  join,
  joinHub,
  offeredCampaigns,
  pledge,
  publishCampaign,
  refreshHubs,
  signIn,
  signInLink,
  waitingJoins,
  type Person,
} from "./client.ts";
import { seedAudit } from "./audit.ts";
import { seedFunding, seedGrants } from "./funding.ts";
import { Refusal } from "./http.ts";
import type { Memory } from "./memory.ts";
import { seedMatching } from "./matching.ts";
import { CAMPAIGNS, demoCommunity, memberName, MEMBERS, plannedPledges, REASON } from "./plan.ts";
import { DEMO_SUPPLIER, seedSupplier } from "./supplier.ts";
import { seedWitnesses } from "./witnesses.ts";

export const CATALOGUE = joinPath(ROOT, "test/data/openfoodfacts/products_1000_min.jsonl");
export const RATES = joinPath(ROOT, "test/data/ecb/eurofxref-hist-2024-on.csv");
const LINES_PER_REQUEST = 100;
const PEOPLE_AT_ONCE = 4;
const CAMPAIGN_DAYS = 60;
/** Of the plan in funding-plan.ts. */
const DEMO_FUNDER = "meridian";

export interface DemoLinks {
  operator: string;
  steward: string;
  member: string;
  funder: string;
  supplier: string;
}
type Progress = (line: string) => void;

export async function seedDemo(network: Network, memory: Memory, onProgress: Progress): Promise<void> {
  const operator = await someone(network.hub, () => network.hub.setupUrl, "Olive, operator (demo)", "operator", memory);
  await importCatalogue(operator, onProgress);
  await publishCampaigns(operator, memory);
  onProgress(`published ${CAMPAIGNS.length} campaigns`);
  const stewards = await Promise.all(
    network.nodes.map((node, i) => someone(node, () => node.setupUrl, memberName(i), `${node.name}/${i}`, memory)),
  );
  await Promise.all(stewards.map((steward, i) => openCommunity(network, network.nodes[i]!, steward, operator, i)));
  onProgress(`admitted ${stewards.length} ${stewards.length === 1 ? "community" : "communities"}`);
  let done = 0;
  const rest = Array.from({ length: MEMBERS }, (_, i) => i);
  async function next(): Promise<void> {
    for (let i = rest.shift(); i !== undefined; i = rest.shift()) {
      await oneMember(network, stewards, i, memory);
      done += 1;
      if (done % 10 === 0) onProgress(`${done} of ${MEMBERS} members joined and pledged`);
    }
  }
  await Promise.all(Array.from({ length: PEOPLE_AT_ONCE }, next));
  await Promise.all(stewards.map(refreshHubs));
  const approver = await someone(
    network.hub,
    () => invite(operator, "approver"),
    "Ada, approver (demo)",
    "approver",
    memory,
  );
  await seedFunding(operator, approver, {
    campaigns: memory.campaigns,
    community: network.nodes[0]!.origin,
    now: Date.now(),
  });
  await seedSupplier(operator, { campaign: memory.campaigns[0]!, now: Date.now() });
  onProgress("made an invented supplier known, with one offer");
  onProgress("recorded an invented fund, proposed by one person and approved by another");
  await seedMatching(operator, approver);
  onProgress("shared half of what is left of it out among the campaigns, by demand");
  onProgress(`imported ${await seedGrants(operator)} real grants of a published file`);
  if (await seedAudit(operator, network.nodes[0]!.origin, network.nodes.length))
    onProgress(
      "asked the first community to open pledges that a lot draws: its page shows in a minute what came of it",
    );
  const rule = await seedWitnesses(operator, network.nodes.length);
  if (rule !== null)
    onProgress(`from now on ${rule.k} of ${rule.n} communities must have witnessed what the hub shows`);
  memory.complete = true;
}

/** Fresh one-time links at every start; the ones of the start before no longer work. */
export async function demoLinks(network: Network, memory: Memory): Promise<DemoLinks> {
  const [first, ...others] = network.nodes;
  const community = others[0] ?? first!;
  const memberIndex = others.length > 0 ? network.nodes.length + 1 : 1;
  const boss = await signIn(network.hub.url, memory.device("operator"));
  const partner = async (role: PartyRole, party: string, name: string) =>
    await someone(network.hub, () => inviteParty(boss, { role, party, name }), name, role, memory);
  const people = await Promise.all([
    signIn(first!.url, memory.device(`${first!.name}/0`)),
    signIn(community.url, memory.device(`${community.name}/${memberIndex}`)),
    partner("funder", DEMO_FUNDER, "Flora, funder (demo)"),
    partner("supplier", DEMO_SUPPLIER, "Sol, supplier (demo)"),
  ]);
  const [operator, steward, member, funder, supplier] = await Promise.all([boss, ...people].map(signInLink));
  return { operator: operator!, steward: steward!, member: member!, funder: funder!, supplier: supplier! };
}

/** Whoever this device is there already, or else a newcomer with a link. */
async function someone(
  place: NetworkMember,
  link: () => string | Promise<string>,
  name: string,
  key: string,
  memory: Memory,
): Promise<Person> {
  const device = memory.device(key);
  if (device.passkeys.length > 0) {
    try {
      return await signIn(place.url, device);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "passkey-unknown")) throw error;
      device.passkeys.length = 0;
    }
  }
  return await join(await link(), name, device);
}

async function importCatalogue(operator: Person, onProgress: Progress): Promise<void> {
  const { total } = await operator.browser.get("/api/products", productPage);
  const lines = (await readFile(CATALOGUE, "utf8")).trimEnd().split("\n");
  let read = 0;
  let skipped = 0;
  // importing again is harmless: what is unchanged stays; the total tells a finished import from a broken one
  if (total < lines.length * 0.9) {
    for (let at = 0; at < lines.length; at += LINES_PER_REQUEST) {
      const result = await importProducts(operator, lines.slice(at, at + LINES_PER_REQUEST));
      read += result.read;
      skipped += result.skipped.length;
    }
    onProgress(`imported ${read - skipped} products of Open Food Facts (${skipped} refused by the catalogue's rules)`);
  }
  if ((await operator.browser.get("/api/rates", ratesView)) === null) {
    await importRates(operator, await readFile(RATES, "utf8"));
    onProgress("imported the reference rates of the European Central Bank");
  }
}

const published = z.object({ campaigns: z.array(z.object({ id: z.string(), name: z.string() })) });

async function publishCampaigns(operator: Person, memory: Memory): Promise<void> {
  const { campaigns: known } = await operator.browser.get("/api/campaigns", published);
  const closes = new Date(Date.now() + CAMPAIGN_DAYS * 86_400_000).toISOString();
  for (const [i, campaign] of CAMPAIGNS.entries()) {
    memory.campaigns[i] =
      known.find(({ name }) => name === campaign.name)?.id ??
      (await publishCampaign(operator, { ...campaign, closes }));
  }
  memory.save();
}

const standing = z.object({ named: z.boolean(), hubs: z.array(z.object({ status: z.string() })) });

async function openCommunity(
  network: Network,
  node: NetworkMember,
  steward: Person,
  operator: Person,
  index: number,
): Promise<void> {
  const { named, hubs } = await steward.browser.get("/api/community", standing);
  if (!named) await describeCommunity(steward, demoCommunity(index));
  if (hubs.length === 0) await joinHub(steward, network.hub.url);
  if ((await waitingJoins(operator)).includes(node.origin)) await admit(operator, node.origin, REASON);
  await refreshHubs(steward);
  for (const campaign of await offeredCampaigns(steward)) await adopt(steward, campaign);
}

async function oneMember(network: Network, stewards: Person[], index: number, memory: Memory): Promise<void> {
  const which = index % network.nodes.length;
  const node = network.nodes[which]!;
  const steward = stewards[which]!;
  const person =
    index === which
      ? steward
      : await someone(node, () => invite(steward, "member"), memberName(index), `${node.name}/${index}`, memory);
  const { pledges } = await person.browser.get("/api/pledges", myPledges);
  const done = new Set(pledges.map(({ campaign }) => campaign));
  for (const { campaign, intents } of plannedPledges(index)) {
    const leaf = memory.campaigns[campaign]!;
    if (done.has(leaf)) continue;
    for (const intent of intents) await pledge(person, { ...intent, campaign: leaf });
  }
}

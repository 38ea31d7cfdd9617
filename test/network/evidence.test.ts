/** A proof travels: handed in at one community by anybody, or found by it, it reaches the others by itself. */
import { readFile } from "node:fs/promises";
import { join as joinPath } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evidenceList } from "../../shared/protocol/api/evidence.ts";
import { openPuppets, type PuppetShow } from "../../scripts/network/puppet.ts";
import { admit, describeCommunity, publishCampaign } from "../../scripts/demo/client.ts";
import { openBrowser } from "../../scripts/demo/http.ts";
import { CAMPAIGNS, demoCommunity } from "../../scripts/demo/plan.ts";
import { community } from "../../shared/protocol/api/community.ts";
import { communityDetail } from "../../shared/protocol/api/network.ts";
import { type PrivateJwk, signer } from "../../shared/signing/ed25519.ts";
import { signReceipt } from "../../shared/signing/entry-receipt.ts";
import { parseStatement } from "../../shared/signing/statement.ts";
import { eventually, openTestNetwork, publicNumbers, timePasses, type TestNetwork } from "../network.ts";
import { expectHonest } from "./honest.ts";

let net: TestNetwork;
let show: PuppetShow;

beforeAll(async () => {
  net = await openTestNetwork({ nodes: 2 });
  show = await openPuppets(1, `${net.hub.origin}/log`);
});
afterAll(async () => {
  await show.close();
  await net.close();
});

async function keptAt(url: string): Promise<string[]> {
  const { evidence } = await openBrowser(url).get("/api/evidence", evidenceList);
  return evidence.map(({ kind, accused }) => `${kind} ${accused}`);
}

test("a forked book, shown to one community, is known to the hub and the other community, and in the log", async () => {
  const [puppet] = show.puppets;
  const [near, far] = net.communities;
  if (puppet === undefined || near === undefined || far === undefined) throw new Error("two communities and a puppet");
  const hub = openBrowser(net.hub.url);
  const join = await puppet.join();
  await hub.raw("POST", "/api/joins", { type: "application/jose", content: join });
  await admit(net.operator, puppet.origin, "a test");
  const { join_leaf: leaf } = await hub.get(`/api/communities/${encodeURIComponent(puppet.origin)}`, communityDetail);
  const proof = await (await hub.raw("GET", `/log/entries/${leaf ?? ""}.tlog-proof`)).text();
  const first = await puppet.checkpoint();
  const genesis = puppet.book.pop();
  puppet.append({ t: "genesis", iss: puppet.origin, v: 1, n: "B".repeat(22) });
  expect(puppet.book.at(-1)).not.toEqual(genesis);
  const document = {
    v: 1,
    hub: { origin: `${net.hub.origin}/log`, vkey: net.hub.vkey },
    anchors: [{ jws: join, proof }],
    kind: "fork",
    log: `${puppet.origin}/book`,
    notes: [first, await puppet.checkpoint()],
    place: null,
  };
  const handed = await openBrowser(near.node.url).raw("POST", "/evidence", {
    type: "application/json",
    content: JSON.stringify(document),
  });
  expect(handed.status).toBe(201);
  const known = [`fork ${puppet.origin}`];
  expect(await keptAt(near.node.url)).toEqual(known);
  await eventually(async () => {
    await timePasses(net);
    expect(await keptAt(net.hub.url)).toEqual(known);
    expect(await keptAt(far.node.url)).toEqual(known);
  });
  // The page is there beside the place where proofs are handed in.
  const page = await fetch(`${net.hub.url}/evidence`, { headers: { "sec-fetch-mode": "navigate" } });
  expect(page.headers.get("content-type")).toContain("text/html");
  await expectHonest(net, { books: false });
});

test("a hub that leaves a report out after its receipt is found out by the community, and the other one keeps the proof", async () => {
  const [near, far] = net.communities;
  if (near === undefined || far === undefined) throw new Error("two communities");
  const accused = `${net.hub.origin}/log`;
  // The hub's own key, in the hands of somebody between the two who throws reports away.
  const secrets = JSON.parse(await readFile(joinPath(net.data, "hub/keys.json"), "utf8")) as {
    secrets: { STATEMENT_JWK: string };
  };
  const statement = await signer(JSON.parse(secrets.secrets.STATEMENT_JWK) as PrivateJwk);
  let dropped = 0;
  net.internet.rule = async (message, forward) => {
    if (message.method !== "POST" || !message.url.endsWith("/log/entries")) return await forward(message);
    const parsed = parseStatement(message.body);
    if (!parsed.ok || parsed.value.statement.kind !== "demand-report+jwt") return await forward(message);
    const { leaf, statement: said } = parsed.value;
    const { size: index } = (await publicNumbers(net.hub)).log;
    const { iss: node, seq } = said.claims;
    const received = Math.floor(Date.now() / 1000);
    const receipt = await signReceipt(statement, { iss: accused, leaf, node, seq, index, received });
    dropped += 1;
    const headers = { "content-type": "application/json" };
    return { status: 202, headers, body: new TextEncoder().encode(JSON.stringify({ leaf, index, receipt })) };
  };
  await describeCommunity(near.steward, demoCommunity(3));
  await eventually(async () => {
    await timePasses(net);
    expect(dropped).toBeGreaterThan(0);
  });
  net.internet.rule = null;
  // what the hub logs next takes the place it had promised
  const closes = new Date(Date.now() + 20 * 86_400_000).toISOString();
  await publishCampaign(net.operator, { ...CAMPAIGNS[0]!, name: "Something else", closes });
  const proof = `broken-promise ${accused}`;
  await eventually(async () => {
    for (const { node } of net.communities)
      await (await node.database()).prepare("UPDATE promise SET next_at = 0").run();
    await timePasses(net);
    expect(await keptAt(near.node.url)).toContain(proof);
    expect(await keptAt(far.node.url)).toContain(proof);
  });
  expect(await keptAt(net.hub.url)).not.toContain(proof);
  await eventually(async () => {
    await timePasses(net);
    const { hubs } = await far.steward.browser.get("/api/community", community);
    expect(hubs[0]?.watch?.codes).toContain("proven");
  });
});

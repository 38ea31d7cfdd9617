/** A proof travels: handed in at one community by anybody, it reaches the hub and the other communities by itself. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { evidenceList } from "../../shared/protocol/api/evidence.ts";
import { openPuppets, type PuppetShow } from "../../scripts/network/puppet.ts";
import { admit } from "../../scripts/demo/client.ts";
import { openBrowser } from "../../scripts/demo/http.ts";
import { communityDetail } from "../../shared/protocol/api/network.ts";
import { eventually, openTestNetwork, timePasses, type TestNetwork } from "../network.ts";
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

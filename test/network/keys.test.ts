/** Keys that change in a running network, by the commands an operator uses: nobody loses a pledge or a digit. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pledge } from "../../scripts/demo/client.ts";
import { recoverHub, recoverNode } from "../../scripts/keys/recover.ts";
import { finish, rotate } from "../../scripts/keys/rotate.ts";
import { roles } from "../../scripts/keys/roles.ts";
import { embeddedVault } from "../../scripts/keys/vault.ts";
import { bootNetwork, type Network } from "../../scripts/network.ts";
import { openNote } from "../../shared/log/note.ts";
import { communityKeys, hubKeysHistory } from "../../shared/protocol/api/keys.ts";
import { hubWitnesses } from "../../shared/protocol/api/witness.ts";
import { type VerifyOptions, verifyHub } from "../../shared/verify/hub.ts";
import { eventually, openTestNetwork, publicNumbers, timePasses, type TestNetwork } from "../network.ts";
import { expectHonest, sourceAt } from "./honest.ts";

const VARS = { hub: { REPORT_INTERVAL_S: "0", RECOVERY_DELAY_S: "1" }, node: { REPORT_INTERVAL_S: "0" } };
let net: TestNetwork;
let network: Network;
let port: number;
let qty = 0;
/** the log key that a verifier was given: the first, until it is lost */
let pinned: string;

beforeAll(async () => {
  net = await openTestNetwork({ vars: VARS });
  ({ network } = net);
  pinned = net.hub.vkey;
  port = Number(new URL(net.hub.url).port);
  await writeFile(join(net.data, "settings.json"), JSON.stringify({ port, nodes: 2 }));
});
afterAll(async () => {
  await network.stop();
  await net.close();
});

async function restart(): Promise<void> {
  await network.stop();
  network = await bootNetwork({ port, nodes: 2, data: net.data, tickSeconds: 0, vars: VARS });
}

/** Both communities pledge once more, and it arrives. */
async function pledgesArrive(): Promise<void> {
  qty += 1;
  for (const { steward } of net.communities) {
    await pledge(steward, { kind: "pledge", campaign: net.campaign, qty: String(qty), max_unit_price_minor: "240" });
  }
  await eventually(async () => {
    await timePasses({ ...net, network });
    expect((await publicNumbers(network.hub)).stages.pledged).toBe(String(2 * qty));
  });
  await expectHonest({ ...net, network, hub: { ...network.hub, vkey: pinned } });
}

async function current(role: string): Promise<string | undefined> {
  const [node] = network.nodes;
  const path = role === "report" || role === "book" ? `/api/communities/${node?.origin ?? ""}/keys` : "/api/keys";
  const body: unknown = await (await fetch(`${network.hub.url}${path}`)).json();
  const { keys } = role === "report" || role === "book" ? communityKeys.parse(body) : hubKeysHistory.parse(body);
  return keys.find((one) => one.role === role && one.until === null)?.key;
}

/** What a verifier with the books finds. */
async function verifiedWith(options: Partial<VerifyOptions>) {
  const now = Math.floor(Date.now() / 1000);
  const books = ({ url }: { url: string }) => sourceAt(url);
  const { exit, checks } = await verifyHub(sourceAt(network.hub.url), { now, books, ...options });
  return { exit, failed: checks.flatMap(({ ok, code }) => (ok ? [] : [code])) };
}

/** The checkpoint that is served, once it is the newest head under this key and both witnesses have cosigned it. */
async function seenByBoth(vkey: string): Promise<string> {
  await timePasses({ ...net, network });
  const { cosigned, size, witnessed } = await net.operator.browser.get("/api/witnesses", hubWitnesses);
  expect({ cosigned, size: witnessed?.size }).toEqual({ cosigned: 2, size });
  const note = await (await fetch(`${network.hub.url}/log/checkpoint`)).text();
  expect((await openNote(note, [vkey])).ok).toBe(true);
  return note;
}

const quiet = (): void => undefined;

test(
  "drill, once a year: all keys of a node and of the hub are rotated and the old ones taken away, under pledges",
  { timeout: 240_000 },
  async () => {
    await pledgesArrive();
    const before = await Promise.all(["report", "book", "statement", "log"].map(current));
    const node = await embeddedVault("node", net.data, "a");
    const hub = await embeddedVault("hub", net.data, "hub");
    await rotate(node, roles.node, quiet);
    await rotate(hub, roles.hub, quiet);
    // run again, as after a crash: the keys that were made are those that are used
    const made = (await node.read()).secrets;
    await rotate(node, roles.node, quiet);
    expect((await node.read()).secrets).toEqual(made);
    await restart();
    await eventually(async () => {
      await timePasses({ ...net, network });
      const now = await Promise.all(["report", "book", "statement", "log"].map(current));
      expect(now.map((key, at) => key !== before[at])).toEqual([true, true, true, true]);
    });
    await pledgesArrive();
    const options = { chosen: roles.node, now: Date.now(), isForced: false, say: quiet };
    await expect(finish(node, options)).rejects.toThrow(/30 days/);
    await finish(node, { ...options, isForced: true });
    await finish(hub, { ...options, chosen: roles.hub, isForced: true });
    expect(Object.keys((await hub.read()).secrets).filter((name) => name.endsWith("_NEXT"))).toEqual([]);
    await restart();
    await pledgesArrive();
  },
);

test(
  "drills: lost hub log key and statement key while a quorum is logged, lost report and book key; the history stays what it was",
  { timeout: 240_000 },
  async () => {
    const node = await embeddedVault("node", net.data, "a");
    const hub = await embeddedVault("hub", net.data, "hub");
    // both communities must have seen what is shown
    const { witnesses } = await net.operator.browser.get("/api/witnesses", hubWitnesses);
    const vkeys = witnesses.filter(({ former }) => !former).map(({ vkey }) => vkey);
    await net.operator.browser.raw("POST", "/api/witnesses/rule", { vkeys, k: 2, reason: "" });
    const lost = (await current("log")) ?? "";
    const note = await eventually(async () => await seenByBoth(lost));
    // the log key and the statement key are lost: the file holds them no more
    await recoverHub(hub, roles.hub, {}, quiet);
    await restart();
    const found = await eventually(async () => {
      await timePasses({ ...net, network });
      const vkey = (await current("log")) ?? "";
      expect(vkey).not.toBe(lost);
      return vkey;
    });
    // before any witness has followed, and after both have: green for who remembers, told to who only pinned the key
    const remembered = () => ({ vkey: lost, note });
    expect(await verifiedWith({ vkey: lost, remembered })).toEqual({ exit: 0, failed: [] });
    await eventually(async () => {
      await timePasses({ ...net, network });
      await seenByBoth(found);
    });
    expect(await verifiedWith({ vkey: lost, remembered })).toEqual({ exit: 0, failed: [] });
    expect(await verifiedWith({ vkey: lost })).toEqual({ exit: 1, failed: ["log-key-recovered"] });
    pinned = found;
    await finish(hub, { chosen: roles.hub, now: Date.now(), isForced: true, say: quiet });
    const chosen = ["report", "book"] as const;
    await recoverNode(node, chosen, { hubs: [network.hub.url] }, quiet);
    await recoverNode(node, chosen, { hubs: [network.hub.url] }, quiet);
    await restart();
    await pledgesArrive();
    await finish(node, { chosen, now: Date.now(), isForced: true, say: quiet });
    await restart();
    await pledgesArrive();
  },
);

/**
 * A hub and its communities for the network and browser tests: booted on the embedded network, set up through the
 * public API, joined by an "internet" that a test may break in any way.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { network as networkSchema, type Network as PublicNetwork } from "../shared/protocol/api/network.ts";
import { createAuthenticator } from "../scripts/demo/authenticator.ts";
import {
  admit,
  adopt,
  describeCommunity,
  invite,
  join,
  joinHub,
  publishCampaign,
  refreshHubs,
  type Person,
} from "../scripts/demo/client.ts";
import { openBrowser } from "../scripts/demo/http.ts";
import { CAMPAIGNS, demoCommunity } from "../scripts/demo/plan.ts";
import { bootNetwork, type Network, type NetworkMember } from "../scripts/network.ts";
import { freePorts } from "../scripts/network/ports.ts";
import type { Internet } from "../scripts/network/worker.ts";

export interface Community {
  node: NetworkMember;
  steward: Person;
}

/** Booted, and nothing else: nobody has used a setup link. */
export interface EmptyNetwork {
  network: Network;
  hub: NetworkMember;
  /** what happens to a request between two workers; replace it to break things, null to mend them */
  internet: { rule: Internet | null };
  data: string;
  close(): Promise<void>;
}

export interface TestNetwork extends EmptyNetwork {
  operator: Person;
  communities: Community[];
  /** leaf of the one campaign that every community has adopted */
  campaign: string;
}

export interface TestNetworkOptions {
  nodes?: number;
  vars?: { hub?: Record<string, string>; node?: Record<string, string> };
}

/** Reports may follow at once: tests wait for conditions, not for clocks. */
const NO_PACE = { REPORT_INTERVAL_S: "0" };

export async function openEmptyNetwork({ nodes = 2, vars = {} }: TestNetworkOptions = {}): Promise<EmptyNetwork> {
  const internet: EmptyNetwork["internet"] = { rule: null };
  const data = await mkdtemp(joinPath(tmpdir(), "cocoon-network-"));
  const network = await bootNetwork({
    port: await freePorts(nodes + 1),
    nodes,
    data,
    tickSeconds: 0,
    internet: async (message, forward) =>
      internet.rule === null ? await forward(message) : await internet.rule(message, forward),
    vars: { hub: { ...NO_PACE, ...vars.hub }, node: { ...NO_PACE, ...vars.node } },
  });
  async function close(): Promise<void> {
    await network.stop();
    await rm(data, { recursive: true, force: true });
  }
  return { network, hub: network.hub, internet, data, close };
}

/** Everyone set up, admitted, and with one campaign adopted. */
export async function openTestNetwork(options: TestNetworkOptions = {}): Promise<TestNetwork> {
  const empty = await openEmptyNetwork(options);
  const { hub, network } = empty;
  const operator = await join(hub.setupUrl, "Operator", createAuthenticator());
  const closes = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const campaign = await publishCampaign(operator, { ...CAMPAIGNS[0]!, closes });
  const communities: Community[] = [];
  for (const [i, node] of network.nodes.entries()) {
    const steward = await join(node.setupUrl, `Steward ${i}`, createAuthenticator());
    await describeCommunity(steward, demoCommunity(i));
    await joinHub(steward, hub.url);
    await admit(operator, node.origin, "test");
    await refreshHubs(steward);
    await adopt(steward, campaign);
    communities.push({ node, steward });
  }
  return { ...empty, operator, communities, campaign };
}

export async function newMember({ steward }: Community, name: string): Promise<Person> {
  return await join(await invite(steward, "member"), name, createAuthenticator());
}

export async function publicNumbers(hub: NetworkMember): Promise<PublicNetwork> {
  return await openBrowser(hub.url).get("/api/network", networkSchema);
}

/** Asks again until `condition` holds; the last error explains a timeout. */
export async function eventually<T>(condition: () => Promise<T>, seconds = 20): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await condition();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Time passes: whatever waits for its next attempt may try now, and the clock's duties are done once everywhere. */
export async function timePasses({ network }: TestNetwork): Promise<void> {
  for (const worker of network.all.filter(({ running }) => running)) {
    const db = await worker.database();
    const table = worker.kind === "hub" ? "report_todo" : "outbox";
    await db.prepare(`UPDATE ${table} SET next_at = 0`).run();
  }
  for (const worker of [...network.nodes, network.hub]) if (worker.running) await worker.scheduled();
}

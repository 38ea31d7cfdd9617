/** Hub and communities witness each other, over real HTTP: cosignatures by themselves, a rule that is kept, and a restored hub. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishCampaign } from "../../scripts/demo/client.ts";
import { CAMPAIGNS } from "../../scripts/demo/plan.ts";
import type { HubWitnesses } from "../../shared/protocol/api/witness.ts";
import { verifyHub } from "../../shared/verify/hub.ts";
import { eventually, openTestNetwork, type TestNetwork } from "../network.ts";
import { sourceAt } from "./honest.ts";

let net: TestNetwork;

beforeAll(async () => {
  net = await openTestNetwork();
});
afterAll(async () => {
  await net.close();
});

async function witnesses(): Promise<HubWitnesses> {
  return (await (await fetch(`${net.hub.url}/api/witnesses`)).json()) as HubWitnesses;
}
async function publish(which: number): Promise<string> {
  const closes = new Date(Date.now() + 30 * 86_400_000).toISOString();
  return await publishCampaign(net.operator, { ...CAMPAIGNS[which]!, closes });
}
/** Whoever failed may be asked again. */
async function askNow(): Promise<void> {
  await (await net.hub.database()).prepare("UPDATE cosigner SET next_at = NULL").run();
  await net.hub.scheduled();
}
async function check() {
  const report = await verifyHub(sourceAt(net.hub.url), {
    vkey: net.hub.vkey,
    now: Math.floor(Date.now() / 1000),
    witnessSource: ({ url }) => sourceAt(url ?? ""),
  });
  const failed = report.checks.filter(({ ok }) => !ok).map(({ id, code, detail }) => `${id} ${code ?? ""} ${detail}`);
  return { exit: report.exit, failed, found: report.checks.find(({ id }) => id === "witnesses")?.facts };
}

test("what was logged is cosigned by every community within one round of the schedule", async () => {
  await net.hub.scheduled();
  await eventually(async () =>
    expect((await witnesses()).witnesses.map(({ current }) => current)).toEqual([true, true]),
  );
  expect(await check()).toMatchObject({ exit: 0, failed: [], found: { n: 2, cosigned: 2, k: 0 } });
});

test("each book is cosigned by the hub, and says so", async () => {
  for (const { node } of net.communities) {
    await node.scheduled();
    const note = await (await fetch(`${node.url}/book/checkpoint`)).text();
    expect(note).toContain(`— ${net.hub.origin}/witness `);
  }
});

test("once two of two are required the checkpoint waits for both, and the verifier reports them", async () => {
  await net.hub.scheduled();
  await eventually(async () => expect((await witnesses()).cosigned).toBe(2));
  const vkeys = (await witnesses()).witnesses.map(({ vkey }) => vkey);
  await net.operator.browser.raw("POST", "/api/witnesses/rule", { vkeys, k: 2, reason: "both of us" });
  await net.hub.scheduled();
  await eventually(async () => expect((await witnesses()).witnessed?.size).toBe((await witnesses()).size));
  expect(await check()).toMatchObject({ exit: 0, failed: [], found: { k: 2, n: 2, cosigned: 2 } });

  await net.communities[0]!.node.stop();
  const before = (await witnesses()).witnessed?.size ?? 0;
  await publish(1);
  await net.hub.scheduled();
  const after = await witnesses();
  expect(after.size).toBeGreaterThan(before);
  expect(after.witnessed?.size).toBe(before);
  expect((await check()).failed).toEqual([]);
  await net.communities[0]!.node.start();
  await askNow();
  await eventually(async () => expect((await witnesses()).witnessed?.size).toBe((await witnesses()).size));
});

test("a hub that was restored to yesterday refuses to go on, and goes on with today's copy", async () => {
  const kept = await mkdtemp(join(tmpdir(), "cocoon-kept-"));
  const database = join(net.data, "hub", "database");
  await net.hub.stop();
  await cp(database, join(kept, "yesterday"), { recursive: true });
  await net.hub.start();
  await publish(1);
  await askNow();
  await eventually(async () => expect((await witnesses()).witnesses.every(({ current }) => current)).toBe(true));

  await net.hub.stop();
  await cp(database, join(kept, "today"), { recursive: true });
  await rm(database, { recursive: true });
  await cp(join(kept, "yesterday"), database, { recursive: true });
  await net.hub.start();
  await net.hub.scheduled();
  const { halted, size } = await witnesses();
  expect(halted).not.toBeNull();
  await expect(publish(1)).rejects.toThrow(/log-behind/);
  expect((await witnesses()).size).toBe(size);

  await net.hub.stop();
  await rm(database, { recursive: true });
  await cp(join(kept, "today"), database, { recursive: true });
  await net.hub.start();
  await publish(1);
  expect((await witnesses()).halted).toBeNull();
  await rm(kept, { recursive: true });
});

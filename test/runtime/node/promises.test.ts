/** A community looks for what its hub has given it receipts for; what is not there becomes evidence that a stranger believes. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { verifyEvidence } from "../../../shared/evidence/verify.ts";
import { evidence } from "../../../shared/protocol/evidence.ts";
import { fail, ok } from "../../../shared/result.ts";
import { signReceipt } from "../../../shared/signing/entry-receipt.ts";
import { checkPromises, promiseRow } from "../../../workers/node/jobs/check-promises.ts";
import { watchHubs } from "../../../workers/node/jobs/watch-hub.ts";
import type { NodeContext } from "../../../workers/node/context.ts";
import { readHub } from "../../../workers/node/queries/hub.ts";
import { TestHub } from "../../unit/verify/world.ts";
import { HUB, type Village, leafNamed, village } from "./village.ts";

let world: Village;
let hub: TestHub;
let context: NodeContext;
let asked: string[];
let isDown: boolean;

beforeEach(async () => {
  world = await village();
  hub = await TestHub.create("hub.example.org");
  await hub.campaign();
  await hub.publishTotals();
  asked = [];
  isDown = false;
  await env.DB.prepare("UPDATE hub SET status = 'admitted', vkey = ?, statement_jwk = ? WHERE origin = ?")
    .bind(hub.vkey, JSON.stringify(hub.signer.publicJwk), HUB)
    .run();
  const peer: NodeContext["peer"] = {
    async get(url, options) {
      asked.push(url);
      if (isDown) return fail("peer-unreachable");
      const path = url.slice("https://hub.example.org".length);
      const { status, bytes } = await hub.served.source.get(path, options?.maxBytes ?? 1_000_000);
      return ok({ status, contentType: "", retryAfterS: null, bytes });
    },
    post: () => Promise.resolve(fail("peer-unreachable")),
    getJson: () => Promise.resolve(fail("peer-unreachable")),
  };
  context = { ...world.context, peer };
});

async function hold(leaf: string, index: number): Promise<void> {
  const entry = { iss: HUB, leaf, node: "community.example.org", seq: 1, index, received: hub.now };
  await promiseRow(env.DB, HUB, await signReceipt(hub.signer, entry), world.clock.now).run();
}

async function look(): Promise<void> {
  const row = await readHub(env.DB, HUB);
  if (row === null) throw new Error("a hub");
  await checkPromises(context, row);
}

async function held(): Promise<{ broken: boolean; later: boolean }[]> {
  const { results } = await env.DB.prepare("SELECT broken_at, next_at FROM promise ORDER BY next_at").all<{
    broken_at: number | null;
    next_at: number;
  }>();
  return results.map(({ broken_at, next_at }) => ({ broken: broken_at !== null, later: next_at > world.clock.now }));
}

async function kept(): Promise<unknown[]> {
  const body = await (await world.fetch("/api/evidence")).json<{ evidence: unknown[] }>();
  return body.evidence;
}

async function expectProven(): Promise<void> {
  const [view] = (await kept()) as { sha256: string }[];
  expect(view).toMatchObject({ accused: HUB, kind: "broken-promise", party: "hub" });
  const document = evidence.parse(await (await world.fetch(`/api/evidence/${view?.sha256 ?? ""}`)).json());
  expect(await verifyEvidence(document, [hub.vkey])).toMatchObject({ ok: true, value: { accused: HUB } });
}

describe("a receipt", () => {
  it("is forgotten once its entry stands where it says, and only then", async () => {
    const { leaf, index } = await hub.campaign();
    await hold(leaf, index);
    isDown = true;
    await look();
    expect(await held()).toEqual([{ broken: false, later: true }]);
    isDown = false;
    await look();
    expect(await held()).toHaveLength(1);
    world.clock.now += 16 * 60_000;
    await look();
    expect([await held(), await kept()]).toEqual([[], []]);
  });

  it("whose place is taken by something else is evidence, kept, shown to the steward, and not made twice", async () => {
    await hold(leafNamed("dropped"), 1);
    await look();
    expect(await held()).toEqual([{ broken: true, later: false }]);
    await expectProven();
    await hold(leafNamed("dropped as well"), 1);
    await look();
    expect(await kept()).toHaveLength(1);
    await watchHubs(context, () => undefined);
    const { body } = await world.steward.call("GET", "/api/community");
    expect((body["hubs"] as { watch: { codes: string[] } }[])[0]?.watch.codes).toContain("proven");
  });

  it("that the log goes on without is evidence once log time is past the deadline, and not a second earlier", async () => {
    await hold(leafNamed("dropped"), hub.log.size + 3);
    hub.now += 599;
    await hub.publishTotals();
    await look();
    expect([await held(), await kept()]).toEqual([[{ broken: false, later: true }], []]);
    await hub.publishTotals();
    world.clock.now += 16 * 60_000;
    await look();
    expect(await held()).toEqual([{ broken: true, later: false }]);
    await expectProven();
  });

  it("is not said to be broken by a hub that serves something it has not signed", async () => {
    const { leaf, index } = await hub.campaign();
    await hold(leaf, index);
    hub.served.tamperWith((path, bytes) => (path.startsWith("/log/tile/0/") ? bytes.map((byte) => byte ^ 1) : bytes));
    await look();
    expect([await held(), await kept()]).toEqual([[{ broken: false, later: true }], []]);
  });

  it("is one of at most four looked at in a run, for at most twenty requests, whatever is found", async () => {
    for (let i = 0; i < 9; i += 1) await hold(leafNamed(`dropped ${String(i)}`), 1);
    await look();
    expect((await held()).filter(({ broken }) => broken)).toHaveLength(4);
    expect(asked.length).toBeLessThanOrEqual(20);
    await look();
    await look();
    expect((await held()).every(({ broken }) => broken)).toBe(true);
  });
});

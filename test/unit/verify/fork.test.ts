/** A log that goes on from another hub's: what it takes over, what begins anew, and each untruth about its parent. */
import { describe, expect, test } from "vitest";
import { toBase64 } from "../../../shared/bytes.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { verifyHub } from "../../../shared/verify/hub.ts";
import { EXIT } from "../../../shared/verify/report.ts";
import { TestHub, TestNode } from "./world.ts";

type Policy = Omit<Claims<"hub-policy+jwt">, "iss" | "iat" | "v">;

async function parentWith() {
  const parent = await TestHub.create("parent.example");
  const { leaf: campaign } = await parent.campaign();
  const node = await TestNode.create("node.example");
  await parent.admit(node);
  node.pledge(campaign, "3", 1);
  await parent.report(node);
  await parent.publishTotals();
  return { parent, campaign, node };
}

/** Another hub's log with the parent's entries before its own; `changes` are what a hub that cheats would sign instead. */
async function forkOf(
  parent: TestHub,
  changes: Partial<Policy> = {},
  origin = "fork.example",
  signer?: TestHub["signer"],
): Promise<TestHub> {
  const other = await TestHub.create(origin);
  const own = other.state.policy!.claims;
  const { size } = parent.log;
  const root = toBase64(parent.log.root());
  const fork = await TestHub.goOn(other, parent);
  const { iss: _, iat: __, v: ___, ...claims } = own;
  if (signer !== undefined) fork.signer = signer;
  const statement_jwk = fork.signer.publicJwk;
  const named = { origin: parent.log.origin, size, root };
  await fork.say("hub-policy+jwt", { ...claims, statement_jwk, parent: named, ...changes });
  return fork;
}

async function verified(fork: TestHub, node?: TestNode) {
  const { checks, exit } = await verifyHub(fork.served.source, {
    now: fork.now,
    ...(node && { books: () => node.served.source }),
  });
  return { exit, failed: checks.filter(({ ok }) => !ok).map(({ id, code }) => `${id}: ${code}`) };
}

describe("a fork", () => {
  test("verifies under its own key and name, and keeps the campaigns but no community", async () => {
    const { parent, campaign } = await parentWith();
    expect(parent.state.sums.communities).toBe(1);
    const fork = await forkOf(parent);
    await fork.publishTotals();
    expect(await verified(fork)).toEqual({ exit: EXIT.ok, failed: [] });
    expect([...fork.state.campaigns.keys()]).toEqual([campaign]);
    expect(fork.state.communities.size).toBe(0);
    expect(fork.state.sums).toMatchObject({ communities: 0, pledges: 0, pledged: 0n });
    expect(fork.state.campaigns.get(campaign)?.sums).toMatchObject({ pledges_open: 0, communities_open: 0 });
  });

  test("counts a community's book again once it has joined with the keys it has; all its verdicts are repeated", async () => {
    const { parent, campaign, node } = await parentWith();
    const fork = await forkOf(parent);
    node.seq = 0;
    await fork.admit(node);
    node.pledge(campaign, "4", 2);
    await fork.report(node);
    await fork.publishTotals();
    expect(await verified(fork, node)).toEqual({ exit: EXIT.ok, failed: [] });
    expect(fork.state.sums).toMatchObject({ communities: 1, pledges: 2, pledged: 7n });
  });

  test("can be forked again", async () => {
    const { parent } = await parentWith();
    const again = await forkOf(await forkOf(parent), {}, "third.example");
    await again.publishTotals();
    expect(await verified(again)).toEqual({ exit: EXIT.ok, failed: [] });
  });

  test.each<[string, (parent: TestHub) => Partial<Policy>]>([
    ["entries: parent-root", (p) => ({ parent: { ...named(p), root: toBase64(p.log.root(p.log.size - 1)) } })],
    ["entries: policy-first", (p) => ({ parent: { ...named(p), size: p.log.size - 1 } })],
    ["entries: policy-first", (p) => ({ parent: { ...named(p), origin: "other.example/log" } })],
    ["entries: signature-invalid", () => ({ parent: undefined })],
  ])("that is untrue about its parent fails as %s", async (fault, changes) => {
    const { parent } = await parentWith();
    const fork = await forkOf(parent, changes(parent));
    fork.totals = parent.totals;
    fork.network = parent.network;
    const { exit, failed } = await verified(fork);
    expect(exit).toBe(EXIT.invalid);
    expect(failed).toContain(fault);
  });

  test("signs with no key of its parent's", async () => {
    const { parent } = await parentWith();
    const { signer } = parent;
    const fork = await forkOf(parent, { witness_vkey: undefined }, "fork.example", signer);
    fork.totals = parent.totals;
    fork.network = parent.network;
    expect((await verified(fork)).failed).toContain("entries: key-reused");
  });

  test("without an entry of its own is still the parent's log, whoever signs it", async () => {
    const { parent } = await parentWith();
    const fork = await TestHub.goOn(await TestHub.create("fork.example"), parent);
    fork.totals = parent.totals;
    fork.network = parent.network;
    expect((await verified(fork)).failed).toContain("entries: issuer");
  });

  test("takes no report that was signed for its parent", async () => {
    const { parent, node } = await parentWith();
    const fork = await forkOf(parent);
    node.seq = 0;
    await fork.admit(node);
    await fork.report(node, { changes: { aud: parent.log.origin } });
    await fork.publishTotals();
    expect((await verified(fork)).failed).toContain("entries: issuer");
  });
});

function named({ log }: TestHub): NonNullable<Policy["parent"]> {
  return { origin: log.origin, size: log.size, root: toBase64(log.root()) };
}

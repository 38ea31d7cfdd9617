/** An audit between real workers over HTTP: beacons of two communities, pledges of the third opened, and verified by a stranger. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CommunityDetail } from "../../shared/protocol/api/network.ts";
import { eventually, newMember, openTestNetwork, publicNumbers, type TestNetwork } from "../network.ts";
import { pledge } from "../../scripts/demo/client.ts";
import { expectHonest } from "./honest.ts";

let net: TestNetwork;

beforeAll(async () => {
  net = await openTestNetwork({ nodes: 3 });
});
afterAll(async () => {
  await net.close();
});

test("pledges signed with passkeys are opened, found in order, and the lot is drawn again from the book", async () => {
  const { node } = net.communities[0]!;
  for (const [name, qty] of [
    ["Ana", "2"],
    ["Ben", "5"],
  ] as const) {
    const member = await newMember(net.communities[0]!, name);
    await pledge(member, { kind: "pledge", campaign: net.campaign, qty, max_unit_price_minor: "230" });
  }
  await eventually(async () => expect(await publicNumbers(net.hub)).toMatchObject({ pledges: 2 }));
  await net.hub.scheduled();
  const origin = encodeURIComponent(node.origin);
  expect(await net.operator.browser.raw("POST", `/api/communities/${origin}/audit`)).toMatchObject({ status: 201 });
  await net.hub.scheduled();
  await eventually(async () => {
    await (await net.hub.database()).prepare("UPDATE book_audit SET next_at = 0 WHERE next_at IS NOT NULL").run();
    await net.hub.scheduled();
    const shown = (await (await fetch(`${net.hub.url}/api/communities/${origin}`)).json()) as CommunityDetail;
    expect(shown.audits).toMatchObject({ ok: 1, last: { outcome: "ok", drawn: 2, opened: 2 } });
  });
  await expectHonest(net);
});

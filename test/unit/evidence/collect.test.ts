/** From a member's receipt to a proof for everybody, made of what community and hub serve; nothing the member signed is in it. */
import { expect, test } from "vitest";
import { collectDropped } from "../../../shared/evidence/collect.ts";
import { verifyEvidence } from "../../../shared/evidence/verify.ts";
import type { Receipt } from "../../../shared/protocol/document.ts";
import { Unreachable } from "../../../shared/verify/source.ts";
import { makeMember } from "../verify/member.ts";
import { makeWorld } from "../verify/world.ts";
import { reportJws } from "./makers.ts";

async function start() {
  const world = await makeWorld();
  const { hub, a, campaign } = world;
  const member = await makeMember(a, hub, campaign);
  const receipt: Receipt = await member.sign({ typ: "pledge" });
  const collect = async () => await collectDropped(receipt, hub.served.source, a.served.source);
  return { ...world, receipt, collect };
}

test("a pledge that stands gives no proof, nor does a community that does not answer", async () => {
  const { hub, receipt, collect, a, campaign } = await start();
  expect(await collect()).toBe(null);
  a.pledge(campaign, "1", 0);
  expect(await collect()).toBe(null);
  const silent = { name: "gone", get: () => Promise.reject(new Unreachable("gone")) };
  expect(await collectDropped(receipt, hub.served.source, silent)).toBe(null);
  expect(await collectDropped(receipt, silent, a.served.source)).toBe(null);
});

test("a pledge that is another one now gives a proof that names no member and holds no document", async () => {
  const { hub, a, campaign, receipt, collect } = await start();
  a.book.entries.splice(receipt.entry.index, 1);
  a.pledge(campaign, "9", 0);
  a.pledge(campaign, "9", 0);
  const document = await collect();
  if (document === null) throw new Error("no proof");
  expect(await verifyEvidence(document, [hub.vkey])).toMatchObject({ ok: true, value: { accused: a.origin } });
  const text = JSON.stringify(document);
  for (const secret of [receipt.document.account, receipt.salt, receipt.key.salt, receipt.document.key])
    expect(text).not.toContain(secret);
});

test("a book that ends before the pledge gives a proof once a report two days later says so", async () => {
  const { hub, a, receipt, collect } = await start();
  a.book.entries.splice(receipt.entry.index);
  expect(await collect()).toBe(null);
  const [, day] = /"d":"([0-9-]+)"/.exec(receipt.entry.json) ?? [];
  const iat = Date.parse(day ?? "") / 1000 + 2 * 86_400;
  hub.append(await reportJws(hub, a, { iat }));
  const document = await collect();
  expect(document?.shown.by).toBe("report");
});

/** Audits that failed, as evidence: silence by two entries of the log, short and false answers by the community's own signature. */
import { beforeEach, describe, expect, test } from "vitest";
import { fromUtf8, sha256url } from "../../../shared/bytes.ts";
import { pathAmong } from "../../../shared/evidence/tree.ts";
import { parseEvidence, verifyEvidence } from "../../../shared/evidence/verify.ts";
import { leafHash } from "../../../shared/log/merkle.ts";
import type { Opening } from "../../../shared/protocol/audit.ts";
import { type EvidenceOf, isPrivate } from "../../../shared/protocol/evidence.ts";
import { canonicalBytes } from "../../../shared/signing/canonical.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { makeMember } from "../verify/member.ts";
import { TestHub, TestNode } from "../verify/world.ts";
import * as make from "./makers.ts";

type Document = EvidenceOf<"failed-audit">;
const A = "node a.example";
let hub: TestHub;
let a: TestNode;
let world: make.World;
let campaign: string;
let others: TestNode[];

beforeEach(async () => {
  hub = await TestHub.create();
  const published = await hub.campaign();
  campaign = published.leaf;
  a = await TestNode.create("a.example");
  await hub.admit(a);
  others = [await TestNode.create("c.example"), await TestNode.create("d.example")];
  world = { hub, a, b: a, campaign, books: () => a.served.source };
});

async function found(document: Document): Promise<string> {
  const parsed = parseEvidence(JSON.parse(JSON.stringify(document)));
  if (parsed === null) return "malformed";
  const result = await verifyEvidence(parsed, [hub.vkey]);
  return result.ok ? `${result.value.party} ${result.value.accused}` : result.error.fault;
}

describe("an audit", () => {
  beforeEach(async () => {
    a.pledge(campaign, "2", 0);
    a.pledge(campaign, "3", 1);
    await hub.report(a);
  });

  test("that nobody answered is proven by the question and the hub's entry past the deadline, and by no earlier one", async () => {
    expect(await found(await make.silentAudit(world, others))).toBe(A);
  });

  test("is not shown to be unanswered a second before its deadline", async () => {
    expect(await found(await make.silentAudit(world, others, 1))).toBe("no-contradiction");
  });

  test("that was answered is never said to be unanswered: a log that says so is invalid, and that is evidence against the hub", async () => {
    const asked = await make.askAudit(world, others);
    hub.append(await make.answerJws(world, asked.leaf, asked.drawn));
    expect(hub.state.communities.get(a.origin)?.audits?.open?.answer).toMatchObject({ index: hub.log.size - 1 });
    hub.now += 72 * 3600;
    const silence = {
      ok: false,
      opened: 0,
      gone: 0,
      codes: ["unanswered" as const],
      openings_sha256: sha256url(new Uint8Array()),
    };
    await hub.say("audit-outcome+jwt", { node: a.origin, audit: asked.leaf, ...silence });
    expect(hub.state.communities.get(a.origin)?.audits).toMatchObject({
      unanswered: 0,
      unjudged: 1,
      last: { outcome: "unjudged" },
    });
    await hub.publishTotals({ logged: false });
    const totals: Parameters<typeof verifyEvidence>[0] = {
      ...make.about(hub, [await make.policyOf(hub)]),
      kind: "wrong-totals",
      totals: hub.totals,
      shown: { by: "entries", entries: hub.log.entries.map((entry) => fromUtf8(entry)) },
    };
    expect(await verifyEvidence(totals, [hub.vkey])).toMatchObject({ ok: true, value: { party: "hub" } });
  });

  test("answered with fewer pledges than were drawn is proven by the answer; a whole one proves nothing", async () => {
    const document = await make.shortAudit(world, others);
    expect(await found(document)).toBe(A);
    const { leaf } = parsedOf(document.audit.jws);
    const whole = await make.answerJws(world, leaf, ["one", "other"]);
    expect(await found({ ...document, shown: { by: "short", answer: whole } })).toBe("no-contradiction");
    const elsewhere = await make.answerJws(world, campaign, []);
    expect(await found({ ...document, shown: { by: "short", answer: elsewhere } })).toBe("no-contradiction");
    const [policy] = document.anchors;
    expect(await found({ ...document, anchors: [policy!] })).toBe("signature-invalid");
  });
});

describe("an opening under the community's answer", () => {
  async function opened(change: (opening: Opening & { receipt: object }) => unknown): Promise<Document> {
    const terms = parseStatement(hub.log.entries[1]!);
    if (!terms.ok) throw new Error("a campaign");
    const terms_sha256 = sha256url(canonicalBytes(terms.value.statement.claims));
    const member = await makeMember(a, hub, campaign, { terms_sha256 });
    const receipt = await member.sign({ typ: "pledge", band: 0 });
    const other = await (
      await makeMember(a, hub, campaign, { terms_sha256, name: "b" })
    ).sign({ typ: "pledge", band: 0 });
    await hub.report(a);
    const asked = await make.askAudit(world, others);
    const openings = await Promise.all(
      [receipt, other].map(async (one) => {
        const proof = (leaf: string) => a.book.proof(leaf);
        const key_entry = fromUtf8(a.book.entries.find((entry) => make.leafOf(entry) === one.key.leaf)!);
        const entry = { ...one.entry, proof: (await proof(one.entry.leaf))! };
        const key = { ...one.key, proof: (await proof(one.key.leaf))! };
        return { leaf: one.entry.leaf, receipt: { ...one, entry, key }, key_entry };
      }),
    );
    openings.sort((one, two) => (one.leaf < two.leaf ? -1 : 1));
    const changed = openings.map((opening, at) => (at === 0 ? (change(structuredClone(opening)) as Opening) : opening));
    const answer = await make.answerJws(world, asked.leaf, changed);
    const leaves = changed.map((opening) => leafHash(canonicalBytes(opening)));
    const anchors = [await make.policyOf(hub), await make.joinOf(hub, a)];
    const shown = {
      by: "opening" as const,
      answer,
      drawn: asked.drawn,
      opening: changed[0]!,
      index: 0,
      proof: pathAmong(leaves, 0),
      campaign: await make.anchorOf(hub, 1),
    };
    return { ...make.about(hub, anchors), kind: "failed-audit", audit: await make.anchorOf(hub, asked.index), shown };
  }

  test("that is in order proves nothing", async () => {
    expect(await found(await opened((opening) => opening))).toBe("no-contradiction");
  });

  test("that is not proves it, to whom it is shown: it holds what a member signed, so nobody takes it in", async () => {
    const document = await opened((opening) => ({
      ...opening,
      receipt: { ...opening.receipt, salt: sha256url(new Uint8Array(1)) },
    }));
    expect(await found(document)).toBe(A);
    expect(isPrivate(document)).toBe(true);
    expect(isPrivate({ ...document, shown: { by: "short", answer: "" } })).toBe(false);
    // what is not under the signed root was never answered
    const honest = await opened((opening) => opening);
    const { shown } = document;
    if (shown.by !== "opening" || honest.shown.by !== "opening") throw new Error("an opening");
    expect(await found({ ...document, shown: { ...shown, opening: honest.shown.opening } })).toBe("proof-invalid");
    expect(await found({ ...document, shown: { ...shown, drawn: shown.drawn.toReversed() } })).toBe("proof-invalid");
    const other = await hub.campaign({ nonce: "A".repeat(22) });
    const foreign = await make.anchorOf(hub, other.index);
    expect(await found({ ...document, shown: { ...shown, campaign: foreign } })).toBe("proof-invalid");
  });

  test("of another entry than the one that was drawn proves it", async () => {
    const document = await opened((opening) => {
      const { receipt } = opening as unknown as { receipt: { entry: { json: string } } };
      return {
        ...opening,
        receipt: { ...receipt, entry: { ...receipt.entry, json: receipt.entry.json.replace('"q":"2"', '"q":"1"') } },
      };
    });
    expect(await found(document)).toBe(A);
  });
});

function parsedOf(jws: string) {
  const parsed = parseStatement(jws);
  if (!parsed.ok) throw new Error("a statement");
  return parsed.value;
}

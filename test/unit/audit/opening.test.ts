import { beforeEach, describe, expect, test } from "vitest";
import { type OpeningContext, checkOpening } from "../../../shared/audit/opening.ts";
import { sha256url, utf8 } from "../../../shared/bytes.ts";
import type { Opening } from "../../../shared/protocol/audit.ts";
import type { Receipt } from "../../../shared/protocol/document.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { makeMember } from "../verify/member.ts";
import { TestHub, TestNode } from "../verify/world.ts";

const DAY = "2026-06-01";
let node: TestNode;
let context: OpeningContext;
let receipt: Receipt;
let opening: Extract<Opening, { receipt: unknown }>;
let campaign: string;
let ballot: { leaf: string; campaign: string; qty: bigint; band: number };
let member: Awaited<ReturnType<typeof makeMember>>;

beforeEach(async () => {
  const hub = await TestHub.create();
  node = await TestNode.create("a.example");
  await hub.admit(node);
  campaign = (await hub.campaign()).leaf;
  member = await makeMember(node, hub, campaign);
  receipt = await member.sign({ typ: "pledge" });
  opening = { leaf: receipt.entry.leaf, receipt, key_entry: entryAt(member.key.index) };
  ballot = { leaf: receipt.entry.leaf, campaign, qty: 2n, band: 1 };
  context = {
    node: node.origin,
    webOrigin: "https://a.example",
    rpId: "a.example",
    hub: hub.log.origin,
    generation: 1,
    bookVkeys: [node.vkey],
    termsOf: (id) =>
      id === campaign
        ? { currency: "EUR", sha256: sha256url(utf8("terms")), bands_minor: ["500", "600", "800"] }
        : undefined,
  };
});

function entryAt(index: number): string {
  return new TextDecoder().decode(node.book.entries[index]);
}

describe("an opened pledge", () => {
  test("is in order when it was signed by a key registered before it", async () => {
    expect(await checkOpening(ballot, opening, context)).toBe("opened");
  });

  test("a revision is opened like a first pledge", async () => {
    const revised = await member.sign({ typ: "pledge", replaces: receipt.entry.leaf, qty: "7" });
    const drawn = { ...ballot, leaf: revised.entry.leaf, qty: 7n };
    expect(await checkOpening(drawn, { ...opening, leaf: drawn.leaf, receipt: revised }, context)).toBe("opened");
  });

  test("says another quantity, band, campaign, currency or terms than the book or the member was shown", async () => {
    for (const wrong of [{ qty: 3n }, { band: 0 }, { campaign: "x" }])
      expect(await checkOpening({ ...ballot, ...wrong }, opening, context)).toBe("document");
    for (const wrong of [{ currency: "USD" }, { sha256: "x" }, { bands_minor: ["500", "601"] }]) {
      const termsOf = () => ({ ...context.termsOf(campaign)!, ...wrong });
      expect(await checkOpening(ballot, opening, { ...context, termsOf })).toBe("document");
    }
    expect(await checkOpening(ballot, opening, { ...context, webOrigin: "https://b.example" })).toBe("document");
    expect(await checkOpening(ballot, opening, { ...context, hub: "other.example/log" })).toBe("document");
  });

  test("is of another entry, or of another commitment", async () => {
    expect(await checkOpening({ ...ballot, leaf: member.key.leaf }, opening, context)).toBe("commitment");
    const salted = { ...opening, receipt: { ...receipt, salt: sha256url(utf8("other")) } };
    expect(await checkOpening(ballot, salted, context)).toBe("commitment");
  });

  test("names a key that the book does not hold, or holds for another account", async () => {
    const other = { ...opening, key_entry: entryAt(receipt.entry.index) };
    expect(await checkOpening(ballot, other, context)).toBe("key");
    const salted = { ...opening, receipt: { ...receipt, key: { ...receipt.key, salt: sha256url(utf8("x")) } } };
    expect(await checkOpening(ballot, salted, context)).toBe("key");
    expect(await checkOpening(ballot, opening, { ...context, bookVkeys: ["a.example/book+00000000+AAAA"] })).toBe(
      "key",
    );
    const changed = ["a.example/book+00000000+AAAA", node.vkey];
    expect(await checkOpening(ballot, opening, { ...context, bookVkeys: changed })).toBe("opened");
  });

  test("was signed by a key that was registered after it", async () => {
    const late = node.writeBytes(utf8(entryAt(member.key.index).replace(DAY, "2026-06-02")));
    const proof = (await node.book.proof(late.leaf))!;
    const key = { ...receipt.key, ...late, proof };
    const rewritten = { ...opening, receipt: { ...receipt, key }, key_entry: entryAt(late.index) };
    // the commitment names the key's entry, so another one for the same key does not open it
    expect(await checkOpening(ballot, rewritten, context)).toBe("commitment");
  });

  test("whose member had left is gone only if the book says so", async () => {
    const left = node.write({ t: "withdraw", r: ballot.leaf, why: "left", n: node.nonce(), d: DAY });
    const entry = entryAt(left.index);
    const proof = (await node.book.proof(left.leaf))!;
    const gone = { leaf: ballot.leaf, gone: { entry, proof } };
    expect(await checkOpening(ballot, gone, context)).toBe("gone");
    expect(await checkOpening({ ...ballot, leaf: member.key.leaf }, gone, context)).toBe("missing");
    const unproven = { leaf: ballot.leaf, gone: { entry: entry.replace(DAY, "2026-06-02"), proof } };
    expect(await checkOpening(ballot, unproven, context)).toBe("missing");
    const own = { t: "withdraw", r: ballot.leaf, why: "member", cm: node.nonce(), d: DAY } as const;
    const ended = node.write(own);
    const shown = { entry: canonicalJson(own), proof: (await node.book.proof(ended.leaf))! };
    expect(await checkOpening(ballot, { leaf: ballot.leaf, gone: shown }, context)).toBe("missing");
  });
});

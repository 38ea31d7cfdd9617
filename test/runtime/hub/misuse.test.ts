/** What somebody at the desk might try, or do by mistake: keys used twice, texts of other awards, addresses in public, races. */
import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { expectReplayEqualsTables } from "./city.ts";
import { type Treasury, treasury } from "./treasury.ts";

let world: Treasury;

beforeEach(async () => {
  world = await treasury();
});

function recipient(id: string, name = "Bakery") {
  return { event: "recipient", id, name, org_id: null, kind: "organisation", country: null };
}

describe("a key that comes again", () => {
  const idempotency_key = "the-same-key-0123456789";

  it("with the same proposal finds it", async () => {
    const first = await world.propose([world.award("one", "100")], { idempotency_key });
    const again = await world.propose([world.award("one", "100")], { idempotency_key });
    expect([again.status, again.body["id"]]).toEqual([201, first.body["id"]]);
  });

  it("with another proposal is refused, waiting or logged", async () => {
    await world.propose([world.award("one", "100")], { idempotency_key });
    for (const [events, options] of [
      [[world.award("one", "200")], {}],
      [[world.award("one", "100")], { note: "other" }],
      [[world.award("one", "100")], { texts: [{ award: "one", text: "Other" }] }],
    ] as const) {
      const refused = await world.propose([...events], { idempotency_key, ...options });
      expect([refused.status, refused.code]).toEqual([409, "idempotency-key-used"]);
    }
    await world.propose([recipient("bakery")], { idempotency_key: "another-key-0123456789" });
    const fact = await world.propose([recipient("other")], { idempotency_key: "another-key-0123456789" });
    expect(fact.code).toBe("idempotency-key-used");
  });
});

describe("an amount that is none", () => {
  it.each(["%", "1.5", "-1", "1e3", "9007199254740992", ""])("is malformed: %j", async (amount) => {
    expect((await world.propose([world.award("one", amount)])).code).toBe("malformed-request");
    const estimate = await world.fetch(`/api/funds/basics/matching?pool_minor=${encodeURIComponent(amount)}`);
    expect(estimate.status).toBe(400);
  });
});

describe("limits of approvers", () => {
  it.each([
    ["2^53, which a number does not hold exactly", [{ currency: "EUR", limit_minor: "9007199254740992" }]],
    [
      "a currency twice",
      [
        { currency: "EUR", limit_minor: "1" },
        { currency: "EUR", limit_minor: "2" },
      ],
    ],
  ])("are malformed with %s", async (_what, limits) => {
    const { body } = await world.operator.call("GET", "/api/staff");
    const [one] = body["staff"] as { id: string }[];
    const answer = await world.operator.call("PATCH", `/api/staff/${one!.id}`, { limits });
    expect([answer.status, answer.code]).toEqual([400, "malformed-request"]);
  });
});

describe("what is public for good", () => {
  it("takes descriptions of the proposal's own awards only", async () => {
    await world.record([world.award("one", "100")], { texts: [{ award: "one", text: "As approved" }] });
    const texts = [{ award: "one", text: "As one person wants it" }];
    expect((await world.propose([recipient("bakery")], { texts })).code).toBe("text-without-award");
    expect(await env.DB.prepare("SELECT text FROM award_text").first("text")).toBe("As approved");
  });

  it("takes no e-mail addresses, wherever they stand", async () => {
    const fund = { purpose: "Ask ana@example.org" };
    for (const [events, options] of [
      [[world.award("one", "100", { title: "For ana@example.org" })], {}],
      [[world.award("one", "100")], { texts: [{ award: "one", text: "Ask ana@example.org" }] }],
      [[recipient("ana", "ana@example.org")], {}],
      [
        [{ event: "fund", id: "new", name: "New", funder: null, currency: "EUR", restriction: fund, status: "open" }],
        {},
      ],
    ] as const) {
      expect((await world.propose([...events], options)).code).toBe("email-in-text");
    }
  });

  it("takes nothing that nobody sees", async () => {
    expect((await world.propose([recipient("lab", "Lab\u202E")])).code).toBe("text-unseen");
    const preview = await world.operator.call("POST", "/api/proposals/preview", {
      events: [recipient("lab", "L\u200Bab")],
      idempotency_key: "0123456789abcdef",
    });
    expect(preview.code).toBe("text-unseen");
  });

  it("says so where an entry would be larger than readers take", async () => {
    const many = Array.from({ length: 50 }, (_, at) => recipient(`r${String(at)}`, "食".repeat(200)));
    const refused = await world.propose(many);
    expect([refused.status, refused.code]).toEqual([413, "statement-too-large"]);
    await expectReplayEqualsTables();
  });
});

describe("a search that has to look at everything", () => {
  it("is for the people of the hub, and its signs are no patterns", async () => {
    expect((await world.fetch("/api/recipients?q=lab")).status).toBe(401);
    const names = async (q: string) =>
      (await world.operator.call("GET", `/api/recipients?q=${encodeURIComponent(q)}`)).body["recipients"];
    expect(await names("LAB")).toMatchObject([{ id: "lab" }]);
    expect([await names("%"), await names("_")]).toEqual([[], []]);
  });
});

describe("two people at once", () => {
  it("decide a proposal once, and the audit log says what happened", async () => {
    for (const id of ["one", "two", "three"]) {
      const proposed = await world.propose([world.award(id, "100")], { again: true });
      const path = `/api/proposals/${String(proposed.body["id"])}`;
      const answers = await Promise.all([
        world.approver.call("POST", `${path}/refuse`, { reason: "no" }),
        world.second.call("POST", `${path}/refuse`, { reason: "no" }),
        world.operator.call("POST", `${path}/withdraw`, { reason: "mine" }),
      ]);
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
      const { results } = await env.DB.prepare(
        "SELECT action FROM audit_event WHERE subject = ? AND action <> 'proposal.make'",
      )
        .bind(proposed.body["id"])
        .all();
      expect(results).toHaveLength(1);
    }
  });

  it("cannot leave the hub without an operator", async () => {
    const other = await world.staff("operator", "Oto");
    const { body } = await world.operator.call("GET", "/api/staff");
    const operators = (body["staff"] as { id: string; role: string }[]).filter(({ role }) => role === "operator");
    expect(operators).toHaveLength(2);
    const answers = await Promise.all(
      operators.map(({ id }, at) =>
        (at === 0 ? world.operator : other).call("PATCH", `/api/staff/${id}`, { role: "auditor" }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).not.toEqual([200, 200]);
    const left = await env.DB.prepare("SELECT count(*) AS n FROM member WHERE role = 'operator'").first<number>("n");
    expect(left).toBe(1);
  });
});

/** Pledges in workerd on D1: from a draft to the book, and everything that must not get there. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { trackerCode } from "../../../shared/book/tracker.ts";
import { toBase64url } from "../../../shared/bytes.ts";
import { documentHash } from "../../../shared/signing/document.ts";
import type { Person } from "../person.ts";
import {
  BANDS,
  draft,
  expectReplayEqualsTables,
  HUB,
  leafNamed,
  PAGE,
  pledge,
  pledgeOf,
  putCampaign,
  sign,
  type Village,
  village,
} from "./village.ts";

let world: Village;
let ana: Person;

beforeEach(async () => {
  world = await village();
  ana = await world.newMember();
});

async function here(campaign = world.campaign): Promise<Record<string, unknown>> {
  const { body } = await ana.call("GET", `/api/campaigns/${campaign}`);
  return body["here"] as Record<string, unknown>;
}

const NOTHING = {
  pledges: 0,
  interest: "0",
  pledged: "0",
  committed: "0",
  purchased: "0",
  units_by_band: ["0", "0", "0"],
};

describe("a pledge", () => {
  it("is a document built by the server, signed by the passkey, and an entry of the book", async () => {
    const drafted = await draft(ana, pledgeOf(world.campaign, "2", "750"));
    expect(drafted.document).toMatchObject({
      typ: "pledge",
      node: "community.example.org",
      hub: "hub.example.org/log",
      rp_id: "community.example.org",
      terms_sha256: leafNamed("terms of Oat drink"),
      qty: "2",
      max_unit_price_minor: "750",
      band: 1,
      currency: "USD",
      seq: 1,
      replaces: null,
    });
    expect(drafted.hash).toBe(toBase64url(documentHash(drafted.document)));
    expect(drafted.options.challenge).toBe(drafted.hash);
    const signed = await sign(ana, drafted);
    expect(signed.status).toBe(201);
    expect(signed.body).toMatchObject({
      kind: "pledge",
      qty: "2",
      campaign_name: "Oat drink",
      ticks: { logged: null, counted: null, live: true },
    });
    expect(await here()).toEqual({
      ...NOTHING,
      pledges: 1,
      pledged: "2",
      // fewer than k: nobody is told what they would pay
      units_by_band: null,
    });
    await expectReplayEqualsTables();
  });

  it("is revised by a second one, turned into an interest, and withdrawn", async () => {
    await pledge(ana, world.campaign, "2", "750");
    expect((await pledge(ana, world.campaign, "5", "1000")).body).toMatchObject({ qty: "5" });
    expect(await here()).toMatchObject({ pledges: 1, pledged: "5" });
    const interest = await draft(ana, { kind: "interest", campaign: world.campaign, qty: "3" });
    expect((await sign(ana, interest)).body).toMatchObject({ kind: "interest", max_unit_price_minor: null });
    expect(await here()).toMatchObject({ pledges: 0, interest: "3", pledged: "0" });
    const { body } = await ana.call("GET", "/api/pledges");
    expect(body["pledges"]).toMatchObject([{ kind: "interest", qty: "3", stage: "interest" }]);
    const goodbye = await sign(ana, await draft(ana, { kind: "withdraw", campaign: world.campaign }));
    expect(goodbye.body).toMatchObject({ kind: "withdraw", qty: null, ticks: { live: false } });
    expect(await here()).toEqual(NOTHING);
    expect((await ana.call("GET", "/api/pledges")).body["pledges"]).toEqual([]);
    expect((await ana.call("POST", "/api/pledges/draft", { kind: "withdraw", campaign: world.campaign })).code).toBe(
      "pledge-unknown",
    );
    await pledge(ana, world.campaign, "1", "600");
    expect(await here()).toMatchObject({ pledges: 1, pledged: "1" });
    await expectReplayEqualsTables();
  });

  it("costs at most ten written rows, draft included, and one read and one write batch to sign", async () => {
    await pledge(ana, world.campaign);
    const asked = await ana.call("POST", "/api/pledges/draft", pledgeOf(world.campaign, "3"));
    const signed = await sign(ana, asked.body as never);
    const [drafting, signing] = [asked, signed].map(({ response }) => {
      const [, queries, read, written] =
        /queries=(\d+);read=(\d+);written=(\d+)/.exec(response.headers.get("x-cocoon-db") ?? "") ?? [];
      return { queries: Number(queries), read: Number(read), written: Number(written) };
    });
    expect(drafting).toMatchObject({ queries: 2, written: 1 });
    expect((drafting?.written ?? 0) + (signing?.written ?? 0)).toBeLessThanOrEqual(10);
    expect(signing?.read).toBeLessThanOrEqual(40);
  });
});

describe("two at the same instant", () => {
  it("both pledge when they are two members", async () => {
    const others = await Promise.all(["Ben", "Cem", "Dee", "Eli"].map((name) => world.newMember(name)));
    const people = [ana, ...others];
    const drafts = await Promise.all(people.map((who) => draft(who, pledgeOf(world.campaign, "2", "800"))));
    const answers = await Promise.all(people.map((who, i) => sign(who, drafts[i] as never)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(await here()).toMatchObject({ pledges: 5, pledged: "10" });
    await expectReplayEqualsTables();
  });

  it("one draft signed twice counts once", async () => {
    const drafted = await draft(ana, pledgeOf(world.campaign));
    const answers = await Promise.all([sign(ana, drafted), sign(ana, drafted)]);
    expect(answers.map(({ code }) => code).toSorted()).toEqual(["", "challenge-used"]);
    expect((await sign(ana, drafted)).code).toBe("challenge-used");
    expect(await here()).toMatchObject({ pledges: 1, pledged: "2" });
    await expectReplayEqualsTables();
  });

  it("of two drafts on one head, the second one signed finds the pledge changed", async () => {
    const second = await putCampaign("Soap");
    const [a, b] = [await draft(ana, pledgeOf(world.campaign)), await draft(ana, pledgeOf(second))];
    expect((await sign(ana, a)).status).toBe(201);
    expect((await sign(ana, b)).code).toBe("pledge-changed");
    expect(await here(second)).toEqual(NOTHING);
    await expectReplayEqualsTables();
  });
});

describe("what is refused", () => {
  async function refusedDraft(intent: Record<string, unknown>, who = ana): Promise<string> {
    const { code } = await who.call("POST", "/api/pledges/draft", { ...pledgeOf(world.campaign), ...intent });
    expect(await here()).toEqual(NOTHING);
    return code;
  }

  it("a draft outside the campaign's terms", async () => {
    expect(await refusedDraft({ max_unit_price_minor: "599" })).toBe("price-below-lowest-band");
    expect(await refusedDraft({ qty: "21" })).toBe("quantity-too-large");
    expect(await refusedDraft({ kind: "interest", qty: "21", max_unit_price_minor: undefined })).toBe(
      "quantity-too-large",
    );
    expect(await refusedDraft({ qty: "0" })).toBe("malformed-request");
    expect(await refusedDraft({ qty: 2 })).toBe("malformed-request");
    expect(await refusedDraft({ band: 2 })).toBe("malformed-request");
    expect(await refusedDraft({ campaign: leafNamed("nothing") })).toBe("campaign-unknown");
    expect(await refusedDraft({ campaign: await putCampaign("Rice", { adopted: false }) })).toBe(
      "campaign-not-adopted",
    );
    expect(await refusedDraft({ campaign: await putCampaign("Tea", { closes: world.clock.now }) })).toBe(
      "campaign-closed",
    );
    expect(await refusedDraft({ kind: "withdraw", qty: undefined, max_unit_price_minor: undefined })).toBe(
      "pledge-unknown",
    );
  });

  it("malformed JSON and bodies over the limit", async () => {
    const send = async (body: string): Promise<unknown> => {
      const headers = { origin: PAGE, "content-type": "application/json" };
      return (
        await (await world.fetch("/api/pledges/draft", { method: "POST", headers, body })).json<{ code: string }>()
      ).code;
    };
    expect(await send("{")).toBe("malformed-json");
    expect(await send(JSON.stringify({ pad: "x".repeat(70_000) }))).toBe("body-too-large");
  });

  it("a signature for another document, another site, another member, or by another passkey", async () => {
    const drafted = await draft(ana, pledgeOf(world.campaign));
    const tampered = { ...drafted, options: { ...drafted.options, challenge: leafNamed("other") } };
    expect((await sign(ana, tampered)).code).toBe("passkey-invalid");
    expect((await sign(ana, drafted, "https://evil.example.org")).code).toBe("passkey-invalid");

    const ben = await world.newMember("Ben");
    expect(
      (
        await sign(
          ben,
          await draft(ben, pledgeOf(world.campaign)).then((own) => ({ ...own, challenge_id: drafted.challenge_id })),
        )
      ).code,
    ).toBe("challenge-unknown");
    const foreign = await ben.authenticator.get({ challenge: drafted.hash }, PAGE);
    expect(
      (await ana.call("POST", "/api/pledges", { challenge_id: drafted.challenge_id, response: foreign })).code,
    ).toBe("passkey-unknown");

    const response = await ana.authenticator.get(drafted.options, PAGE);
    const signature = response.response.signature;
    const flipped = {
      ...response,
      response: {
        ...response.response,
        signature: `${signature.slice(0, -2)}${signature.endsWith("AA") ? "BB" : "AA"}`,
      },
    };
    expect(
      (await ana.call("POST", "/api/pledges", { challenge_id: drafted.challenge_id, response: flipped })).code,
    ).toBe("passkey-invalid");
    expect((await ana.call("POST", "/api/pledges", { challenge_id: "unheard-of-challenge-id", response })).code).toBe(
      "challenge-unknown",
    );
    expect(await here()).toEqual(NOTHING);
    expect((await sign(ana, drafted)).status).toBe(201);
  });

  it("a draft that has expired, a campaign that closed meanwhile, a page of another site", async () => {
    const drafted = await draft(ana, pledgeOf(world.campaign));
    world.clock.now += 600_000;
    expect((await sign(ana, drafted)).code).toBe("challenge-expired");
    const again = await draft(ana, pledgeOf(world.campaign));
    await env.DB.prepare("UPDATE campaign SET closes = ?").bind(world.clock.now).run();
    expect((await sign(ana, again)).code).toBe("campaign-closed");
    const elsewhere = { origin: "https://evil.example.org" };
    expect((await ana.call("POST", "/api/pledges/draft", pledgeOf(world.campaign), elsewhere)).code).toBe("cross-site");
    expect(await here()).toEqual(NOTHING);
  });

  it("whoever is not signed in, or came back by a recovery code only", async () => {
    const { body } = await ana.call("POST", "/api/recovery-codes");
    const drafted = await draft(ana, pledgeOf(world.campaign));
    const [code] = body["codes"] as string[];
    ana.jar.clear();
    expect((await ana.call("POST", "/api/pledges/draft", pledgeOf(world.campaign))).code).toBe("not-signed-in");
    expect((await sign(ana, drafted)).code).toBe("not-signed-in");
    expect((await ana.call("POST", "/api/recover", { code })).status).toBe(200);
    expect((await ana.call("GET", "/api/pledges")).status).toBe(200);
    expect((await ana.call("POST", "/api/pledges/draft", pledgeOf(world.campaign))).code).toBe("not-allowed");
    expect((await sign(ana, drafted)).code).toBe("not-allowed");
    expect(await here()).toEqual(NOTHING);
  });
});

it("falls into the highest band that is not above the member's maximum", async () => {
  for (const [at, price] of BANDS.entries()) {
    const { document } = await draft(ana, pledgeOf(world.campaign, "1", price));
    expect(document).toMatchObject({ band: at });
  }
});

describe("a short code", () => {
  it("finds an entry of the book and the report that carries it, for anyone, and nothing else", async () => {
    const { body } = await pledge(ana, world.campaign);
    const code = trackerCode(String(body["leaf"]));
    const index = (body["ticks"] as { book: { index: number } }).book.index;
    const found = await world.fetch(`/api/track/${code.toLowerCase()}`);
    expect(await found.json()).toMatchObject({ leaf: body["leaf"], index, kind: "pledge", reports: [] });
    expect(found.headers.get("access-control-allow-origin")).toBe("*");
    const report = env.DB.prepare(
      "INSERT INTO report (hub, seq, leaf, jws, book_size, iat, delivered_at, counted_at) VALUES (?, ?, 'l', 'j', ?, 0, 1000, ?)",
    );
    await env.DB.batch([
      report.bind(HUB, 1, index, 1000),
      report.bind(HUB, 2, index + 1, null),
      report.bind(HUB, 3, index + 9, 2000),
    ]);
    const later = await world.fetch(`/api/track/${code}`);
    expect(await later.json()).toMatchObject({ reports: [{ hub: HUB, seq: 2, counted: false }] });
    const key = await env.DB.prepare("SELECT leaf FROM log_entry WHERE kind = 'key' LIMIT 1").first<{ leaf: string }>();
    for (const other of [trackerCode(key?.leaf ?? ""), "0000-0000-0000", "nonsense"])
      expect((await world.fetch(`/api/track/${other}`)).status).toBe(404);
  });
});

/** A community begins a new book: what a hub takes in, what it counts from then on, and what it keeps of the old book. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { bookOrigin } from "../../../shared/network/book-origin.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { parseJws, signJws } from "../../../shared/signing/jws.ts";
import { generateEd25519, signer } from "../../../shared/signing/ed25519.ts";
import { signStatement } from "../../../shared/signing/statement.ts";
import { checkReports } from "../../../workers/hub/jobs/check-reports.ts";
import { type City, city, expectReplayEqualsTables } from "./city.ts";
import { type NodeDouble, random } from "./node-double.ts";

let world: City;
let node: NodeDouble;
let campaign: string;

beforeEach(async () => {
  world = await city({ REPORT_INTERVAL_S: "0" });
  node = await world.admitted("a.example.org");
  campaign = await world.publish();
  node.pledge(campaign, "3", 2);
  node.pledge(campaign, "2", 0);
  await world.report(node);
});

async function begun(change: Partial<Claims<"book-reset+jwt">> = {}): Promise<string> {
  const jws = await node.newBook(change);
  const answer = await world.submit(jws);
  expect({ status: answer.status, code: answer.code }).toEqual({ status: 202, code: "" });
  node.accepted(jws);
  return jws;
}

function claimsOf(jws: string): Claims<"book-reset+jwt"> {
  const parsed = parseJws(jws);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value.claims as Claims<"book-reset+jwt">;
}

async function text(path: string): Promise<string> {
  const response = await world.fetch(path);
  return response.status === 200 ? await response.text() : String(response.status);
}

describe("a new book", () => {
  it("counts from zero at once, shows when and why to everybody, and counts again with the first right report", async () => {
    const before = await text(`/mirror/${node.origin}/checkpoint`);
    expect((await world.network()).pledges).toBe(2);
    await begun();
    expect(await world.network()).toMatchObject({ purchasing_power_minor: "0", pledges: 0, communities: 0 });
    expect(await world.community(node.origin)).toMatchObject({
      counted: null,
      last_report: { seq: 2, verdict: "reset", book_size: 1 },
      reports: [
        { seq: 2, verdict: "reset" },
        { seq: 1, verdict: "ok" },
      ],
      book: {
        origin: "a.example.org/book/2",
        generation: 2,
        resets: [
          {
            generation: 2,
            reason: "The disk is gone",
            lost: { seq: 1, pledges: 2, locked: "0", purchased: "0" },
          },
        ],
      },
    });
    await expectReplayEqualsTables();

    node.pledge(campaign, "1", 2);
    await world.report(node);
    expect(await world.network()).toMatchObject({ purchasing_power_minor: "800", pledges: 1, communities: 1 });
    expect(await text(`/mirror/${node.origin}/checkpoint`)).toBe(before);
    expect(await text(`/mirror/${node.origin}/2/checkpoint`)).toMatch(/^a\.example\.org\/book\/2\n2\n/);
    expect((await world.fetch(`/mirror/${node.origin}/tile/entries/000.p/3`)).status).toBe(200);
    expect((await world.fetch(`/mirror/${node.origin}/2/tile/0/000.p/2`)).status).toBe(200);
    expect(await text(`/mirror/${node.origin}/3/checkpoint`)).toBe("404");
    await expectReplayEqualsTables();
  });

  it("is answered the same again, and replayed under its own number it changes nothing", async () => {
    const jws = await begun();
    const again = await world.submit(jws);
    expect(again.status).toBe(200);
    expect((await world.community(node.origin)).book?.resets).toHaveLength(1);
  });

  it("may come again and leave numbers out, and never uses one twice", async () => {
    await begun();
    node.generation += 3;
    await begun();
    expect((await world.community(node.origin)).book).toMatchObject({ generation: 6, resets: [{}, { generation: 2 }] });
    node.generation = 5;
    expect((await world.submit(await node.newBook())).code).toBe("book-reset-invalid");
    await expectReplayEqualsTables();
  });

  it("is refused with another name, another beginning, another key, or out of its place, and nothing changes", async () => {
    const thief = await signer(await generateEd25519());
    const last = { ...node.last };
    const claims = async (change: Partial<Claims<"book-reset+jwt">["book"]>) => {
      const jws = await node.newBook();
      const { book } = claimsOf(jws);
      return { book: { ...book, ...change } };
    };
    /** past the schema, which no honest signer gets around */
    const signed = async (change: Partial<Claims<"book-reset+jwt">>) =>
      await signJws(node.signer, "book-reset+jwt", { ...claimsOf(await node.newBook()), ...change });
    const attempts: [string, () => Promise<string>][] = [
      ["book-reset-invalid", async () => await node.newBook(await claims({ origin: bookOrigin("b.example.org", 2) }))],
      ["book-reset-invalid", async () => await node.newBook(await claims({ origin: "a.example.org/book" }))],
      ["book-reset-invalid", async () => await node.newBook(await claims({ generation: 99 }))],
      ["statement-invalid", async () => await signed({ ...(await claims({ generation: 100 })) })],
      ["statement-invalid", async () => await signed({ ...(await claims({ generation: 1 })) })],
      [
        "book-reset-invalid",
        async () => {
          const jws = await node.newBook();
          node.pledge(campaign);
          const { generation } = node;
          const checkpoint = await node.checkpoint();
          expect(jws).not.toBe("");
          return await signStatement(node.signer, "book-reset+jwt", {
            iss: node.origin,
            aud: "hub.example.org/log",
            iat: Math.floor(world.clock.now / 1000),
            v: 1,
            seq: last.seq + 1,
            prev: last.leaf,
            book: { origin: bookOrigin(node.origin, generation), generation, checkpoint },
            reason: "",
          });
        },
      ],
      ["seq-gap", async () => await node.newBook({ seq: last.seq + 2 })],
      ["seq-gap", async () => await node.newBook({ prev: random(32) })],
      ["audience-wrong", async () => await node.newBook({ aud: "other.example/log" })],
      [
        "kid-unknown",
        async () => {
          const own = node.signer;
          node.signer = thief;
          const jws = await node.newBook();
          node.signer = own;
          return jws;
        },
      ],
    ];
    for (const [code, make] of attempts) expect((await world.submit(await make())).code).toBe(code);
    expect((await world.network()).pledges).toBe(2);
    await expectReplayEqualsTables();
  });

  it("proves the book key: a checkpoint by another one is refused", async () => {
    const other = await world.admitted("b.example.org");
    const own = node.bookKey;
    node.bookKey = other.bookKey;
    expect((await world.submit(await node.newBook())).code).toBe("book-checkpoint-invalid");
    node.bookKey = own;
    expect((await world.network()).pledges).toBe(2);
  });

  it("lets nobody in who is left out: not suspended, not gone", async () => {
    const { status } = await world.operator.call("POST", `/api/communities/${node.origin}/suspend`, {
      reason: "asked",
    });
    expect(status).toBe(201);
    const jws = await node.newBook();
    expect((await world.submit(jws)).code).toBe("issuer-suspended");
    await world.operator.call("POST", `/api/communities/${node.origin}/resume`, { reason: "answered" });
    expect((await world.submit(jws)).status).toBe(202);
    await expectReplayEqualsTables();
  });

  it("keeps the distance of reports", async () => {
    world = await city({ REPORT_INTERVAL_S: "60" });
    node = await world.admitted("a.example.org");
    await world.report(node);
    const jws = await node.newBook();
    expect((await world.submit(jws)).code).toBe("too-often");
    world.later(61);
    expect((await world.submit(jws)).status).toBe(202);
  });

  it("against another report of the same number is an equivocation, which excludes by rule", async () => {
    const report = await node.report(world.rules);
    const jws = await node.newBook();
    expect((await world.submit(report)).status).toBe(202);
    expect((await world.submit(jws)).code).toBe("equivocation");
    expect(await world.community(node.origin)).toMatchObject({ status: "suspended", reason: "equivocation" });
    await expectReplayEqualsTables();
  });

  it("two at once: one stands, and the other is told so", async () => {
    const one = await node.newBook();
    const other = await signStatement(node.signer, "book-reset+jwt", {
      ...claimsOf(one),
      reason: "another one",
    });
    const answers = await Promise.all([world.submit(one), world.submit(other)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409]);
    expect((await world.community(node.origin)).book?.resets).toHaveLength(1);
    await expectReplayEqualsTables();
  });

  it("leaves a report that is in flight without a verdict, and what was read meanwhile as it is", async () => {
    node.pledge(campaign, "1", 1);
    node.reachable = false;
    await world.report(node);
    node.reachable = true;
    await begun();
    await env.DB.prepare("UPDATE report_todo SET next_at = 0").run();
    expect(await checkReports(world.hub)).toBe("idle");
    expect((await world.community(node.origin)).reports.map(({ verdict }) => verdict)).toEqual(["reset", "void", "ok"]);
    expect((await world.network()).pledges).toBe(0);
    await expectReplayEqualsTables();
  });

  it("is the one that was logged: a report over another beginning is a fork, and one over the old book is refused", async () => {
    const old = await node.checkpoint();
    await begun();
    expect((await world.submit(await node.report(world.rules, { book: old }))).code).toBe("book-checkpoint-invalid");
    node.entries = [];
    node.append({ t: "genesis", iss: node.origin, v: 1, n: random() });
    node.pledge(campaign, "9", 0);
    await world.report(node);
    expect((await world.community(node.origin)).last_report).toMatchObject({ verdict: "failed", code: "book-fork" });
    expect((await world.network()).pledges).toBe(0);
    await expectReplayEqualsTables();
  });

  it("takes a report that comes in one request with it up again afterwards", async () => {
    const old = await node.report(world.rules);
    const [, reset] = [node.accepted(old), await node.newBook()];
    node.accepted(reset);
    const next = await node.report(world.rules);
    const answer = await world.fetch("/log/entries", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([old, reset, next]),
    });
    const { results } = await answer.json<{ results: { status: number }[] }>();
    expect(results.map(({ status }) => status)).toEqual([202, 202, 503]);
    expect((await world.submit(next)).status).toBe(202);
    await expectReplayEqualsTables();
  });
});

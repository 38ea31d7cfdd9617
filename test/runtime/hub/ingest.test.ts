/** What may enter the log, and what every other submission is told: docs/protocol.md §3, §4. */
import { beforeEach, describe, expect, it } from "vitest";
import { toBase64url, utf8 } from "../../../shared/bytes.ts";
import { signJws } from "../../../shared/signing/jws.ts";
import { generateEd25519, signer } from "../../../shared/signing/ed25519.ts";
import { openPromise } from "../../../shared/signing/entry-receipt.ts";
import { signStatement, statementLeaf } from "../../../shared/signing/statement.ts";
import { pullReports } from "../../../workers/hub/jobs/pull-reports.ts";
import { type City, START, city, expectReplayEqualsTables, send } from "./city.ts";
import { LOG, type NodeDouble, nodeDouble, random } from "./node-double.ts";

let world: City;
let node: NodeDouble;
let campaign: string;

beforeEach(async () => {
  world = await city();
  node = await world.admitted("a.example.org");
  campaign = await world.publish();
  node.pledge(campaign, "3", 2);
});

/** Everything the public sees of the numbers and of the log's end. */
async function published(): Promise<unknown> {
  const checkpoint = await (await world.fetch("/log/checkpoint")).text();
  return { network: await world.network(), checkpoint };
}

async function expectRefused(jws: string, status: number, code: string): Promise<void> {
  const before = await published();
  const answer = await world.submit(jws);
  expect({ status: answer.status, code: answer.code }).toEqual({ status, code });
  expect(answer.response.headers.get("content-type")).toBe("application/problem+json");
  expect(await published()).toEqual(before);
}

function tampered(jws: string, part: 0 | 1 | 2, change: (value: string) => string): string {
  const parts = jws.split(".");
  parts[part] = change(parts[part] ?? "");
  return parts.join(".");
}

function withHeader(jws: string, header: unknown): string {
  return tampered(jws, 0, () => toBase64url(utf8(JSON.stringify(header))));
}

function withClaims(jws: string, change: (claims: Record<string, unknown>) => unknown): string {
  return tampered(jws, 1, (payload) => {
    const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as Record<string, unknown>;
    return toBase64url(utf8(JSON.stringify(change(claims))));
  });
}

describe("a report that is refused has its own code and leaves the totals unchanged", () => {
  it("refuses a signature that does not verify", async () => {
    const jws = await node.report(world.rules);
    const flipped = tampered(jws, 2, (signature) => (signature.startsWith("A") ? "B" : "A") + signature.slice(1));
    await expectRefused(flipped, 400, "signature-invalid");
  });

  it("refuses claims changed after signing", async () => {
    const jws = await node.report(world.rules);
    await expectRefused(
      withClaims(jws, (claims) => ({ ...claims, iat: Number(claims["iat"]) - 1 })),
      400,
      "signature-invalid",
    );
  });

  it("refuses alg none, another alg, and any further header member", async () => {
    const jws = await node.report(world.rules);
    const typ = "demand-report+jwt";
    await expectRefused(withHeader(jws, { alg: "none", kid: node.signer.kid, typ }), 400, "jws-header");
    await expectRefused(withHeader(jws, { alg: "EdDSA", kid: node.signer.kid, typ }), 400, "jws-header");
    await expectRefused(withHeader(jws, { alg: "Ed25519", kid: node.signer.kid, typ, crit: ["x"] }), 400, "jws-header");
    await expectRefused(
      withHeader(jws, { alg: "Ed25519", kid: node.signer.kid, typ, jwk: node.signer.publicJwk }),
      400,
      "jws-header",
    );
  });

  it("refuses a key that is not the issuer's", async () => {
    const other = await signer(await generateEd25519());
    const claims = { ...(await claimsOf(await node.report(world.rules))) };
    await expectRefused(await signJws(other, "demand-report+jwt", claims), 400, "kid-unknown");
  });

  it("refuses text that is no compact JWS, and non-canonical base64url", async () => {
    await expectRefused("no statement", 400, "jws-malformed");
    const jws = await node.report(world.rules);
    await expectRefused(`${jws}=`, 400, "jws-malformed");
    await expectRefused(
      tampered(jws, 1, (payload) => `${payload}=`),
      400,
      "jws-malformed",
    );
  });

  it("refuses unknown fields and wrong types", async () => {
    const claims = await claimsOf(await node.report(world.rules));
    const extra = await signJws(node.signer, "demand-report+jwt", { ...claims, note: "hello" });
    await expectRefused(extra, 400, "statement-invalid");
    const wrong = await signJws(node.signer, "demand-report+jwt", { ...claims, seq: "1" });
    await expectRefused(wrong, 400, "statement-invalid");
  });

  it("refuses a report of one byte more than 32 KiB and looks into one of 32 KiB", async () => {
    const jws = await node.report(world.rules);
    await expectRefused(jws + "A".repeat(32 * 1024 + 1 - jws.length), 413, "statement-too-large");
    await expectRefused(jws + "A".repeat(32 * 1024 - jws.length), 400, "jws-malformed");
  });

  it("refuses an issuer that has not joined", async () => {
    const stranger = await nodeDouble("stranger.example.org", world.clock);
    await stranger.join();
    await expectRefused(await stranger.report(world.rules), 404, "issuer-unknown");
  });

  it("refuses a report addressed to another hub", async () => {
    await expectRefused(await node.report(world.rules, { aud: "other.example.org/log" }), 400, "audience-wrong");
  });

  it("refuses a report from the future", async () => {
    const iat = START / 1000 + 301;
    await expectRefused(await node.report(world.rules, { iat }), 400, "issued-in-future");
  });

  it("refuses a gap and a stale prev and says what it expects", async () => {
    const gap = await node.report(world.rules, { seq: 3 });
    await expectRefused(gap, 409, "seq-gap");
    const { body } = await world.submit(gap);
    expect(body).toMatchObject({ expected_seq: 1, last_leaf: node.last.leaf });
    await expectRefused(await node.report(world.rules, { prev: random(32) }), 409, "seq-gap");
  });

  it("refuses a forged book checkpoint", async () => {
    const forger = await nodeDouble("a.example.org", world.clock);
    await expectRefused(
      await node.report(world.rules, { book: await forger.checkpoint() }),
      400,
      "book-checkpoint-invalid",
    );
    const book = (await node.checkpoint()).replace("\n2\n", "\n3\n");
    await expectRefused(await node.report(world.rules, { book }), 400, "book-checkpoint-invalid");
  });

  it("refuses kinds that do not come from outside", async () => {
    await expectRefused(await node.join(), 403, "statement-not-accepted");
    const rates = await signStatement(node.signer, "rates+jwt", {
      iss: LOG,
      iat: START / 1000,
      v: 1,
      source: "me",
      base: "EUR",
      date: "2026-09-21",
      rates: { USD: "9" },
    });
    await expectRefused(rates, 403, "statement-not-accepted");
  });

  it("refuses a second statement under one number", async () => {
    await world.report(node);
    world.later(61);
    node.pledge(campaign, "1", 0);
    const other = await node.report(world.rules, { seq: 1, prev: node.last.leaf });
    const { status, code, body } = await world.submit(other);
    expect({ status, code, refusal: typeof body["refusal"] }).toEqual({
      status: 409,
      code: "equivocation",
      refusal: "string",
    });
    // neither counts any more: test/runtime/hub/evidence.test.ts
    expect((await world.network()).pledges).toBe(0);
  });

  it("refuses more than one report a minute and says when to come again", async () => {
    await world.report(node);
    world.later(20);
    const early = await node.report(world.rules);
    await expectRefused(early, 429, "too-often");
    expect((await world.submit(early)).response.headers.get("retry-after")).toBe("40");
    world.later(40);
    expect((await world.submit(early)).status).toBe(202);
  });

  it("refuses a suspended community until it is resumed", async () => {
    await world.operator.call("POST", `/api/communities/${node.origin}/suspend`, { reason: "two people, one phone" });
    await expectRefused(await node.report(world.rules), 403, "issuer-suspended");
    await world.operator.call("POST", `/api/communities/${node.origin}/resume`, { reason: "explained" });
    await world.report(node);
  });
});

describe("a report that is known", () => {
  it("gets the same answer again, and the log does not grow", async () => {
    const jws = await node.report(world.rules);
    const first = await world.submit(jws);
    node.accepted(jws);
    const before = await published();
    world.later(3600);
    const again = await world.submit(jws);
    expect({ first: first.status, again: again.status }).toEqual({ first: 202, again: 200 });
    expect(again.body).toEqual(first.body);
    expect(first.body).toMatchObject({
      leaf: node.last.leaf,
      index: (await world.community(node.origin)).last_report?.index,
    });
    expect((await published()) as { checkpoint: string }).toMatchObject({
      checkpoint: (before as { checkpoint: string }).checkpoint,
    });
  });

  it("stands as it came first, whatever signature its payload is sent with later", async () => {
    const jws = await world.report(node);
    const header = toBase64url(
      utf8(JSON.stringify({ typ: "demand-report+jwt", kid: node.signer.kid, alg: "Ed25519" })),
    );
    const input = `${header}.${jws.split(".")[1] ?? ""}`;
    const resigned = `${input}.${toBase64url(await node.signer.sign(utf8(input)))}`;
    const answer = await world.submit(resigned);
    expect({ status: answer.status, leaf: answer.body["leaf"] }).toEqual({ status: 200, leaf: node.last.leaf });
  });
});

describe("what the hub signs for a submitted entry", () => {
  const key = async () => await signer(world.hub.config.statementJwk);

  it("is a receipt that says where the entry stands and by when every checkpoint shows it there", async () => {
    const jws = await node.report(world.rules);
    const { body } = await world.submit(jws);
    const receipt = await openPromise("entry-receipt+jwt", String(body["receipt"]), (await key()).publicJwk);
    const received = START / 1000;
    expect(receipt).toEqual({
      ok: true,
      value: {
        iss: LOG,
        v: 1,
        leaf: statementLeaf(jws),
        node: node.origin,
        seq: 1,
        index: body["index"],
        received,
        include_by: received + 600,
      },
    });
    const proof = await (await world.fetch(`/log/entries/${statementLeaf(jws)}.tlog-proof`)).text();
    expect(proof).toContain(`\nindex ${String(body["index"])}\n`);
  });

  it("is a refusal with the leaf of exactly what was sent, the code and the time", async () => {
    const jws = await node.report(world.rules, { seq: 3 });
    const { body } = await world.submit(jws);
    const refusal = await openPromise("entry-refusal+jwt", String(body["refusal"]), (await key()).publicJwk);
    expect(refusal).toEqual({
      ok: true,
      value: { iss: LOG, v: 1, leaf: statementLeaf(jws), code: "seq-gap", at: START / 1000 },
    });
    const nonsense = await world.submit("nonsense");
    const other = await openPromise("entry-refusal+jwt", String(nonsense.body["refusal"]), (await key()).publicJwk);
    expect(other).toMatchObject({ value: { leaf: statementLeaf("nonsense"), code: "jws-malformed" } });
  });

  it("is nothing for what is too large to be an entry", async () => {
    const { code, body } = await world.submit("A".repeat(32 * 1024 + 1));
    expect({ code, refusal: body["refusal"] }).toEqual({ code: "statement-too-large", refusal: undefined });
  });

  it("is given to each item of an array, and by anybody's hand", async () => {
    const jws = await node.report(world.rules);
    const answer = await send(world.fetch, "/log/entries", JSON.stringify([jws, "nonsense", jws]), "application/json");
    const [first, second, third] = answer.body["results"] as Record<string, unknown>[];
    expect(first).toMatchObject({ status: 202, receipt: expect.any(String) as string });
    expect(second).toMatchObject({ status: 400, refusal: expect.any(String) as string });
    expect(third).toEqual({ ...first, status: 200 });
  });
});

describe("many at once", () => {
  it("answers each item in order, one append for all that are good", async () => {
    const quick = await city({ REPORT_INTERVAL_S: "0" });
    const first = await quick.admitted("a.example.org");
    const second = await quick.admitted("b.example.org");
    const a1 = await first.report(quick.rules);
    first.accepted(a1);
    const a2 = await first.report(quick.rules);
    first.accepted(a2);
    const b1 = await second.report(quick.rules);
    second.accepted(b1);
    const b5 = await second.report(quick.rules, { seq: 5 });
    const before = (await quick.network()).log.size;
    const answer = await send(
      quick.fetch,
      "/log/entries",
      JSON.stringify([a1, "nonsense", b1, a2, a1, b5]),
      "application/json",
    );
    expect(answer.status).toBe(207);
    const results = answer.body["results"] as {
      status: number;
      code?: string;
      index?: number;
      expected_seq?: number;
    }[];
    expect(results.map(({ status }) => status)).toEqual([202, 400, 202, 202, 200, 409]);
    expect(results[1]).toMatchObject({ code: "jws-malformed" });
    expect(results[4]).toMatchObject({ index: results[0]?.index });
    expect(results[5]).toMatchObject({ code: "seq-gap", expected_seq: 2 });
    // the pending totals, then the three reports side by side
    expect([results[0]?.index, results[2]?.index, results[3]?.index]).toEqual([before + 1, before + 2, before + 3]);
    await expectReplayEqualsTables();
  });

  it("refuses what is no array of text, too many items, and malformed JSON", async () => {
    const post = async (body: string) => await send(world.fetch, "/log/entries", body, "application/json");
    expect((await post("[")).code).toBe("malformed-json");
    expect((await post('{"a":1}')).code).toBe("malformed-request");
    expect((await post(JSON.stringify(Array.from({ length: 33 }, () => "x")))).code).toBe("malformed-request");
    expect((await send(world.fetch, "/log/entries", "x", "text/plain")).code).toBe("unsupported-media-type");
    expect((await send(world.fetch, "/log/entries", "x".repeat(5_000_000), "application/jose")).code).toBe(
      "body-too-large",
    );
  });
});

describe("pull repair", () => {
  it("asks a quiet community every hour whether a report was missed", async () => {
    const missed = await node.report(world.rules);
    node.accepted(missed);
    node.requests.length = 0;
    await pullReports(world.hub);
    expect((await world.community(node.origin)).last_report).toMatchObject({ seq: 1 });
    world.later(1800);
    await pullReports(world.hub);
    expect(node.requests).toEqual(["/reports?after=0&hub=hub.example.org%2Flog"]);
    world.later(1801);
    await pullReports(world.hub);
    expect(node.requests.length).toBe(2);
  });

  it("fetches what was missed when a report leaves a gap", async () => {
    const lost = await node.report(world.rules);
    node.accepted(lost);
    node.pledge(campaign, "1", 0);
    world.later(61);
    const next = await node.report(world.rules);
    node.accepted(next);
    expect((await world.submit(next)).code).toBe("seq-gap");
    expect((await world.community(node.origin)).last_report).toMatchObject({ seq: 2, verdict: "ok" });
    expect((await world.network()).pledges).toBe(2);
    await expectReplayEqualsTables();
  });
});

async function claimsOf(jws: string): Promise<Record<string, unknown>> {
  const payload = (jws.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (c) => c.charCodeAt(0)))) as Record<
    string,
    unknown
  >;
}

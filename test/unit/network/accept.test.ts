import { beforeAll, expect, test } from "vitest";
import { bookOrigin } from "../../../shared/network/book-origin.ts";
import { acceptJoin, acceptReport, compareSameSeq, openBookCheckpoint } from "../../../shared/network/accept.ts";
import type { Community } from "../../../shared/network/state.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { signJws } from "../../../shared/signing/jws.ts";
import { START, TestHub, TestNode } from "../verify/world.ts";

let hub: TestHub;
let node: TestNode;
let community: Community;
let claims: Claims<"demand-report+jwt">;

beforeAll(async () => {
  hub = await TestHub.create();
  node = await TestNode.create("a.example");
  await hub.admit(node);
  community = hub.state.communities.get("a.example")!;
  claims = {
    iss: "a.example",
    aud: hub.log.origin,
    iat: START,
    v: 1,
    seq: 1,
    prev: node.join,
    book: await node.book.checkpoint(),
    profile: community.profile,
    totals: [],
  };
});

type Question = Parameters<typeof acceptReport>[0];
function ask(changes: Partial<Omit<Question, "claims">> & { claims?: Partial<typeof claims> } = {}) {
  return acceptReport({
    kid: node.signer.kid,
    community,
    log: hub.log.origin,
    time: { log_time: START, now: START },
    pace: { last_received: null, interval_s: 60 },
    ...changes,
    claims: { ...claims, ...changes.claims },
  });
}

/** A recovery of its keys waits. */
function frozen(): Community {
  return { ...community, keys: { ...community.keys, pending: {} as Community["keys"]["pending"] } };
}

test("a report in its place by the joined key is accepted", () => {
  expect(ask()).toEqual({ ok: true, value: null });
});

test.each<[string, () => ReturnType<typeof ask>]>([
  ["issuer-unknown", () => ask({ community: undefined })],
  ["issuer-unknown", () => ask({ community: { ...community, status: "joined" } })],
  ["issuer-suspended", () => ask({ community: { ...community, status: "suspended" } })],
  ["issuer-suspended", () => ask({ community: { ...community, status: "left" } })],
  ["issuer-frozen", () => ask({ community: frozen() })],
  ["kid-unknown", () => ask({ kid: hub.signer.kid })],
  ["audience-wrong", () => ask({ claims: { aud: "other.example/log" } })],
  ["issued-in-future", () => ask({ claims: { iat: START + 301 } })],
  ["seq-gap", () => ask({ claims: { seq: 2 } })],
  ["seq-gap", () => ask({ claims: { prev: node.signer.kid } })],
  ["too-often", () => ask({ pace: { last_received: START - 59, interval_s: 60 } })],
])("refused: %s", (error, question) => {
  expect(question()).toEqual({ ok: false, error });
});

test("a quiet log's time lags behind the clock, and does not hold an honest report back", () => {
  const quiet = { log_time: START - 86_400, now: START };
  expect(ask({ time: quiet, claims: { iat: START + 300 } }).ok).toBe(true);
  expect(ask({ pace: { last_received: START - 60, interval_s: 60 } }).ok).toBe(true);
});

test("a join proves both keys", async () => {
  const join: Claims<"node-join+jwt"> = {
    iss: "a.example",
    aud: hub.log.origin,
    iat: START,
    v: 1,
    url: "https://a.example",
    report_jwk: node.signer.publicJwk,
    book: { vkey: node.vkey, checkpoint: await node.book.checkpoint() },
    recovery_sha256: node.join,
    profile: community.profile,
  };
  const other = await TestNode.create("b.example");
  const time = { log_time: START, now: START };
  const joined = (changes: Partial<typeof join>, kid = node.signer.kid) =>
    acceptJoin({ claims: { ...join, ...changes }, kid, log: hub.log.origin, time });
  expect(await joined({})).toMatchObject({ ok: true, value: { origin: "a.example/book", size: 1 } });
  expect(await joined({}, other.signer.kid)).toEqual({ ok: false, error: "kid-unknown" });
  expect(await joined({ aud: "x.example/log" })).toEqual({ ok: false, error: "audience-wrong" });
  expect(await joined({ iat: START + 301 })).toEqual({ ok: false, error: "issued-in-future" });
  expect(await joined({ book: { ...join.book, vkey: other.vkey } })).toEqual({ ok: false, error: "statement-invalid" });
  const foreign = { ...join.book, checkpoint: await other.book.checkpoint() };
  expect(await joined({ book: foreign })).toEqual({ ok: false, error: "book-checkpoint-invalid" });
});

test("a book checkpoint of another book, or by another key, is not this community's", async () => {
  const other = await TestNode.create("b.example");
  const note = await node.book.checkpoint();
  const { origin, book_vkey } = community;
  const refused = { ok: false, error: "book-checkpoint-invalid" };
  expect(await openBookCheckpoint(bookOrigin(origin), [other.vkey, book_vkey], note)).toMatchObject({ ok: true });
  expect(await openBookCheckpoint(bookOrigin(origin), [other.vkey], note)).toEqual(refused);
  expect(await openBookCheckpoint(bookOrigin(origin), [book_vkey], await other.book.checkpoint())).toEqual(refused);
});

test("one seq twice: the same bytes, the same payload signed again, or an equivocation", async () => {
  const jws = await signJws(node.signer, "demand-report+jwt", claims);
  const resigned = `${jws.slice(0, jws.lastIndexOf("."))}.${"A".repeat(86)}`;
  const other = await signJws(node.signer, "demand-report+jwt", { ...claims, totals: [], iat: START + 1 });
  expect([jws, resigned, other].map((each) => compareSameSeq(jws, each))).toEqual(["same", "resigned", "equivocation"]);
});

/** A community is left out by rule for saying two things; a hub that leaves one out for less has an invalid log. */
import { beforeEach, expect, test } from "vitest";
import { fromUtf8, toBase64url, utf8 } from "../../../shared/bytes.ts";
import { generateEd25519, signer } from "../../../shared/signing/ed25519.ts";
import { parseStatement, signStatement, statementLeaf } from "../../../shared/signing/statement.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { verifyHub } from "../../../shared/verify/hub.ts";
import { EXIT } from "../../../shared/verify/report.ts";
import { type TestHub, type TestNode, makeWorld } from "./world.ts";

let hub: TestHub;
let a: TestNode;
/** the report that stands, and its claims */
let first: string;
let claims: Claims<"demand-report+jwt">;

beforeEach(async () => {
  ({ hub, a } = await makeWorld());
  for (const entry of hub.log.entries) {
    const parsed = parseStatement(entry);
    if (!parsed.ok || parsed.value.statement.kind !== "demand-report+jwt") continue;
    if (parsed.value.statement.claims.iss !== a.origin) continue;
    first = fromUtf8(entry);
    claims = parsed.value.statement.claims;
  }
});

const other = async (changes: Partial<Claims<"demand-report+jwt">> = {}, by = a.signer): Promise<string> =>
  await signStatement(by, "demand-report+jwt", { ...claims, iat: claims.iat - 1, ...changes });

async function logged(jws: string, changes: object = {}): Promise<string[]> {
  const about = { node: a.origin, seq: claims.seq, first: statementLeaf(first), other: jws };
  await hub.say("equivocation+jwt", { ...about, ...changes });
  await hub.publishTotals();
  const { checks, exit } = await verifyHub(hub.served.source, { now: hub.now });
  const failed = checks.filter(({ ok }) => !ok).map(({ id, code }) => `${id}: ${code}`);
  expect(exit).toBe(failed.length === 0 ? EXIT.ok : EXIT.invalid);
  return failed;
}

test("two reports under one number take the community out of the numbers, from the entry's index on", async () => {
  const before = hub.state.sums.communities;
  expect(await logged(await other())).toEqual([]);
  expect(hub.state.communities.get(a.origin)).toMatchObject({ status: "suspended", reason: "equivocation" });
  expect(hub.state.sums.communities).toBe(before - 1);
});

test("a person may bring it back, and the log is sound", async () => {
  await hub.say("equivocation+jwt", {
    node: a.origin,
    seq: claims.seq,
    first: statementLeaf(first),
    other: await other(),
  });
  await hub.say("node-status+jwt", { node: a.origin, status: "resumed", reason: "explained", join: a.join });
  await hub.publishTotals();
  expect((await verifyHub(hub.served.source, { now: hub.now })).exit).toBe(EXIT.ok);
  expect(hub.state.communities.get(a.origin)).toMatchObject({ status: "admitted" });
});

test("nobody is taken out for the same report under another signature, or for somebody else's", async () => {
  const header = toBase64url(utf8(JSON.stringify({ typ: "demand-report+jwt", kid: a.signer.kid, alg: "Ed25519" })));
  const input = `${header}.${first.split(".")[1] ?? ""}`;
  const resigned = `${input}.${toBase64url(await a.signer.sign(utf8(input)))}`;
  expect(await logged(resigned)).toEqual(["entries: equivocation"]);
});

test("nobody is taken out by a key that is not theirs", async () => {
  const stranger = await signer(await generateEd25519());
  expect(await logged(await other({}, stranger))).toEqual(["entries: equivocation"]);
});

test("nobody is taken out for another number, another community, or a report that is not in the log", async () => {
  expect(await logged(await other({ seq: claims.seq + 1 }))).toEqual(["entries: equivocation"]);
  ({ hub, a } = await makeWorld());
  expect(await logged(await other(), { first: statementLeaf("nothing") })).toEqual(["entries: equivocation"]);
  ({ hub, a } = await makeWorld());
  expect(await logged(await other(), { node: "b.example" })).toEqual(["entries: equivocation"]);
});

test("nobody is accused of one thing twice", async () => {
  expect(await logged(await other())).toEqual([]);
  expect(await logged(await other({ iat: claims.iat - 2 }))).toEqual(["entries: evidence-again"]);
});

test("a whole report of 32 KiB fits into the entry, one byte more does not", async () => {
  const totals = Array.from({ length: 100 }, (_, at) => ({
    c: toBase64url(new Uint8Array(32).fill(at)),
    pledges: 1,
    interest: "0",
    pledged: ["999999999", "999999999", "999999999"],
    committed: ["0", "0", "0"],
    purchased: "0",
    locked: "0",
  }));
  const large = await other({ totals });
  expect(large.length).toBeGreaterThan(20_000);
  expect(await logged(large)).toEqual([]);
  await expect(
    hub.say("equivocation+jwt", { node: a.origin, seq: 1, first: "A".repeat(43), other: "x".repeat(32_769) }),
  ).rejects.toThrow();
});

test("nobody is taken out by a signature that does not hold", async () => {
  const jws = await other();
  const [header = "", payload = "", signature = ""] = jws.split(".");
  const flipped = `${header}.${payload}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
  expect(await logged(flipped)).toEqual(["entries: signature-invalid"]);
});

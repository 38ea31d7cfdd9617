/** A node that is audited, and a node that gives a beacon for the audit of another: docs/protocol.md §8. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { answerTo as signedAnswer } from "../../../shared/audit/answer.ts";
import { rhoOf, signBeacon } from "../../../shared/audit/beacon.ts";
import { lotHash } from "../../../shared/audit/lot.ts";
import { checkOpening } from "../../../shared/audit/opening.ts";
import { fromUtf8 } from "../../../shared/bytes.ts";
import { cosigner } from "../../../shared/log/cosignature.ts";
import { COSIGNATURE, generateNoteKey } from "../../../shared/log/note.ts";
import type { AuditAnswer } from "../../../shared/protocol/audit-request.ts";
import { BEACON_REQUEST, OPENING_REQUEST } from "../../../shared/protocol/audit-request.ts";
import { AUDIT_ANSWER_S, AUDIT_INTERVAL_S } from "../../../shared/protocol/audit.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { generateEd25519, signer } from "../../../shared/signing/ed25519.ts";
import { signReceipt, signRefusal } from "../../../shared/signing/entry-receipt.ts";
import { parseJws, signJws } from "../../../shared/signing/jws.ts";
import { parseStatement, signStatement, statementLeaf } from "../../../shared/signing/statement.ts";
import { deliverAnswer } from "../../../workers/node/jobs/deliver-answers.ts";
import { readHub } from "../../../workers/node/queries/hub.ts";
import { drawAt, sweepOpenings } from "../../../workers/node/queries/audit.ts";
import { answerAudit } from "../../../workers/node/actions/answer-audit.ts";
import { type DbCounts, meter, noCounts } from "../../../workers/lib/d1.ts";
import { prepareOpenings } from "../../../workers/node/jobs/prepare-openings.ts";
import type { Person } from "../person.ts";
import { type FakeHub, HUB_LOG, HUB_URL, fakeHub } from "./fake-hub.ts";
import { BANDS, HUB, PAGE, START, type Village, leafNamed, pledge, village } from "./village.ts";

const NODE = "community.example.org";
const NOW_S = START / 1000;
let world: Village;
let hub: FakeHub;
let ana: Person;
let report: string;
let witnesses: { skey: string; vkey: string; join: string }[];
let bookVkey: string;

beforeEach(async () => {
  world = await village();
  hub = await fakeHub();
  await env.DB.prepare("UPDATE hub SET vkey = ?, statement_jwk = ?, status = 'admitted'")
    .bind(hub.vkey, JSON.stringify(hub.statementSigner.publicJwk))
    .run();
  ana = await world.newMember();
  expect((await pledge(ana, world.campaign)).status).toBe(201);
  expect((await pledge(world.steward, world.campaign, "5", "800")).status).toBe(201);
  const descriptor = await (await world.fetch("/.well-known/cocoon.json")).json<{ book: { vkey: string } }>();
  bookVkey = descriptor.book.vkey;
  report = await reported();
  witnesses = [];
  for (const name of ["b", "c"]) witnesses.push(await joined(`${name}.example.org`));
});

/** The node's report is in the hub's log, as the table says. */
async function reported(seq = 1, iss = NODE): Promise<string> {
  const size = (await env.DB.prepare("SELECT count(*) AS n FROM log_entry").first<number>("n")) ?? 0;
  const jws = await signStatement(await signer(await generateEd25519()), "demand-report+jwt", {
    iss,
    aud: HUB_LOG,
    iat: NOW_S,
    v: 1,
    seq,
    prev: leafNamed("join"),
    book: "x",
    profile: { name: "Green Street", region: "TW-TPE", languages: ["en"], members: 2 },
    totals: [],
  });
  hub.entries.push(jws);
  const leaf = statementLeaf(jws);
  if (iss !== NODE) return jws;
  await env.DB.prepare(
    "INSERT INTO report (hub, seq, leaf, jws, book_size, iat, delivered_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
  )
    .bind(HUB, seq, leaf, jws, size, NOW_S, START)
    .run();
  return leaf;
}

async function joined(origin: string, isLogged = true) {
  const { skey } = await generateNoteKey(`${origin}/witness`, undefined, COSIGNATURE);
  const { vkey } = await cosigner(skey);
  const key = await signer(await generateEd25519());
  const join = await signStatement(key, "node-join+jwt", {
    iss: origin,
    aud: HUB_LOG,
    iat: NOW_S,
    v: 1,
    url: `https://${origin}`,
    report_jwk: key.publicJwk,
    book: { vkey: (await generateNoteKey(`${origin}/book`)).vkey, checkpoint: "x" },
    witness: vkey,
    recovery_sha256: key.kid,
    profile: { name: origin, region: "TW-TPE", languages: ["en"], members: 2 },
  });
  if (isLogged) hub.entries.push(join);
  return { skey, vkey, join };
}

async function proofOf(leaf: string): Promise<string> {
  const answer = await hub.peer.get(`${HUB_URL}/log/entries/${leaf}.tlog-proof`);
  return answer.ok && answer.value.status === 200 ? fromUtf8(answer.value.bytes) : "";
}

interface Options {
  claims?: Partial<Claims<"audit+jwt">>;
  by?: FakeHub["statementSigner"];
  beacons?: typeof witnesses;
  /** the report that the beacons are about */
  about?: string;
  isLogged?: boolean;
  /** who asks for the openings, and when */
  asker?: FakeHub["statementSigner"];
  askedAt?: number;
}

async function request(options: Options = {}) {
  const { claims = {}, by = hub.statementSigner, beacons: from = witnesses, about = report, isLogged = true } = options;
  const sorted = [...from].sort((a, b) => (a.vkey < b.vkey ? -1 : 1));
  const beacons = await Promise.all(
    sorted.map(async ({ skey, vkey }) => ({ vkey, signature: await signBeacon(skey, about) })),
  );
  const drawn = await lot(beacons);
  const iat = claims.iat ?? NOW_S;
  const audit = await signStatement(by, "audit+jwt", {
    iss: HUB_LOG,
    iat,
    v: 1,
    node: NODE,
    report,
    beacons,
    samples: 30,
    drawn: drawn.length,
    lot: lotHash(drawn),
    deadline: iat + AUDIT_ANSWER_S,
    ...claims,
  });
  if (isLogged) hub.entries.push(audit);
  const keys = await Promise.all(
    sorted.map(async ({ join }) => ({ entry: join, proof: await proofOf(statementLeaf(join)) })),
  );
  const { asker = hub.statementSigner, askedAt = world.clock.now / 1000 } = options;
  const wanted = { iss: HUB_LOG, iat: Math.floor(askedAt), v: 1, audit: statementLeaf(audit) };
  return {
    request: await signJws(asker, OPENING_REQUEST, wanted),
    audit,
    proof: await proofOf(statementLeaf(audit)),
    keys,
  };
}

async function lot(beacons: Claims<"audit+jwt">["beacons"]) {
  const size = await env.DB.prepare("SELECT book_size FROM report WHERE leaf = ?")
    .bind(report)
    .first<number>("book_size");
  return await drawAt(env.DB, { hub: HUB, size: size ?? 0, report, rho: rhoOf(beacons), samples: 30 });
}

let address = 0;
async function post(path: string, body: unknown) {
  address += 1;
  const headers = { "content-type": "application/json", "cf-connecting-ip": `10.1.0.${String(address)}` };
  const response = await world.fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await response.json<Record<string, unknown>>();
  return { status: response.status, code: answer["code"] ?? "", body: answer };
}

/** Asks until everything is open. */
async function answerTo(asked: Awaited<ReturnType<typeof request>>) {
  for (let times = 0; times < 20; times += 1) {
    const answer = await post("/audit", asked);
    if (answer.status !== 202) return answer;
    expect(answer.body).toEqual({ audit: statementLeaf(asked.audit) });
  }
  throw new Error("nothing was answered");
}

const context = () => ({
  node: NODE,
  webOrigin: PAGE,
  rpId: NODE,
  hub: HUB_LOG,
  bookVkeys: [bookVkey],
  generation: 1,
  termsOf: () => ({ currency: "USD", sha256: leafNamed("terms of Oat drink"), bands_minor: BANDS }),
});

async function found(body: Record<string, unknown>, asked: { audit: string }): Promise<string[]> {
  const { openings } = body as unknown as AuditAnswer;
  const beacons = (
    JSON.parse(atob((asked.audit.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/"))) as Claims<"audit+jwt">
  ).beacons;
  const drawn = await lot(beacons);
  return await Promise.all(
    drawn.map(async (ballot) => {
      const opening = openings.find(({ leaf }) => leaf === ballot.leaf);
      return opening === undefined ? "none" : await checkOpening(ballot, opening, context());
    }),
  );
}

describe("an audited node", () => {
  it("opens exactly what the lot draws, tells its members, and says the same again when asked again", async () => {
    const asked = await request();
    await pledge(ana, world.campaign, "3");
    const answer = await answerTo(asked);
    expect(answer).toMatchObject({ status: 200, body: { audit: statementLeaf(asked.audit) } });
    expect(await found(answer.body, asked)).toEqual(["opened", "opened"]);
    expect(JSON.stringify(answer.body)).not.toContain("Siddhi");
    const { body } = await ana.call("GET", "/api/receipts");
    const receipts = body["receipts"] as { audited_at: string | null; qty: string }[];
    expect(receipts.map(({ audited_at }) => audited_at !== null)).toEqual([false, true]);
    world.clock.now += 60_000;
    expect((await post("/audit", asked)).body).toEqual(answer.body);
  });

  it("signs what it answered, and submits that to the hub's log until it holds the hub's word for it", async () => {
    const { body } = await answerTo(await request());
    const { answer = "", openings } = body as unknown as AuditAnswer;
    const parsed = parseStatement(answer);
    if (!parsed.ok || parsed.value.statement.kind !== "audit-answer+jwt") throw new Error("an answer");
    expect(parsed.value.statement.claims).toMatchObject({
      iss: NODE,
      aud: HUB_LOG,
      ...signedAnswer(String(body["audit"]), openings),
    });
    const deliver = async () => {
      const row = await readHub(env.DB, HUB);
      if (row === null) throw new Error("a hub");
      await deliverAnswer({ ...world.context, peer: hub.peer }, row);
      const sent = "SELECT receipt FROM audit UNION ALL SELECT receipt FROM promise";
      return (await env.DB.prepare(sent).all<{ receipt: string | null }>()).results.map(({ receipt }) => receipt);
    };
    hub.answers.push({ status: 503, body: { code: "log-behind" } });
    expect(await deliver()).toEqual([null]);
    const entry = { iss: HUB_LOG, node: NODE, seq: 0, index: 7, received: NOW_S };
    const stranger = await signReceipt(await signer(await generateEd25519()), { ...entry, leaf: parsed.value.leaf });
    hub.answers.push({ status: 202, body: { leaf: parsed.value.leaf, index: 7, receipt: stranger } });
    expect(await deliver()).toEqual([null]);
    const receipt = await signReceipt(hub.statementSigner, { ...entry, leaf: parsed.value.leaf });
    hub.answers.push({ status: 202, body: { leaf: parsed.value.leaf, index: 7, receipt } });
    expect(await deliver()).toEqual([receipt, receipt]);
    const asked = hub.requests.length;
    await deliver();
    expect(hub.requests.length).toBe(asked);
  });

  it("keeps the hub's signed refusal of an answer, and signs the same words anew when its key has changed", async () => {
    const { body } = await answerTo(await request());
    const { answer = "" } = body as unknown as AuditAnswer;
    const other = await generateEd25519();
    const next = await signer(other);
    Object.assign(hub, { kid: next.kid, join: leafNamed("join") });
    const config = { ...world.context.config, reportJwkNext: other };
    const deliver = async () => {
      const row = await readHub(env.DB, HUB);
      if (row === null) throw new Error("a hub");
      await deliverAnswer({ ...world.context, config, peer: hub.peer }, row);
      return await env.DB.prepare("SELECT answer, receipt FROM audit").first<{
        answer: string;
        receipt: string | null;
      }>();
    };
    const refuse = async (jws: string, code: "kid-unknown" | "audit-unknown") => {
      const refusal = await signRefusal(hub.statementSigner, {
        iss: HUB_LOG,
        leaf: statementLeaf(jws),
        code,
        at: NOW_S,
      });
      hub.answers.push({ status: 409, body: { type: "x", title: code, status: 409, code, refusal } });
      return refusal;
    };
    await refuse(answer, "kid-unknown");
    const anew = await deliver();
    expect(anew?.receipt).toBeNull();
    const [before, after] = [parseJws(answer), parseJws(anew?.answer ?? "")];
    if (!before.ok || !after.ok) throw new Error("both are JWS");
    expect([after.value.kid, after.value.claims]).toEqual([next.kid, before.value.claims]);
    const refusal = await refuse(anew?.answer ?? "", "audit-unknown");
    expect((await deliver())?.receipt).toBe(refusal);
  });

  it("draws the lot itself and refuses any other: the hub cannot choose whose pledge it sees", async () => {
    const week = { iat: NOW_S + AUDIT_INTERVAL_S };
    const refusals = [await request({ claims: { lot: report } }), await request({ claims: { drawn: 1, ...week } })];
    for (const asked of refusals) {
      expect(await post("/audit", asked)).toMatchObject({ status: 409, code: "audit-lot" });
      const counts = noCounts();
      const again = answerAudit({ ...world.context, db: meter(env.DB, counts) }, asked);
      await expect(again).rejects.toMatchObject({ code: "audit-lot" });
      // the book is passed over once, however often the hub asks
      expect(counts).toMatchObject({ queries: 4, rowsWritten: 0 });
    }
    expect(await env.DB.prepare("SELECT count(*) AS n FROM receipt WHERE audited_at IS NOT NULL").first("n")).toBe(0);
  });

  it("refuses a lot ground with keys of the hub's own making, with beacons for another report, or with its own", async () => {
    const madeUp = await joined("shill.example.org", false);
    const self = await joined(NODE);
    for (const options of [
      { beacons: [witnesses[0]!, madeUp] },
      { beacons: [witnesses[0]!, self] },
      { beacons: [witnesses[0]!, { ...witnesses[1]!, skey: madeUp.skey }] },
      { about: leafNamed("another report") },
    ]) {
      expect(await post("/audit", await request(options))).toMatchObject({ status: 403, code: "audit-unproven" });
    }
  });

  it("refuses what its hub has not signed and logged, for it, about a report of its own", async () => {
    const stranger = await signer(await generateEd25519());
    const cases: [Options, string][] = [
      [{ isLogged: false }, "audit-unproven"],
      [{ by: stranger }, "audit-unproven"],
      [{ claims: { node: "b.example.org" } }, "audience-wrong"],
      [{ claims: { iss: "other.example.org/log" } }, "issuer-unknown"],
    ];
    for (const [options, code] of cases) expect(await post("/audit", await request(options))).toMatchObject({ code });
    const other = leafNamed("another report");
    expect(await post("/audit", await request({ about: other, claims: { report: other } }))).toMatchObject({
      code: "entry-unknown",
    });
  });

  it("answers one audit a week, by the log's time", async () => {
    expect((await answerTo(await request())).status).toBe(200);
    const early = await request({ claims: { iat: NOW_S + AUDIT_INTERVAL_S - 1 } });
    expect(await post("/audit", early)).toMatchObject({ status: 429, code: "audit-early" });
    expect((await answerTo(await request({ claims: { iat: NOW_S + AUDIT_INTERVAL_S } }))).status).toBe(200);
  });

  it("shows the book's own word of a member who has left, because nothing else is kept", async () => {
    const asked = await request();
    expect((await ana.call("POST", "/api/me/leave", { confirm: "leave" })).status).toBeLessThan(300);
    const answer = await answerTo(asked);
    expect((await found(answer.body, asked)).toSorted()).toEqual(["gone", "opened"]);
  });

  it("takes back what it had opened of a member who leaves before it is asked for, also while it is being opened", async () => {
    const asked = await request();
    expect((await post("/audit", asked)).status).toBe(202);
    await prepareOpenings(world.context);
    expect((await ana.call("POST", "/api/me/leave", { confirm: "leave" })).status).toBeLessThan(300);
    const kept = await env.DB.prepare("SELECT group_concat(opening) AS text FROM audit_opening").first<string>("text");
    expect(kept?.match(/"document"/g)).toHaveLength(1);
    expect((await found((await answerTo(asked)).body, asked)).toSorted()).toEqual(["gone", "opened"]);
  });

  it("opens nothing to anybody else: the audit and its proofs are public, the hub's request is not", async () => {
    const asked = await request();
    const stranger = await signer(await generateEd25519());
    const cases: [Options, string][] = [
      [{ asker: stranger }, "signature-invalid"],
      [{ askedAt: world.clock.now / 1000 - 301 }, "issued-in-future"],
    ];
    for (const [options, code] of cases) expect(await post("/audit", await request(options))).toMatchObject({ code });
    const other = await request({ claims: { samples: 29 } });
    expect((await post("/audit", { ...asked, request: other.request })).code).toBe("signature-invalid");
    expect((await post("/audit", { ...asked, request: asked.audit })).code).toBe("statement-invalid");
    expect(await env.DB.prepare("SELECT count(*) AS n FROM audit_opening").first("n")).toBe(0);
  });

  it("keeps what it opened until the deadline, and then neither keeps nor opens anything", async () => {
    const asked = await request();
    await answerTo(asked);
    const count = async () => await env.DB.prepare("SELECT count(*) AS n FROM audit_opening").first("n");
    await sweepOpenings(env.DB, NOW_S + AUDIT_ANSWER_S).run();
    expect(await count()).toBe(2);
    await sweepOpenings(env.DB, NOW_S + AUDIT_ANSWER_S + 301).run();
    expect(await count()).toBe(0);
    world.clock.now = START + AUDIT_ANSWER_S * 1000;
    expect((await post("/audit", await request({ claims: { deadline: NOW_S + AUDIT_ANSWER_S } }))).code).toBe(
      "audit-over",
    );
  });

  it("opens two a step, whoever takes the step, in few queries and rows", async () => {
    for (let n = 0; n < 5; n += 1) await pledge(await world.newMember(), world.campaign);
    await env.DB.prepare("DELETE FROM report").run();
    report = await reported(2);
    const asked = await request();
    const costs: DbCounts[] = [];
    const steps = ["ask", "clock", "ask", "ask", "ask", "ask"];
    for (const step of steps) {
      const counts = noCounts();
      const context = { ...world.context, db: meter(env.DB, counts) };
      if (step === "clock") await prepareOpenings(context);
      else expect((await answerAudit(context, asked)) === null).toBe(costs.length < steps.length - 1);
      costs.push(counts);
    }
    // taken, with its seven drawn; two opened, three times; one opened; answered
    expect(costs.map(({ rowsWritten }) => rowsWritten)).toEqual([8, 4, 4, 4, 2, 1]);
    for (const { queries } of costs) expect(queries).toBeLessThanOrEqual(12);
  });
});

describe("a beacon", () => {
  async function ask({ by = hub.statementSigner, iss = "b.example.org", iat = NOW_S, isLogged = true } = {}) {
    const jws =
      iss === NODE
        ? ((await env.DB.prepare("SELECT jws FROM report").first<string>("jws")) ?? "")
        : await reported(1, iss);
    const leaf = statementLeaf(jws);
    const proof = isLogged ? await proofOf(leaf) : await proofOf(report);
    const wanted = await signJws(by, BEACON_REQUEST, { iss: HUB_LOG, iat, v: 1, report: leaf });
    return { leaf, answer: await post("/witness/beacon", { request: wanted, report: jws, proof }) };
  }

  it("is a signature by the witness key, which no cosignature could be mistaken for", async () => {
    const { leaf, answer } = await ask();
    expect(answer).toMatchObject({
      status: 200,
      body: { signature: await signBeacon(world.context.config.witnessKey ?? "", leaf) },
    });
  });

  it("is given to the hub alone, for a report that is in its log, and not for a report of one's own", async () => {
    world.clock.now = START;
    expect((await ask({ by: await signer(await generateEd25519()) })).answer.code).toBe("signature-invalid");
    expect((await ask({ iat: NOW_S - 301 })).answer.code).toBe("issued-in-future");
    expect((await ask({ isLogged: false })).answer.code).toBe("audit-unproven");
    expect((await ask({ iss: NODE })).answer.code).toBe("not-allowed");
  });
});

/** Audits by the hub: docs/protocol.md §8, with communities that open their pledges, lie about them, or say nothing. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { createAuthenticator } from "../../../scripts/demo/authenticator.ts";
import { fromBase64url, sha256url, toBase64url, utf8 } from "../../../shared/bytes.ts";
import { leafHash } from "../../../shared/log/merkle.ts";
import { generateNoteKey } from "../../../shared/log/note.ts";
import { formatProof } from "../../../shared/log/proof.ts";
import { extendTiles, inclusionProof } from "../../../shared/log/tiles.ts";
import { rhoOf } from "../../../shared/audit/beacon.ts";
import { type LotTerms, drawLot, lotHash } from "../../../shared/audit/lot.ts";
import { answerTo } from "../../../shared/audit/answer.ts";
import { verifyEvidence } from "../../../shared/evidence/verify.ts";
import { communityKeys } from "../../../shared/protocol/api/keys.ts";
import { evidenceList } from "../../../shared/protocol/api/evidence.ts";
import type { AuditRequest } from "../../../shared/protocol/audit-request.ts";
import { AUDIT_ANSWER_S, AUDIT_INTERVAL_S } from "../../../shared/protocol/audit.ts";
import type { PledgeDocument } from "../../../shared/protocol/document.ts";
import type { Claims } from "../../../shared/protocol/statement.ts";
import { evidence } from "../../../shared/protocol/evidence.ts";
import { canonicalBytes } from "../../../shared/signing/canonical.ts";
import { commitDocument, commitKey, documentHash } from "../../../shared/signing/document.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { parseJws } from "../../../shared/signing/jws.ts";
import { noteHand, signKeyChange } from "../../../shared/signing/key-change.ts";
import { signStatement, statementLeaf } from "../../../shared/signing/statement.ts";
import { type DbCounts, meter, noCounts } from "../../../workers/lib/d1.ts";
import { auditBooks } from "../../../workers/hub/jobs/audit-books.ts";
import { drawnText, sweepOpenings } from "../../../workers/hub/queries/book-audit.ts";
import { type City, city, expectReplayEqualsTables } from "./city.ts";
import { DAY, LOG, type NodeDouble, random } from "./node-double.ts";
import type { WitnessDouble } from "./witness-double.ts";

/** As docs/storage.md says. */
const LIMITS = {
  drawn: { queries: 24, written: 14 },
  asked: { queries: 10, written: 1 },
  checked: { queries: 5, written: 1 },
  settled: { queries: 16, written: 8 },
};

let world: City;
let node: NodeDouble;
let ws: WitnessDouble[];
let campaign: string;
let asked: AuditRequest[];
let openings: { leaf: string; [name: string]: unknown }[];

beforeEach(async () => {
  world = await city({ REPORT_INTERVAL_S: "0" });
  node = await world.admitted("a.example.org");
  ws = [];
  for (const name of ["b", "c"]) ws.push((await world.admittedWitness(`${name}.example.org`)).witness);
  campaign = await world.publish();
  asked = [];
  openings = [];
  node.audit = (body) => {
    const request = JSON.parse(body) as AuditRequest;
    asked.push(request);
    const jws = parseJws(request.audit);
    if (!jws.ok) throw new Error("not an audit");
    return Promise.resolve(Response.json({ audit: toBase64url(leafHash(utf8(request.audit))), openings }));
  };
});

/** A passkey registered in the node's book, and a signed pledge after it; `drop` forgets the key. */
async function pledge(change: Partial<PledgeDocument> = {}, registers = true): Promise<() => Promise<void>> {
  const page = `https://${node.origin}`;
  const authenticator = createAuthenticator();
  const user = { id: "dXNlcg", name: "Ada", displayName: "Ada" };
  const creation = { challenge: "Y2g", rp: { id: node.origin, name: "a" }, user };
  await authenticator.create({ ...creation, pubKeyCredParams: [{ type: "public-key", alg: -7 }] }, page);
  const { x, y } = authenticator.passkeys[0]!.private_jwk;
  const jwk = { kty: "EC", crv: "P-256", x, y } as const;
  const account = change.account ?? random(32);
  const keySalt = random(32);
  const registered = commitKey({ account: registers ? account : random(32), jwk }, fromBase64url(keySalt));
  const [keyLeaf = ""] = node.append({ t: "key", cm: registered, d: DAY });
  const key = { at: node.entries.length - 1, leaf: keyLeaf };
  const logged = await env.DB.prepare("SELECT data FROM log_entry WHERE leaf = ?").bind(campaign).first<string>("data");
  const terms = parseJws(logged ?? "");
  if (!terms.ok) throw new Error("no campaign");
  const document = {
    typ: "pledge",
    v: 1,
    node: node.origin,
    hub: LOG,
    rp_id: node.origin,
    campaign,
    terms_sha256: sha256url(canonicalBytes(terms.value.claims)),
    account,
    key: thumbprint(jwk),
    replaces: null,
    seq: 1,
    issued_at: 1,
    valid_until: 2,
    nonce: random(),
    qty: "2",
    currency: "USD",
    max_unit_price_minor: "700",
    band: 1,
    tolerance: "0",
    ...change,
  } satisfies PledgeDocument;
  const answer = await authenticator.get({ challenge: toBase64url(documentHash(document)), rpId: node.origin }, page);
  const { authenticatorData, clientDataJSON, signature: blob } = answer.response;
  const signature = { authenticator_data: authenticatorData, client_data_json: clientDataJSON, signature: blob };
  const salt = random(32);
  const cm = commitDocument({ document, suite: "webauthn", signature, key_leaf: keyLeaf }, fromBase64url(salt));
  const [leaf = ""] = node.append({
    t: "pledge",
    c: campaign,
    q: document.qty,
    b: document.band,
    cm,
    a: "strong",
    d: DAY,
  });
  const at = node.entries.length - 1;
  return async () => {
    const text = (index: number) => new TextDecoder().decode(node.entries[index]);
    openings.push({
      leaf,
      key_entry: text(key.at),
      receipt: {
        kind: "cocoon-receipt",
        v: 1,
        node: { origin: node.origin, url: page, vkey: node.vkey },
        hub: { origin: LOG, url: "https://hub.example.org", vkey: world.hub.keys.log.vkey },
        document,
        suite: "webauthn",
        signature,
        salt,
        web_origins: [page],
        key: { jwk, salt: keySalt, leaf: keyLeaf, index: key.at, proof: await proofAt(key.at) },
        entry: { json: text(at), leaf, index: at, proof: await proofAt(at) },
      },
    });
  };
}

async function proofAt(index: number): Promise<string> {
  const leaves = node.entries.map((entry) => leafHash(entry));
  const { tiles } = extendTiles(0, () => new Uint8Array(0), leaves);
  const read = (level: number, tile: number) => tiles.find((one) => one.level === level && one.index === tile)!.hashes;
  const hashes = inclusionProof(index, leaves.length, read);
  return formatProof({ index, hashes, checkpoint: await node.checkpoint() });
}

async function reported(...opens: (() => Promise<void>)[]): Promise<void> {
  await world.report(node);
  await world.settle();
  for (const open of opens) await open();
}

async function auditNow() {
  return await world.operator.call("POST", `/api/communities/${node.origin}/audit`);
}
async function run(): Promise<void> {
  world.later(60);
  await auditBooks(world.hub, () => 0);
}
const shown = async () => (await world.community(node.origin)).audits;

describe("an audit", () => {
  it("is drawn with others' beacons, asked, judged and shown, and its openings are deleted after thirty days", async () => {
    await reported(await pledge(), await pledge({ qty: "5" }), await pledge({ band: 0, max_unit_price_minor: "650" }));
    expect(await shown()).toBeNull();
    expect((await auditNow()).status).toBe(201);
    expect(asked[0]?.keys).toHaveLength(2);
    expect(await shown()).toMatchObject({ open: { drawn: 3 }, last: null });
    await run();
    expect(await shown()).toMatchObject({ ok: 1, open: null, last: { outcome: "ok", drawn: 3, opened: 3, codes: [] } });
    await expectReplayEqualsTables();
    const kept = async () => await env.DB.prepare("SELECT openings FROM book_audit").first<string | null>("openings");
    expect(await kept()).toContain("authenticator_data");
    await sweepOpenings(env.DB, Math.floor(world.clock.now / 1000) - 3600).run();
    expect(await kept()).not.toBeNull();
    await sweepOpenings(env.DB, Math.floor(world.clock.now / 1000)).run();
    expect(await kept()).toBeNull();
    const log = await env.DB.prepare("SELECT group_concat(data) AS all_data FROM log_entry").first<string>("all_data");
    expect(log).not.toContain("authenticator_data");
  });

  it("costs each run a part of one invocation's queries", async () => {
    const opens: (() => Promise<void>)[] = [];
    for (let at = 0; at < 12; at += 1) opens.push(await pledge());
    await reported(...opens);
    const costs: DbCounts[] = [];
    for (let step = 0; step < 5; step += 1) {
      const counts = noCounts();
      world.later(60);
      await auditBooks({ ...world.hub, db: meter(env.DB, counts) }, () => 0);
      costs.push({ ...counts });
    }
    // drawn and logged; asked; five openings; five more; the last two and the outcome
    expect(await shown()).toMatchObject({ last: { outcome: "ok", opened: 12 } });
    for (const [step, most] of [LIMITS.drawn, LIMITS.asked, LIMITS.checked, LIMITS.checked, LIMITS.settled].entries()) {
      expect({ step, ...costs[step] }).toMatchObject({ rowsWritten: most.written });
      expect(costs[step]?.queries).toBeLessThanOrEqual(most.queries);
    }
  });

  it("is drawn from a book of a hundred thousand live pledges by the database, and it is the lot that anybody draws", async () => {
    await reported(await pledge());
    const { origin } = node;
    await env.DB.prepare("DELETE FROM mirror_chain").run();
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
       INSERT INTO mirror_chain (origin, head, chain) SELECT ?1, 'leaf ' || (i * 7919 % 1000003),
         json_object('campaign', ?2, 'qty', CAST(1 + i % 9 AS TEXT), 'band', iif(i % 5 = 0, NULL, i % 3), 'assurance', 'strong')
       FROM n`,
    )
      .bind(origin, campaign)
      .run();
    const ballots = Array.from({ length: 100_000 }, (_, at) => at + 1)
      .filter((i) => i % 5 !== 0)
      .map((i) => ({
        leaf: `leaf ${String((i * 7919) % 1_000_003)}`,
        campaign,
        qty: BigInt(1 + (i % 9)),
        band: i % 3,
      }));
    const sums = [0, 1, 2].map((band) => ballots.filter((ballot) => ballot.band === band));
    const units = sums.map((some) => String(some.reduce((sum, { qty }) => sum + qty, 0n)));
    await env.DB.prepare("UPDATE mirror SET tallies = json_set(tallies, ?1, json(?2), ?3, json(?4))")
      .bind(
        `$."${campaign}".units`,
        JSON.stringify(units),
        `$."${campaign}".chains`,
        JSON.stringify(sums.map((some) => some.length)),
      )
      .run();
    const counts = noCounts();
    await auditBooks({ ...world.hub, db: meter(env.DB, counts) }, () => 0);
    const drawn = await env.DB.prepare("SELECT drawn FROM book_audit").first<string>("drawn");
    const logged = await env.DB.prepare("SELECT data FROM log_entry WHERE kind = 'audit+jwt'").first<string>("data");
    const jws = parseJws(logged ?? "");
    if (!jws.ok) throw new Error("no audit");
    const { report, beacons, samples, lot } = jws.value.claims as Claims<"audit+jwt">;
    const text = await env.DB.prepare("SELECT terms FROM campaign").first<string>("terms");
    const termsOf = () => JSON.parse(text ?? "") as LotTerms;
    const pure = drawLot({ report, rho: rhoOf(beacons), samples, ballots, termsOf });
    expect(pure).toHaveLength(30);
    expect(JSON.parse(drawn ?? "")).toEqual(JSON.parse(drawnText(pure)));
    expect(lot).toBe(lotHash(pure));
    expect(counts.queries).toBeLessThanOrEqual(LIMITS.drawn.queries);
    expect(counts.rowsRead).toBeLessThanOrEqual(1_300_000);
  }, 60_000);

  it("is not drawn from a book that the hub has read on meanwhile", async () => {
    await reported(await pledge());
    const [witness] = ws;
    const honest = { ...witness! };
    witness!.answer = async (path, body) => {
      if (path === "/witness/beacon") await env.DB.prepare("UPDATE mirror SET size = size + 1").run();
      return await honest.answer(path, body);
    };
    expect((await auditNow()).code).toBe("audit-nothing");
  });

  it("is asked for again, without growing pauses, while the community opens what was drawn", async () => {
    await reported(await pledge());
    const answer = node.audit;
    let times = 0;
    node.audit = async (body) => {
      times += 1;
      return times < 4 ? Response.json({}, { status: 202 }) : await answer(body);
    };
    await auditNow();
    for (let step = 0; step < 4; step += 1) await run();
    expect(times).toBe(4);
    expect(await shown()).toMatchObject({ ok: 1, last: { outcome: "ok" } });
  });

  it("looks at five openings a run, so that no run does more than it may", async () => {
    const opens: (() => Promise<void>)[] = [];
    for (let at = 0; at < 12; at += 1) opens.push(await pledge());
    await reported(...opens);
    await auditNow();
    await run();
    await run();
    expect(await shown()).toMatchObject({ open: { drawn: 12 } });
    await run();
    expect(await shown()).toMatchObject({ last: { outcome: "ok", opened: 12 } });
  });

  it("is judged by the book and the key it was opened with, when the community has another key, and then another book, since", async () => {
    await reported(await pledge());
    await auditNow();
    const { skey, vkey } = await generateNoteKey(`${node.origin}/book`);
    const [oldBook, newBook] = [await noteHand("book", node.bookKey), await noteHand("book", skey)];
    const { last } = communityKeys.parse(await (await world.fetch(`/api/communities/${node.origin}/keys`)).json());
    const draft = {
      iss: node.origin,
      aud: LOG,
      iat: Math.floor(world.clock.now / 1000),
      v: 1 as const,
      act: "rotate" as const,
      prev: last,
      keys: [{ role: "book" as const, key: vkey }],
    };
    const hands = { book: { new: newBook.sign, old: oldBook.sign } };
    expect((await world.submit(await signKeyChange(node.signer, "node-key+jwt", draft, hands))).status).toBe(202);
    Object.assign(node, { vkey, bookKey: skey });
    expect((await world.submit(await node.newBook())).status).toBe(202);
    await run();
    expect(await shown()).toMatchObject({ ok: 1, failed: 0, last: { outcome: "ok", opened: 1, codes: [] } });
    await expectReplayEqualsTables();
  });

  it("fails where a key was not registered, a pledge is dropped, or an account pledged twice, and says so", async () => {
    const account = random(32);
    const good = await pledge({ account });
    const again = await pledge({ account });
    const dropped = await pledge({}, false);
    await pledge();
    await reported(good, again, dropped);
    await auditNow();
    await run();
    expect(await shown()).toMatchObject({
      ok: 0,
      failed: 1,
      last: { outcome: "failed", opened: 2, codes: ["account-twice", "key", "missing"] },
    });
    await expectReplayEqualsTables();
  });

  it("that nobody answers is asked again and again, and after 72 hours of log time counts as failed by itself", async () => {
    await reported(await pledge());
    node.audit = () => Promise.resolve(new Response("", { status: 503 }));
    await auditNow();
    world.later(120);
    await auditBooks(world.hub, () => 1);
    expect(await env.DB.prepare("SELECT attempts FROM book_audit").first<number>("attempts")).toBe(2);
    world.later(AUDIT_ANSWER_S);
    await world.settle();
    expect(await shown()).toMatchObject({ unanswered: 1, open: null, last: { outcome: "unanswered", opened: 0 } });
    await expectReplayEqualsTables();
    await auditBooks(world.hub, () => 1);
    // said in one entry, which is then evidence: once
    await run();
    await run();
    expect(await env.DB.prepare("SELECT next_at FROM book_audit").first<number | null>("next_at")).toBeNull();
    const { evidence: kept } = evidenceList.parse(await (await world.fetch("/api/evidence")).json());
    expect(kept).toMatchObject([{ accused: node.origin, kind: "failed-audit", index: expect.any(Number) as number }]);
    const document = evidence.parse(await (await world.fetch(`/api/evidence/${kept[0]?.sha256 ?? ""}`)).json());
    expect(await verifyEvidence(document, [world.hub.keys.log.vkey])).toMatchObject({ ok: true });
    await expectReplayEqualsTables();
  });

  describe("that the community answers in the log", () => {
    async function answered(openings: readonly unknown[], changes: { audit?: string } = {}): Promise<string> {
      const { open } = (await shown()) ?? { open: null };
      const iat = Math.floor(world.clock.now / 1000);
      const common = { iss: node.origin, aud: world.hub.config.logOrigin, iat, v: 1 as const };
      const claims = { ...common, ...answerTo(changes.audit ?? open?.leaf ?? "", openings) };
      return await signStatement(node.signer, "audit-answer+jwt", claims);
    }

    beforeEach(async () => {
      await reported(await pledge());
      node.audit = () => Promise.resolve(new Response("", { status: 503 }));
      await auditNow();
    });

    it("has its receipt, the same again, and one answer only; what is refused is refused by signature", async () => {
      const jws = await answered(["opened"]);
      const first = await world.submit(jws);
      expect(first.status).toBe(202);
      expect(first.body).toMatchObject({ leaf: statementLeaf(jws), receipt: expect.any(String) as string });
      const again = await world.submit(jws);
      expect([again.status, again.body["index"]]).toEqual([200, first.body["index"]]);
      world.later(1);
      const other = await world.submit(await answered(["opened"]));
      expect([other.code, typeof other.body["refusal"]]).toEqual(["audit-unknown", "string"]);
      expect((await world.submit(await answered([], { audit: random(32) }))).code).toBe("audit-unknown");
      expect(await shown()).toMatchObject({ open: { answered: true } });
      await expectReplayEqualsTables();
    });

    it("is not unanswered: while there is time the hub says what it was not given, and else the failure is its own", async () => {
      await world.submit(await answered(["opened"]));
      world.later(AUDIT_ANSWER_S - 3600);
      await auditBooks(world.hub, () => 1);
      expect(await shown()).toMatchObject({
        failed: 1,
        unanswered: 0,
        last: { outcome: "failed", codes: ["missing"] },
      });
      await expectReplayEqualsTables();
    });

    it("and nobody judges is the hub's failure, which it cannot call unanswered", async () => {
      await world.submit(await answered(["opened"]));
      world.later(AUDIT_ANSWER_S + 60);
      await world.settle();
      await run();
      await run();
      expect(await shown()).toMatchObject({ unanswered: 0, unjudged: 1, last: { outcome: "unjudged" } });
      expect(evidenceList.parse(await (await world.fetch("/api/evidence")).json()).evidence).toEqual([]);
      await expectReplayEqualsTables();
    });

    it("comes too late once log time has passed the deadline", async () => {
      const jws = await answered(["opened"]);
      world.later(AUDIT_ANSWER_S + 60);
      await world.settle();
      expect((await world.submit(jws)).code).toBe("audit-unknown");
    });
  });

  it("needs two witnesses that sign this very report", async () => {
    await reported(await pledge());
    for (const mode of ["away", "forges"] as const) {
      ws[0]!.mode = mode;
      expect((await auditNow()).code).toBe("audit-witnesses");
    }
    ws[0]!.mode = "honest";
    expect((await auditNow()).status).toBe(201);
  });

  it("comes at most weekly, for a report that counts and has pledges, and by the clock only when chance says so", async () => {
    expect((await auditNow()).code).toBe("audit-nothing");
    await reported(await pledge());
    await auditBooks(world.hub, () => 0.5);
    expect(asked).toHaveLength(0);
    await run();
    await run();
    await run();
    expect(await shown()).toMatchObject({ ok: 1 });
    expect((await auditNow()).code).toBe("audit-nothing");
    world.later(AUDIT_INTERVAL_S);
    expect((await auditNow()).status).toBe(201);
  });
});

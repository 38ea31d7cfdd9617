/** What our own vectors say is accepted or refused is, when they are read as a stranger would read them: from the files. */
import { describe, expect, test } from "vitest";
import { type OpeningContext, checkOpening } from "../../../shared/audit/opening.ts";
import { foldBook } from "../../../shared/book/fold.ts";
import { compareTotals, emptyReading, judgeReport } from "../../../shared/book/judge.ts";
import {
  type Bytes,
  fromBase64,
  fromBase64url,
  sha256url,
  toBase64,
  toBase64url,
  utf8,
} from "../../../shared/bytes.ts";
import { parseEvidence, verifyEvidence } from "../../../shared/evidence/verify.ts";
import { openCheckpoint } from "../../../shared/log/checkpoint.ts";
import { readCosignatures } from "../../../shared/log/cosignature.ts";
import { leafHash, rootOf } from "../../../shared/log/merkle.ts";
import { openNote, parseVkey } from "../../../shared/log/note.ts";
import { verifyProof } from "../../../shared/log/proof.ts";
import { evidenceKinds } from "../../../shared/protocol/evidence.ts";
import { bookPromise } from "../../../shared/protocol/promise.ts";
import type { CampaignTerms } from "../../../shared/protocol/statement.ts";
import { parseBookEntry } from "../../../shared/signing/book-entry.ts";
import { openPromise } from "../../../shared/signing/entry-receipt.ts";
import { privateJwkOf, signer } from "../../../shared/signing/ed25519.ts";
import { parseJws, signJws, verifyJws } from "../../../shared/signing/jws.ts";
import { headlineOf, networkJson, stateHash } from "../../../shared/network/summary.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { followPledge } from "../../../shared/verify/pledge.ts";
import type { Fault } from "../../../shared/verify/report.ts";
import type { Source } from "../../../shared/verify/source.ts";
import { StatementReader } from "../../../shared/verify/statements.ts";
import { type Witnessed, judgeRequest, witnessStatus } from "../../../shared/witness/judge.ts";
import { parseAddCheckpoint } from "../../../shared/witness/request.ts";
import { cocoon } from "./cocoon.ts";

const leafOf = (text: string) => toBase64url(leafHash(utf8(text)));

async function readStatements(log: string, entries: readonly string[]) {
  const reader = new StatementReader(log, { sizes: new Set(), onSize: () => undefined });
  const bytes = entries.map(utf8);
  await reader.add({ start: 0, entries: bytes, leaves: bytes.map((entry) => leafHash(entry)) });
  return (await reader.finish()).state;
}

describe("jws.json", () => {
  const { jwk, accepted, refused, unverified, sizes } = cocoon("jws.json");
  test.each(accepted)("$name is read", async ({ jws, typ, claims }) => {
    const parsed = parseJws(jws);
    if (!parsed.ok) throw new Error(parsed.error);
    expect(parsed.value).toMatchObject({ typ, claims });
    expect(await verifyJws(parsed.value, jwk)).toBe(true);
  });
  test.each(refused)("$name: $code", ({ jws, code }) => {
    expect(parseJws(jws)).toEqual({ ok: false, error: code });
  });
  test.each(unverified)("$name is not believed", async ({ jws }) => {
    const parsed = parseJws(jws);
    expect(parsed.ok && (await verifyJws(parsed.value, jwk))).toBe(false);
  });
  test("one byte more than 32 KiB is too large", async () => {
    const key = await signer(await privateJwkOf(new Uint8Array(32).fill(0x50)));
    for (const { fill, bytes, code } of sizes) {
      const jws = await signJws(key, "x", { fill: "x".repeat(fill) });
      const parsed = parseJws(jws);
      expect([jws.length, parsed.ok ? null : parsed.error]).toEqual([bytes, code]);
    }
  });
});

describe("proofs.json", () => {
  const { proofs, refused, with_extra, notes } = cocoon("proofs.json");
  const claimOf = ({ log, vkey, leaf }: (typeof proofs)[number], proofText: string) =>
    verifyProof({ proofText, leaf: fromBase64url(leaf), vkey, origin: log });
  test.each(proofs)("entry $index of $log is proven", async (each) => {
    expect(leafOf(each.entry)).toBe(each.leaf);
    const { index, size } = each;
    expect(await claimOf(each, each.proof)).toMatchObject({ ok: true, value: { index, checkpoint: { size } } });
  });
  test.each(refused)("$name: $code", async ({ proof, code }) => {
    expect(await claimOf(proofs[1]!, proof)).toEqual({ ok: false, error: code });
  });
  test("a line of the log's own is ignored", async () => {
    expect((await claimOf(proofs[1]!, with_extra)).ok).toBe(true);
  });
  test.each(notes.opened)("a note with $name", async ({ note, verified, code }) => {
    const { plus, second } = notes.vkeys;
    const opened = await openNote(note, [plus, second]);
    const names = opened.ok && opened.value.verified.map((vkey) => (vkey === plus ? "plus" : "second"));
    expect(opened.ok ? names : opened.error).toEqual(verified ?? code);
  });
  test("a vkey with plus signs in its base64 is read, a changed one is not", async () => {
    expect(notes.vkeys.plus.split("+").length).toBeGreaterThan(3);
    expect(parseVkey(notes.vkeys.plus)).toMatchObject({ ok: true, value: { name: "notes.example/log" } });
    for (const { vkey } of notes.vkeys_refused) expect(parseVkey(vkey)).toEqual({ ok: false, error: "vkey-malformed" });
    const { note, at } = notes.cosigned;
    const { witness: vkey } = notes.vkeys;
    expect(await readCosignatures(note, [vkey])).toMatchObject({ ok: true, value: [{ vkey, at }] });
  });
});

test("witness.json: each request in turn gets its status and answer", async () => {
  const { log, steps } = cocoon("witness.json");
  let last: Witnessed = { size: 0, root: null };
  for (const { name, body, status, code, size_after } of steps) {
    const parsed = parseAddCheckpoint(body);
    const isKnown = parsed.ok && parsed.value.checkpoint.origin === log.origin;
    const judged = parsed.ok ? await judgeRequest(parsed.value, isKnown ? { vkeys: [log.vkey], last } : null) : null;
    const refusal = judged === null ? "witness-malformed" : judged.ok ? null : judged.error.code;
    expect([name, refusal, refusal === null ? 200 : witnessStatus[refusal]]).toEqual([name, code, status]);
    if (parsed.ok && judged?.ok) last = parsed.value.checkpoint;
    expect(last.size).toBe(size_after);
  }
});

describe("verdicts.json", () => {
  const { node, vkey, campaigns, cases } = cocoon("verdicts.json");
  const rulesOf = (id: string) => {
    const found = campaigns.find(({ c }) => c === id);
    return found && { bands: found.bands, max_qty: BigInt(found.max_qty), closing: found.closing };
  };
  test.each(cases)("$name", async ({ read, served, note, totals, omitted, verdict, problems }) => {
    const opened = await openCheckpoint(note, vkey, `${node}/book`);
    if (!opened.ok) throw new Error(opened.error);
    const judge = (head: { size: number; root: Bytes }, texts: readonly string[], reading = emptyReading()) => {
      const data = texts.map(utf8);
      return judgeReport({
        origin: node,
        compare: (state) => compareTotals({ totals, ...(omitted !== undefined && { omitted }) }, state),
        head,
        reading,
        data,
        rulesOf,
      });
    };
    const before = { size: read.length, root: rootOf(read.map((text) => leafHash(utf8(text)))) };
    const judged = judge(opened.value, served, judge(before, read).reading);
    expect([judged.verdict, judged.effect.problems]).toEqual([verdict, problems]);
  });
});

describe("equivocation.json", () => {
  const { log, node, entries, equivocation, refused } = cocoon("equivocation.json");
  test("excludes the community from its index on", async () => {
    const state = await readStatements(log, [...entries, equivocation.jws]);
    expect(state.communities.get(node)).toMatchObject(equivocation.after);
    expect(equivocation.after.status).toBe("suspended");
  });
  test.each(refused)("$name makes the log invalid: $fault", async ({ jws, fault, index }) => {
    const found = await readStatements(log, [...entries, jws]).catch((error: unknown) => error as Fault);
    expect(found).toMatchObject({ code: fault, index });
  });
});

describe("book-reset.json", () => {
  const { log, entries, index, refused, headlines, node } = cocoon("book-reset.json");
  test("leaves nothing counted until a report over the new book is found right", async () => {
    for (const { size, pledged, communities } of headlines) {
      const headline = headlineOf(await readStatements(log, entries.slice(0, size)));
      expect([headline.stages.pledged, headline.communities]).toEqual([pledged, communities]);
    }
    expect(headlines.map(({ pledged }) => pledged)).toEqual(["5", "0", "3"]);
    const { communities } = await readStatements(log, entries);
    expect(communities.get(node)?.counted).not.toBe(null);
  });
  test.each(refused)("$name makes the log invalid: $fault", async ({ jws, fault }) => {
    const found = await readStatements(log, [...entries.slice(0, index), jws]).catch(
      (error: unknown) => error as Fault,
    );
    expect(found).toMatchObject({ code: fault, index });
  });
});

test("promises.json: each is opened under the key that signed it, and about what was sent", async () => {
  const { statement_jwk, report_jwk, receipt, refusals, book_promise } = cocoon("promises.json");
  const { log_time: received } = receipt;
  expect(await openPromise("entry-receipt+jwt", receipt.jws, statement_jwk)).toMatchObject({
    ok: true,
    value: { leaf: leafOf(receipt.submitted), index: receipt.logged_at, received, include_by: received + 600 },
  });
  for (const { submitted, jws } of refusals)
    expect(await openPromise("entry-refusal+jwt", jws, statement_jwk)).toMatchObject({
      ok: true,
      value: { leaf: leafOf(submitted) },
    });
  expect((await openPromise("entry-refusal+jwt", receipt.jws, statement_jwk)).ok).toBe(false);
  expect((await openPromise("entry-receipt+jwt", receipt.jws, report_jwk)).ok).toBe(false);
  const promised = parseJws(book_promise.jws);
  if (!promised.ok) throw new Error(promised.error);
  expect(bookPromise.parse(promised.value.claims).iss).toBe("a.example");
  expect(await verifyJws(promised.value, report_jwk)).toBe(true);
});

describe("receipt.json", () => {
  const receipt = cocoon("receipt.json");
  const { now, ticks, hub, node } = cocoon("receipt-served.json");
  type Files = Record<string, { text: string } | { base64: string }>;
  const sourceOf = (name: string, files: Files): Source => ({
    name,
    async get(path) {
      const file = files[path];
      if (file === undefined) return { status: 404, bytes: utf8("{}") };
      return { status: 200, bytes: "text" in file ? utf8(file.text) : fromBase64(file.base64) };
    },
  });
  const follow = async (file: unknown) => {
    const options = { now, hubSource: sourceOf("hub", hub), nodeSource: sourceOf("node", node) };
    const { exit, checks, ticks } = await followPledge(file, options);
    return { exit, ticks, failed: checks.filter(({ ok }) => !ok).map(({ id }) => id) };
  };
  test("is followed into the published total, from the served files alone", async () => {
    expect(await follow(receipt)).toEqual({ exit: 0, ticks, failed: [] });
    expect(Object.values(ticks)).toEqual([true, true, true, true]);
  });
  test("changed anywhere is not", async () => {
    const { document, key, entry } = receipt;
    const other = sha256url(utf8("other"));
    const changes: [string, object][] = [
      ["commitment", { salt: other }],
      ["signature", { document: { ...document, qty: "3" } }],
      ["signature", { web_origins: ["https://b.example"] }],
      ["key", { key: { ...key, salt: other } }],
      ["book", { entry: { ...entry, index: entry.index + 1 } }],
      ["receipt", { entry: { ...entry, leaf: other } }],
    ];
    for (const [id, change] of changes) {
      const { exit, failed } = await follow({ ...receipt, ...change });
      expect([exit, failed.includes(id as never)]).toEqual([1, true]);
    }
  });
});

describe("totals.json", () => {
  test("its log comes to its public state, its totals and its /api/network", async () => {
    const { log, entries, size, root, public_state, totals, network, expected } = cocoon("totals.json");
    const state = await readStatements(log, [...entries, totals]);
    const before = await readStatements(log, entries);
    const parsed = parseJws(totals);
    const claims = parsed.ok ? (parsed.value.claims as { iat: number; state_sha256: string }) : null;
    expect(claims?.state_sha256).toBe(stateHash(before));
    expect(claims?.state_sha256).toBe(sha256url(utf8(canonicalJson(public_state))));
    expect(headlineOf(before)).toMatchObject(expected);
    expect(headlineOf(state)).toEqual(headlineOf(before));
    expect(root).toBe(toBase64(rootOf(entries.map((entry) => leafHash(utf8(entry))))));
    expect(canonicalJson(networkJson(before, { origin: log, size, root, iat: claims?.iat ?? 0 }))).toBe(network);
  });

  test("and so it does at each later moment", async () => {
    const { log, entries, later } = cocoon("totals.json");
    const all = [...entries];
    for (const { entries: more, size, public_state } of later) {
      all.push(...more);
      const state = await readStatements(log, all);
      expect([all.length, stateHash(state)]).toEqual([size, sha256url(utf8(canonicalJson(public_state)))]);
    }
    const stages = later.map(({ network }) => (JSON.parse(network) as { stages: unknown }).stages);
    expect(stages).toEqual([
      { interest: "0", pledged: "18", committed: "3", purchased: "1" },
      { interest: "0", pledged: "17", committed: "3", purchased: "1" },
      { interest: "0", pledged: "0", committed: "0", purchased: "1" },
    ]);
  });
});

describe("audit.json", () => {
  const vectors = cocoon("audit.json");
  const { hub, node, campaign, answer, drawn, openings_refused, book } = vectors;
  const terms = JSON.parse(campaign.jcs) as CampaignTerms;
  const context: OpeningContext = {
    node: node.origin,
    webOrigin: `https://${node.origin}`,
    rpId: node.origin,
    hub: hub.log,
    bookVkeys: [node.vkey],
    generation: 1,
    termsOf: (id) => (id === campaign.c ? { ...terms, sha256: sha256url(utf8(campaign.jcs)) } : undefined),
  };
  const items = book.map((text, index) => {
    const parsed = parseBookEntry(utf8(text));
    if (!parsed.ok) throw new Error(parsed.error);
    return { index, ...parsed.value };
  });
  const rules = { bands: terms.bands_minor.length, max_qty: BigInt(terms.max_qty), closing: null };
  // as the book was when it was drawn from: before one member left
  const { chains } = foldBook(items.slice(0, -1), () => rules).state;
  const ballotOf = (leaf: string) => {
    const chain = chains.get(leaf);
    if (chain === undefined || chain.band === null) throw new Error("a drawn pledge is live");
    return { leaf, campaign: chain.campaign, qty: chain.qty, band: chain.band };
  };
  test("every drawn pledge is opened, or gone with its member", async () => {
    expect(answer.openings.map(({ leaf }) => leaf)).toEqual(drawn);
    const found = await Promise.all(answer.openings.map((each) => checkOpening(ballotOf(each.leaf), each, context)));
    expect(found.sort()).toEqual(["gone", "opened", "opened"]);
  });
  test.each(openings_refused)("an opening with $name: $code", async ({ opening, code }) => {
    expect(await checkOpening(ballotOf(opening.leaf), opening, context)).toBe(code);
  });
});

describe.each(evidenceKinds)("evidence-%s.json", (kind) => {
  const { document, accused, party, sha256, refused } = cocoon(`evidence-${kind}.json`);
  const judge = async (value: unknown) => {
    const parsed = parseEvidence(value);
    if (parsed === null) return "malformed";
    const found = await verifyEvidence(parsed, [document.hub.vkey]);
    return found.ok ? `${found.value.party} ${found.value.accused}` : found.error.fault;
  };
  test("proves what it says", async () => {
    expect(await judge(document)).toBe(`${party} ${accused}`);
    expect(sha256url(utf8(canonicalJson(document)))).toBe(sha256);
    const stranger = cocoon("proofs.json").notes.vkeys.plus;
    expect(await verifyEvidence(document, [stranger])).toMatchObject({ ok: false, error: { fault: "hub-unknown" } });
  });
  test("proves nothing when changed", async () => {
    expect(refused.length).toBeGreaterThan(0);
    for (const each of refused) expect([each.name, await judge(each.document)]).toEqual([each.name, each.fault]);
  });
});

/** evidence-<kind>.json: of each kind of §9 a document that proves what it says, and documents that prove nothing. */
import { evidenceHash, verifyEvidence } from "../../../../shared/evidence/verify.ts";
import { fromUtf8 } from "../../../../shared/bytes.ts";
import type { Evidence, EvidenceOf } from "../../../../shared/protocol/evidence.ts";
import * as party from "../../../unit/evidence/makers.ts";
import { makeNode, smallWorld } from "./world.ts";

type World = party.World;
type Wrong<K extends Evidence["kind"]> = { name: string; fault: string; document: EvidenceOf<K> };

/** A campaign, one counted community, totals; another one that has nothing to do with it is not in the log. */
async function world(): Promise<World> {
  const { hub, campaign, a } = await smallWorld();
  a.pledge(campaign, "2", 0);
  a.pledge(campaign, "3", 2);
  await hub.report(a);
  await hub.publishTotals();
  return { hub, a, b: await makeNode("b.example"), campaign, books: () => a.served.source };
}

async function file<K extends Evidence["kind"]>(document: EvidenceOf<K>, wrong: readonly Wrong<K>[]) {
  const found = await verifyEvidence(document, [document.hub.vkey]);
  if (!found.ok) throw new Error(`${document.kind}: ${found.error.fault}, ${found.error.detail}`);
  const { party: side, accused, facts } = found.value;
  return { party: side, accused, facts, sha256: evidenceHash(document), document, refused: wrong };
}

async function fork() {
  const document = await party.forkedPlace(await world(), 1);
  const [first, second] = document.notes;
  const { place } = document;
  if (place === null) throw new Error("it names a place");
  return await file(document, [
    {
      name: "one note twice, without a place",
      fault: "no-contradiction",
      document: { ...document, notes: [first, first], place: null },
    },
    {
      name: "notes of different sizes, without a place",
      fault: "no-contradiction",
      document: { ...document, place: null },
    },
    {
      name: "the notes exchanged, the proofs not",
      fault: "proof-invalid",
      document: { ...document, notes: [second, first] },
    },
    { name: "no anchor: whose key is it?", fault: "key-unknown", document: { ...document, anchors: [] } },
  ]);
}

async function equivocation() {
  const made = await world();
  const document = await party.equivocation(made);
  const [first] = document.statements;
  const next = await party.reportJws(made.hub, made.a, { seq: made.a.seq + 2 });
  return await file(document, [
    { name: "one report twice", fault: "no-contradiction", document: { ...document, statements: [first, first] } },
    {
      name: "reports of different numbers",
      fault: "no-contradiction",
      document: { ...document, statements: [first, next] },
    },
    { name: "no anchor", fault: "signature-invalid", document: { ...document, anchors: [] } },
  ]);
}

async function brokenPromise() {
  const made = await world();
  const early = await party.missingReport(await world(), 599);
  const document = await party.missingReport(made);
  const kept = await party.receiptAt(made.hub, made.a, 4);
  const { hash, proof } = party.placeIn(made.hub.log, 0, 4);
  const other = { by: "other" as const, note: await made.hub.log.checkpoint(), leaf: hash, proof };
  return await file(document, [
    { name: "the log's newest entry is dated at the deadline", fault: "no-contradiction", document: early },
    {
      name: "the entry stands where the receipt says",
      fault: "no-contradiction",
      document: { ...document, receipt: kept, shown: other },
    },
    {
      name: "the proof of the later entry is of another index",
      fault: "proof-invalid",
      document: { ...document, shown: { ...document.shown, index: 0 } as typeof document.shown },
    },
  ]);
}

async function wrongTotals() {
  const made = await world();
  const document = await party.inflatedTotals(made);
  const { shown } = document;
  if (shown.by !== "entries") throw new Error("made of entries");
  return await file(document, [
    { name: "the totals are right", fault: "no-contradiction", document: { ...document, totals: made.hub.totals } },
    {
      name: "an entry is missing",
      fault: "proof-invalid",
      document: { ...document, shown: { by: "entries", entries: shown.entries.slice(0, -1) } },
    },
    {
      name: "the same totals twice",
      fault: "no-contradiction",
      document: { ...document, shown: { by: "totals", totals: document.totals } },
    },
  ]);
}

async function wrongVerdict() {
  const made = await world();
  const document = await party.falseVerdict(made, false);
  const honest = await world();
  await honest.hub.report(honest.a);
  return await file(document, [
    {
      name: "the verdict is right",
      fault: "no-contradiction",
      document: {
        ...document,
        note: await honest.hub.log.checkpoint(),
        entries: honest.hub.log.entries.map((entry) => fromUtf8(entry)),
      },
    },
    {
      name: "the book ends early",
      fault: "proof-invalid",
      document: { ...document, book: document.book?.slice(0, -1) },
    },
    { name: "another entry than a verdict", fault: "no-contradiction", document: { ...document, verdict: 0 } },
  ]);
}

async function droppedEntry() {
  const document = await party.alteredPledge(await world());
  const { shown } = document;
  if (shown.by !== "note") throw new Error("made of a note");
  const honest = await world();
  const { hash, proof } = party.placeIn(honest.a.book, 0, 1);
  return await file(document, [
    {
      name: "the book holds the entry",
      fault: "no-contradiction",
      document: { ...document, shown: { by: "note", note: await honest.a.book.checkpoint(), leaf: hash, proof } },
    },
    {
      name: "an entry that the proof is not of",
      fault: "proof-invalid",
      document: { ...document, entry: document.entry.replace('"q":"2"', '"q":"9"') },
    },
    {
      name: "a report of the next day",
      fault: "no-contradiction",
      document: await party.droppedPledge(await world(), 1),
    },
  ]);
}

async function failedAudit() {
  const witnesses = async () => [await makeNode("b.example"), await makeNode("c.example")];
  const document = await party.silentAudit(await world(), await witnesses());
  const short = await party.shortAudit(await world(), await witnesses());
  const { shown } = short;
  if (shown.by !== "short") throw new Error("made of an answer");
  return await file(document, [
    {
      name: "the outcome is dated a second before the deadline",
      fault: "no-contradiction",
      document: await party.silentAudit(await world(), await witnesses(), 1),
    },
    {
      name: "an answer whose signer no anchor names",
      fault: "signature-invalid",
      document: { ...document, audit: short.audit, shown },
    },
    {
      name: "the audit under another name",
      fault: "malformed",
      document: { ...document, audit: document.anchors[0]! },
    },
  ]);
}

export async function makeEvidence() {
  return {
    fork: await fork(),
    equivocation: await equivocation(),
    "broken-promise": await brokenPromise(),
    "wrong-totals": await wrongTotals(),
    "wrong-verdict": await wrongVerdict(),
    "dropped-entry": await droppedEntry(),
    "failed-audit": await failedAudit(),
  };
}

/** Everything somebody malicious could make of what honest parties signed: pairs and claims of each kind of evidence. */
import { fromUtf8, toBase64url, utf8 } from "../../../shared/bytes.ts";
import { leafHash } from "../../../shared/log/merkle.ts";
import type { Evidence } from "../../../shared/protocol/evidence.ts";
import { parseStatement } from "../../../shared/signing/statement.ts";
import { about, joinOf, placeIn, policyOf } from "../evidence/makers.ts";
import type { ModelNetwork } from "./model-network.ts";

/** At most this many of a kind: neighbours contradict each other if any do. */
const EACH = 8;

export async function accusations({ hub, nodes }: ModelNetwork): Promise<Evidence[]> {
  const { db } = hub;
  const made: Evidence[] = [];
  const policy = about(db, [await policyOf(db)]);
  const note = await db.log.checkpoint();
  for (const notes of neighbours([...new Set(hub.notes)]))
    made.push({ ...policy, kind: "fork", log: db.log.origin, notes, place: null });
  for (const receipt of hub.receipts.slice(-EACH)) {
    const claims = JSON.parse(Buffer.from(receipt.split(".")[1]!, "base64url").toString()) as { index: number };
    const { hash, proof } = placeIn(db.log, 0, claims.index);
    made.push({ ...policy, kind: "broken-promise", receipt, shown: { by: "other", note, leaf: hash, proof } });
    const last = db.log.size - 1;
    const entry = fromUtf8(db.log.entries[last]!);
    const place = placeIn(db.log, 0, last);
    made.push({
      ...policy,
      kind: "broken-promise",
      receipt,
      shown: { by: "absent", note, entry, index: last, proof: place.proof },
    });
    for (const refusal of hub.refusals.slice(-EACH))
      made.push({ ...policy, kind: "broken-promise", receipt, shown: { by: "refusal", refusal } });
  }
  const entries = db.log.entries.map((entry) => fromUtf8(entry));
  const before = entries.slice(0, db.log.size - 1);
  made.push({ ...policy, kind: "wrong-totals", totals: db.totals, shown: { by: "entries", entries: before } });
  made.push({ ...policy, kind: "wrong-totals", totals: db.totals, shown: { by: "note", note } });
  const totals = entries.filter((entry) => kindOf(entry) === "totals+jwt");
  for (const [one, other] of neighbours(totals))
    made.push({ ...policy, kind: "wrong-totals", totals: one, shown: { by: "totals", totals: other } });
  for (const node of nodes) {
    const { inner } = node;
    const join = about(db, [await joinOf(db, inner)]);
    for (const notes of neighbours([...new Set(node.notes)]))
      made.push({ ...join, kind: "fork", log: inner.book.origin, notes, place: null });
    const reports = [...node.reports.values()].map(({ jws }) => jws);
    for (const statements of neighbours(reports)) made.push({ ...join, kind: "equivocation", statements });
    for (const jws of reports.slice(-2)) made.push({ ...join, kind: "equivocation", statements: [jws, jws] });
    const book = inner.book.entries.map(toBase64url);
    const verdict = entries.findLastIndex((entry) => isVerdictOn(entry, inner.origin));
    made.push({ ...about(db, []), kind: "wrong-verdict", verdict, note, entries, book });
    const entry = fromUtf8(inner.book.entries[1]!);
    const proof = (await inner.book.proof(toBase64url(leafHash(utf8(entry)))))!;
    const { hash, proof: path } = placeIn(inner.book, 0, 1);
    const shown = { by: "note" as const, note: await inner.book.checkpoint(), leaf: hash, proof: path };
    made.push({ ...join, kind: "dropped-entry", entry, proof, shown });
    const last = reports.at(-1);
    if (last !== undefined)
      made.push({ ...join, kind: "dropped-entry", entry, proof, shown: { by: "report", report: last } });
  }
  return made;
}

function neighbours(all: readonly string[]): [string, string][] {
  const tail = all.slice(-EACH - 1);
  return tail.slice(1).map((other, at) => [tail[at] ?? other, other]);
}

function kindOf(entry: string): string {
  const parsed = parseStatement(utf8(entry));
  return parsed.ok ? parsed.value.statement.kind : "";
}

function isVerdictOn(entry: string, origin: string): boolean {
  const parsed = parseStatement(utf8(entry));
  return (
    parsed.ok && parsed.value.statement.kind === "report-check+jwt" && parsed.value.statement.claims.node === origin
  );
}

/**
 * Makes the proof that a member's entry was dropped or altered, from the receipt and what community and hub serve now
 * (docs/protocol.md §9). Of the receipt it takes the entry and its proof, nothing that was signed or that names anybody.
 */
import { type Bytes, fromUtf8, toBase64url, utf8 } from "../bytes.ts";
import { leafHash } from "../log/merkle.ts";
import { bookOrigin, bookPath, generationOf, generationOfProof, mirrorPath } from "../network/book-origin.ts";
import { MAX_BOOK_ENTRY_BYTES } from "../protocol/book-entry.ts";
import type { Receipt } from "../protocol/document.ts";
import type { Anchor, EvidenceOf } from "../protocol/evidence.ts";
import { MAX_LOGGED_BYTES } from "../protocol/statement.ts";
import { parseStatement } from "../signing/statement.ts";
import { fetchIfThere, fetchText } from "../verify/fetch.ts";
import { Fault } from "../verify/report.ts";
import { type Source, TooLarge, Unreachable } from "../verify/source.ts";
import { type Log, MAX_NOTE_BYTES, fetchCheckpoint, readLog } from "../verify/tlog.ts";
import { pathAmong } from "./tree.ts";
import { verifyEvidence } from "./verify.ts";

type Dropped = EvidenceOf<"dropped-entry">;

const MAX_PROOF_BYTES = 16_384;

/** Null when nothing is proven: the entry is there, or what there is to see is not signed by the community. */
export async function collectDropped(receipt: Receipt, hub: Source, node: Source): Promise<Dropped | null> {
  try {
    const { anchors, reports } = await readHubLog(receipt, hub);
    const { vkey, origin } = receipt.hub;
    const { json: entry, proof } = receipt.entry;
    const common = { v: 1 as const, hub: { origin, vkey }, anchors, kind: "dropped-entry" as const, entry, proof };
    const shown = [await inBook(receipt, node, hub), ...reports.map((report) => ({ by: "report" as const, report }))];
    for (const each of shown) {
      if (each === null) continue;
      const document: Dropped = { ...common, shown: each };
      if ((await verifyEvidence(document, [vkey])).ok) return document;
    }
    return null;
  } catch (error) {
    if (error instanceof Fault || error instanceof Unreachable || error instanceof TooLarge) return null;
    throw error;
  }
}

/** The community's entries about keys, each with its proof, and its newest report about the receipt's book. */
async function readHubLog({ hub: { vkey, origin }, node, entry }: Receipt, source: Source) {
  const generation = generationOfProof(entry.proof, node.origin);
  const log: Log = { source, prefix: "/log", vkey, origin, maxEntryBytes: MAX_LOGGED_BYTES };
  const keys: { jws: string; leaf: string }[] = [];
  const reports: string[] = [];
  for await (const { entries } of readLog(log, await fetchCheckpoint(log))) {
    for (const bytes of entries) {
      const parsed = parseStatement(bytes);
      if (!parsed.ok || parsed.value.statement.claims.iss !== node.origin) continue;
      const { kind, claims } = parsed.value.statement;
      const jws = fromUtf8(bytes);
      // a report about a later book says nothing of this one
      if (kind === "demand-report+jwt" && generationOf(claims.book, node.origin) === generation) reports.unshift(jws);
      else if (kind === "node-join+jwt" || kind === "node-key+jwt") keys.push({ jws, leaf: parsed.value.leaf });
    }
  }
  const anchors: Anchor[] = [];
  for (const { jws, leaf } of keys)
    anchors.push({ jws, proof: await fetchText(source, `/log/entries/${leaf}.tlog-proof`, MAX_PROOF_BYTES) });
  return { anchors: anchors.slice(0, 8), reports: reports.slice(0, 1) };
}

/** What stands at the entry's index now, in the community's own book or in the hub's mirror of it. */
async function inBook({ node, entry }: Receipt, source: Source, hub: Source): Promise<Dropped["shown"] | null> {
  const generation = generationOfProof(entry.proof, node.origin);
  const mirror = mirrorPath(node.origin, generation);
  const book = { vkey: node.vkey, origin: bookOrigin(node.origin, generation), maxEntryBytes: MAX_BOOK_ENTRY_BYTES };
  const isMirrored = (await fetchIfThere(hub, `${mirror}/checkpoint`, MAX_NOTE_BYTES)) !== null;
  const places: Pick<Log, "source" | "prefix">[] = [{ source, prefix: bookPath(generation) }];
  if (isMirrored) places.push({ source: hub, prefix: mirror });
  for (const place of places) {
    try {
      const shown = await standsAt({ ...book, ...place }, entry);
      if (shown !== null) return shown;
    } catch (error) {
      if (!(error instanceof Fault || error instanceof Unreachable)) throw error;
    }
  }
  return null;
}

async function standsAt(log: Log, { index, json }: Receipt["entry"]): Promise<Dropped["shown"] | null> {
  const head = await fetchCheckpoint(log);
  const leaves: Bytes[] = [];
  for await (const chunk of readLog(log, head)) leaves.push(...chunk.leaves);
  const leaf = leaves[index];
  if (leaf === undefined || toBase64url(leaf) === toBase64url(leafHash(utf8(json)))) return null;
  return { by: "note", note: head.note, leaf: toBase64url(leaf), proof: pathAmong(leaves, index) };
}

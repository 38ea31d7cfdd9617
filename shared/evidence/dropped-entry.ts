/** An entry of a community's book, proven by the community itself, that the book holds no more: a pledge dropped or altered. */
import { fromBase64url, toBase64url, utf8 } from "../bytes.ts";
import { leafHash } from "../log/merkle.ts";
import { parseProof, verifyProof } from "../log/proof.ts";
import { originOf, parseBookOrigin } from "../network/book-origin.ts";
import type { EvidenceOf } from "../protocol/evidence.ts";
import { type Result, ok } from "../result.ts";
import { parseBookEntry } from "../signing/book-entry.ts";
import { parseStatement } from "../signing/statement.ts";
import { isoTime } from "../time.ts";
import type { Keys } from "./keys.ts";
import { type Found, type NotEvidence, refuse } from "./refusal.ts";
import { openHead, requireHash } from "./tree.ts";

const DAY_S = 86_400;

export async function checkDroppedEntry(document: EvidenceOf<"dropped-entry">, keys: Keys): Promise<Found> {
  const leaf = leafHash(utf8(document.entry));
  const parsed = parseProof(document.proof);
  if (!parsed.ok) return refuse("malformed", "the proof of the entry is not a tlog-proof");
  const origin = originOf(parsed.value.checkpoint);
  const node = parseBookOrigin(origin)?.node;
  if (node === undefined) return refuse("malformed", "the proof is not of a community's book");
  const index = await provenIndex(document.proof, leaf, origin, keys);
  if (!index.ok) return index;
  const shown = await checkShown(document, { node, origin, index: index.value, leaf: toBase64url(leaf) }, keys);
  if (!shown.ok) return shown;
  return ok({
    accused: node,
    party: "node",
    detail: `${node} signed that entry ${index.value} of its book was there, and ${shown.value}`,
    facts: { index: index.value },
  });
}

async function provenIndex(
  proofText: string,
  leaf: ReturnType<typeof leafHash>,
  origin: string,
  keys: Keys,
): Promise<Result<number, NotEvidence>> {
  const vkeys = keys.vkeysOf(origin);
  if (vkeys.length === 0) return refuse("key-unknown", `no anchor gives a key of ${origin}`);
  for (const vkey of vkeys) {
    const proven = await verifyProof({ proofText, leaf, vkey, origin });
    if (proven.ok) return ok(proven.value.index);
  }
  return refuse("proof-invalid", "the entry is not proven to have been in the book");
}

async function checkShown(
  { shown, entry }: EvidenceOf<"dropped-entry">,
  about: { node: string; origin: string; index: number; leaf: string },
  keys: Keys,
): Promise<Result<string, NotEvidence>> {
  const { node, origin, index, leaf } = about;
  if (shown.by === "note") {
    const head = await openHead(keys, origin, shown.note);
    if (!head.ok) return head;
    if (shown.leaf === leaf) return refuse("no-contradiction", "the book holds the entry at its place");
    const other = { level: 0, index, hash: fromBase64url(shown.leaf), proof: shown.proof };
    const proven = requireHash(head.value, other);
    return proven.ok ? ok(`another entry stands there in its book of ${head.value.size}`) : proven;
  }
  const report = parseStatement(shown.report);
  if (!report.ok || report.value.statement.kind !== "demand-report+jwt") return refuse("malformed", "not a report");
  const { iss, iat, book, seq } = report.value.statement.claims;
  if (iss !== node || !(await keys.hasSigned(iss, shown.report)))
    return refuse("signature-invalid", `the report is not signed by ${node}`);
  // Whoever begins a new book says so in the log; that the old one ends there is no contradiction.
  if (originOf(book) !== origin) return refuse("no-contradiction", "the report is about another book");
  const head = await openHead(keys, origin, book);
  if (!head.ok) return head;
  const parsed = parseBookEntry(utf8(entry));
  const day = parsed.ok && parsed.value.entry !== null && "d" in parsed.value.entry ? parsed.value.entry.d : null;
  // An entry of one day may reach the book early on the next; a report of the day after that must hold it.
  if (day === null || isoTime(Math.max(0, iat - DAY_S)).slice(0, 10) <= day)
    return refuse("no-contradiction", "the report is not two days later than the entry");
  if (head.value.size > index) return refuse("no-contradiction", "the report's book is larger than the index");
  return ok(`its later report ${seq} speaks of a book of ${head.value.size} entries`);
}

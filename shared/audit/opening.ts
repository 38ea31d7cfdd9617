/**
 * What an opened pledge must show (docs/protocol.md §8): the entry commits to the document and says what it says, its
 * member's passkey signed it on the community's page, and that key stands in the book before the pledge. Nothing here
 * says who the member is.
 */
import { fromBase64url, utf8 } from "../bytes.ts";
import { verifyProof } from "../log/proof.ts";
import { bookOrigin } from "../network/book-origin.ts";
import type { AuditCode, Opening } from "../protocol/audit.ts";
import type { BookEntry } from "../protocol/book-entry.ts";
import type { Receipt } from "../protocol/document.ts";
import { parseBookEntry } from "../signing/book-entry.ts";
import { commitKey } from "../signing/document.ts";
import { checkCommitment, checkSignature, openReceipt } from "../verify/receipt.ts";
import { Fault } from "../verify/report.ts";
import type { Ballot } from "./lot.ts";

export interface OpeningContext {
  node: string;
  /** origin of the page its members sign on, and its host */
  webOrigin: string;
  rpId: string;
  /** `<origin>/log` */
  hub: string;
  /** the book keys it may be proven by: the current one, and those that went since the audit was asked */
  bookVkeys: readonly string[];
  /** of the book that the audited report is about */
  generation: number;
  /** currency, bands and hash of the terms a member was shown */
  termsOf: (campaign: string) => { currency: string; sha256: string; bands_minor: readonly string[] } | undefined;
}
export type Found = "opened" | "gone" | AuditCode;

export async function checkOpening(ballot: Ballot, opening: Opening, context: OpeningContext): Promise<Found> {
  if ("gone" in opening) return (await isGone(ballot, opening.gone, context)) ? "gone" : "missing";
  try {
    const { receipt, entry } = (await openReceipt(opening.receipt)).value;
    if (receipt.entry.leaf !== ballot.leaf) return "commitment";
    checkCommitment(receipt, entry);
    if (!isOfBallot(ballot, receipt, context)) return "document";
    await checkSignature(receipt);
    return await checkKey(receipt, opening.key_entry, context);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return codeOf(error.code);
  }
}

function codeOf(code: string): AuditCode {
  if (code === "commitment-mismatch" || code === "leaf-mismatch") return "commitment";
  if (code === "entry-mismatch") return "document";
  return code.startsWith("assertion-") ? "signature" : "malformed";
}

function isOfBallot(ballot: Ballot, { document, web_origins, node, hub }: Receipt, context: OpeningContext): boolean {
  const terms = context.termsOf(ballot.campaign);
  return (
    document.typ === "pledge" &&
    terms !== undefined &&
    node.origin === context.node &&
    hub.origin === context.hub &&
    web_origins.every((one) => one === context.webOrigin) &&
    document.rp_id === context.rpId &&
    document.campaign === ballot.campaign &&
    BigInt(document.qty) === ballot.qty &&
    document.band === ballot.band &&
    document.currency === terms.currency &&
    document.terms_sha256 === terms.sha256 &&
    BigInt(document.max_unit_price_minor) >= BigInt(terms.bands_minor[ballot.band] ?? "0")
  );
}

/** Both entries are proven by the book's own key, so the indexes are those it has signed. */
async function checkKey({ document, key, entry }: Receipt, keyEntry: string, context: OpeningContext): Promise<Found> {
  const registered = parseBookEntry(utf8(keyEntry));
  if (!registered.ok || registered.value.leaf !== key.leaf || registered.value.entry?.t !== "key") return "key";
  if (registered.value.entry.cm !== commitKey({ account: document.account, jwk: key.jwk }, fromBase64url(key.salt)))
    return "key";
  const [keyIndex, entryIndex] = await Promise.all([provenIndex(key, context), provenIndex(entry, context)]);
  if (keyIndex === null || entryIndex === null) return "key";
  return keyIndex < entryIndex ? "opened" : "key-late";
}

async function provenIndex(
  { leaf, proof }: { leaf: string; proof: string },
  { node, bookVkeys, generation }: OpeningContext,
): Promise<number | null> {
  const claim = { proofText: proof, leaf: fromBase64url(leaf), origin: bookOrigin(node, generation) };
  for (const vkey of bookVkeys) {
    const proven = await verifyProof({ ...claim, vkey });
    if (proven.ok) return proven.value.index;
  }
  return null;
}

/** The book itself says that the node ended this chain because the member had left or was removed. */
async function isGone(
  ballot: Ballot,
  { entry: json, proof }: { entry: string; proof: string },
  context: OpeningContext,
): Promise<boolean> {
  const parsed = parseBookEntry(utf8(json));
  if (!parsed.ok || parsed.value.entry === null) return false;
  const { entry, leaf } = parsed.value;
  return isLeaving(entry, ballot.leaf) && (await provenIndex({ leaf, proof }, context)) !== null;
}

function isLeaving(entry: BookEntry, head: string): boolean {
  return entry.t === "withdraw" && entry.r === head && (entry.why === "left" || entry.why === "removed");
}

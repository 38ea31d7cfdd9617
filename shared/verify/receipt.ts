/** What a receipt proves by itself, years later and offline: the document, its signature, and the book entry about it. */
import { fromBase64url, utf8 } from "../bytes.ts";
import { generationOfProof } from "../network/book-origin.ts";
import type { BookEntry } from "../protocol/book-entry.ts";
import { type Receipt, receipt as receiptSchema } from "../protocol/document.ts";
import { parseBookEntry } from "../signing/book-entry.ts";
import { commitDocument } from "../signing/document.ts";
import { verifyAssertion } from "../signing/webauthn.ts";
import { Fault } from "./report.ts";

export async function openReceipt(file: unknown) {
  const parsed = receiptSchema.safeParse(file);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Fault("receipt-malformed", `not a receipt: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`);
  }
  const receipt = parsed.data;
  const entry = parseBookEntry(utf8(receipt.entry.json));
  if (!entry.ok || entry.value.entry === null)
    throw new Fault("receipt-malformed", "the receipt's book entry is malformed");
  if (entry.value.leaf !== receipt.entry.leaf)
    throw new Fault("leaf-mismatch", "the receipt's book entry has another leaf hash");
  return {
    value: { receipt, entry: entry.value.entry },
    detail: `a ${receipt.document.typ} of ${receipt.document.node} for ${receipt.document.hub}`,
    facts: { typ: receipt.document.typ, node: receipt.document.node, hub: receipt.document.hub },
  };
}

export async function checkSignature({ document, signature, key, web_origins, node, hub }: Receipt) {
  if (document.node !== node.origin || document.hub !== hub.origin) {
    throw new Fault("receipt-malformed", "the document is addressed to another community or hub than the receipt");
  }
  const verified = await verifyAssertion({ document, signature, jwk: key.jwk, webOrigins: web_origins });
  if (!verified.ok) throw new Fault(`assertion-${verified.error}`, `the signature does not hold: ${verified.error}`);
  return {
    value: true,
    detail: "the document is signed by the passkey it names, on the community's page",
    facts: { key: document.key },
  };
}

/** The entry says what the document says, and nothing but this document and signature opens its commitment. */
export function checkCommitment(receipt: Receipt, entry: BookEntry) {
  const { document, suite, signature, key, salt, node, entry: proven } = receipt;
  const opening = commitDocument({ document, suite, signature, key_leaf: key.leaf }, fromBase64url(salt));
  if (!("cm" in entry) || entry.cm !== opening)
    throw new Fault("commitment-mismatch", "the entry does not commit to this document");
  if (!isSaid({ document, node, entry: proven }, entry))
    throw new Fault("entry-mismatch", "the entry says something else than the document");
  return { value: true, detail: "the book entry commits to exactly this document and signature", facts: {} };
}

function isSaid(receipt: Pick<Receipt, "document" | "node" | "entry">, entry: BookEntry): boolean {
  const { document } = receipt;
  if (entry.t === "pledge") return isNew(receipt, entry) && document.typ === "pledge" && entry.b === document.band;
  if (entry.t === "interest") return isNew(receipt, entry) && document.typ === "interest";
  if (entry.t === "withdraw") return document.typ === "withdraw" && document.replaces === entry.r;
  if (entry.t !== "revise" || document.typ === "withdraw") return false;
  const band = document.typ === "pledge" ? document.band : undefined;
  return document.replaces === entry.r && document.qty === entry.q && band === entry.b;
}

/** A book that was begun after a loss takes in what an earlier one held: there a chain may begin with what replaced something. */
function isNew(
  { document, node, entry: { proof } }: Pick<Receipt, "document" | "node" | "entry">,
  entry: { c: string; q: string },
): boolean {
  return (
    document.typ !== "withdraw" &&
    (document.replaces === null || generationOfProof(proof, node.origin) > 1) &&
    document.campaign === entry.c &&
    document.qty === entry.q
  );
}

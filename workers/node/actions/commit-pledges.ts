/**
 * Signed documents into the book: one read batch and one write batch however many are committed together. With the log's
 * head as the lock, whatever was read still holds when it is written. Rows written for one pledge (draft included):
 * draft 1, log entry 2, tile 1, head 1, tally 1, pledge 1, receipt 1, outbox 1 = 9; one more where a tile fills up.
 */
import type { CampaignRules, Chain, Tally } from "../../../shared/book/state.ts";
import { fromBase64url } from "../../../shared/bytes.ts";
import type { ReceiptSummary } from "../../../shared/protocol/api/community.ts";
import type { AuthenticationResponse } from "../../../shared/protocol/api/identity.ts";
import type { BookEntry } from "../../../shared/protocol/book-entry.ts";
import { memberDocument, type MemberDocument, type WebauthnSignature } from "../../../shared/protocol/document.ts";
import type { ProblemCode } from "../../../shared/protocol/problem.ts";
import { fail, ok, type Result } from "../../../shared/result.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { commitDocument } from "../../../shared/signing/document.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { coseToJwk, verifyAssertion } from "../../../shared/signing/webauthn.ts";
import { appendToBook, randomBase64url } from "../book.ts";
import type { NodeContext } from "../context.ts";
import { markDirty } from "../queries/outbox.ts";
import {
  type SignedRow,
  type SigningKey,
  type SigningRow,
  signingQuery,
  termsOf,
  writeSigned,
} from "../queries/pledge.ts";
import { summaryOf } from "../queries/receipt.ts";
import { chainOf, tallyOrEmpty } from "../queries/tally.ts";
import type { PledgeTerms } from "./draft-pledge.ts";
import { decideSigning, entryOf } from "./sign-pledge.ts";

export interface SignRequest extends SigningKey {
  response: AuthenticationResponse;
}
/** The receipt, and the hub that should hear of it. */
export interface Signed {
  receipt: ReceiptSummary;
  hub: string;
}
export type SignOutcome = Result<Signed, ProblemCode>;

interface Accepted {
  n: number;
  row: SigningRow;
  campaign: string;
  terms: PledgeTerms;
  document: MemberDocument;
  entry: BookEntry;
  signature: string;
  salt: string;
  keyLeaf: string;
}

export async function commitPledges(context: NodeContext, requests: readonly SignRequest[]): Promise<SignOutcome[]> {
  const { db, now } = context;
  const appended = await appendToBook(
    context,
    async ({ first, day, rows }) => {
      const at = now();
      const outcomes: SignOutcome[] = requests.map(() => fail("not-signed-in"));
      const accepted: Accepted[] = [];
      for (const row of (rows[0] ?? []) as unknown as SigningRow[]) {
        const request = requests[row.n];
        if (request === undefined) continue;
        const decided = await decideOne(context, request, row, accepted, day, at);
        if (decided.ok) accepted.push(decided.value);
        else outcomes[row.n] = decided;
      }
      return {
        entries: accepted.map((one) => one.entry),
        ...partialState(accepted),
        finish: (leaves) => {
          const signed = accepted.map((one, i) => signedRow(one, leaves[i] ?? "", first + i, at));
          for (const [i, one] of accepted.entries()) {
            const row = signed[i];
            if (row !== undefined) outcomes[one.n] = ok({ receipt: receiptOf(one, row), hub: one.terms.hub });
          }
          const hubs = [...new Set(accepted.map((one) => one.terms.hub))];
          const statements = signed.length === 0 ? [] : [...writeSigned(db, signed), markDirty(db, hubs, at)];
          return { statements, value: outcomes };
        },
      };
    },
    [signingQuery(db, requests, now())],
  );
  return appended.value;
}

async function decideOne(
  { config }: NodeContext,
  request: SignRequest,
  row: SigningRow,
  accepted: readonly Accepted[],
  day: string,
  at: number,
): Promise<Result<Accepted, ProblemCode>> {
  // Looking around after a recovery is fine; promising something needs a passkey of one's own.
  if (row.recovered !== 0) return fail("not-allowed");
  const earlier = accepted.find((one) => one.row.member === row.member);
  if (earlier) return fail(earlier.row.campaign === row.campaign ? "challenge-used" : "pledge-changed");
  const { campaign, key_leaf: keyLeaf } = row;
  const jwk = row.public_key === null ? null : coseToJwk(new Uint8Array(row.public_key as ArrayBuffer));
  const terms = termsOf(row);
  const decided = decideSigning(
    {
      draft:
        campaign === null || row.draft_expires === null
          ? null
          : { document: parseDocument(row.draft_document), expires: row.draft_expires },
      campaign: terms,
      head: row.head,
      lastSeq: row.last_seq ?? 0,
      key: jwk === null || keyLeaf === null ? null : { thumbprint: thumbprint(jwk), leaf: keyLeaf },
    },
    at,
  );
  if (!decided.ok) return decided;
  if (campaign === null || terms === null || jwk === null || keyLeaf === null) return fail("challenge-unknown");

  const document = decided.value;
  const { authenticatorData, clientDataJSON, signature: blob } = request.response.response;
  const signature: WebauthnSignature = {
    authenticator_data: authenticatorData,
    client_data_json: clientDataJSON,
    signature: blob,
  };
  const assertion = await verifyAssertion({ document, signature, jwk, webOrigins: [config.publicUrl] });
  if (!assertion.ok) return fail("passkey-invalid");
  const salt = randomBase64url(32);
  const cm = commitDocument({ document, suite: "webauthn", signature, key_leaf: keyLeaf }, fromBase64url(salt));
  const entry = entryOf(document, cm, day);
  return ok({ n: row.n, row, campaign, terms, document, entry, signature: canonicalJson(signature), salt, keyLeaf });
}

function parseDocument(text: string | null): MemberDocument | null {
  return text === null ? null : memberDocument.parse(JSON.parse(text));
}

/** The chains that are revised or ended, the tallies of the campaigns concerned, and their terms. */
function partialState(accepted: readonly Accepted[]) {
  const chains = new Map<string, Chain>();
  const tallies = new Map<string, Tally>();
  const rules = new Map<string, CampaignRules>();
  for (const { campaign, row, terms } of accepted) {
    const { head, qty, band } = row;
    if (head !== null && qty !== null) chains.set(head, chainOf({ campaign, qty, band }));
    tallies.set(campaign, tallyOrEmpty(row, terms.bandsMinor.length));
    rules.set(campaign, { bands: terms.bandsMinor.length, max_qty: BigInt(terms.maxQty), closing: null });
  }
  return {
    state: { chains, keys: new Map<string, { ended: boolean }>(), tallies },
    rulesOf: (campaign: string) => rules.get(campaign),
  };
}

function signedRow(one: Accepted, leaf: string, idx: number, at: number): SignedRow {
  const { document } = one;
  return {
    member: one.row.member,
    campaign: one.campaign,
    idx,
    leaf,
    seq: document.seq,
    qty: document.typ === "withdraw" ? null : document.qty,
    band: document.typ === "pledge" ? document.band : null,
    document: canonicalJson(document),
    signature: one.signature,
    salt: one.salt,
    keyLeaf: one.keyLeaf,
    signedAt: at,
  };
}

function receiptOf(one: Accepted, row: SignedRow): ReceiptSummary {
  return summaryOf({
    idx: row.idx,
    leaf: row.leaf,
    campaign: row.campaign,
    campaign_name: one.row.campaign_name,
    unit: one.row.unit,
    currency: one.row.currency,
    document: row.document,
    signed_at: row.signedAt,
    head: row.qty === null ? null : row.leaf,
    band: row.band,
    ended: null,
    logged_seq: null,
    logged_at: null,
    counted_at: null,
  });
}

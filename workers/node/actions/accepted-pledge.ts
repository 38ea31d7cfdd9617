/**
 * A signed document that may enter the book: checked against what the database held and against the passkey, with the
 * commitment its entry will carry. Shared by the two ways in: at once, and shuffled with others (docs/privacy.md).
 */
import { fromBase64url } from "../../../shared/bytes.ts";
import type { AuthenticationResponse } from "../../../shared/protocol/api/identity.ts";
import { memberDocument, type MemberDocument, type WebauthnSignature } from "../../../shared/protocol/document.ts";
import type { ProblemCode } from "../../../shared/protocol/problem.ts";
import { fail, ok, type Result } from "../../../shared/result.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { commitDocument } from "../../../shared/signing/document.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { coseToJwk, verifyAssertion } from "../../../shared/signing/webauthn.ts";
import { randomBase64url } from "../book.ts";
import type { NodeConfig } from "../env.ts";
import { type SigningKey, type SigningRow, termsOf } from "../queries/pledge.ts";
import type { Bookable } from "./book-documents.ts";
import { decideSigning } from "./sign-pledge.ts";

export interface SignRequest extends SigningKey {
  response: AuthenticationResponse;
}

export interface Accepted extends Bookable {
  /** position among the requests */
  n: number;
}

/** `at`: Unix milliseconds. */
export async function acceptSigned(
  config: NodeConfig,
  request: SignRequest,
  row: SigningRow,
  at: number,
): Promise<Result<Accepted, ProblemCode>> {
  // Looking around after a recovery is fine; promising something needs a passkey of one's own.
  if (row.recovered !== 0) return fail("not-allowed");
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
  const signed = { document, cm, signature: canonicalJson(signature), salt, keyLeaf, signedAt: at };
  return ok({ n: row.n, row: { ...row, campaign }, terms, ...signed });
}

function parseDocument(text: string | null): MemberDocument | null {
  return text === null ? null : memberDocument.parse(JSON.parse(text));
}

/**
 * A document drafted and kept until it is signed: one read, one written row. The challenge is the document's hash,
 * which the page recomputes; the passkey asked for is the one this session began with, because the document names its key.
 */
import { toBase64url } from "../../../shared/bytes.ts";
import type { DraftPledge, drafted } from "../../../shared/protocol/api/community.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import { documentHash } from "../../../shared/signing/document.ts";
import { thumbprint } from "../../../shared/signing/ed25519.ts";
import { coseToJwk } from "../../../shared/signing/webauthn.ts";
import { Refused, unwrap } from "../../lib/problem.ts";
import { randomBase64url } from "../book.ts";
import type { NodeContext } from "../context.ts";
import { type DraftingRow, draftingQuery, type SessionId, termsOf, writeDraft } from "../queries/pledge.ts";
import { buildDocument, DRAFT_TTL_S } from "./draft-pledge.ts";
import type { z } from "zod";

export async function beginPledge(
  context: NodeContext,
  session: SessionId,
  intent: DraftPledge,
): Promise<z.infer<typeof drafted>> {
  const { db, config } = context;
  const now = context.now();
  const row = await draftingQuery(db, session, intent.campaign, now).first<DraftingRow>();
  if (row === null) throw new Refused("not-signed-in");
  if (row.recovered !== 0) throw new Refused("not-allowed");
  if (row.credential === null || row.public_key === null) throw new Refused("passkey-unknown");
  const jwk = coseToJwk(new Uint8Array(row.public_key as ArrayBuffer));
  const document = unwrap(
    buildDocument(intent, termsOf(row), {
      origin: config.origin,
      rpId: config.rpId,
      account: row.member,
      key: thumbprint(jwk),
      head: row.head,
      lastSeq: row.last_seq ?? 0,
      nonce: randomBase64url(16),
      now,
    }),
  );
  const id = randomBase64url(16);
  const text = canonicalJson(document);
  const draft = { member: row.member, campaign: document.campaign, id, document: text };
  await writeDraft(db, { ...draft, expires: now + DRAFT_TTL_S * 1000 }).run();
  const hash = toBase64url(documentHash(document));
  const allowed = { id: row.credential, type: "public-key", transports: JSON.parse(row.transports ?? "[]") as unknown };
  return {
    challenge_id: id,
    document,
    hash,
    options: {
      challenge: hash,
      rpId: config.rpId,
      allowCredentials: [allowed],
      userVerification: "required",
      timeout: 300_000,
    },
  };
}

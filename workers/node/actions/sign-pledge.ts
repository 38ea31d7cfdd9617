/**
 * From a signed document to its book entry (docs/protocol.md §2). Pure: what the database held at one book
 * size in, the entry or a refusal out. The book's head settles races: a decision on an older size is made again.
 */
import type { BookEntry } from "../../../shared/protocol/book-entry.ts";
import type { MemberDocument } from "../../../shared/protocol/document.ts";
import type { ProblemCode } from "../../../shared/protocol/problem.ts";
import { fail, ok, type Result } from "../../../shared/result.ts";
import { campaignOpen, type PledgeTerms } from "./draft-pledge.ts";

/** What the database says about one request to sign. */
export interface SigningState {
  draft: { document: MemberDocument | null; expires: number } | null;
  campaign: PledgeTerms | null;
  /** head of the member's live chain in the draft's campaign */
  head: string | null;
  lastSeq: number;
  /** the passkey that answered, if it is the member's own and still signs */
  key: { thumbprint: string; leaf: string } | null;
}

/** May this document be signed now, by this key? The signature itself is checked before. */
export function decideSigning(state: SigningState, now: number): Result<MemberDocument, ProblemCode> {
  const { draft, key } = state;
  if (draft === null) return fail("challenge-unknown");
  if (draft.document === null) return fail("challenge-used");
  if (now >= draft.expires) return fail("challenge-expired");
  const open = campaignOpen(state.campaign, now);
  if (!open.ok) return open;
  const { document } = draft;
  if (document.replaces !== state.head || document.seq !== state.lastSeq + 1) return fail("pledge-changed");
  if (key === null) return fail("passkey-unknown");
  if (key.thumbprint !== document.key) return fail("passkey-invalid");
  return ok(document);
}

/** `d` is the book's day: never earlier than its last entry's. */
export function entryOf(document: MemberDocument, cm: string, d: string): BookEntry {
  switch (document.typ) {
    case "withdraw":
      return { t: "withdraw", r: document.replaces, why: "member", cm, d };
    case "interest":
      if (document.replaces !== null) return { t: "revise", r: document.replaces, q: document.qty, cm, d };
      return { t: "interest", c: document.campaign, q: document.qty, cm, a: "strong", d };
    case "pledge":
      if (document.replaces !== null) {
        return { t: "revise", r: document.replaces, q: document.qty, b: document.band, cm, d };
      }
      return { t: "pledge", c: document.campaign, q: document.qty, b: document.band, cm, a: "strong", d };
  }
}

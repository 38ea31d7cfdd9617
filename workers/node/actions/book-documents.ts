/**
 * From accepted documents to the change of the book that records them: entries, the part of the fold's state they touch, and
 * the rows of pledges and receipts once the leaves are known. Pure, except that it makes statements.
 */
import type { CampaignRules, Chain, Tally } from "../../../shared/book/state.ts";
import type { MemberDocument } from "../../../shared/protocol/document.ts";
import { canonicalJson } from "../../../shared/signing/canonical.ts";
import type { BookChange } from "../book.ts";
import { markDirty } from "../queries/outbox.ts";
import { type BookableRow, type SignedRow, writeSigned } from "../queries/pledge.ts";
import { chainOf, tallyOrEmpty } from "../queries/tally.ts";
import type { PledgeTerms } from "./draft-pledge.ts";
import { entryOf } from "./sign-pledge.ts";

export interface Bookable {
  row: BookableRow;
  terms: PledgeTerms;
  document: MemberDocument;
  /** commitment of the entry */
  cm: string;
  /** JSON webauthnSignature */
  signature: string;
  salt: string;
  keyLeaf: string;
  /** Unix milliseconds */
  signedAt: number;
  /** of an earlier book: what it replaced is not in this one, where a chain begins with it */
  carriedOver?: boolean;
}

/** Everything of a book change but its outcome; `day` and `first` as the book says. */
export function bookDocuments(
  db: D1Database,
  documents: readonly Bookable[],
  { first, day, now }: { first: number; day: string; now: number },
): Omit<BookChange<never>, "finish"> & {
  finish: (leaves: string[]) => { statements: D1PreparedStatement[]; signed: SignedRow[] };
} {
  return {
    entries: documents.map(({ document, cm, carriedOver }) =>
      entryOf(carriedOver === true ? ({ ...document, replaces: null } as MemberDocument) : document, cm, day),
    ),
    ...partialState(documents),
    finish: (leaves) => {
      const signed = documents.map((one, i) => signedRow(one, leaves[i] ?? "", first + i));
      const hubs = [...new Set(documents.map((one) => one.terms.hub))];
      return { signed, statements: signed.length === 0 ? [] : [...writeSigned(db, signed), markDirty(db, hubs, now)] };
    },
  };
}

/** The chains that are revised or ended, the tallies of the campaigns concerned, and their terms. */
function partialState(documents: readonly Bookable[]) {
  const chains = new Map<string, Chain>();
  const tallies = new Map<string, Tally>();
  const rules = new Map<string, CampaignRules>();
  for (const { row, terms } of documents) {
    const { campaign, head, qty, band } = row;
    if (head !== null && qty !== null) chains.set(head, chainOf({ campaign, qty, band }));
    tallies.set(campaign, tallyOrEmpty(row, terms.bandsMinor.length));
    rules.set(campaign, { bands: terms.bandsMinor.length, max_qty: BigInt(terms.maxQty), closing: null });
  }
  return {
    state: { chains, keys: new Map<string, { ended: boolean }>(), tallies },
    rulesOf: (campaign: string) => rules.get(campaign),
  };
}

function signedRow(one: Bookable, leaf: string, idx: number): SignedRow {
  const { document, row } = one;
  return {
    member: row.member,
    campaign: row.campaign,
    idx,
    leaf,
    seq: document.seq,
    qty: document.typ === "withdraw" ? null : document.qty,
    band: document.typ === "pledge" ? document.band : null,
    document: canonicalJson(document),
    signature: one.signature,
    salt: one.salt,
    keyLeaf: one.keyLeaf,
    signedAt: one.signedAt,
  };
}

/**
 * Evidence: documents that prove by themselves that a party broke a rule (docs/protocol.md §9). Whoever holds the key
 * of the hub's log can check one offline; the keys of everybody else come with it, as logged entries with proofs. No
 * document that hubs and communities take in names a member or carries what one signed.
 */
import { z } from "zod";
import { MAX_OPENINGS, opening } from "./audit.ts";
import { MAX_BOOK_ENTRY_BYTES } from "./book-entry.ts";
import { count, hash, logOrigin, note, vkey } from "./primitives.ts";

/** What a hub or a node takes in; larger ones are for files and `npm run verify`. */
export const MAX_EVIDENCE_BYTES = 128 * 1024;
/** Entries to be checked one by one in a document that is posted: bounds a worker's processor time. */
export const MAX_POSTED_ENTRIES = 64;

const jws = z.string().max(64 * 1024);
const proof = z.string().max(16 * 1024);
const path = z.array(hash).max(63);

/** An entry of the hub's log whose keys the evidence rests on, with its tlog-proof. */
const anchor = z.strictObject({ jws, proof });
export type Anchor = z.infer<typeof anchor>;

const common = {
  v: z.literal(1),
  /** the hub in whose log the parties' keys are */
  hub: z.strictObject({ origin: logOrigin, vkey }),
  anchors: z.array(anchor).max(8),
};

/** Two signed trees of one log that are not one tree: same size and another root, or another hash at one place. */
export const forkEvidence = z.strictObject({
  ...common,
  kind: z.literal("fork"),
  /** `<hub>/log` or `<node>/book` */
  log: z.string().max(260),
  notes: z.tuple([note, note]),
  /** the subtree of 2^level leaves at `index`, complete in both trees: its hash in each, and the proofs */
  place: z
    .strictObject({
      level: count.max(52),
      index: count,
      hashes: z.tuple([hash, hash]),
      proofs: z.tuple([path, path]),
    })
    .nullable(),
});

/** Two statements of one issuer under one number, for one hub, that say different things. */
export const equivocationEvidence = z.strictObject({
  ...common,
  kind: z.literal("equivocation"),
  statements: z.tuple([jws, jws]),
});

/** A receipt, and a later tree of the hub that does not hold the entry at its place; or a later refusal of the same entry. */
export const brokenPromiseEvidence = z.strictObject({
  ...common,
  kind: z.literal("broken-promise"),
  receipt: jws,
  shown: z.discriminatedUnion("by", [
    /** another leaf stands at the index */
    z.strictObject({ by: z.literal("other"), note, leaf: hash, proof: path }),
    /** the tree ends before the index, although it holds an entry dated after the deadline */
    z.strictObject({ by: z.literal("absent"), note, entry: jws, index: count, proof: path }),
    z.strictObject({ by: z.literal("refusal"), refusal: jws }),
  ]),
});

/** Totals that the hub signed and that are not those of the entries they speak of. */
export const wrongTotalsEvidence = z.strictObject({
  ...common,
  kind: z.literal("wrong-totals"),
  totals: jws,
  shown: z.discriminatedUnion("by", [
    /** other totals for the same size that differ in more than their time */
    z.strictObject({ by: z.literal("totals"), totals: jws }),
    /** the signed checkpoint of that size has another root */
    z.strictObject({ by: z.literal("note"), note }),
    /** all the entries, which lead to the root that the totals name */
    z.strictObject({ by: z.literal("entries"), entries: z.array(jws).min(1) }),
    /** a checkpoint of that size or a larger one, whose entries are read from the log or a copy of it: however many they are */
    z.strictObject({ by: z.literal("log"), note }),
  ]),
});

/** A verdict that the book does not bear out, or an audit that names other pledges than its lot draws. */
export const wrongVerdictEvidence = z.strictObject({
  ...common,
  kind: z.literal("wrong-verdict"),
  /** index of the verdict, or of the audit */
  verdict: count,
  /** checkpoint of the log, and its entries; without them they are read from the log or a copy of it */
  note,
  entries: z.array(jws).min(1).optional(),
  /** the book up to the report's checkpoint, base64url; without it, it is read from the community or a mirror */
  book: z.array(z.string().max(88_000)).optional(),
});

/** An entry that a community's book held, by its own signed proof, and holds no more. The member's document is not in it. */
export const droppedEntryEvidence = z.strictObject({
  ...common,
  kind: z.literal("dropped-entry"),
  /** the entry of the book, its exact text */
  entry: z.string().max(MAX_BOOK_ENTRY_BYTES),
  /** its tlog-proof, as in the member's receipt */
  proof,
  shown: z.discriminatedUnion("by", [
    /** another leaf stands at its index in this signed tree */
    z.strictObject({ by: z.literal("note"), note, leaf: hash, proof: path }),
    /** a report signed two days or more after the entry's day, whose book ends before it */
    z.strictObject({ by: z.literal("report"), report: jws }),
  ]),
});

/** An audit that was left unanswered, or was answered with something else than pledges that members signed. */
export const failedAuditEvidence = z.strictObject({
  ...common,
  kind: z.literal("failed-audit"),
  /** the hub's question, as logged */
  audit: anchor,
  shown: z.discriminatedUnion("by", [
    /** past its deadline the log says that it holds no answer */
    z.strictObject({ by: z.literal("silence"), outcome: anchor }),
    /** the answer that the community signed opens fewer pledges than were drawn */
    z.strictObject({ by: z.literal("short"), answer: jws }),
    /** an opening under that answer that is not in order. It holds what a member signed: nobody takes it in or passes it on */
    z.strictObject({
      by: z.literal("opening"),
      answer: jws,
      /** leaves of the pledges that were drawn, ascending */
      drawn: z.array(hash).min(1).max(MAX_OPENINGS),
      opening,
      /** its place among the openings, and the proof under the answer's root */
      index: count,
      proof: path,
      /** the campaign whose terms were shown; null where the member is said to have left */
      campaign: anchor.nullable(),
    }),
  ]),
});

/** What is for the people who are shown it, and for no one else. */
export function isPrivate(document: Evidence): boolean {
  return document.kind === "failed-audit" && document.shown.by === "opening";
}

export const evidence = z.discriminatedUnion("kind", [
  forkEvidence,
  equivocationEvidence,
  brokenPromiseEvidence,
  wrongTotalsEvidence,
  wrongVerdictEvidence,
  droppedEntryEvidence,
  failedAuditEvidence,
]);
export type Evidence = z.infer<typeof evidence>;
export type EvidenceOf<K extends Evidence["kind"]> = Extract<Evidence, { kind: K }>;

export const evidenceKinds = [
  "fork",
  "equivocation",
  "broken-promise",
  "wrong-totals",
  "wrong-verdict",
  "dropped-entry",
  "failed-audit",
] as const satisfies readonly Evidence["kind"][];
export const evidenceKind = z.enum(evidenceKinds);

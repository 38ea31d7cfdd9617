/**
 * Entries of a node's pledge book (docs/protocol.md §2): RFC 8785 JSON of at most 2 KB, no personal data.
 * Each has a commitment `cm` or a random nonce `n`, so that no two entries are equal.
 * Kinds a later version adds are ignored by this one: see `parseBookEntry`.
 */
import { z } from "zod";
import { count, day, decimal, hash, nonce, origin, positiveDecimal } from "./primitives.ts";

export const MAX_BOOK_ENTRY_BYTES = 2048;

const assurance = z.enum(["strong", "weak"]);
const week = z.string().regex(/^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$/);

/** Leaf 0: whose book this is. */
export const genesis = z.strictObject({ t: z.literal("genesis"), iss: origin, v: z.literal(1), n: nonce });
/** Salted commitment to a member key; precedes its use. */
export const key = z.strictObject({ t: z.literal("key"), cm: hash, d: day });
/** The key with leaf `r` no longer signs; entries before this one stand. */
export const keyEnd = z.strictObject({ t: z.literal("key_end"), r: hash, n: nonce, d: day });
/** No obligation. `c` = leaf of the hub's campaign entry, `q` units. */
export const interest = z.strictObject({
  t: z.literal("interest"),
  c: hash,
  q: positiveDecimal,
  cm: hash,
  a: assurance,
  d: day,
});
/** Conditional promise; `b` = index of the highest price band the member accepts. */
export const pledge = z.strictObject({
  t: z.literal("pledge"),
  c: hash,
  q: positiveDecimal,
  b: count.max(63),
  cm: hash,
  a: assurance,
  d: day,
});
/** Replaces the chain whose head is `r`. With `b` it is a pledge from now on, without it an interest. */
export const revise = z.strictObject({
  t: z.literal("revise"),
  r: hash,
  q: positiveDecimal,
  b: count.max(63).optional(),
  cm: hash,
  d: day,
});
/** Ends the chain whose head is `r`: signed by the member (`cm`), or by the node when a member goes (`n`). */
export const withdraw = z.union([
  z.strictObject({ t: z.literal("withdraw"), r: hash, why: z.literal("member"), cm: hash, d: day }),
  z.strictObject({ t: z.literal("withdraw"), r: hash, why: z.enum(["left", "removed"]), n: nonce, d: day }),
]);
/** Live pledges of campaign `c` from band `b` up become commitments; the rest are let go. `x` = leaf of the campaign-close. */
export const lock = z.strictObject({ t: z.literal("lock"), c: hash, b: count.max(63), x: hash, n: nonce, d: day });
/** Every live pledge of `c` is let go. */
export const release = z.strictObject({ t: z.literal("release"), c: hash, x: hash, n: nonce, d: day });
/** Net purchases of a campaign in ISO week `w`, aggregated, never tied to a pledge; `m` in the campaign's currency, minor units. */
export const purchase = z.strictObject({
  t: z.literal("purchase"),
  c: hash,
  q: positiveDecimal,
  m: decimal,
  k: z.enum(["none", "receipt", "order", "affiliate"]),
  w: week,
  cm: hash,
  d: day,
});
export const purchaseReturn = z.strictObject({
  t: z.literal("return"),
  c: hash,
  q: positiveDecimal,
  m: decimal,
  k: z.enum(["none", "receipt", "order", "affiliate"]),
  w: week,
  cm: hash,
  d: day,
});

export const bookEntry = z.union([
  genesis,
  key,
  keyEnd,
  interest,
  pledge,
  revise,
  withdraw,
  lock,
  release,
  purchase,
  purchaseReturn,
]);
export type BookEntry = z.infer<typeof bookEntry>;
export const bookEntryKinds: ReadonlySet<string> = new Set([
  "genesis",
  "key",
  "key_end",
  "interest",
  "pledge",
  "revise",
  "withdraw",
  "lock",
  "release",
  "purchase",
  "return",
]);

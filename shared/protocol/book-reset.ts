/**
 * A community begins a new pledge book because the one it had was lost (docs/protocol.md §2, "A new book"): an own entry
 * of the community, in the sequence of its reports. What it had counted counts no more from this entry on.
 */
import { z } from "zod";
import { count, hash, note, prose } from "./primitives.ts";

/** A community has so many books at most: who loses more has another problem, and numbers cannot be used up. */
export const MAX_GENERATION = 99;

export const bookResetClaims = {
  seq: count.min(1),
  prev: hash,
  book: z.strictObject({
    /** `<node>/book/<generation>` */
    origin: z.string().min(1).max(260),
    generation: count.min(2).max(MAX_GENERATION),
    /** of the genesis alone, signed by the book key: what every later checkpoint of this book continues */
    checkpoint: note,
  }),
  /** why, in the steward's words; public */
  reason: prose(200),
};

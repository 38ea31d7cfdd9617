/**
 * What a member is given until their signed document is in the book (docs/privacy.md): the community's signed promise that
 * the commitment will be an entry by then. It ends when the member signs anew for the same campaign or takes it back.
 * A JWS of typ `book-promise+jwt` under the community's report key; in no log.
 */
import { z } from "zod";
import { hash, origin, unixSeconds } from "./primitives.ts";

export const BOOK_PROMISE = "book-promise+jwt";

export const bookPromise = z.strictObject({
  iss: origin,
  /** the commitment the entry will carry */
  cm: hash,
  received: unixSeconds,
  include_by: unixSeconds,
});

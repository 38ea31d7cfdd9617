/** Pledge book entries as bytes (docs/protocol.md §2): RFC 8785 JSON of at most 2 KB, one form per entry. */
import { type Bytes, fromUtf8, toBase64url } from "../bytes.ts";
import { leafHash } from "../log/merkle.ts";
import { type BookEntry, MAX_BOOK_ENTRY_BYTES, bookEntry, bookEntryKinds } from "../protocol/book-entry.ts";
import { type Result, fail, ok } from "../result.ts";
import { canonicalBytes, canonicalJson } from "./canonical.ts";

export interface ParsedBookEntry {
  /** null for a kind of a later version: kept in the log, ignored by the fold */
  readonly entry: BookEntry | null;
  /** base64url of the RFC 6962 leaf hash */
  readonly leaf: string;
}
export type BookEntryRefusal = "entry-too-large" | "entry-not-canonical" | "entry-schema";

/** Throws on an entry no reader would accept: writing it is a bug. */
export function encodeEntry(entry: BookEntry): Bytes {
  const bytes = canonicalBytes(bookEntry.parse(entry));
  if (bytes.length > MAX_BOOK_ENTRY_BYTES) throw new RangeError(`a book entry of ${bytes.length} bytes`);
  return bytes;
}

export function parseBookEntry(bytes: Uint8Array): Result<ParsedBookEntry, BookEntryRefusal> {
  if (bytes.length > MAX_BOOK_ENTRY_BYTES) return fail("entry-too-large");
  const value = parseCanonical(bytes);
  if (typeof value !== "object" || value === null) return fail("entry-not-canonical");
  const kind = "t" in value ? value.t : undefined;
  if (typeof kind !== "string") return fail("entry-schema");
  const leaf = toBase64url(leafHash(bytes));
  if (!bookEntryKinds.has(kind)) return ok({ entry: null, leaf });
  const checked = bookEntry.safeParse(value);
  return checked.success ? ok({ entry: checked.data, leaf }) : fail("entry-schema");
}

/** The value whose RFC 8785 form is exactly these bytes, else undefined. */
function parseCanonical(bytes: Uint8Array): unknown {
  try {
    const text = fromUtf8(bytes);
    const value: unknown = JSON.parse(text);
    return canonicalJson(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

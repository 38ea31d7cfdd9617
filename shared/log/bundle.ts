/** Entry bundles (C2SP tlog-tiles): up to 256 entries, each behind its length as a big-endian uint16. */
import { type Bytes, concat } from "../bytes.ts";
import { TILE_WIDTH } from "./tile-path.ts";

/** What a uint16 length can say; it bounds every entry of every log. */
export const MAX_ENTRY_BYTES = 65_535;

export function encodeBundle(entries: readonly Uint8Array[]): Bytes {
  if (entries.length > TILE_WIDTH) throw new RangeError(`a bundle of ${entries.length} entries`);
  return concat(...entries.flatMap((entry) => [lengthOf(entry), entry]));
}

/**
 * Throws on bytes that are not a bundle. How many entries to expect, the caller knows from the path. The entries are views
 * of the bundle: whole logs are read this way, and each byte of them once.
 */
export function decodeBundle(bytes: Bytes): Bytes[] {
  const entries: Bytes[] = [];
  for (let at = 0; at < bytes.length;) {
    const [high, low] = bytes.subarray(at, at + 2);
    if (high === undefined || low === undefined) throw new RangeError("the bundle ends within a length");
    const end = at + 2 + high * 256 + low;
    if (end > bytes.length) throw new RangeError("the bundle ends within an entry");
    if (entries.length === TILE_WIDTH) throw new RangeError("the bundle has more than 256 entries");
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

function lengthOf(entry: Uint8Array): Bytes {
  if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry of ${entry.length} bytes`);
  return Uint8Array.of(entry.length >> 8, entry.length & 0xff);
}

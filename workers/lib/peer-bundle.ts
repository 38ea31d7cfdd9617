/**
 * An entry bundle of somebody's log (C2SP tlog-tiles): asked for at the width that a signed tree of `size` entries has
 * there, because a log need serve no other one, and whole where that one is gone, because it may go once the full one exists.
 */
import type { Bytes } from "../../shared/bytes.ts";
import { TILE_WIDTH, decodeBundle, tilePath } from "../../shared/log/tiles.ts";
import { fail, ok, type Result } from "../../shared/result.ts";
import type { Peer, PeerOptions, PeerRefusal } from "./remote.ts";

/** `prefix` is the log's address without a trailing slash. */
export async function fetchBundle(
  peer: Peer,
  prefix: string,
  { index, size }: { index: number; size: number },
  options: PeerOptions = {},
): Promise<Result<Bytes[], PeerRefusal>> {
  const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
  for (const wanted of width === TILE_WIDTH ? [width] : [width, TILE_WIDTH]) {
    const response = await peer.get(`${prefix}/${tilePath("entries", index, wanted)}`, options);
    if (!response.ok) return response;
    if (response.value.status === 404) continue;
    return response.value.status === 200 ? firstEntries(response.value.bytes, width) : fail("peer-invalid");
  }
  return fail("peer-invalid");
}

function firstEntries(bundle: Bytes, width: number): Result<Bytes[], PeerRefusal> {
  try {
    const entries = decodeBundle(bundle);
    return entries.length >= width ? ok(entries.slice(0, width)) : fail("peer-invalid");
  } catch {
    return fail("peer-invalid");
  }
}

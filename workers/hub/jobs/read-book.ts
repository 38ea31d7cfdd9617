/** Entries of a node's pledge book over its public tiles (C2SP tlog-tiles); null when the node does not serve them. */
import type { Bytes } from "../../../shared/bytes.ts";
import { TILE_WIDTH } from "../../../shared/log/tiles.ts";
import { bookPath } from "../../../shared/network/book-origin.ts";
import { fetchBundle } from "../../lib/peer-bundle.ts";
import type { Peer } from "../../lib/remote.ts";

/** Entries `from` up to but not including `to` of a book whose signed tree has `size` entries. */
export async function readBook(
  peer: Peer,
  nodeUrl: string,
  generation: number,
  { from, to, size }: { from: number; to: number; size: number },
): Promise<Bytes[] | null> {
  const prefix = new URL(`.${bookPath(generation)}`, nodeUrl.endsWith("/") ? nodeUrl : `${nodeUrl}/`).href;
  const entries: Bytes[] = [];
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index += 1) {
    const first = index * TILE_WIDTH;
    const read = await fetchBundle(peer, prefix, { index, size });
    if (!read.ok) return null;
    entries.push(...read.value.slice(Math.max(0, from - first), to - first));
  }
  return entries;
}

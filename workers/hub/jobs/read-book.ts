/** Entries of a node's pledge book over its public tiles (C2SP tlog-tiles); null when the node does not serve them. */
import type { Bytes } from "../../../shared/bytes.ts";
import { TILE_WIDTH, decodeBundle, tilePath } from "../../../shared/log/tiles.ts";
import type { Peer } from "../../lib/remote.ts";

export async function readBook(peer: Peer, nodeUrl: string, from: number, to: number): Promise<Bytes[] | null> {
  const entries: Bytes[] = [];
  for (let bundle = Math.floor(from / TILE_WIDTH); bundle * TILE_WIDTH < to; bundle += 1) {
    const first = bundle * TILE_WIDTH;
    const width = Math.min(TILE_WIDTH, to - first);
    const read = await readBundle(peer, nodeUrl, bundle, width);
    if (read === null) return null;
    entries.push(...read.slice(Math.max(0, from - first), width));
  }
  return entries;
}

/** A partial bundle may be gone once the full one exists. */
async function readBundle(peer: Peer, nodeUrl: string, bundle: number, width: number): Promise<Bytes[] | null> {
  const widths = width === TILE_WIDTH ? [width] : [width, TILE_WIDTH];
  for (const wanted of widths) {
    const url = new URL(`book/${tilePath("entries", bundle, wanted)}`, nodeUrl.endsWith("/") ? nodeUrl : `${nodeUrl}/`);
    const response = await peer.get(url.href);
    if (!response.ok) return null;
    if (response.value.status === 404) continue;
    if (response.value.status !== 200) return null;
    try {
      const entries = decodeBundle(response.value.bytes);
      return entries.length >= width ? entries : null;
    } catch {
      return null;
    }
  }
  return null;
}

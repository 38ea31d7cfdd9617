/**
 * Entries of the hub's log for reading: fetched by tile, decoded, shown. Nothing is verified here, as the page says;
 * the recount does that.
 */
import { fromBase64url, fromUtf8, toBase64url } from "../../shared/bytes.ts";
import { leafHash } from "../../shared/log/merkle.ts";
import { decodeBundle } from "../../shared/log/tiles.ts";
import { tilePath } from "../../shared/log/tile-path.ts";

const PER_BUNDLE = 256;

export interface LogEntry {
  index: number;
  leaf: string;
  /** kind of the statement, "campaign" for `campaign+jwt` */
  kind: string;
  claims: Record<string, unknown>;
  raw: string;
}

/** Size of the log by its checkpoint, or null when there is none yet. */
export async function readLogSize(signal: AbortSignal): Promise<number | null> {
  const response = await fetch("/log/checkpoint", { signal });
  if (!response.ok) return null;
  const size = Number((await response.text()).split("\n")[1]);
  return Number.isSafeInteger(size) && size >= 0 ? size : null;
}

/** The bundle of 256 that `index` lies in, as far as the log goes. */
export async function readBundle(index: number, size: number, signal: AbortSignal): Promise<LogEntry[]> {
  const bundle = Math.floor(index / PER_BUNDLE);
  const width = Math.min(PER_BUNDLE, size - bundle * PER_BUNDLE);
  const path = tilePath("entries", bundle, width);
  const response = await fetch(`/log/${path}`, { signal });
  if (!response.ok) throw new Error(`the log did not answer with ${path}`);
  const entries = decodeBundle(new Uint8Array(await response.arrayBuffer()));
  return entries.map((entry, i) => read(entry, bundle * PER_BUNDLE + i));
}

function read(entry: Uint8Array<ArrayBuffer>, index: number): LogEntry {
  const raw = fromUtf8(entry);
  const [header = "", payload = ""] = raw.split(".");
  const { typ } = JSON.parse(fromUtf8(fromBase64url(header))) as { typ: string };
  const claims = JSON.parse(fromUtf8(fromBase64url(payload))) as Record<string, unknown>;
  return { index, leaf: toBase64url(leafHash(entry)), kind: typ.replace(/\+jwt$/, ""), claims, raw };
}
